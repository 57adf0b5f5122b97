"""An answer while a language model writes it: told stage by stage over HTTP and on a terminal, stopped by leaving."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import live_server
import pytest
from chat_models import ScriptedModel, SlowModel
from contract_rules import require_contract
from rich.console import Console

from assistant.assistant import Assistant
from assistant.cli.answer_view import grown
from assistant.errors import ChatModelError
from assistant.models import ChatModel, Piece
from assistant.models.polling import polled
from assistant.records import Answer, Question
from assistant.server import _Quiet
from assistant.settings import Settings
from index.embed import Embedder
from index.errors import BuildError
from index.read import ReadArticle
from index.records import Article

BRIDGE = Article(
    id="bridge",
    title="Lindhafen opens its new bridge",
    text="The mayor of Lindhafen, Ada North, opened the new bridge on Monday. It cost 41 million crowns. Lorries may "
    "not use the bridge before June.",
)
ASKED = "What did the new bridge in Lindhafen cost?"
REPLY = ("It cost ", "41 million ", "crowns [1]. ", "Lorries may ", "not use the ", "bridge ", "before June [1].")


@pytest.fixture(scope="module")
def home(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    Assistant(Settings(home=folder), embedder).build([ReadArticle(BRIDGE, "memory")])
    return folder


def assistant_with(model: ChatModel | None, embedder: Embedder, home: Path) -> Assistant:
    return Assistant(Settings(home=home), embedder, open_model=(lambda: model) if model else None)


def events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """The events of a response, each with its data."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))
        else:
            assert line == "", line


def streamed(url: str, row: dict[str, Any]) -> list[tuple[str, Any]]:
    with httpx.stream("POST", f"{url}/api/ask/stream", json=row, timeout=30) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        return list(events(response.iter_lines()))


# HTTP


def test_every_event_holds_the_contract_and_the_last_answer_is_whole(embedder: Embedder, home: Path) -> None:
    model = SlowModel(*REPLY)
    with live_server.serving_here(assistant_with(model, embedder, home)) as url:
        told = streamed(url, {"id": 7, "question": ASKED})
    assert [name for name, _ in told] == ["answer"] * (len(told) - 1) + ["end"]
    rows = [row for name, row in told if name == "answer"]
    for row in rows:
        require_contract(row)
        assert row["id"] == 7
    assert [len(row["sentences"]) for row in rows] == [0, 1, 2, 2], "each stage is told once"
    assert rows[0]["passages"][0]["article_id"] == "bridge"
    assert rows[-1]["answer"] == "It cost 41 million crowns. [1] Lorries may not use the bridge before June. [2]"
    assert rows[-1]["usage"]["completion_tokens"] == len(REPLY)


def test_without_a_language_model_the_stream_ends_with_what_asking_gives(embedder: Embedder, home: Path) -> None:
    with live_server.serving_here(assistant_with(None, embedder, home)) as url:
        told = streamed(url, {"question": ASKED})
        asked = httpx.post(f"{url}/api/ask", json={"question": ASKED}, timeout=30).json()
    assert told[-1] == ("end", {})
    timed = {"timings_ms": None, "search": None}
    assert told[-2][1] | timed == asked | timed
    assert "id" not in asked


def test_who_leaves_stops_the_model(embedder: Embedder, home: Path) -> None:
    model = SlowModel(*REPLY, *["and so on "] * 1000)
    with live_server.serving_here(assistant_with(model, embedder, home)) as url:
        with httpx.stream("POST", f"{url}/api/ask/stream", json={"question": ASKED}, timeout=30) as response:
            for name, row in events(response.iter_lines()):
                assert name == "answer"
                if row["sentences"]:
                    break
        assert model.closed.wait(10), "nobody reads, and the model writes on"
        assert model.given < 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_server_that_stops_ends_what_is_streamed_but_reads_what_is_sent_to_it_first(method: str) -> None:
    sent = [{"type": "http.request", "body": b"1", "more_body": True}, {"type": "http.request", "body": b"2"}]
    received: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while not received or received[-1] != "http.disconnect":
            received.append((await receive())["type"])

    async def run() -> None:
        stopping = asyncio.Event()

        async def receive() -> Any:
            if sent and method == "POST":
                return sent.pop(0)
            stopping.set()
            return await asyncio.Event().wait()

        async def send(_: Any) -> None:
            raise AssertionError("nothing is sent")

        await asyncio.wait_for(_Quiet(app, stopping)({"type": "http", "method": method}, receive, send), 10)

    asyncio.run(run())
    assert received == ["http.request"] * 2 * (method == "POST") + ["http.disconnect"]


