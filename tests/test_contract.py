"""The JSON that scripts rely on: what a question may be, and what an answer and an article always have."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from contract_rules import require_contract, standard
from hypothesis import given
from hypothesis import strategies as st

from assistant.contract import answer_json, article_json, json_line, question_from
from assistant.errors import QuestionError
from assistant.records import (
    Addition,
    Answer,
    Citation,
    Highlight,
    Question,
    Reason,
    Search,
    Sentence,
    Support,
    Turn,
    Usage,
    Window,
)
from index.records import Article, Passage

ROOT = Path(__file__).resolve().parents[1]
ARTICLE = Article(
    id="brussels",
    text="Jane Roe spoke in Brussels. “We will not yield,” she said.",
    title="Roe: no retreat",
    published=datetime.datetime(2024, 6, 14, 18, 7),
    source="example.org",
    url="https://example.org/roe",
    authors=("John Doe",),
    metadata={"section": "Europe", "title": "another", "score": math.nan},
)


def citation(marker: int, quote: str, article: Article = ARTICLE) -> Citation:
    start = article.text.index(quote)
    return Citation(marker, article.id, "text", start, start + len(quote), quote, article.sha256)


def answer(**changes: Any) -> Answer:
    where, what = citation(1, "Jane Roe spoke in Brussels."), citation(2, "“We will not yield,” she said.")
    values: dict[str, Any] = {
        "question": Question("What did Roe say?"),
        "sentences": (
            Sentence(where.quote, (where,), Support.SUPPORTED),
            Sentence(what.quote, (where, what), Support.PARTLY, context="Jane Roe"),
        ),
        "passages": (Passage(ARTICLE, 0, 27, 0.75),),
        "answerer": "extractive",
        "timings_ms": {"retrieve": 21.00049, "answer": 14.5},
        "short_answer": "Brussels",
    }
    return Answer(**(values | changes))


def test_an_answer_has_every_key_that_scripts_rely_on() -> None:
    row = standard(json_line(answer_json(answer(), "q1")))
    require_contract(row)
    assert row["id"] == "q1"
    said = "Jane Roe spoke in Brussels. [1] Jane Roe: “We will not yield,” she said. [1, 2]"
    assert row["answer"] == said
    assert row["sentences"][1]["markers"] == [1, 2]
    assert row["citations"][1] == {
        "marker": 2,
        "article_id": "brussels",
        "field": "text",
        "quote": "“We will not yield,” she said.",
        "start": 28,
        "end": 58,
        "article_sha256": ARTICLE.sha256,
        "title": "Roe: no retreat",
        "source": "example.org",
        "published": "2024-06-14T18:07:00",
        "url": "https://example.org/roe",
    }
    assert row["passages"] == [
        {"article_id": "brussels", "start": 0, "end": 27, "score": 0.75, "signals": {}, "copies": []}
    ]
    assert row["timings_ms"] == {"retrieve": 21.0, "answer": 14.5}


def test_an_answer_to_a_question_without_id_has_none() -> None:
    assert "id" not in answer_json(answer())


def test_an_abstention_says_why_in_words_and_by_code_and_keeps_its_passages() -> None:
    row = answer_json(
        answer(sentences=(), reason=Reason.NO_EVIDENCE, words="The articles do not say.", short_answer=None)
    )
    require_contract(row)
    assert (row["abstained"], row["reason"], row["answer"]) == (True, "no_evidence", "The articles do not say.")
    assert row["citations"] == []
    assert len(row["passages"]) == 1


def test_an_article_has_its_hash_and_what_its_source_said_beyond_the_named_keys() -> None:
    row = standard(json_line(article_json(ARTICLE)))
    assert row == {
        "id": "brussels",
        "title": "Roe: no retreat",
        "text": ARTICLE.text,
        "sha256": ARTICLE.sha256,
        "published": "2024-06-14T18:07:00",
        "source": "example.org",
        "url": "https://example.org/roe",
        "authors": ["John Doe"],
        "language": None,
        "section": "Europe",
        "score": None,
    }


@pytest.mark.parametrize(
    ("published", "written"),
    [
        (None, None),
        (datetime.date(2024, 6, 14), "2024-06-14"),
        (datetime.datetime(2024, 6, 14, 18, 7, tzinfo=datetime.UTC), "2024-06-14T18:07:00+00:00"),
    ],
)
def test_a_date_is_written_as_it_was_stated(published: Any, written: str | None) -> None:
    assert article_json(Article(id="a", text="b", published=published))["published"] == written


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(text=st.text(st.characters(codec="utf-8")), metadata=st.dictionaries(st.text(), anything, max_size=4))
def test_whatever_an_article_holds_it_is_one_line_of_standard_json(text: str, metadata: dict[str, Any]) -> None:
    row = standard(json_line(article_json(Article(id="a", text=text, metadata=metadata))))
    assert row["text"] == text


def test_a_question_has_its_limits_and_history() -> None:
    found = question_from(
        {
            "id": "1",
            "question": "Who?",
            "as_of": "2022-06-16",
            "since": "2022-06-01",
            "until": None,
            "source": "cnn.com",
            "history": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Ask me."}],
            "answers": ["ignored"],
        }
    )
    assert found == Question(
        "Who?",
        as_of=datetime.date(2022, 6, 16),
        since=datetime.date(2022, 6, 1),
        source="cnn.com",
        history=(Turn("user", "Hello"), Turn("assistant", "Ask me.")),
    )


def test_a_question_needs_no_more_than_its_words() -> None:
    assert question_from({"question": "Who?"}) == Question("Who?")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "'question' is missing"),
        ({"question": None}, "'question' is missing"),
        ({"question": 7}, "'question' cannot be 7"),
        ({"question": "caf\udce9"}, r"'question' cannot be 'caf\\udce9'"),
        ({"question": "Who?", "as_of": "yesterday"}, "'as_of' cannot be 'yesterday'"),
        ({"question": "Who?", "since": "2022-13-01"}, "'since' cannot be '2022-13-01'"),
        ({"question": "Who?", "until": 20220616}, "'until' cannot be 20220616"),
        ({"question": "Who?", "source": ["cnn.com"]}, r"'source' cannot be \['cnn.com'\]"),
        ({"question": "Who?", "history": "hello"}, "'history' cannot be 'hello'"),
        ({"question": "Who?", "history": ["hello"]}, "'history' cannot be 'hello'"),
        ({"question": "Who?", "history": [{"role": "system", "content": "x"}]}, "'history' cannot be"),
        ({"question": "Who?", "history": [{"role": "user"}]}, "'history' cannot be"),
        ({"question": "Who?", "as_of": "x" * 10_000}, "'as_of' cannot be 'xxx"),
    ],
)
def test_what_is_wrong_with_a_question_is_named(row: dict[str, Any], said: str) -> None:
    with pytest.raises(QuestionError, match=said) as caught:
        question_from(row)
    assert len(str(caught.value)) < 300
    assert caught.value.remedy


def test_a_turn_may_name_the_articles_that_it_cites() -> None:
    turns: list[dict[str, Any]] = [
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "content": "Roe. [1]", "articles": ["a", "b"]},
    ]
    asked = question_from({"question": "And when?", "history": turns})
    assert asked.history == (Turn("user", "Who?"), Turn("assistant", "Roe. [1]", ("a", "b")))
    turns[1]["articles"] = ["a", 7]
    with pytest.raises(QuestionError, match="'articles'"):
        question_from({"question": "And when?", "history": turns})


def keys(value: Any) -> set[str]:
    """Every key in `value`, however deep; what a signal or a stage is called is none."""
    if isinstance(value, list):
        return set().union(*map(keys, value))
    if not isinstance(value, dict):
        return set()
    inner = (keys(one) for key, one in value.items() if key not in ("signals", "timings_ms"))
    return set(value).union(*inner)


def test_the_page_that_states_the_json_names_every_key() -> None:
    stated = set(re.findall(r"[a-z_\d]+", (ROOT / "docs/json.md").read_text(encoding="utf-8")))
    window = Window(datetime.date(2024, 6, 1), None, "in June")
    usage = Usage("some:model", 1, 2)
    search = Search("What?", window, parts=(("What", 1),), corrected=(("waht", "what"),), rewrite_usage=usage)
    whole = answer(search=search, usage=usage, short_at=Highlight(0, "text", 18, 26))
    whole = replace(whole, sentences=(replace(whole.sentences[0], additions=(Addition(4, "in 2024"),)),))
    question = {field.name for field in fields(Question)} - {"text"} | {"question", "role", "content"}
    named = keys(answer_json(whole, "q")) | keys(article_json(ARTICLE)) | question
    assert named - {"section"} <= stated
    assert "no_such_key" not in stated
    assert {reason.value for reason in Reason} <= stated
