"""The command starts at once, says what each of its commands is for, and has the flags that scripts rely on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from assistant.cli.app import app

DATELINE = Path(sys.executable).with_name("dateline")
"""The installed command, beside the Python that runs the tests."""

COMMANDS = {
    "index build": ["--home", "--report", "--column", "--processes"],
    "index add": ["--home", "--report", "--column", "--processes", "--watch", "--feed", "--sitemap"],
    "index remove": ["--home"],
    "index status": ["--home", "--json"],
    "index rollback": ["--home"],
    "index check": ["--home", "--json"],
    "index repair": ["--home"],
    "index purge": ["--home"],
    "index backup": ["--home"],
    "index restore": ["--home"],
    "ask": [
        *("--home", "--as-of", "--since", "--until", "--source", "--author", "--language", "--article", "--cluster"),
        *("--literal", "--explain", "--top-k", "--json", "--batch", "--out"),
    ],
    "articles list": ["--home", "--json"],
    "articles history": ["--home", "--json", "--version"],
    "articles read": ["--home", "--out", "--column", "--processes"],
    "articles export": ["--home", "--out"],
    "models pull": ["--home", "--from"],
    "models list": ["--home", "--json"],
    "models remove": ["--home"],
    "evaluate": ["--home", "--out"],
    "serve": ["--home", "--host", "--port"],
    "config": ["--home", "--json"],
}
"""The commands and flags that scripts rely on. Add to them; to drop or rename one breaks those scripts."""


def dateline(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as someone would in a wide terminal without colours."""
    assert DATELINE.exists(), f"There is no {DATELINE}: install Dateline into this environment (make install)."
    # PYTHONDONTWRITEBYTECODE would have each start compile every module anew, which no one's does.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = kept | {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    return subprocess.run(
        [DATELINE, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def description(help_text: str) -> str:
    """What a help says between its usage line and its first list of arguments or options."""
    after_usage = re.sub(r"\A\s*Usage:.*", "", help_text)
    return re.sub(r"(?ms)^\s*(╭|\+-|Arguments:|Options:|Commands:).*", "", after_usage).strip()


def test_help_answers_in_under_half_a_second() -> None:
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        done = dateline("--help")
        seconds.append(time.perf_counter() - start)
        assert done.returncode == 0, done.stderr
    assert min(seconds) < 0.5


@pytest.mark.parametrize("command", ["", "index", "articles", "models", *COMMANDS])
def test_every_command_says_what_it_is_for(command: str) -> None:
    done = dateline(*command.split(), "--help")
    assert done.returncode == 0, done.stderr
    assert len(description(done.stdout).split()) >= 3, done.stdout


def commands_of(group: typer.Typer) -> Iterator[str]:
    """Every command of `group` that does something, as it is typed: "index build"."""
    for command in group.registered_commands:
        yield str(command.name)
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from (f"{inner.name} {command}" for command in commands_of(inner.typer_instance))


def test_every_command_is_one_that_scripts_may_rely_on() -> None:
    assert sorted(commands_of(app)) == sorted(COMMANDS)


@pytest.mark.parametrize(("command", "flags"), COMMANDS.items(), ids=list(COMMANDS))
def test_every_flag_that_scripts_rely_on_is_there(command: str, flags: list[str]) -> None:
    shown = dateline(*command.split(), "--help").stdout
    assert [flag for flag in flags if not re.search(rf"{flag}\b", shown)] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" Usage: dateline ask [OPTIONS]\n\n Ask the articles.\n\n╭─ Options ──╮\n│ --json │", "Ask the articles."),
        ("Usage: dateline ask [OPTIONS]\n\nOptions:\n  --help  Show this message and exit.", ""),
    ],
)
def test_a_help_without_a_description_is_noticed(text: str, words: str) -> None:
    assert description(text) == words