@pytest.mark.parametrize(
    ("row", "status", "problem"),
    [({"question": " "}, 400, "is empty"), ({"q": 1}, 400, "'question' is missing"), ([1], 400, "understood")],
)
def test_what_cannot_be_asked_has_a_status_and_is_no_event(
    embedder: Embedder, home: Path, row: Any, status: int, problem: str
) -> None:
    with live_server.serving_here(assistant_with(None, embedder, home)) as url:
        response = httpx.post(f"{url}/api/ask/stream", json=row, timeout=30)
    assert response.status_code == status
    assert problem in response.json()["error"]
    assert response.json()["remedy"]


@pytest.mark.parametrize(
    ("error", "problem"), [(BuildError("It rots.", "Mend it."), "It rots."), (RuntimeError("/secret"), "RuntimeError")]
)
def test_what_breaks_on_the_way_is_the_last_event_with_its_remedy(
    embedder: Embedder, home: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, problem: str
) -> None:
    assistant = assistant_with(None, embedder, home)
    whole = assistant.ask(Question(ASKED))

    def breaking(question: Question) -> Iterator[Answer]:
        yield whole
        raise error

    monkeypatch.setattr(assistant, "stream", breaking)
    with live_server.serving_here(assistant) as url:
        told = streamed(url, {"question": ASKED})
    assert [name for name, _ in told] == ["answer", "error"]
    assert problem in told[-1][1]["error"]
    assert told[-1][1]["remedy"]
    assert "secret" not in json.dumps(told[-1][1])


# Within


def test_while_a_model_is_silent_its_reader_has_the_turn_and_may_leave(embedder: Embedder, home: Path) -> None:
    model = SlowModel("It cost 41 million crowns [1]. ", "Too late.", seconds=1.0)
    stages = assistant_with(model, embedder, home).stream(Question(ASKED))
    first = next(stages)
    assert first.is_awaited
    assert not model.began.is_set(), "that a model is at work is told before it is opened"
    began = time.monotonic()
    assert next(stages) is first
    assert time.monotonic() - began < 0.9
    stages.close()
    assert model.closed.wait(5)
    assert model.given == 1, "what was asked for before comes still"


def test_no_stage_of_a_failing_model_is_left_as_awaited(embedder: Embedder, home: Path) -> None:
    stages = list(
        assistant_with(ScriptedModel(ChatModelError("It is away.", "Start it.")), embedder, home).stream(
            Question(ASKED)
        )
    )
    assert [stage.is_awaited for stage in stages] == [True, False]
    assert stages[-1].answerer == "extractive"


def test_pieces_come_in_order_and_an_error_where_it_happened() -> None:
    def pieces() -> Iterator[Piece]:
        yield Piece("a")
        yield Piece("b")
        raise ChatModelError("It broke.", "Ask again.")

    read = polled(pieces(), 5)
    assert [next(read), next(read)] == [Piece("a"), Piece("b")]
    with pytest.raises(ChatModelError):
        next(read)
    assert list(polled(iter([Piece("a")]), 5)) == [Piece("a")]


# The terminal


def test_on_a_terminal_the_answer_is_seen_while_it_grows(embedder: Embedder, home: Path) -> None:
    screen = Console(file=io.StringIO(), force_terminal=True, width=100)
    model = ScriptedModel("It cost 41 million crowns [1]. Lorries may not use the bridge before June [1].")
    seen = []

    def watched() -> Iterator[Answer]:
        for stage in assistant_with(model, embedder, home).stream(Question(ASKED)):
            yield stage
            seen.append(screen.file.getvalue())  # type: ignore[attr-defined]

    answer = grown(watched(), screen)
    assert len(answer.sentences) == 2
    assert "Writing…" in seen[0]
    assert "41 million crowns" not in seen[0]
    assert "41 million crowns" in seen[1]
    assert "Lorries" not in seen[1]


def test_in_a_pipe_nothing_is_shown_before_the_answer_is_whole(embedder: Embedder, home: Path) -> None:
    screen = Console(file=io.StringIO(), width=100)
    model = ScriptedModel("It cost 41 million crowns [1].")
    answer = grown(assistant_with(model, embedder, home).stream(Question(ASKED)), screen)
    assert answer.answerer == "scripted:model"
    assert screen.file.getvalue() == ""  # type: ignore[attr-defined]
