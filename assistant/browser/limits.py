"""What a reader typed into the question box and the limits under it -> a question."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from assistant.errors import QuestionError
from assistant.records import Question, Turn

ANY_OUTLET = "Any outlet"

DAYS = ("As of", "Since", "Until")
"""The labels of the three days, in the order of `question`."""

HINT = '<p class="aside">Days as 2024-06-14. “As of” answers as on that day, from what was published until then.</p>'


def question(text: str, as_of: str, since: str, until: str, outlet: str | None, history: Sequence[Turn]) -> Question:
    """Blank limits are none. Raises QuestionError for a date that is none."""
    return Question(
        text=text.strip(),
        as_of=_day(DAYS[0], as_of),
        since=_day(DAYS[1], since),
        until=_day(DAYS[2], until),
        source=outlet if outlet and outlet != ANY_OUTLET else None,
        history=tuple(history),
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
