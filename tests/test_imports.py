"""Importing any module of the packages does no work: it is tried in a Python that refuses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_house import HEAVY, ROOT, house

IMPORT_ALL = """
import importlib, json, os, sys

def refuse(event, args):
    writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writes or event in {"os.mkdir", "os.system", "socket.connect", "socket.getaddrinfo", "subprocess.Popen"}:
        raise RuntimeError(f"{event} {args} while importing {module}")

modules, heavy = json.loads(sys.argv[1])
module = None
sys.addaudithook(refuse)
for module in modules:
    importlib.import_module(module)
    if loaded := sorted(set(heavy) & set(sys.modules)):
        sys.exit(f"importing {module} has loaded {', '.join(loaded)}")
"""


def import_all(modules: list[str], heavy: list[str], tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Import `modules` in a new Python that has no home and may not write, connect or start anything."""
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "DATELINE_"))}
    environment = kept | {
        "HOME": str(tmp_path / "file" / "home"),  # no folder can be made under a file, not even by root
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    command = [sys.executable, "-c", IMPORT_ALL, json.dumps([modules, heavy])]
    return subprocess.run(
        command, cwd=tmp_path / "empty", env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_importing_any_module_does_no_work(tmp_path: Path) -> None:
    modules = [file.module for file in house() if file.package]
    done = import_all(modules, list(HEAVY), tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert modules


@pytest.mark.parametrize(
    "source",
    [
        "import bm25s",
        "import socket; socket.create_connection(('192.0.2.1', 9), timeout=0.1)",
        "import pathlib; pathlib.Path('left-behind').write_text('x')",
        "import subprocess; subprocess.run(['true'])",
    ],
)
def test_a_module_that_does_work_is_caught(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "busy.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = import_all(["busy"], list(HEAVY), tmp_path)
    assert done.returncode != 0
    assert "busy" in done.stderr
