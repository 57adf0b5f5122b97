"""Follow-ups worded by a language model: in bounded time, from what was said alone, else by our own method, said so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_models import ScriptedModel

from assistant.assistant import Assistant
from assistant.errors import ChatModelError
from assistant.models import Piece
from assistant.records import Question, Turn, Usage
from assistant.retrieval.account import account
from assistant.retrieval.follow_up import self_contained
from assistant.retrieval.rewriting import ModelRewriter, Wording
from assistant.settings import Settings
from index.embed import Embedder
from index.home import Home
from index.read import ReadArticle
from index.records import Article
from index.update import build_index

HISTORY = (
    Turn("user", "What did Ada Brandt promise the fishermen of Lindhafen?"),
    Turn("assistant", "Ada Brandt promised them twelve new boats. [1]"),
)
ASKED = "And when will she deliver?"
WORDED = "When will Ada Brandt deliver the boats?"


def rewriter(*reply: str | Exception, seconds: float = 5.0) -> tuple[ModelRewriter, ScriptedModel]:
    model = ScriptedModel(*reply)
    return ModelRewriter(lambda: model, seconds), model


def test_the_model_s_wording_is_taken_and_it_was_given_the_conversation_without_markers() -> None:
    made, model = rewriter(WORDED)
    found = made.reworded(ASKED, HISTORY)
    assert (found.text, found.by, found.note) == (WORDED, "scripted:model", None)
    assert found.usage == Usage("scripted:model", len(" ".join(model.asked[0]).split()), model.given)
    ((_, user),) = model.asked
    assert ASKED in user
    assert "User: What did Ada Brandt promise the fishermen of Lindhafen?" in user
    assert "[1]" not in user


@pytest.mark.parametrize("reply", [f"Question: {WORDED}", f'"{WORDED}"\n\nThis is because', f"\n{WORDED}"])
def test_what_models_put_around_a_question_is_dropped(reply: str) -> None:
    assert rewriter(reply)[0].reworded(ASKED, HISTORY).text == WORDED


def test_a_first_question_asks_no_model() -> None:
    made, model = rewriter(WORDED)
    assert made.reworded("Who won?", ()) == Wording("Who won?")
    assert model.asked == []


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("She will deliver them in March.", "no question"),
        ("", "no question"),
        ("When will Ada Brandt and Tom Holt deliver?", "'Tom'"),
        ("When will Ada Brandt deliver the 40 boats?", "'40'"),
        ("When will she deliver? " * 40, "no question"),
    ],
)
def test_an_answer_or_a_name_that_nobody_spoke_of_is_not_searched_for(reply: str, why: str) -> None:
    found = rewriter(reply)[0].reworded(ASKED, HISTORY)
    assert found.text == self_contained(ASKED, HISTORY)
    assert found.by is None
    assert found.note is not None
    assert why in found.note
    assert found.usage is not None
    assert found.usage.model == "scripted:model", "a reply that is of no use was paid for, too"
    assert found.note.endswith("A rule rewrote it instead.")


@pytest.mark.parametrize("error", [ChatModelError("The server is away.", "Start it."), RuntimeError("broken")])
def test_a_model_that_fails_is_replaced_by_our_own_method_and_that_is_said(error: Exception) -> None:
    found = rewriter("When ", error)[0].reworded(ASKED, HISTORY)
    assert found.text == self_contained(ASKED, HISTORY)
    assert found.note is not None
    assert ("The server is away" in found.note) or ("broken" in found.note)


def test_a_silent_model_is_not_awaited() -> None:
    never = threading.Event()

    class Silent:
        name = "silent"

        def stream(self, system: str, user: str) -> Iterator[Piece]:
            never.wait(30)
            yield Piece("Too late?")

    found = ModelRewriter(Silent, 0.05).reworded(ASKED, HISTORY)
    never.set()
    assert found.text == self_contained(ASKED, HISTORY)
    assert found.note is not None
    assert "within 0.05 seconds" in found.note


def test_an_assistant_with_a_chat_model_searches_for_the_model_s_wording(embedder: Embedder, tmp_path: Path) -> None:
    text = "Ada Brandt promised the fishermen of Lindhafen twelve boats. She will deliver the boats in March 2025."
    build_index(Home(tmp_path), embedder, [ReadArticle(Article(id="boats", text=text), "/news/boats.txt")])
    model = ScriptedModel(WORDED)
    assistant = Assistant(Settings(home=tmp_path), embedder, open_model=lambda: model)
    found = assistant.retrieve(Question(ASKED, history=HISTORY))
    assert found is not None
    assert found.search.rewritten_by == "scripted:model"
    assert "rewrite" in found.search.timings_ms
    assert account(found.search, ASKED)[0] == f"Understood as: {WORDED} (scripted:model)"


class TwiceAsked:
    """Words the follow-up, then writes the answer; each call tells what it took."""

    name = "scripted:model"

    def __init__(self, *counts: tuple[int | None, int | None]) -> None:
        self.replies = [(WORDED, counts[0]), ("She will deliver the boats in March 2025 [1].", counts[1])]

    def stream(self, system: str, user: str) -> Iterator[Piece]:
        reply, (prompt, completion) = self.replies.pop(0)
        yield Piece(reply)
        yield Piece(prompt_tokens=prompt, completion_tokens=completion, ended="stop")


@pytest.mark.parametrize(
    ("counts", "total", "cost"),
    [(((100, 10), (300, 20)), (400, 30), 460e-6), (((None, None), (300, 20)), (None, None), None)],
)
def test_what_the_wording_took_is_part_of_what_the_answer_took(
    embedder: Embedder, tmp_path: Path, counts: tuple[tuple[int, int], ...], total: tuple[int, int], cost: float
) -> None:
    text = "Ada Brandt promised the fishermen of Lindhafen twelve boats. She will deliver the boats in March 2025."
    build_index(Home(tmp_path), embedder, [ReadArticle(Article(id="boats", text=text), "/news/boats.txt")])
    model, settings = TwiceAsked(*counts), Settings(home=tmp_path, chat_price_in=1, chat_price_out=2)
    answer = Assistant(settings, embedder, open_model=lambda: model).ask(Question(ASKED, history=HISTORY))
    assert not model.replies
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == total, (
        "a part unknown makes no sum too small"
    )
    assert answer.usage.cost == (None if cost is None else pytest.approx(cost))
    assert answer.search is not None
    assert answer.search.rewrite_usage == Usage("scripted:model", *counts[0])
