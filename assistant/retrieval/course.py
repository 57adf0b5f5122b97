"""The course of a search, for whoever wants it explained: limits by hand, what each stage left and took, signals."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.records import Question, Search
from assistant.retrieval.account import days_by_hand, filters_by_hand
from index.records import Passage

_SIGNALS = ("rerank", "dense", "keyword", "headline", "lead", "date")
"""In the order they are shown: what decided, if it is there, first."""


def course(search: Search, question: Question) -> list[str]:
    """How the search went, in sentences: the limits set by hand, what each stage left, what each took."""
    told = []
    if by_hand := [*days_by_hand(question), *filters_by_hand(question)]:
        told.append(f"Limits set by hand: {', '.join(by_hand)}.")
    counts = search.counts
    if "indexed" in counts:
        told.append(f"{search.articles:,} of {_counted(counts['indexed'], 'article')} passed the limits.")
    if "scored" in counts:
        kept = f"{_counted(counts['kept_articles'], 'article')} and {_counted(counts['kept_chunks'], 'passage')}"
        told.append(
            f"{_counted(counts['meaning'], 'passage')} found by meaning and {counts['words']:,} by words, "
            f"{counts['scored']:,} together, were scored and {_counted(counts['ranked'], 'story', 'stories')} ranked; "
            f"kept: {kept}."
        )
    if search.timings_ms:
        told.append(f"Time: {', '.join(f'{stage} {spent:.0f} ms' for stage, spent in search.timings_ms.items())}.")
    return told


def signals_of(passages: Iterable[Passage]) -> tuple[str, ...]:
    """The names of the signals that any of the passages has, in the order to show them."""
    held = dict.fromkeys(name for passage in passages for name in passage.signals)
    return (*(name for name in _SIGNALS if name in held), *(name for name in held if name not in _SIGNALS))


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
