"""What a question asks of the search: its self-contained wording, time, outlets, parts, and exact words.

Rules only, no model and no index: the outlets that may be meant are given.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.question import is_yes_or_no
from assistant.question import parts as parts_of
from assistant.records import Question, Window
from assistant.retrieval.follow_up import self_contained
from assistant.retrieval.outlets import outlet_name, reporting_outlets, without_outlets
from assistant.retrieval.time_words import time_words
from index.words import words

_MOST_PARTS = 4

_CLAUSES = re.compile(
    r",?\s+(?:while|whereas|but|and\s+(?=(?:the|that|does|did|is|was|what|which|who)\b))\s*|(?<=[.?;])\s+"
    r"|,\s+(?=(?:which|as|reported|according)\b)",
    re.IGNORECASE,
)
_SHORTEST_CLAUSE = 5
"""Words; less says too little to be searched for by itself."""

_TWO_NAMES = re.compile(
    r"\b(?P<before>(?:did|do|does|have|has|had|will|would|are|were)\s+(?:both\s+)?)(?P<first>[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+){0,3})\s+and\s+"
    r"(?P<second>[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+){0,3})(?=\s+(?:each\s+|both\s+)?[a-z])"
)
_COMPARES = re.compile(
    r"\b(?:both|same|common|differ\w*|dis?agree\w*|agree\w*|compar\w*|than|versus|changed?|between|together)\b",
    re.IGNORECASE,
)
_EXACT = re.compile(r"“([^“”]+)”|\"([^\"]+)\"")


@dataclass(frozen=True)
class Part:
    """One of the things that a question asks: its words, of which outlets, and what it is called where it is named.

    `stands_alone`: whether it is worth answering where the articles do not answer another part. One of two questions
    is, and what one of two people said. Of two that are compared neither is, nor is one outlet's report; and of two
    times that a question names one is often none that it asks about ("this week … since 2011").
    """

    text: str
    outlets: tuple[str, ...] = ()
    name: str = ""
    window: Window | None = None
    stands_alone: bool = False


@dataclass(frozen=True)
class Understood:
    """A question as it is searched for. `text` is self-contained; `parts` is empty where it asks one thing.

    `today` is the day it is asked on: its as-of, else the day given. `exact`: words that must stand so in the article.
    """

    question: Question
    text: str
    today: datetime.date
    window: Window | None = None
    latest: str | None = None
    outlets: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    exact: tuple[str, ...] = ()


def understand(
    question: Question, outlets: Iterable[str], today: datetime.date, wording: str | None = None
) -> Understood:
    """What `question`, asked on its as-of day or else `today`, asks of an index that holds these outlets.

    `wording` is its self-contained text where another method than ours made it.
    """
    known = tuple(outlets)
    today = question.as_of or today
    text = self_contained(question.text, question.history) if wording is None else wording
    exact = tuple(phrase for match in _EXACT.finditer(question.text) if len(words(phrase := match[1] or match[2])) > 1)
    if not question.understand:
        return Understood(question, text, today, exact=exact)
    named = () if question.source else reporting_outlets(text, known)
    said = time_words(text, today)
    # Days that the reader set by hand go before those that the words name, also before those of a part's words.
    by_hand = question.since is not None or question.until is not None
    window, other = (None, None) if by_hand else (said.window, said.other)
    found = Understood(question, text, today, window, said.latest, named, exact=exact)
    parts = _parts(text, named, window, other, today)
    if by_hand:
        parts = tuple(replace(part, window=None) for part in parts)
    return replace(found, parts=parts[:_MOST_PARTS])


def _parts(
    text: str, outlets: tuple[str, ...], window: Window | None, other: Window | None, today: datetime.date
) -> tuple[Part, ...]:
    groups: dict[str, list[str]] = {}
    for outlet in outlets:
        groups.setdefault(outlet_name(outlet), []).append(outlet)
    if len(groups) > 1:
        clauses = {name: _clause_of(text, group, outlets) for name, group in groups.items()}
        return tuple(
            Part(clauses[name], tuple(group), name, window if window and window.words in clauses[name] else None)
            for name, group in groups.items()
        )
    asked = parts_of(text)
    if len(asked) > 1:
        return tuple(
            Part(one, outlets, one, time_words(one, today).window or window, stands_alone=True) for one in asked
        )
    if other is not None and window is not None:
        return tuple(
            Part(re.sub(rf"(?:,|\s+and)?\s*{re.escape(b.words)}(?:\s+and\b)?", " ", text), outlets, a.words, a)
            for a, b in ((window, other), (other, window))
        )
    if match := _TWO_NAMES.search(text):
        both = (match["first"], match["second"])
        stands_alone = not is_yes_or_no(text) and not _COMPARES.search(text)
        return tuple(
            Part(
                f"{text[: match.start('first')]}{name}{text[match.end('second') :]}",
                outlets,
                name,
                stands_alone=stands_alone,
            )
            for name in both
        )
    return ()


def _clause_of(text: str, group: list[str], outlets: tuple[str, ...]) -> str:
    """The clauses of `text` that name an outlet of `group`, without outlets' names; all of it where they say little."""
    clauses = [one for one in _CLAUSES.split(text) if len(one.split()) >= _SHORTEST_CLAUSE]
    own = [one for one in clauses if without_outlets(one, group) != one]
    return " ".join(without_outlets(" ".join(own) if own else text, outlets).split())
