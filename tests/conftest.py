"""What tests of every kind share: a guard that lets nothing but loopback through, and the browser's path."""

from __future__ import annotations

import ipaddress
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from index.embed import Embedder, load_embedder

# A shell leaves the interrupt ignored in what it starts in the background, and so would be every program started here.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("dateline", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("dateline")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class OutsideConnectionError(RuntimeError):
    """A test tried to reach something beyond loopback."""

    def __init__(self, address: object) -> None:
        super().__init__(f"A test tried to reach {address!r}. Tests reach loopback alone; put a fake at that seam.")


def is_local(address: object) -> bool:
    """Whether a socket address is a Unix socket or loopback: "/tmp/s", ("127.0.0.1", 80), ("::1", 80, 0, 0)."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def needs_no_lookup(host: object) -> bool:
    """Whether resolving `host` asks no name server: nothing, an address in figures, or localhost."""
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return name in (None, "", "localhost") or bool(ipaddress.ip_address(str(name)))
    except ValueError:
        return False


@pytest.fixture(scope="session")
def outside_connections() -> list[object]:
    """The addresses beyond loopback that were asked for and refused."""
    return []


@pytest.fixture(scope="session", autouse=True)
def only_loopback(outside_connections: list[object]) -> Iterator[None]:
    """Refuse every connection of this process but loopback's, and forget the caller's own Dateline settings."""

    def refuse(address: object) -> None:
        outside_connections.append(address)
        raise OutsideConnectionError(address)

    def guarded(name: str) -> Any:
        original = getattr(socket.socket, name)

        def call(self: socket.socket, *args: Any) -> Any:
            # connect(address), connect_ex(address), sendto(data[, flags], address)
            if not is_local(args[-1]):
                refuse(args[-1])
            return original(self, *args)

        return call

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not needs_no_lookup(host):
            refuse(host)
        return resolve(host, *args, **kwargs)

    resolve = socket.getaddrinfo
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, guarded(name))
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        for name in [name for name in os.environ if name.startswith("DATELINE_")]:
            patch.delenv(name)
        yield


@pytest.fixture(autouse=True)
def nothing_left_the_machine(outside_connections: list[object]) -> Iterator[None]:
    """Fail a test that tried to reach something beyond loopback, also where the code under test hid the refusal."""
    outside_connections.clear()
    yield
    assert not outside_connections, f"tried to reach {outside_connections}"


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real embedding model, loaded once."""
    return load_embedder()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the Chromium that browser tests drive."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        reason = f"There is no {', '.join(BROWSERS)} on PATH: install one (Debian: apt install chromium)."
        if os.environ.get("CI"):
            pytest.fail(f"{reason} Where CI is set, no browser test is skipped.")
        pytest.skip(reason)
    return found
