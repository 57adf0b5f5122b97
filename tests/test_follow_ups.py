"""Follow-ups made self-contained: 60 fixed conversations over the seeds and 30 invented articles."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.records import Question, Turn
from assistant.retrieval.follow_up import self_contained
from assistant.retrieve import retrieve
from index.embed import Embedder
from index.home import Home
from index.read import ReadArticle, read
from index.records import Article
from index.search import Index
from index.update import build_index

HERE = Path(__file__).parent
CONVERSATIONS: list[dict[str, Any]] = yaml.safe_load((HERE / "data/conversations.yaml").read_text("utf-8"))
TODAY = datetime.date(2026, 1, 1)


@pytest.fixture(scope="module")
def index(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    home = Home(tmp_path_factory.mktemp("conversations") / "home")
    build_index(home, embedder, read([HERE / "data/news", HERE.parent / "seeds"]))
    opened = Index.open(home)
    yield opened
    opened.close()


def turns(*said: str) -> list[Turn]:
    return [Turn("assistant" if i % 2 else "user", words) for i, words in enumerate(said)]


def test_a_follow_up_finds_its_article_nearly_as_often_as_its_self_contained_wording(
    index: Index, embedder: Embedder
) -> None:
    hits = {"follow-up": 0, "self-contained": 0}
    for row in CONVERSATIONS:
        history = tuple(Turn(turn["role"], turn["content"]) for turn in row["history"])
        gold = {Path(name).stem for name in row["gold_doc_ids"]}
        for name, question in (
            ("follow-up", Question(row["question"], history=history)),
            ("self-contained", Question(row["self_contained"])),
        ):
            found = retrieve(index, embedder, question, 4, TODAY).passages
            hits[name] += bool(gold & {Path(passage.article.id).stem for passage in found})
    assert len(CONVERSATIONS) == 60
    assert hits["follow-up"] >= hits["self-contained"] - 0.03 * 60, hits


def test_he_is_whom_the_question_before_was_about() -> None:
    history = turns("What did Jens Stoltenberg say about Kyiv?", "“It needs more,” he told reporters. [1]")
    assert self_contained("When did he say it?", history).startswith("When did Jens Stoltenberg say it")


def test_his_becomes_the_name_with_its_possessive() -> None:
    history = turns("Who is Jens Stoltenberg?", "The secretary general. [1]")
    assert self_contained("What was his proposal?", history) == "What was Jens Stoltenberg’s proposal?"


def test_a_bare_why_takes_what_was_asked_before() -> None:
    history = turns("Who rejected the plan in Lindhafen?", "Mayor Holt rejected it. [1]")
    assert "plan" in self_contained("Why?", history)


def test_an_adjective_is_taken_over_with_its_noun() -> None:
    history = turns("What did Western countries promise?", "More shells. [1]")
    assert "(Western countries, " in self_contained("What became of statements like these?", history)
    history = turns("When did Adrian resign?", "In May. [1]")
    assert "Adrian resign" not in self_contained("And what about this?", history)


def test_a_question_that_names_its_own_subject_stays_as_it_is() -> None:
    history = turns("What did Putin propose?", "A ceasefire. [1]")
    question = "What did Ursula von der Leyen tell the parliament in Strasbourg?"
    assert self_contained(question, history) == question


def test_the_first_question_stays_as_it_is() -> None:
    assert self_contained("What did he say?", []) == "What did he say?"


def test_markers_of_an_answer_are_no_words_of_the_conversation() -> None:
    history = turns("Who won the race?", "Ada Brandt won it. [1, 2]")
    assert "[" not in self_contained("And why?", history)


# The conversation's articles first


def twin(id: str, place: str) -> ReadArticle:
    text = f"The new bridge in {place} was opened by the mayor. The bridge cost 41 million crowns to build."
    return ReadArticle(Article(id=id, title=f"The new bridge in {place}", text=text), f"/{id}.txt")


@pytest.fixture(scope="module")
def bridges(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    home = Home(tmp_path_factory.mktemp("bridges") / "home")
    cheese = Article(id="cheese", title="A prize for cheese", text="A dairy won the prize for its blue cheese.")
    build_index(home, embedder, [twin("ley", "Leyden"), twin("ost", "Osterby"), ReadArticle(cheese, "/cheese.txt")])
    opened = Index.open(home)
    yield opened
    opened.close()


def told(question: str, *cited: str) -> Question:
    turns = (Turn("user", "Who opened a new bridge?"), Turn("assistant", "The mayor opened it. [1]", cited))
    return Question(question, history=turns)


@pytest.mark.parametrize("cited", ["ley", "ost"])
def test_of_what_a_follow_up_finds_as_well_the_articles_cited_come_first(
    bridges: Index, embedder: Embedder, cited: str
) -> None:
    found = retrieve(bridges, embedder, told("And what did it cost?", cited), 3, TODAY)
    assert found.passages[0].article.id == found.chunks[0].article.id == cited
    assert [one.signals["conversation"] for one in found.passages[:2]] == [1.0, 0.0]


def test_what_is_found_far_better_stays_before_what_was_cited(bridges: Index, embedder: Embedder) -> None:
    found = retrieve(bridges, embedder, told("And what did it cost?", "cheese", "no such article"), 3, TODAY)
    assert found.passages[0].article.id in {"ley", "ost"}


@pytest.mark.parametrize(
    "question", [told("And what did it cost?"), told("And what did it cost?", "gone"), Question("What did it cost?")]
)
def test_where_nothing_indexed_was_cited_no_article_goes_ahead(
    bridges: Index, embedder: Embedder, question: Question
) -> None:
    found = retrieve(bridges, embedder, question, 3, TODAY)
    assert all("conversation" not in one.signals for one in found.passages)


def test_a_question_that_stands_alone_is_searched_as_if_nothing_was_said(bridges: Index, embedder: Embedder) -> None:
    text = "What did the new bridge in Osterby cost to build?"
    alone = retrieve(bridges, embedder, Question(text), 3, TODAY)
    within = retrieve(bridges, embedder, told(text, "ley"), 3, TODAY)
    assert within.passages == alone.passages
    assert within.chunks == alone.chunks
