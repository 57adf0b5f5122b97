"""Typing errors: a word that no article holds is searched for as the articles spell a near one, and that is said."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from assistant.records import Question
from assistant.retrieval.account import account
from assistant.retrieval.spelling import corrected
from assistant.retrieve import retrieve
from index.embed import Embedder
from index.home import Home
from index.read import ReadArticle
from index.records import Article
from index.search import Index
from index.update import build_index

TODAY = datetime.date(2024, 6, 20)
TEXTS = (
    "The river Ley flooded Osterby. The government promised money for forty houses that stood in water.",
    "A dairy in Osterby won the prize for its blue cheese, and the president of the jury praised its taste.",
    "Mayor Ada Brandtner opened the investigation of the harbour bridge in Lindhafen on Monday.",
    "Micron builds a factory for memory chips near the food market of Lindhafen.",
)


@pytest.fixture(scope="module")
def index(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    home = Home(tmp_path_factory.mktemp("spelling") / "home")
    read = (ReadArticle(Article(id=f"a{i}", text=text), f"/news/a{i}.txt") for i, text in enumerate(TEXTS))
    build_index(home, embedder, read)
    opened = Index.open(home)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("What did the goverment promise?", "What did the government promise?"),
        ("what did the presidnet praise", "what did the president praise"),
        ("Which houses stood in watter after the flod of the river?", "flood"),
        ("WHAT HAPPENED IN OSTREBY?", "WHAT HAPPENED IN Osterby?"),
        ("Who opened the investgiatoin?", "Who opened the investigation?"),
        ("Who is Ada Brandntner?", "Who is Ada Brandtner?"),
    ],
)
def test_a_misspelt_word_is_searched_for_as_the_articles_spell_it(
    index: Index, embedder: Embedder, typed: str, searched: str
) -> None:
    assert searched in corrected(index, embedder, typed)[0]


@pytest.mark.parametrize(
    "question",
    [
        "Who flooded the houses of Osterby?",
        "What did Macron promise?",  # another name than Micron
        "Was there an earthquake?",  # spelt right, and in no article
        "Who said “the goverment promised”?",  # must stand so
        "Wer hat den ersten Preis für den Käse in Osterby gewonnen?",
        "Who won the Xqzzvk?",
        "Why don't the houses of Osterby stand?",
    ],
)
def test_words_that_are_held_or_spelt_right_or_quoted_or_foreign_are_left_alone(
    index: Index, embedder: Embedder, question: str
) -> None:
    assert corrected(index, embedder, question) == (question, ())


def test_what_was_corrected_is_found_and_said_and_can_be_switched_off(index: Index, embedder: Embedder) -> None:
    asked = "What did the goverment promise?"
    found = retrieve(index, embedder, Question(asked), 10, TODAY)
    assert found.passages[0].article.id == "a0"
    assert found.search.corrected == (("goverment", "government"),)
    assert account(found.search, asked) == ["Searched for “government” instead of “goverment”."]
    literal = retrieve(index, embedder, Question(asked, understand=False), 10, TODAY)
    assert literal.search.corrected == ()
    assert literal.text == asked
