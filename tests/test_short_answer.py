"""The shortest answer: every face sets off the very words of the article that it is, and no others like them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.cli.answer_view import _sentences
from assistant.contract import answer_json
from assistant.records import Citation, Highlight, Question, Role, Sentence, Support
from assistant.settings import Settings
from assistant.short_answer import Found, placed, set_off, whole_list
from index.embed import Embedder
from index.read import ReadArticle
from index.records import Article

CRANES = Article(id="cranes", title="Cranes return", text="Of 12 sites the 12 cranes of Ley took one in 2012.")


def quoted(article: Article, start: int = 0) -> Sentence:
    text = article.text[start:]
    citation = Citation(1, article.id, "text", start, len(article.text), text, article.sha256)
    return Sentence(text, (citation,), Support.SUPPORTED)


def test_the_words_found_are_set_off_and_not_the_same_words_before_them() -> None:
    at = CRANES.text.index("12 cranes")
    shown = placed("12", (quoted(CRANES),), Found("cranes", "text", at, at + 2))
    assert shown == Highlight(0, "text", at, at + 2)
    assert placed("12", (quoted(CRANES, 3),), Found("cranes", "text", at, at + 2)) == Highlight(
        0, "text", at - 3, at - 1
    )


@pytest.mark.parametrize(
    ("text", "short", "at"),
    [
        ("In 2012 the 12 cranes came.", "12", 12),
        ("It rose 12.5 points to 12.", "12", 23),
        ("Of 1,200 men 200 came.", "200", 13),
        ("Marching in March.", "March", 12),
        ("It cost US$5.", "$5", 10),
        ("Only in 2012.", "12", None),
        ("It rose by 12.5.", "5", None),
        ("Nothing.", "", None),
    ],
)
def test_in_words_that_are_no_quote_it_stands_as_whole_words_or_not_at_all(
    text: str, short: str, at: int | None
) -> None:
    found = placed(short, (Sentence(text, (), Support.SUPPORTED),))
    assert found == (None if at is None else Highlight(0, "text", at, at + len(short)))


def test_who_speaks_is_set_off_where_the_words_found_are_that() -> None:
    article = Article(id="a", text="Ada North spoke in Ley. “North of Ley it is cold, Ada North Street too.”")
    said = Citation(1, "a", "text", 24, len(article.text), article.text[24:], article.sha256)
    who = Citation(2, "a", "text", 0, 9, "Ada North", article.sha256)
    one = Sentence(said.quote, (said, who), Support.SUPPORTED, "Ada North")
    assert placed("Ada North", (one,), Found("a", "text", 0, 9)) == Highlight(0, "context", 0, 9)


def test_the_pieces_with_what_is_set_off_are_the_pieces_of_the_sentence() -> None:
    one = Sentence("It opened.", (), Support.SUPPORTED, "The new bridge", False, "Earlier")
    for highlight in (None, Highlight(0, "text", 3, 9), Highlight(0, "context", 4, 7)):
        pieces = [(role, before + strong + behind) for role, before, strong, behind in set_off(one, highlight)]
        assert tuple(pieces) == one.pieces
    strong = [(role, words) for role, _, words, _ in set_off(one, Highlight(0, "context", 4, 7)) if words]
    assert strong == [(Role.CONTEXT, "new")]


def test_a_whole_answer_says_where_its_shortest_one_stands_and_the_terminal_sets_it_off(
    embedder: Embedder, tmp_path: Path
) -> None:
    assistant = Assistant(Settings(home=tmp_path), embedder)
    text = "In 2012 the birds were counted anew. The 12 cranes of Lindhafen returned to the lake on 4 March 2025."
    assistant.add([ReadArticle(Article(id="birds", title="Cranes are back in Lindhafen", text=text), "memory")])
    stages = list(assistant.stream(Question("How many cranes of Lindhafen returned to the lake?")))
    for answer in stages:
        row = answer_json(answer)
        assert (row["short_answer"] is None) == (row["short_answer_at"] is None)
        if row["short_answer"] is not None:
            at = row["short_answer_at"]
            part = row["sentences"][at["sentence"]][at["part"]]
            assert part[at["start"] : at["end"]] == row["short_answer"]
    answer = stages[-1]
    assert answer.short_answer is not None
    shown = _sentences(answer)
    bold = [shown.plain[span.start : span.end] for span in shown.spans if span.style == "bold"]
    assert bold == [answer.short_answer]


@pytest.mark.parametrize(
    ("question", "sentence", "found", "expected"),
    [
        (
            "Which regions are left?",
            "They left the Upper Ley, the Fens and Hale.",
            "Hale",
            "Upper Ley, the Fens and Hale",
        ),
        ("What two towns voted?", "Lindhafen, Ley, and Torr voted.", "Ley", "Lindhafen, Ley, and Torr"),
        ("Who were the winners?", "Ada North, Jan Roe and Bo Li won.", "Ada North", "Ada North, Jan Roe and Bo Li"),
        ("Which Nordic countries signed?", "Norway and Sweden signed.", "Sweden", "Norway and Sweden"),
        ("Which city hosts it?", "It is held in Ley, Torr and Hale.", "Torr", "Torr"),
        ("Which teams met?", "On Monday, Ley beat Torr and Hale.", "Ley", "Ley"),
        ("What does the mayor want?", "Ley and Torr are closed.", "Torr", "Torr"),
        ("Which bus was it?", "Ley and Torr have buses.", "Torr", "Torr"),
    ],
)
def test_of_a_list_the_whole_is_set_off_where_several_are_asked_for(
    question: str, sentence: str, found: str, expected: str
) -> None:
    start = sentence.index(found)
    first, last = whole_list(question, sentence, start, start + len(found))
    assert sentence[first:last] == expected


def test_a_list_without_end_is_not_looked_through() -> None:
    sentence = "A, " * 20_000
    began = time.perf_counter()
    assert whole_list("Which regions?", sentence, 59_994, 59_995) == (59_994, 59_995)
    assert time.perf_counter() - began < 1
