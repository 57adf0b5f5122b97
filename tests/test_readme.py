"""The README: its commands run as written, and its transcript is what they print."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
VARIES = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]+|seconds +[\d.]+|[\d.]+ m?s\b")


def transcript() -> list[tuple[str, str]]:
    """The commands of the README's transcript, each with what it prints."""
    block = README.split("<!-- transcript -->")[1].split("<!-- /transcript -->")[0]
    lines = block.strip().removeprefix("```console").removesuffix("```").strip("\n").split("\n")
    found: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            command, printed = found[-1]
            found[-1] = (command, f"{printed}{line}\n")
    return found


def test_the_transcript_is_what_the_commands_print(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    commands = transcript()
    assert len(commands) >= 3
    for command, printed in commands:
        program, *arguments = shlex.split(command)
        assert program == "dateline"
        done = subprocess.run(
            [sys.executable, "-m", "assistant.cli", *arguments],
            cwd=tmp_path,
            env={**CLEAN, "PYTHONPATH": str(ROOT), "COLUMNS": "120"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert settled(done.stdout) == settled(printed), command


def settled(printed: str) -> str:
    """What is printed without what varies; a longer time also widens its column."""
    return re.sub(r" {2,}", "  ", VARIES.sub("…", printed)).strip()


def test_make_run_serves_the_seeds_and_a_second_one_indexes_nothing(tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.fail("make is not installed; the README's first command needs it")
    first, said_first = served(tmp_path)
    second, said_second = served(tmp_path)
    assert first["articles"] == second["articles"] == 2
    assert first["build"] == second["build"]
    assert "added" in said_first
    assert "added" not in said_second


def served(home: Path) -> tuple[dict[str, object], str]:
    """Run `make run` until it serves; what /health says, and what was printed."""
    # The environment the tests run in is the one `make run` would have made; -o keeps make from installing again.
    command = ["make", "run", f"VENV={sys.prefix}", "-o", f"{sys.prefix}/.installed", "PORT=0"]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**CLEAN, "DATELINE_HOME": str(home / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    printed, deadline = "", time.monotonic() + 120
    try:
        assert server.stdout is not None
        for line in server.stdout:
            printed += line
            address = re.search(r"http://[\d.]+:\d+", line)
            if address:
                with urllib.request.urlopen(f"{address.group()}/health", timeout=30) as answer:
                    return json.load(answer), printed
            assert time.monotonic() < deadline, printed
        raise AssertionError(f"make run ended before it served:\n{printed}")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def test_every_file_of_the_tree_exists() -> None:
    tree = README.split("```text")[1].split("```")[0]
    folder = Path()
    for line in tree.strip().splitlines():
        names = re.split(r"\s{2,}", line.strip())[0]
        for name in names.split(", "):
            if line.startswith(" "):
                assert (ROOT / folder / name).exists(), f"{folder / name}"
            else:
                folder = Path(name)
                assert (ROOT / folder).is_dir(), name


def test_soaks_need_no_data_and_benchmarks_do(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("pyproject.toml", "constraints.txt", "tests/bench/soak_one.py", "tests/bench/bench_one.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("import sys; print(sys.argv)\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for stamp in (".installed", ".installed-test"):
        (tmp_path / ".venv" / stamp).touch()

    def made(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            ["make", "--no-print-directory", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        return done.returncode, done.stdout + done.stderr

    assert made("soak") == (0, "== tests/bench/soak_one.py\n['tests/bench/soak_one.py']\n")
    code, said = made("bench")
    assert code == 2
    assert "make bench BENCH=folder" in said
    code, said = made("bench", f"BENCH={tmp_path}")
    assert code == 0
    assert f"['tests/bench/bench_one.py', '{tmp_path}']" in said

    (tmp_path / "tests/bench/bench_more.py").write_text("import argparse; argparse.ArgumentParser().error('no home')\n")
    code, said = made("bench", f"BENCH={tmp_path}")
    assert code == 0
    assert "error: no home" in said
    assert said.index("Not run: it wants more") < said.index("== tests/bench/bench_one.py")
    (tmp_path / "tests/bench/bench_more.py").write_text("raise ValueError\n")
    code, said = made("bench", f"BENCH={tmp_path}")
    assert code == 2
    assert "bench_one.py" not in said
