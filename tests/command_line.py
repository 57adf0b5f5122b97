"""Runs commands inside the tests' own process, so that the embedding library is loaded once, and keeps what they print.

A test file takes the fixtures that it needs by name: `dateline = command_line.dateline`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from contract_rules import standard

from assistant.cli import main

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
STOLTENBERG = "What did Stoltenberg say about Putin's proposal?"


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        return [standard(line) for line in self.out.splitlines()]


Run = Callable[..., Done]


@pytest.fixture
def dateline(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty working folder, which has no dateline.toml."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Done:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return Done(code, shown.out, shown.err)

    return run


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds the seed articles; not to be changed."""
    home = tmp_path_factory.mktemp("seeds") / "home"
    assert main(["index", "build", str(SEEDS), "--home", str(home)]) == 0
    return home


@pytest.fixture
def editable(seeds: Path, tmp_path: Path) -> Path:
    """A copy of that data folder, to change."""
    return Path(shutil.copytree(seeds, tmp_path / "home"))


def process(*arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "assistant.cli", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def lines_file(path: Path, *rows: Any) -> Path:
    text = "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def damage(home: Path) -> None:
    """Leave the build that serves half-written."""
    (home / "builds" / (home / "CURRENT").read_text(encoding="utf-8").strip() / "manifest.json").unlink()
