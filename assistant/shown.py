"""How a date reads, the same in an answer and on every face; and that nothing but a marker reads as one."""

from __future__ import annotations

import re

from index.records import Published

_LIKE_A_MARKER = re.compile(r"\[(\s*\d+(?:\s*,\s*\d+)*\s*)\]")


def shown_date(published: Published) -> str:
    """The day in words, as 14 June 2024; "undated" where the article states none."""
    return f"{published.day} {published:%B %Y}" if published else "undated"


def without_markers(text: str) -> str:
    """`text`, as long as before, with "(5)" for a "[5]" of an article or a question, which would read as a marker."""
    return _LIKE_A_MARKER.sub(r"(\1)", text)
