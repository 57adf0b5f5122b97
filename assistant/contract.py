"""The JSON that scripts rely on: a question read from it, an answer and an article written to it.

Every face that speaks JSON speaks it through here. Keys may be added, never renamed or dropped.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from assistant.errors import QuestionError
from assistant.manners import as_of
from assistant.records import Answer, Citation, Question, Search, Turn
from index.records import Article

_LONGEST_SHOWN = 60
"""Characters of a wrong value that a message repeats."""


def question_from(row: Mapping[str, Any]) -> Question:
    """The question in a JSON object: `question`, and where given `as_of`, `since`, `until`, `source`, `history`,
    `author`, `language`, `articles` (ids), `cluster` (ids, each with its reprints) and `understand`.

    A turn of `history` may name the ids of the `articles` that it cites. Other keys are ignored; null means not given.
    Raises QuestionError naming the key and its value.
    """
    if row.get("question") is None:
        raise QuestionError("The key 'question' is missing.", 'Give each question as {"id": "…", "question": "…"}.')
    return Question(
        text=_text(row, "question"),
        as_of=_day(row, "as_of"),
        since=_day(row, "since"),
        until=_day(row, "until"),
        source=None if row.get("source") is None else _text(row, "source"),
        history=_history(row),
        author=None if row.get("author") is None else _text(row, "author"),
        language=None if row.get("language") is None else _text(row, "language"),
        articles=_ids(row, "articles"),
        cluster=_ids(row, "cluster"),
        understand=_truth(row, "understand", default=True),
    )


def question_json(question: Question) -> dict[str, Any]:
    """A question as one JSON object that `question_from` reads, without its history and what is not given."""
    return {"question": question.text, **_filters(question), "understand": question.understand}


def _filters(question: Question) -> dict[str, Any]:
    """The limits that the reader set by hand, by the keys they are given by; empty where there are none."""
    days = {"as_of": question.as_of, "since": question.since, "until": question.until}
    row = {
        **{name: day.isoformat() for name, day in days.items() if day},
        "source": question.source,
        "author": question.author,
        "language": question.language,
        "articles": list(question.articles) or None,
        "cluster": list(question.cluster) or None,
    }
    return {name: value for name, value in row.items() if value is not None}


def answer_json(answer: Answer, id: str | int | None = None) -> dict[str, Any]:
    """An answer as one JSON object; `id` is the question's, left out where there is none."""
    articles = answer.articles
    named = {} if id is None else {"id": id}
    return named | {
        "question": answer.question.text,
        "answer": answer.text,
        "short_answer": answer.short_answer,
        "short_answer_at": asdict(answer.short_at) if answer.short_at else None,
        "abstained": answer.abstained,
        "reason": answer.reason.value if answer.reason else None,
        "sentences": [
            {
                "text": sentence.text,
                "markers": list(sentence.markers),
                "support": sentence.support.value,
                "context": sentence.context,
                "label": sentence.label,
                "additions": [asdict(addition) for addition in sentence.additions],
            }
            for sentence in answer.sentences
        ],
        "citations": [_citation(citation, articles[citation.article_id]) for citation in answer.citations],
        "passages": [
            {
                "article_id": passage.article.id,
                "start": int(passage.start),
                "end": int(passage.end),
                "score": float(passage.score),
                "signals": {name: round(value, 4) for name, value in passage.signals.items()},
                "copies": [copy.id for copy in passage.copies],
            }
            for passage in answer.passages
        ],
        "search": _search(answer.search, answer.question),
        "answerer": answer.answerer,
        "timings_ms": {stage: round(float(spent), 3) for stage, spent in answer.timings_ms.items()},
        "as_of": day.isoformat() if (day := as_of(answer)) else None,
        "notes": list(answer.notes),
        "usage": asdict(answer.usage) if answer.usage else None,
    }


