"""What a reader typed into the question box and the limits under it -> a question."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.errors import QuestionError
from assistant.records import Question, Turn

ANY_OUTLET = "Any outlet"

DAYS = ("As of", "Since", "Until")
"""The labels of the three days, in the order of `question`."""

UNDERSTAND = (
    "Take days and outlets from the question’s own words, as in “last week” or “what did Reuters report”, and correct "
    "misspelt ones"
)

ARTICLES = "Articles, by id"

REPRINTS = "and their reprints"

HINT = '<p class="aside">Days as 2024-06-14. “As of” answers as on that day, from what was published until then.</p>'


@dataclass(frozen=True)
class Typed:
    """What stands in the fields under the question box."""

    as_of: str = ""
    since: str = ""
    until: str = ""
    outlet: str | None = None
    author: str = ""
    language: str = ""
    articles: str = ""
    reprints: bool = False
    understand: bool = True


def question(text: str, typed: Typed, history: Sequence[Turn]) -> Question:
    """Blank limits are none. Raises QuestionError for a date that is none."""
    ids = tuple(one for one in (part.strip() for part in (typed.articles or "").split(",")) if one)
    return Question(
        text=text.strip(),
        as_of=_day(DAYS[0], typed.as_of),
        since=_day(DAYS[1], typed.since),
        until=_day(DAYS[2], typed.until),
        source=typed.outlet if typed.outlet and typed.outlet != ANY_OUTLET else None,
        history=tuple(history),
        author=(typed.author or "").strip() or None,
        language=(typed.language or "").strip() or None,
        articles=() if typed.reprints else ids,
        cluster=ids if typed.reprints else (),
        understand=bool(typed.understand),
    )


def _day(label: str, typed: str | None) -> datetime.date | None:
    typed = (typed or "").strip()
    if not typed:
        return None
    try:
        return datetime.date.fromisoformat(typed)
    except ValueError:
        shown = typed if len(typed) <= 40 else f"{typed[:40]}…"
        raise QuestionError(
            f"“{shown}” under “{label}” is no date.", "Write a date as 2024-06-14, or leave the field empty."
        ) from None
