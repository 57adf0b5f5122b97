"""How a date reads, the same in an answer and on every face."""

from __future__ import annotations

from index.records import Published


def shown_date(published: Published) -> str:
    """The day in words, as 14 June 2024; "undated" where the article states none."""
    return f"{published.day} {published:%B %Y}" if published else "undated"
