"""The command line: usage, errors, settings, serving, and how it behaves as a process."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import command_line
import pytest
from command_line import SEEDS, Run, lines_file, process

from assistant.cli.terminal import printable, shortened

dateline = command_line.dateline
seeds = command_line.seeds

# Usage


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Usage: dateline"),
        (["aks"], "No such command 'aks'"),
        (["ask"], "give a question"),
        (["ask", "Who?", "--batch", "q.jsonl", "--out", "a.jsonl"], "give a question or --batch, not both"),
        (["ask", "--batch", "q.jsonl"], "--batch needs --out"),
        (["ask", "Who?", "--out", "a.jsonl"], "--out belongs to --batch"),
        (["ask", "--batch", "q.jsonl", "--out", "a.jsonl", "--as-of", "2022-06-16"], "--as-of is for one question"),
        (["ask", "Who?", "--as-of", "yesterday"], "'yesterday' is no date; write it as 2022-06-16"),
        (["ask", "Who?", "--since", "2022-02-30"], "'2022-02-30' is no date"),
        (["ask", "Who?", "--top-k", "0"], "top_k"),
        (["ask", "Who?", "--top-k", "many"], "'--top-k'"),
        (["ask", "Who?", "--nonsense"], "No such option: --nonsense"),
        (["serve", "--port", "70000"], "port"),
        (["index", "build"], "Missing argument"),
        (["index", "remove"], "Missing argument"),
        (["articles", "export"], "Missing option '--out'"),
        (["articles", "read", ".", "--out", "articles.jsonl"], "lies in what is read"),
        (["evaluate"], "Missing argument"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(dateline: Run, arguments: list[str], said: str) -> None:
    done = dateline(*arguments)
    assert done.code == 2
    assert said in " ".join((done.out + done.err).split())


def test_a_batch_may_not_overwrite_its_questions(dateline: Run, tmp_path: Path) -> None:
    questions = lines_file(tmp_path / "q.jsonl", {"id": "1", "question": "Who?"})
    before = questions.read_bytes()
    done = dateline("ask", "--batch", questions, "--out", tmp_path / "." / "q.jsonl")
    assert done.code == 2
    assert "is the file of questions itself" in " ".join(done.err.split())
    assert questions.read_bytes() == before


def test_the_version_is_one_line(dateline: Run) -> None:
    done = dateline("--version")
    assert done.code == 0
    assert re.fullmatch(r"dateline.*\n", done.out)


# Errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["index", "remove", "nope"], "Nothing is indexed in home"),
        (["articles", "export", "--out", "articles.jsonl"], "Nothing is indexed in home"),
        (["articles", "export", "--out", "missing/articles.jsonl"], "there is no folder missing"),
        (["articles", "export", "--out", "."], "it is a folder"),
        (["articles", "list"], "Nothing is indexed in home"),
        (["ask", "--batch", "missing.jsonl", "--out", "a.jsonl"], "missing.jsonl cannot be read: No such file"),
        (["ask", "--batch", "empty.jsonl", "--out", "a.jsonl"], "empty.jsonl is empty"),
        (["ask", "--batch", "empty.jsonl", "--out", "missing/a.jsonl"], "there is no folder missing"),
        (["ask", "Who?\udce9"], "it is not Unicode text"),
        (["evaluate", "missing.yaml"], "missing.yaml cannot be read: No such file"),
        (["evaluate", "empty.jsonl"], "holds no list of questions"),
    ],
)
def test_a_failure_ends_with_1_and_two_lines_that_say_what_and_what_to_do(
    dateline: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "empty.jsonl").touch()
    done = dateline(*arguments, "--home", "home")
    assert done.code == 1
    assert done.err.startswith("error: ")
    assert said in done.err
    assert len(done.err.splitlines()) == 2
    assert done.out == ""
    assert {path.name for path in tmp_path.iterdir()} <= {"empty.jsonl", "home"}, "something was left behind"


def test_an_unknown_setting_in_the_file_is_named_with_a_near_one(dateline: Run, tmp_path: Path) -> None:
    (tmp_path / "dateline.toml").write_text("topk = 5\n", encoding="utf-8")
    done = dateline("ask", "Who?")
    assert done.code == 1
    assert done.err == "error: There is no setting topk, which dateline.toml sets.\nDid you mean top_k?\n"


def test_a_data_folder_that_cannot_be_made_is_named(dateline: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = dateline("index", "build", SEEDS, "--home", tmp_path / "file")
    assert done.code == 1
    assert done.err.startswith("error: ")
    assert str(tmp_path / "file") in done.err


@pytest.mark.parametrize(
    ("question", "said"), [("", "The question is empty."), ("why? " * 10_000, "The question has 50,000 characters")]
)
def test_a_question_that_cannot_be_asked_is_refused(dateline: Run, seeds: Path, question: str, said: str) -> None:
    done = dateline("ask", question, "--home", seeds)
    assert done.code == 1
    assert done.err.startswith(f"error: {said}")
    assert len(done.err) < 400


# Settings


def test_config_says_where_each_value_comes_from(
    dateline: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dateline.toml").write_text("top_k = 5\nport = 1\n", encoding="utf-8")
    monkeypatch.setenv("DATELINE_PORT", "2")
    (row,) = dateline("config", "--json", "--home", "here").rows
    assert row["home"] == {"value": "here", "from": "flag"}
    assert row["port"] == {"value": 2, "from": "environment"}
    assert row["top_k"] == {"value": 5, "from": "dateline.toml"}
    assert row["host"]["from"] == "default"
    shown = dateline("config", "--home", "here").out
    assert re.search(r"^port +2 +environment +\S", shown, re.MULTILINE)


# Serving


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_said_before_the_model_is_loaded(
    dateline: Run, seeds: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("the model was loaded first")

    monkeypatch.setattr("assistant.cli.serve.open_assistant", refuse)
    done = dateline("serve", "--port", str(taken_port), "--home", seeds)
    assert done.code == 1
    assert str(taken_port) in done.err


# The process


def test_a_reader_that_leaves_early_is_no_error(seeds: Path) -> None:
    with process("articles", "export", "--out", "-", "--home", seeds) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.wait(timeout=60) == 1
        said = running.stderr.read().decode()
    assert "Traceback" not in said
    assert "Broken" not in said


def test_an_interrupt_ends_with_130_and_no_traceback(tmp_path: Path) -> None:
    with process("ask", "--batch", "-", "--out", "-", "--home", tmp_path, stdin=subprocess.PIPE) as running:
        assert running.stderr is not None
        time.sleep(1.5)  # it waits for questions by then
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=60) == 130
        said = running.stderr.read().decode()
    assert "Traceback" not in said


# On the terminal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\n lines\tand more ", "two lines and more"),
        ("red \x1b[31m alert \x07", "red \ufffd[31m alert \ufffd"),
        ("evil \u202etxt.exe", "evil \ufffdtxt.exe"),
        ("“Łódź” — 東京 👍", "“Łódź” — 東京 👍"),
    ],
)
def test_article_text_cannot_steer_the_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_long_quote_is_cut_at_a_word() -> None:
    assert shortened("one two three four", 14) == "one two three…"
    assert shortened("one two", 7) == "one two"
    assert shortened("x" * 20, 10) == "x" * 9 + "…"
