"""Connections to public addresses alone, each with an end in time: the backend of httpcore that fetch.py uses."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from index.errors import FetchError
from index.read.addresses import is_public
from index.read.response import Limits

Resolve = Callable[[str, int], list[str]]
"""The addresses, in figures, of a name and port. Raises OSError."""


class Deadline:
    """When a fetch must be done."""

    def __init__(self) -> None:
        self._at = 0.0

    def begin(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def extend(self, seconds: float) -> None:
        self._at += seconds

    def left(self) -> float:
        return max(0.0, self._at - time.monotonic())

    def within(self, timeout: float | None) -> float:
        """`timeout`, or what is left if that is less. Raises httpcore.ReadTimeout where nothing is."""
        left = self.left()
        if left <= 0:
            raise httpcore.ReadTimeout("out of time")
        return left if timeout is None else min(timeout, left)


class CheckedNetwork(httpcore.NetworkBackend):
    """Connects to public addresses alone, and to the very ones that were checked."""

    def __init__(
        self, limits: Limits, deadline: Deadline, resolve: Resolve | None, network: httpcore.NetworkBackend | None
    ) -> None:
        self._limits = limits
        self._deadline = deadline
        self._resolve = resolve or _resolved
        self._network = network or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        name = host.strip("[]").rstrip(".").lower()
        addresses = self._addresses(name, port, self._deadline.within(timeout))
        failure: Exception | None = None
        for address in addresses:
            try:
                stream = self._network.connect_tcp(
                    address, port, self._deadline.within(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure or httpcore.ConnectError("it has no address")

    def _addresses(self, name: str, port: int, timeout: float) -> list[str]:
        addresses = _in_time(lambda: self._resolve(name, port), timeout)
        if name not in self._limits.private_hosts:
            for address in addresses:
                if not is_public(address):
                    raise FetchError(
                        f"{name} is {address}, which is not a public address; nothing was asked there."
                        if name != address
                        else f"{name} is not a public address; nothing was asked there.",
                        "If you trust that host, name it in the setting fetch_private_hosts.",
                    )
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every read and write ends with the fetch's time: also a byte a second comes to an end."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _in_time(resolve: Callable[[], list[str]], seconds: float) -> list[str]:
    """What `resolve` gives. The system's resolver knows no time limit: it runs in a thread that may be left behind."""
    outcome: list[list[str] | Exception] = []

    def run() -> None:
        try:
            outcome.append(resolve())
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=run, name="resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise httpcore.ConnectTimeout("its name is not resolved")
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]


def _resolved(name: str, port: int) -> list[str]:
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
