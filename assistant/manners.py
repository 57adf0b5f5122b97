"""News manners: as of when an answer holds. Knows the articles cited, not how they were found."""

from __future__ import annotations

import datetime

from assistant.records import Answer


def as_of(answer: Answer) -> datetime.date | None:
    """The day of the latest article cited: the answer holds as of then. None where one of them is undated."""
    published = {passage.article.id: passage.article.published for passage in answer.passages}
    days = [published.get(citation.article_id) for citation in answer.citations]
    dated = [day.date() if isinstance(day, datetime.datetime) else day for day in days if day is not None]
    return max(dated) if dated and len(dated) == len(days) else None
