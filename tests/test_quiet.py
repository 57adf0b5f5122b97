"""Quiet by default: the whole path runs with every address but loopback refused, also in native code and in child
processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(*arguments: str, folder: Path, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*prefix, sys.executable, "-m", "assistant.cli", *arguments]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "HF_"))}
    return subprocess.run(
        command, cwd=folder, env={**clean, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120
    )


def no_network() -> tuple[str, ...]:
    """A prefix that runs a command where no network device but a silent loopback exists; empty where that is not
    allowed."""
    prefix = ("unshare", "--net", "--map-root-user")
    if shutil.which("unshare") is None or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        return ()
    return prefix


def test_indexing_and_asking_need_no_network(tmp_path: Path) -> None:
    prefix = no_network()
    if not prefix:
        pytest.skip("this system does not let a user make a network namespace")
    built = run("index", "build", str(ROOT / "seeds"), folder=tmp_path, prefix=prefix)
    assert built.returncode == 0, built.stderr
    asked = run("ask", "Where did the NATO defence ministers meet?", folder=tmp_path, prefix=prefix)
    assert asked.returncode == 0, asked.stderr
    assert "Brussels" in asked.stdout


SERVED = """
import fcntl, json, re, signal, socket, struct, subprocess, sys, urllib.request
with socket.socket() as some:  # a new namespace has loopback, but not up
    fcntl.ioctl(some, 0x8914, struct.pack("16sH14x", b"lo", 1 | 64))  # SIOCSIFFLAGS: IFF_UP, IFF_RUNNING
assert [name for _, name in socket.if_nameindex()] == ["lo"]
command = [sys.executable, "-m", "assistant.cli", "serve", "--port", "0"]
server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
try:
    line = server.stdout.readline()
    address = re.search(r"http://[0-9.:]+", line)
    assert address, line + server.stdout.read()
    ask = json.dumps({"question": sys.argv[1]}).encode()
    asking = urllib.request.Request(address.group() + "/api/ask", ask, {"content-type": "application/json"})
    for wanted in (address.group() + "/health", address.group() + "/", asking):
        with urllib.request.urlopen(wanted, timeout=60) as answer:
            print(answer.status, answer.read().decode())
    server.send_signal(signal.SIGTERM)
    said, _ = server.communicate(timeout=60)
    assert (server.returncode, said) == (0, ""), said
finally:
    server.kill()
"""


def test_serving_needs_no_network(tmp_path: Path) -> None:
    prefix = no_network()
    if not prefix:
        pytest.skip("this system does not let a user make a network namespace")
    built = run("index", "build", str(ROOT / "seeds"), folder=tmp_path)
    assert built.returncode == 0, built.stderr
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "HF_"))}
    served = subprocess.run(
        [*prefix, sys.executable, "-c", SERVED, "Where did the NATO defence ministers meet?"],
        cwd=tmp_path,
        env={**clean, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert served.returncode == 0, served.stdout + served.stderr
    assert "Brussels" in served.stdout
    assert served.stdout.count("200 ") >= 3


def test_nothing_outside_loopback_is_even_tried(tmp_path: Path) -> None:
    """A connection that is refused quietly would still be one: every call to a socket is written down and looked at."""
    script = (
        "import sys\n"
        "tried = []\n"
        "def hook(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto'): tried.append(str(args))\n"
        "sys.addaudithook(hook)\n"
        "from assistant.cli import main\n"
        "codes = [main(['index', 'build', sys.argv[1]]), main(['ask', 'Where did the NATO defence ministers meet?'])]\n"
        "assert codes == [0, 0], codes\n"
        "assert tried == [], tried\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROOT / "seeds")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
