"""What is shown of how a search went: limits set by hand, what each stage left and took, and why each article ranks."""

from __future__ import annotations

import datetime
from html import unescape

import pytest

from assistant.browser.search_details import details
from assistant.cli.search_view import print_search
from assistant.contract import answer_json
from assistant.records import Answer, Question, Reason, Search
from assistant.retrieval.course import course, signals_of
from index.records import Article, Passage

SIGNALS = {"dense": 0.61, "keyword": 1.0, "headline": 0.5, "lead": 0.25, "date": 0.125}
COUNTS = {
    "indexed": 2_000,
    "passed": 40,
    "meaning": 200,
    "words": 31,
    "scored": 215,
    "ranked": 38,
    "kept_articles": 2,
    "kept_chunks": 8,
}
SPENT = {"understand": 1.2, "embed": 15.0, "limit": 2.0, "search": 7.0, "rank": 1.0}
LIMITED = Question(
    "What flooded Osterby?", since=datetime.date(2024, 6, 1), as_of=datetime.date(2024, 6, 20), source="Reuters<b>"
)


def answer(question: Question, *signals: dict[str, float], search: Search | None = None) -> Answer:
    article = Article(id="flood", title="The flood", text="The Ley flooded Osterby.", source="Reuters")
    passages = tuple(Passage(article, 0, len(article.text), 1.0 - i, its) for i, its in enumerate(signals))
    search = search or Search(question.text, articles=40, chunks=215, timings_ms=SPENT, counts=COUNTS)
    return Answer(question, (), passages, "none", reason=Reason.NO_EVIDENCE, words="Nothing.", search=search)


def test_limits_set_by_hand_and_every_stage_are_told_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(LIMITED, SIGNALS)
    print_search(shown)
    printed, html = capsys.readouterr().out, unescape(details(shown))
    for told in (
        "Limits set by hand: from 1 June 2024 to 20 June 2024, from “Reuters<b>”.",
        "40 of 2,000 articles passed the limits.",
        "200 passages found by meaning and 31 by words, 215 together, were scored and 38 stories ranked; "
        "kept: 2 articles and 8 passages.",
        "Time: understand 1 ms, embed 15 ms, limit 2 ms, search 7 ms, rank 1 ms.",
    ):
        assert told in printed
        assert told in html
    assert "<b>" not in details(shown), "a name given by hand is no HTML"
    searched = answer_json(shown)["search"]
    assert searched["filters"] == {"as_of": "2024-06-20", "since": "2024-06-01", "source": "Reuters<b>"}
    assert searched["counts"] == COUNTS
    assert answer_json(answer(Question("Who?"), SIGNALS))["search"]["filters"] == {}


def test_a_reranker_that_decided_the_order_has_the_first_column(capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(LIMITED, {**SIGNALS, "rerank": 7.5}, {**SIGNALS, "rerank": -2.25})
    assert signals_of(shown.passages) == ("rerank", "dense", "keyword", "headline", "lead", "date")
    print_search(shown)
    printed, html = capsys.readouterr().out, details(shown)
    assert "rerank" in printed
    assert "7.50" in printed
    assert "-2.25" in printed
    assert "Reranker</th>" in html
    assert "<td>-2.25</td>" in html


def test_where_nothing_reranks_there_is_no_such_column(capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(LIMITED, SIGNALS)
    print_search(shown)
    assert "rerank" not in capsys.readouterr().out
    assert "Reranker" not in details(shown)


def test_a_signal_that_only_one_passage_has_is_left_open_in_the_others() -> None:
    html = details(answer(LIMITED, SIGNALS, {**SIGNALS, "novel": 3.0}))
    assert "novel</th>" in html
    assert "<td></td>" in html
    assert "<td>3.00</td>" in html


def test_a_search_that_the_limits_left_nothing_says_so_without_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    search = Search("Who?", timings_ms={"understand": 1.0, "limit": 2.0}, counts={"indexed": 1, "passed": 0})
    nothing = answer(LIMITED, search=search)
    assert course(search, LIMITED)[1:] == [
        "0 of 1 article passed the limits.",
        "Time: understand 1 ms, limit 2 ms.",
    ]
    print_search(nothing)
    assert "0 of 1 article passed the limits." in capsys.readouterr().out
    assert "0 of 1 article passed the limits." in details(nothing)
    assert "<table>" not in details(nothing)
