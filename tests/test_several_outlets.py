"""Questions about what several say: their passages come from several articles, and who is not answered for is named."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from newsroom import story

from assistant.candidates import Candidate
from assistant.extractive import ExtractiveAnswerer
from assistant.question import Analysis
from assistant.quoting.accounts import Account, account
from assistant.records import Question
from assistant.retrieve import Retrieved, retrieve
from index.embed import Embedder
from index.home import Home
from index.search import Index
from index.update import build_index

DAY = datetime.date(2024, 6, 20)
LONG = " ".join(
    f"The dam of Osterby cost {number} million more than planned, the council was told about the dam in its {number}th "
    f"hearing on the dam of Osterby, and engineer number {number} said that the cost of the dam was known to all."
    for number in range(20, 90)
)
"""More passages on one thing than are handed to an answerer, in one article."""

STORIES = [
    story("long", LONG, title="The dam of Osterby: what it cost", source="The Ley Courier", published=DAY),
    story("short", "Fishermen in Osterby blame the dam. Their nets stayed empty.", source="Reuters", published=DAY),
    story("note", "A walker found an old coin below the dam of Osterby.", source="Der Bote", published=DAY),
    story(
        "mayor",
        "“The dam will be finished in May,” Ada Brandt said on Monday about the dam at Osterby. She is the mayor.",
        source="The Ley Courier",
        published=DAY,
    ),
]


@pytest.fixture(scope="module")
def index(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    home = Home(tmp_path_factory.mktemp("several") / "home")
    build_index(home, embedder, STORIES)
    opened = Index.open(home)
    yield opened
    opened.close()


@pytest.fixture
def find(index: Index, embedder: Embedder):  # type: ignore[no-untyped-def]
    def found(text: str) -> Retrieved:
        return retrieve(index, embedder, Question(text), 10, DAY)

    return found


def test_what_outlets_say_is_answered_from_each_of_them_before_more_of_one(find) -> None:  # type: ignore[no-untyped-def]
    chunks = find("What do the outlets say about the cost of the dam of Osterby?").chunks
    assert {chunk.article.source for chunk in chunks[:3]} == {"The Ley Courier", "Reuters", "Der Bote"}
    assert {chunk.article.id for chunk in chunks[:4]} == {"long", "short", "note", "mayor"}
    assert len(chunks) == 8
    assert len({(chunk.article.id, chunk.start) for chunk in chunks}) == 8


def test_any_other_question_gets_the_best_passages_whoever_holds_them(find) -> None:  # type: ignore[no-untyped-def]
    found = find("What do the engineers say about the cost of the dam of Osterby?")
    assert {chunk.article.id for chunk in found.chunks} == {"long"}
    scores = [chunk.score for chunk in found.chunks]
    assert scores == sorted(scores, reverse=True)


class TestOfTwoPeople:
    QUESTION = "What did Ada Brandt and Tom Holt say about the dam?"

    @pytest.fixture
    def sure_from(self, find, embedder: Embedder) -> float:  # type: ignore[no-untyped-def]
        """Between how surely the articles answer for the one, and for the other, of whom they say nothing."""
        answerer = ExtractiveAnswerer(embedder, 4)
        said, unsaid = (
            answerer.answer(Question(text), find(text)).confidence
            for text in ("What did Ada Brandt say about the dam?", "What did Tom Holt say about the dam?")
        )
        assert said > unsaid
        return (said + unsaid) / 2

    def test_the_one_is_answered_for_and_the_other_named(self, find, embedder: Embedder, sure_from: float) -> None:  # type: ignore[no-untyped-def]
        found = find(self.QUESTION)
        assert [part.part.name for part in found.parts] == ["Ada Brandt", "Tom Holt"]
        assert all(part.chunks for part in found.parts), "the nearest are found for whomever"
        draft = ExtractiveAnswerer(embedder, 4, sure_from=sure_from).answer(Question(self.QUESTION), found)
        assert draft.notes == ("The articles do not answer this part of the question: “Tom Holt”.",)
        assert draft.confidence >= sure_from
        assert any("finished in May" in sentence.text for sentence in draft.sentences)

    def test_neither_is_answered_for_where_both_are_wanted(self, find, embedder: Embedder, sure_from: float) -> None:  # type: ignore[no-untyped-def]
        text = "What did Ada Brandt and Tom Holt both say about the dam?"
        found = find(text)
        assert len(found.parts) == 2
        draft = ExtractiveAnswerer(embedder, 4, sure_from=sure_from).answer(Question(text), found)
        assert draft.notes == ()
        assert draft.confidence < sure_from


def test_what_answers_a_part_is_told_though_another_part_has_the_like_beside_its_own(
    embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alike = "Ada North spoke of the fair at the harbour council's meeting in Osterby, the mayor said on Monday."
    decided = "The toll was decided at the harbour council's meeting in Osterby, the mayor said on Monday."
    home = Home(tmp_path / "home")
    build_index(home, embedder, [story("fair", f"The peace fair opens in Lindhafen. {alike}"), story("toll", decided)])
    index = Index.open(home)
    question = Question("Where does the peace fair open, and at which meeting was the toll decided?")
    found = retrieve(index, embedder, question, 10, datetime.date(2024, 6, 20))
    answerer = ExtractiveAnswerer(embedder, 4)
    accounts = answerer._accounts

    def with_the_like(analysis: Analysis, ranked: Sequence[Candidate], most: int, **_: object) -> list[Account]:
        if "toll" in analysis.text:
            return accounts(analysis, [one for one in ranked if one.place.text == decided], most, each_article=False)
        own, like = ([one for one in ranked if part in one.place.text] for part in ("opens", "spoke"))
        return [account(one, [], embedder, counts=False) for one in (*own, *like)]

    monkeypatch.setattr(answerer, "_accounts", with_the_like)
    told = [sentence.text for sentence in answerer.answer(question, found).sentences]
    index.close()
    assert decided in told
    assert alike not in told
