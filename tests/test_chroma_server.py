"""Vectors on a Chroma server: the same guarantees as in the data folder, also when the server goes and comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import command_line
import newsroom
import numpy as np
import pytest
import running_chroma
from command_line import Run
from fastapi.testclient import TestClient
from newsroom import BRIDGE, CHEESE, TRAIN, Watched, held, story
from running_chroma import RunningChroma

from assistant.assistant import Assistant
from assistant.records import Question
from assistant.server import create_app
from assistant.settings import load_settings
from index.check import check
from index.embed import Embedder
from index.errors import StoreError
from index.home import Home
from index.repair import purge, repair
from index.search import Index
from index.serving import rollback
from index.update import Progress, add_articles, build_index, remove_articles

chroma = running_chroma.chroma
chroma_of_the_module = running_chroma.chroma_of_the_module
watched = newsroom.watched
dateline = command_line.dateline

STORIES = [story("bridge", BRIDGE), story("cheese", CHEESE)]
ASKED = Question("When did the harbour bridge open?")


@pytest.fixture
def home(tmp_path: Path, chroma: RunningChroma) -> Home:
    """A data folder that is not there yet, whose vectors are to lie on the server."""
    return Home(tmp_path / "home", chroma.url)


def assistant_on(home: Home, embedder: Embedder) -> Assistant:
    flags = {"home": home.root, "chroma_url": home.chroma_url}
    return Assistant(load_settings(flags, file=home.root / "none.toml").settings, embedder)


def once_stored(act: Callable[[], None]) -> Progress:
    """Do `act` when the first vectors lie on the server, and the build goes on."""
    acts = [act]

    def progress(stage: str, done: int, total: int | None) -> None:
        if stage == "storing" and acts:
            acts.pop()()

    return progress


def test_a_build_lies_on_the_server_and_is_searched_there(
    home: Home, embedder: Embedder, chroma: RunningChroma
) -> None:
    build_index(home, embedder, STORIES)
    assert chroma.collections() == {f"dateline-{home.current()}"}
    assert not list(home.root.rglob("chroma.sqlite3"))
    index = Index.open(home)
    try:
        vector = embedder.embed_query(ASKED.text)
        everything = np.ones(len(index), dtype=np.bool_)
        assert index.nearest(vector, 2).tolist() == index.nearest(vector, 2, everything).tolist()
        assert index.dense.failed_since(0) is None, "the server was asked"
    finally:
        index.close()
    assert not check(home).findings


def test_each_change_goes_into_a_new_collection_and_all_but_the_last_two_are_dropped(
    home: Home, embedder: Embedder, chroma: RunningChroma
) -> None:
    build_index(home, embedder, STORIES)
    first = f"dateline-{home.current()}"
    add_articles(home, embedder, [story("train", TRAIN)])
    second = f"dateline-{home.current()}"
    assert chroma.collections() == {first, second}
    remove_articles(home, ["cheese"])
    assert chroma.collections() == {second, f"dateline-{home.current()}"}
    assert set(held(home)) == {"bridge", "train"}
    rollback(home)
    assert f"dateline-{home.current()}" == second
    index = Index.open(home)
    assert [article.id for article in index.articles()] == ["bridge", "train"], "what was removed stays removed"
    assert index.dense.failed_since(0) is None
    index.close()


def test_an_index_moves_to_the_server_and_back_without_embedding(
    tmp_path: Path, watched: Watched, chroma: RunningChroma
) -> None:
    here, there = Home(tmp_path / "home"), Home(tmp_path / "home", chroma.url)
    build_index(here, watched, STORIES)
    watched.embedded.clear()
    assert build_index(there, watched, STORIES).changed
    assert chroma.collections() == {f"dateline-{there.current()}"}
    assert not build_index(there, watched, STORIES).changed, "it is there already"
    repair(here)
    assert list(here.build(here.current() or "").rglob("chroma.sqlite3"))
    repair(here)
    assert chroma.collections() == set()
    assert not watched.embedded
    assert set(held(here)) == {"bridge", "cheese"}


def test_a_server_that_is_down_fails_a_build_with_what_to_run_and_changes_nothing(
    home: Home, watched: Watched, chroma: RunningChroma
) -> None:
    build_index(home, watched, STORIES)
    before = home.current()
    chroma.kill()
    with pytest.raises(StoreError, match=rf"server at {chroma.url} .*chroma run --path.*--port") as caught:
        add_articles(home, watched, [story("train", TRAIN)])
    assert "dateline index repair" in caught.value.remedy
    assert home.current() == before
    chroma.start()
    assert set(held(home)) == {"bridge", "cheese"}
    watched.embedded.clear()
    add_articles(home, watched, [story("train", TRAIN)])
    assert not watched.embedded, "what was embedded before is kept"
    assert set(held(home)) == {"bridge", "cheese", "train"}


def test_a_server_killed_in_the_middle_of_a_build_leaves_nothing_behind_once_it_is_back(
    home: Home, embedder: Embedder, chroma: RunningChroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.chroma_server._PAUSES", (0.1, 0.2))
    build_index(home, embedder, STORIES)
    before = home.current()
    with pytest.raises(StoreError):
        add_articles(home, embedder, [story("train", TRAIN)], progress=once_stored(chroma.kill))
    assert home.current() == before
    chroma.start()
    assert len(chroma.collections()) == 2, "the half-written one is there still"
    assert set(held(home)) == {"bridge", "cheese"}
    add_articles(home, embedder, [story("train", TRAIN)])
    assert chroma.collections() == {f"dateline-{before}", f"dateline-{home.current()}"}
    assert {folder.name for folder in home.builds.iterdir()} == {before, home.current()}


def test_a_build_outlives_a_restart_of_the_server(
    home: Home, embedder: Embedder, chroma: RunningChroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.chroma_server._PAUSES", (0.25,) * 400)  # starting takes long on a busy machine

    def restart() -> None:
        chroma.kill()
        starting.start()

    starting = threading.Timer(0.3, chroma.start)
    try:
        build_index(home, embedder, STORIES, progress=once_stored(restart))
    finally:
        starting.join()
    assert set(held(home)) == {"bridge", "cheese"}
    assert not check(home).findings


def test_while_the_server_is_down_questions_are_answered_and_say_how(
    home: Home, embedder: Embedder, chroma: RunningChroma
) -> None:
    build_index(home, embedder, STORIES)
    assistant = assistant_on(home, embedder)
    usual = assistant.ask(ASKED)
    assert "Monday" in usual.text
    assert usual.notes == ()
    chroma.kill()
    answer = assistant.ask(ASKED)
    assert answer.text == usual.text
    (note,) = answer.notes
    assert chroma.url in note
    assert "Every passage was compared" in note
    chroma.start()
    asked_until = time.monotonic() + 30
    while (after := assistant.ask(ASKED)).notes:
        assert time.monotonic() < asked_until, "the server is asked again once it is back"
        time.sleep(0.2)
    assert after.text == usual.text


def test_a_server_that_takes_questions_and_answers_none_is_not_waited_for_long(
    home: Home, embedder: Embedder, chroma: RunningChroma
) -> None:
    build_index(home, embedder, STORIES)
    assistant = assistant_on(home, embedder)
    usual = assistant.ask(ASKED)
    index = assistant.index()
    assert index is not None
    vector = embedder.embed_query(ASKED.text)
    chroma.halt()
    try:
        answer = assistant.ask(ASKED)
        seconds = []
        for _ in range(3):
            began = time.monotonic()
            index.dense.nearest(vector, 2, None)
            seconds.append(time.monotonic() - began)
    finally:
        chroma.halt(go_on=True)
    assert answer.text == usual.text
    assert answer.notes
    assert min(seconds) < 1, "not every question waits"


def test_started_while_the_server_is_down_everything_is_answered_and_told(
    home: Home, embedder: Embedder, chroma: RunningChroma, dateline: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(home, embedder, STORIES)
    monkeypatch.setenv("DATELINE_CHROMA_URL", chroma.url)
    sound = dateline("index", "status", "--json", "--home", home.root)
    assert (sound.code, sound.rows[0]["health"], sound.rows[0]["chroma_url"]) == (0, "ok", chroma.url)
    chroma.kill()
    assistant = assistant_on(home, embedder)
    answer = assistant.ask(ASKED)
    assert "Monday" in answer.text
    assert answer.notes
    response = TestClient(create_app(assistant)).get("/health")
    found = response.json()
    assert (response.status_code, found["status"], found["answers"]) == (200, "degraded", True)
    assert (found["vector_store_answers"], found["chroma_url"]) == (False, chroma.url)
    assert "chroma run" in found["message"]
    done = dateline("index", "status", "--json", "--home", home.root)
    assert (done.code, done.rows[0]["health"], done.rows[0]["answers"]) == (1, "degraded", True)
    assert "chroma run" in done.rows[0]["remedy"]
    (finding,) = check(home).findings
    assert chroma.url in finding.problem


def test_a_collection_that_somebody_deleted_is_noticed_and_made_again(
    home: Home, embedder: Embedder, chroma: RunningChroma
) -> None:
    build_index(home, embedder, STORIES)
    chroma.delete(f"dateline-{home.current()}")
    (finding,) = check(home).findings
    assert "does not hold its collection" in finding.problem
    assert "repair" in finding.remedy
    repair(home)
    assert not check(home).findings
    assert set(held(home)) == {"bridge", "cheese"}


def test_a_purge_says_so_where_a_server_that_is_down_still_holds_vectors(
    tmp_path: Path, embedder: Embedder, chroma: RunningChroma
) -> None:
    there = Home(tmp_path / "home", chroma.url)
    build_index(there, embedder, STORIES)
    chroma.kill()
    here = Home(tmp_path / "home")
    with pytest.raises(StoreError, match=r"forgotten here, but .* still holds"):
        purge(here, ["cheese"])
    assert set(held(here)) == {"bridge"}
    chroma.start()
    repair(here)
    assert chroma.collections() == set()


@pytest.mark.parametrize(
    "url", ["chroma", "ftp://127.0.0.1:8000", "http://a:b@127.0.0.1:8000", "http://127.0.0.1:8000/chunks", "http://:1"]
)
def test_what_is_no_address_of_a_server_is_refused(url: str, dateline: Run) -> None:
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        patch.setenv("DATELINE_CHROMA_URL", url)
        done = dateline("config")
    assert done.code == 1
    assert "chroma_url" in done.err
    assert "http://127.0.0.1:8000" in done.err
