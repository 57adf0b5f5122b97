"""What every answer in JSON keeps to, as a check that any test can ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Types = type | tuple[type, ...]

NoneType = type(None)
ANSWER: dict[str, Types] = {
    "question": str,
    "answer": str,
    "short_answer": (str, NoneType),
    "abstained": bool,
    "reason": (str, NoneType),
    "sentences": list,
    "citations": list,
    "passages": list,
    "answerer": str,
    "timings_ms": dict,
}
SENTENCE: dict[str, Types] = {"text": str, "markers": list, "support": str}
CITATION: dict[str, Types] = {
    "marker": int,
    "article_id": str,
    "field": str,
    "quote": str,
    "start": int,
    "end": int,
    "article_sha256": str,
    "title": str,
    "source": (str, NoneType),
    "published": (str, NoneType),
    "url": (str, NoneType),
}
PASSAGE: dict[str, Types] = {"article_id": str, "start": int, "end": int, "score": float}


def standard(line: str) -> Any:
    """The value of one line of standard JSON; NaN and infinities are none."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    assert line.splitlines() == [line]
    return json.loads(line, parse_constant=refuse)


def require_keys(row: Mapping[str, Any], types: Mapping[str, Types]) -> None:
    for key, wanted in types.items():
        assert key in row, f"{key} is missing in {row}"
        assert isinstance(row[key], wanted), f"{key} is {row[key]!r}"
        assert not (wanted is int and isinstance(row[key], bool)), f"{key} is {row[key]!r}"


def require_contract(row: Mapping[str, Any]) -> None:
    """Fail unless `row` is an answer as scripts rely on it."""
    require_keys(row, ANSWER)
    for key, types in (("sentences", SENTENCE), ("citations", CITATION), ("passages", PASSAGE)):
        for one in row[key]:
            require_keys(one, types)
    assert all(sentence["support"] in {"supported", "partly", "unsupported"} for sentence in row["sentences"])
    assert all(one >= 0 for one in row["timings_ms"].values())
    assert (row["reason"] is not None) == row["abstained"]

    shown = {int(n) for group in re.findall(r"\[(\d+(?:, \d+)*)\]", row["answer"]) for n in group.split(",")}
    markers = [citation["marker"] for citation in row["citations"]]
    assert sorted(markers) == sorted(set(markers))
    assert {marker for sentence in row["sentences"] for marker in sentence["markers"]} == set(markers)
    assert set(markers) == shown
    for citation in row["citations"]:
        assert citation["field"] in {"text", "title"}
        assert 0 <= citation["start"] < citation["end"]
        assert citation["end"] - citation["start"] == len(citation["quote"])
        assert re.fullmatch(r"[0-9a-f]{64}", citation["article_sha256"])
    ids = [passage["article_id"] for passage in row["passages"]]
    assert ids == list(dict.fromkeys(ids)), "an article comes twice among the passages"
