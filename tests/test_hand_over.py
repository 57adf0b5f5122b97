"""A few articles handed to the server that runs over the same data folder."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import live_server
import pytest
from live_server import ROOT, settings_for
from newsroom import story

from assistant import hand_over
from assistant.assistant import Assistant
from assistant.hand_over import handed_over, taking_over
from index.embed import Embedder
from index.errors import DatelineError
from index.update import no_progress

FERRY = "The ferry Almira carried 41,300 passengers to Osterby in March, its owner said."


@pytest.fixture
def assistant(embedder: Embedder, tmp_path: Path) -> Assistant:
    made = Assistant(settings_for(tmp_path / "home"), embedder)
    made.build([story("bridge", "The new bridge of Lindhafen cost 41 million crowns.")])
    return made


@pytest.fixture
def server(assistant: Assistant) -> Iterator[Assistant]:
    with taking_over(assistant):
        yield assistant


def test_what_is_handed_over_is_answered_from_when_the_report_is_there(server: Assistant) -> None:
    stages: list[str] = []
    report = handed_over(server.settings, [story("ferry", FERRY)], lambda stage, done, total: stages.append(stage))
    assert report is not None
    assert report.added == ("ferry",)
    assert {"embedding", "storing"} <= set(stages)
    assert server.article("ferry").text == FERRY
    again = handed_over(server.settings, [story("ferry", FERRY)], no_progress)
    assert again is not None
    assert (again.added, again.unchanged, again.changed) == ((), 1, False)


def test_the_server_tells_the_language_of_what_it_is_handed(server: Assistant) -> None:
    report = handed_over(server.settings, [story("ferry", FERRY), story("buoy", "Buoy 7: 41 m.")], no_progress)
    assert report is not None
    assert report.languages == {"en": 1, "unknown": 1}
    assert (server.article("ferry").language, server.article("buoy").language) == ("en", None)


def test_only_the_owner_may_read_the_key(server: Assistant) -> None:
    file = server.home.root / "server.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_who_has_another_key_changes_nothing(server: Assistant) -> None:
    file = server.home.root / "server.json"
    told = json.loads(file.read_text())
    file.write_text(json.dumps(told | {"key": "00" * 32}))
    assert handed_over(server.settings, [story("ferry", FERRY)], no_progress) is None
    file.write_text(json.dumps(told))
    assert handed_over(server.settings, [story("ferry", FERRY)], no_progress) is not None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"address": 1, "key": "zz", "settings": {}}', "no JSON"])
def test_a_garbled_file_is_no_server(server: Assistant, content: str) -> None:
    (server.home.root / "server.json").write_text(content)
    assert handed_over(server.settings, [story("ferry", FERRY)], no_progress) is None


def test_a_server_with_other_settings_is_not_asked(server: Assistant) -> None:
    other = server.settings.model_copy(update={"embedding_dtype": "float32"})
    assert handed_over(other, [story("ferry", FERRY)], no_progress) is None


def test_where_no_server_runs_nothing_is_handed_over(assistant: Assistant) -> None:
    assert handed_over(assistant.settings, [story("ferry", FERRY)], no_progress) is None
    with taking_over(assistant):
        left = (assistant.home.root / "server.json").read_text()
    assert not (assistant.home.root / "server.json").exists()
    # As a server leaves it that was killed.
    (assistant.home.root / "server.json").write_text(left)
    assert handed_over(assistant.settings, [story("ferry", FERRY)], no_progress) is None


def test_a_server_that_never_answers_is_waited_for_seconds(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(hand_over, "_ANSWERS_WITHIN", 0.3)
    with socket.socket(socket.AF_UNIX) as deaf, taking_over(assistant):
        deaf.bind(str(tmp_path / "deaf"))
        deaf.listen()
        file = assistant.home.root / "server.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"address": str(tmp_path / "deaf")}))
        began = time.monotonic()
        assert handed_over(assistant.settings, [story("ferry", FERRY)], no_progress) is None
        assert time.monotonic() - began < 5


def test_what_the_server_meets_is_said(server: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise DatelineError("The disk is full.", "Make room.")

    monkeypatch.setattr(server, "add", full)
    with pytest.raises(DatelineError, match="The disk is full"):
        handed_over(server.settings, [story("ferry", FERRY)], no_progress)


def test_what_nobody_foresaw_is_said_too(server: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise OSError("the disk went away")

    monkeypatch.setattr(server, "add", breaks)
    with pytest.raises(DatelineError, match="OSError: the disk went away"):
        handed_over(server.settings, [story("ferry", FERRY)], no_progress)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_that_ends_meanwhile_is_said_to_have(server: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def ends(*_: object, **__: object) -> None:
        raise SystemExit  # its thread ends without a word, as all do where it is killed

    monkeypatch.setattr(server, "add", ends)
    with pytest.raises(DatelineError, match="has ended"):
        handed_over(server.settings, [story("ferry", FERRY)], no_progress)


def test_a_folder_that_cannot_be_written_serves_all_the_same(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(hand_over, "_write", refused)
    with taking_over(assistant):
        assert assistant.article("bridge").text


def test_the_command_has_a_running_server_add(tmp_path: Path, assistant: Assistant) -> None:
    article = tmp_path / "ferry.txt"
    article.write_text(f"Ferry Almira sets a record\n\n{FERRY}\n")
    home = assistant.home.root
    with live_server.serving(home) as (line, process):
        url = line.removeprefix("Dateline is on ")
        command = [
            sys.executable,
            "-X",
            "importtime",
            "-m",
            "assistant.cli",
            "index",
            "add",
            str(article),
            "--home",
            str(home),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[-2000:]
        assert "added      1" in done.stdout
        loaded = {
            name for name in ("sentence_transformers", "py3langid", "trafilatura", "httpx") if name in done.stderr
        }
        assert not loaded, "The server did it, so the command loaded no model, and nothing that fetches."
        body = json.dumps({"question": "How many passengers did the ferry Almira carry to Osterby?"}).encode()
        request = urllib.request.Request(f"{url}/api/ask", body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)
        assert [one["article_id"] for one in answer["citations"]] == ["ferry"]
        process.terminate()
        process.wait(30)
    assert not (home / "server.json").exists()
