"""A server takes up a newer build aside: nobody waits while it is opened, each answer is from one build, and within a
second the new one serves. What it cannot take up is said by /health and by `dateline index status`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import command_line
import newsroom
import numpy as np
import pytest
import tiny_model
from command_line import Run
from fastapi.testclient import TestClient
from newsroom import BRIDGE, CHEESE, TRAIN, Watched, serving_folder, story

from assistant.assistant import Assistant
from assistant.server import create_app
from assistant.settings import Settings
from index.embed import Embedder
from index.home import Home
from index.repair import repair
from index.search import Index
from index.serving import rollback
from index.update import add_articles, build_index

home = newsroom.home
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny
dateline = command_line.dateline


def until(is_so: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether something comes to be so; a machine that is busy is given time."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def names(assistant: Assistant) -> set[str]:
    return {article.id for article in assistant.articles()}


@pytest.fixture
def assistant(home: Home, tiny: Embedder) -> Assistant:
    build_index(home, tiny, [story("bridge", BRIDGE)])
    return Assistant(Settings(home=home.root, reader=False), tiny)


@pytest.fixture
def server(assistant: Assistant) -> Iterator[Assistant]:
    """An assistant that takes up builds as a server does."""
    assert names(assistant) == {"bridge"}
    with assistant.following():
        yield assistant


class TestANewBuild:
    def test_is_taken_up_without_a_question(self, server: Assistant, home: Home, tiny: Embedder) -> None:
        add_articles(home, tiny, [story("train", TRAIN)])
        assert until(lambda: names(server) == {"bridge", "train"})
        rollback(home)
        assert until(lambda: names(server) == {"bridge"})

    def test_keeps_nobody_waiting_while_it_is_opened(
        self, server: Assistant, home: Home, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opening, go_on, opened = threading.Event(), threading.Event(), Index.open

        def slowly(of: Home) -> Index:
            if threading.current_thread().name != "builds":
                return opened(of)
            opening.set()
            assert go_on.wait(120)
            return opened(of)

        monkeypatch.setattr(Index, "open", slowly)
        add_articles(home, tiny, [story("train", TRAIN)])
        assert opening.wait(60)
        asked: list[set[str]] = []
        reader = threading.Thread(target=lambda: asked.append(names(server)))
        reader.start()
        reader.join(timeout=60)
        assert asked == [{"bridge"}], "it is answered from the build before while the new one is being opened"
        go_on.set()
        assert until(lambda: names(server) == {"bridge", "train"})

    def test_of_this_very_process_serves_its_next_question(self, server: Assistant) -> None:
        for n in range(3):
            server.add([story(f"more-{n}", f"{TRAIN} {n}")])
            assert f"more-{n}" in names(server)
        server.remove(["bridge"])
        assert names(server) == {"more-0", "more-1", "more-2"}

    def test_is_taken_up_by_the_next_question_where_nobody_follows(
        self, assistant: Assistant, home: Home, tiny: Embedder
    ) -> None:
        with assistant.following():
            assert names(assistant) == {"bridge"}
        add_articles(home, tiny, [story("train", TRAIN)])
        assert names(assistant) == {"bridge", "train"}

    def test_that_is_damaged_leaves_the_one_before_serving(
        self, server: Assistant, home: Home, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        set_current = Home.set_current

        def damaged_first(of: Home, name: str) -> None:
            (of.build(name) / "vectors.npy").write_bytes(b"")
            set_current(of, name)

        with monkeypatch.context() as patch:
            patch.setattr(Home, "set_current", damaged_first)
            add_articles(home, tiny, [story("train", TRAIN)])
        assert until(lambda: server.rejection is not None)
        assert names(server) == {"bridge"}
        repair(home)
        assert until(lambda: names(server) == {"bridge", "train"})
        assert server.rejection is None


class TestHealth:
    def test_is_degraded_and_says_what_to_run_where_the_build_before_serves(
        self, assistant: Assistant, home: Home, tiny: Embedder, dateline: Run
    ) -> None:
        before = home.current()
        add_articles(home, tiny, [story("cheese", CHEESE)])
        (serving_folder(home) / "vectors.npy").unlink()
        response = TestClient(create_app(assistant)).get("/health")
        found = response.json()
        assert (response.status_code, found["status"], found["answers"]) == (200, "degraded", True)
        assert (found["build"], found["articles"]) == (before, 1)
        assert "vectors.npy" in found["message"]
        assert "dateline index repair" in found["message"]
        done = dateline("index", "status", "--json", "--home", home.root)
        (row,) = done.rows
        assert (done.code, row["health"], row["answers"], row["build"]) == (1, "degraded", True, before)
        assert "vectors.npy" in row["problem"]
        assert "dateline index repair" in row["remedy"]
        repair(home)
        found = TestClient(create_app(assistant)).get("/health").json()
        assert (found["status"], found["message"], found["articles"]) == ("ok", "", 2)

    def test_is_an_error_where_passages_are_found_and_no_answer_can_be_made_of_them(
        self, home: Home, tiny: Embedder
    ) -> None:
        wordless = Watched(tiny)
        wordless.__dict__["token_vectors"] = np.zeros((0,), dtype=np.float32)
        assistant = Assistant(Settings(home=home.root, reader=False), wordless)
        assistant.add([story("bridge", BRIDGE)])
        response = TestClient(create_app(assistant)).get("/health")
        found = response.json()
        assert (response.status_code, found["status"], found["answers"]) == (503, "error", False)
        assert "No question can be answered" in found["message"]

    def test_answers_a_question_once_in_some_seconds_only(
        self, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client, asked, rehearse = TestClient(create_app(assistant)), [], assistant.rehearse

        def noted(index: Index) -> None:
            asked.append(index.manifest.name)
            rehearse(index)

        monkeypatch.setattr(assistant, "rehearse", noted)
        monkeypatch.setattr("assistant.health._BELIEVED_SECONDS", 3600.0)
        assert [client.get("/health").json()["answers"] for _ in range(3)] == [True] * 3
        assert len(asked) == 1
        assistant.add([story("train", TRAIN)])
        client.get("/health")
        assert len(asked) == 2, "another build has to show that it answers"
