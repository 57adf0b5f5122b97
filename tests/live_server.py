"""A real server over the seeds, in a process of its own, and the real assistant behind one.

A test file takes the fixtures that it needs by name: `live_url = live_server.live_url`.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from assistant.assistant import Assistant
from assistant.server import create_app
from assistant.settings import Settings, load_settings
from index.read import read

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"


def settings_for(home: Path) -> Settings:
    """The defaults, with the data folder `home`."""
    return load_settings({"home": home}, file=home / "dateline.toml").settings


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant that has indexed the seeds."""
    opened = Assistant.open(settings_for(tmp_path_factory.mktemp("home")))
    opened.build(read([SEEDS]))
    return opened


@contextmanager
def serving(home: Path, *flags: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`dateline serve` over `home`: its first line, and its process."""
    command = [sys.executable, "-m", "assistant.cli", "serve", "--home", str(home), "--port", "0", *flags]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().rstrip("\n"), process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def live_url(assistant: Assistant) -> Iterator[str]:
    """Where a server over the seeds answers."""
    with serving(assistant.settings.home) as (line, process):
        assert line.startswith("Dateline is on http://127.0.0.1:"), line
        yield line.removeprefix("Dateline is on ")
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=30)
    assert (process.returncode, printed) == (0, ""), "It neither complained while it served, nor when it was stopped."


@contextmanager
def serving_here(assistant: Assistant) -> Iterator[str]:
    """The address of a real server in this process, for an assistant whose chat model is a test's own."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(assistant), log_level="warning"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.force_exit = server.should_exit = True
        thread.join(20)
        listening.close()
