"""Figures in a sentence: the number, and what it counts. To tell one figure that changed from two that differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.check.tokens import Token, tokens
from index.words import stems

_MONTHS = frozenset(stems("january february march april may june july august september october november december"))
_CLOCK = re.compile(r"\b\d{1,2}(?:[:.]\d\d)?\s?[ap]\.?m\b\.?|\b\d{1,2}:\d\d\b", re.IGNORECASE)
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)$|^(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)$")

_COUNTS = (
    ("dead", frozenset(stems("dead die died dies death deaths kill killed kills toll fatalities victims"))),
    ("hurt", frozenset(stems("hurt injured injure injuries injury wounded"))),
    ("missing", frozenset(stems("missing unaccounted"))),
    ("arrested", frozenset(stems("arrested arrests detained detainees"))),
    ("evacuated", frozenset(stems("evacuated evacuate evacuees displaced homes"))),
)  # fmt: skip
_NUMBERED = frozenset(
    stems("category number no level phase stage chapter version article section route line type class grade act page")
)
"""Words whose number is a name: "a category 4 hurricane"."""

_DURATIONS = frozenset(stems("second minute hour day night week month year decade century old utc gmt local"))
_PEOPLE = frozenset(
    stems("people persons men women children residents workers soldiers civilians passengers more others")
)
_NEAR = 4
"""Content words to each side of a number that tell what it is about."""

_REACH = 6
"""Content words from a number within which is told what it counts, where it counts people."""


@dataclass(frozen=True)
class Figure:
    """A number and what it counts, as stems; `near` are the content words around it."""

    value: float
    unit: str
    near: frozenset[str]

    @property
    def is_duration(self) -> bool:
        """Whether it is a length of time, or an age."""
        return self.unit in _DURATIONS

    def agrees(self, other: Figure) -> bool:
        """Whether both may be the same number, one of them rounded."""
        a, b = sorted((abs(self.value), abs(other.value)))
        return a == b or (b - a) <= 0.02 * b


@lru_cache(maxsize=2048)
def figures(sentence: str) -> tuple[Figure, ...]:
    """The figures of a sentence, without dates, years, times of day and places in an order."""
    of = tokens(_CLOCK.sub(" ", sentence))
    found = []
    for at, token in enumerate(of):
        if token.value is None or _ORDINAL.search(token.word) or _is_no_count(of, at):
            continue
        unit = _unit(of, at)
        if unit:
            near = of[max(0, at - _NEAR) : at] + of[at + 1 : at + 1 + _NEAR]
            found.append(Figure(token.value, unit, frozenset(one.stem for one in near if one.value is None)))
    return tuple(found)


@lru_cache(maxsize=2048)
def numbered(sentence: str) -> frozenset[tuple[str, float]]:
    """What a sentence calls by a number: ("categori", 4.0) for "a category 4 hurricane"."""
    of = tokens(sentence)
    return frozenset((of[at - 1].stem, value) for at in range(1, len(of)) if (value := _name_of(of, at)) is not None)


def _name_of(of: Sequence[Token], at: int) -> float | None:
    """The number at that place, if it is the name of the word before it."""
    before = of[at - 1] if at else None
    names = before is not None and before.stem in _NUMBERED and before.clause == of[at].clause and not of[at].before
    return of[at].value if names else None


def _is_no_count(of: Sequence[Token], at: int) -> bool:
    beside = [of[i] for i in (at - 1, at + 1) if 0 <= i < len(of) and of[i].clause == of[at].clause]
    value = of[at].value or 0
    if value > 31 and at > 1 and of[at - 2].stem in _MONTHS and of[at - 1].value is not None:
        return True
    if any(one.stem in _MONTHS for one in beside):
        return True
    if at + 1 < len(of) and of[at + 1].word in ("st", "nd", "rd", "th"):
        return True
    return 1900 <= value <= 2100 and value == int(value) and "," not in of[at].word and of[at].before in _BEFORE_YEARS


_BEFORE_YEARS = frozenset("in since of by from until before after and to during the".split())


def _unit(of: Sequence[Token], at: int) -> str:
    """What the number counts: the word behind it, or for people what happened to them; empty where none tells."""
    if _name_of(of, at) is not None:
        return ""
    behind = of[at + 1] if at + 1 < len(of) and of[at + 1].clause == of[at].clause else None
    if behind is not None and behind.value is None and behind.stem not in _PEOPLE:
        direct = next((name for name, stems_ in _COUNTS if behind.stem in stems_), None)
        return direct or behind.stem
    near = sorted(
        (i for i in range(max(0, at - _REACH), min(len(of), at + 1 + _REACH)) if i != at), key=lambda i: abs(i - at)
    )
    near = [i for i in near if of[i].clause == of[at].clause]
    happened = next((name for i in near for name, held in _COUNTS if of[i].stem in held), None)
    if happened:
        return happened
    return behind.stem if behind is not None and behind.value is None else ""
