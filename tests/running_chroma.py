"""A real Chroma server on a free port of loopback, which tests kill, halt and start again.

A test file takes the fixture that it needs by name: `chroma = running_chroma.chroma`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest


class RunningChroma:
    """The server, its data in `folder`; at the same address also after it was started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Run it until it answers."""
        command = [str(Path(sys.executable).parent / "chroma"), "run", "--path", str(self._folder)]
        self._process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self._port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"ANONYMIZED_TELEMETRY": "False"},
            cwd=self._folder,
            start_new_session=True,
        )
        give_up = time.monotonic() + 60
        while True:
            try:
                self._get("heartbeat")
                return
            except OSError:
                assert self._process.poll() is None, "the Chroma server ended by itself"
                assert time.monotonic() < give_up, "the Chroma server does not answer"
                time.sleep(0.05)

    def kill(self) -> None:
        """End it without a word."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def halt(self, *, go_on: bool = False) -> None:
        """Let it take connections and answer nothing, as one does that is overloaded; or let it go on."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGCONT if go_on else signal.SIGSTOP)

    @property
    def running(self) -> bool:
        return self._process is not None

    def collections(self) -> set[str]:
        """The names of the collections that it holds."""
        return {row["name"] for row in self._get("tenants/default_tenant/databases/default_database/collections")}

    def delete(self, collection: str) -> None:
        """Delete a collection, as somebody may who does not know whose it is."""
        where = f"{self.url}/api/v2/tenants/default_tenant/databases/default_database/collections/{collection}"
        urllib.request.urlopen(urllib.request.Request(where, method="DELETE"), timeout=30).close()

    def _get(self, path: str) -> list[dict[str, str]]:
        with urllib.request.urlopen(f"{self.url}/api/v2/{path}", timeout=30) as answer:
            found: list[dict[str, str]] = json.load(answer)
            return found


@pytest.fixture(scope="module")
def chroma_of_the_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningChroma]:
    server = RunningChroma(tmp_path_factory.mktemp("chroma"))
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def chroma(chroma_of_the_module: RunningChroma) -> RunningChroma:
    """The server, running, without a collection."""
    if not chroma_of_the_module.running:
        chroma_of_the_module.start()
    for collection in chroma_of_the_module.collections():
        chroma_of_the_module.delete(collection)
    return chroma_of_the_module