def _search(search: Search | None, question: Question) -> dict[str, Any] | None:
    """How the question was searched for; None where nothing was searched."""
    if search is None:
        return None
    window = search.window
    return {
        "question": search.text,
        "window": None
        if window is None
        else {
            "since": window.since.isoformat() if window.since else None,
            "until": window.until.isoformat() if window.until else None,
            "words": window.words,
            "reach": window.reach.value,
            "event": window.event.isoformat() if window.event else None,
            "used": search.window_used,
        },
        "outlets": list(search.outlets),
        "outlets_used": search.outlets_used,
        "filters": _filters(question),
        "latest": search.latest,
        "exact": list(search.exact),
        "corrected": [{"typed": typed, "searched": searched} for typed, searched in search.corrected],
        "rewritten_by": search.rewritten_by,
        "rewrite_note": search.rewrite_note,
        "rewrite_usage": asdict(search.rewrite_usage) if search.rewrite_usage else None,
        "parts": [{"name": name, "chunks": chunks} for name, chunks in search.parts],
        "articles": search.articles,
        "chunks": search.chunks,
        "counts": dict(search.counts),
        "timings_ms": {stage: round(float(spent), 3) for stage, spent in search.timings_ms.items()},
    }


def article_json(article: Article) -> dict[str, Any]:
    """An article as one JSON object, with what its source said beyond the named keys behind them."""
    named = {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "sha256": article.sha256,
        "published": _published(article),
        "source": article.source,
        "url": article.url,
        "authors": list(article.authors),
        "language": article.language,
    }
    return named | {key: value for key, value in article.metadata.items() if key not in named}


def json_line(row: Mapping[str, Any]) -> str:
    """`row` as standard JSON on one line, without the line's end.

    What JSON has no number for (NaN, an infinity) becomes null.
    """
    try:
        line = json.dumps(row, ensure_ascii=False, allow_nan=False)
    except ValueError:
        line = json.dumps(_finite(row), ensure_ascii=False, allow_nan=False)
    # JSON lets these three stand inside a string, yet many readers take them for the end of a line.
    return line.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _citation(citation: Citation, article: Article) -> dict[str, Any]:
    return {
        "marker": citation.marker,
        "article_id": citation.article_id,
        "field": citation.field,
        "quote": citation.quote,
        "start": int(citation.start),
        "end": int(citation.end),
        "article_sha256": citation.sha256,
        "title": article.title,
        "source": article.source,
        "published": _published(article),
        "url": article.url,
    }


def _published(article: Article) -> str | None:
    return article.published.isoformat() if article.published else None


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row[key]
    if not isinstance(value, str):
        raise _refused(key, value, "it is no string", "Give a string.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise _refused(key, value, "it is not Unicode text", "Save the words as UTF-8.") from None
    return value


def _day(row: Mapping[str, Any], key: str) -> datetime.date | None:
    value = row.get(key)
    if value is None:
        return None
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _refused(key, value, "it is no date", "Write a date as 2022-06-16.") from None


def _ids(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    ids = row.get(key)
    if ids is None:
        return ()
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise _refused(key, ids, "it is no list of ids", 'Give ids as ["…", "…"].')
    return tuple(ids)


def _truth(row: Mapping[str, Any], key: str, *, default: bool) -> bool:
    value = row.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise _refused(key, value, "it is neither true nor false", "Write true or false.")
    return value


def _history(row: Mapping[str, Any]) -> tuple[Turn, ...]:
    turns = row.get("history")
    if turns is None:
        return ()
    remedy = (
        'Give a list of {"role": "user" or "assistant", "content": "…"}, with "articles": ["…"] where it cites some.'
    )
    if not isinstance(turns, list):
        raise _refused("history", turns, "it is no list", remedy)
    for turn in turns:
        fits = isinstance(turn, Mapping) and turn.get("role") in ("user", "assistant")
        if not fits or not isinstance(turn.get("content"), str):
            raise _refused("history", turn, "it is no turn of a conversation", remedy)
    return tuple(Turn(turn["role"], _text(turn, "content"), _ids(turn, "articles")) for turn in turns)


def _refused(key: str, value: object, why: str, remedy: str) -> QuestionError:
    shown = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    shown = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
    return QuestionError(f"The key {key!r} cannot be {shown}: {why}.", remedy)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value
