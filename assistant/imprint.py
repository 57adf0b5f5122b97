"""When an article was published, by whom and where: what its record tells, and no sentence of its text.

The headline is quoted; what the record tells stands before it, in brackets, as words of Dateline's own.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from enum import StrEnum

from assistant.quoting.statement import Cited, Statement
from assistant.retrieve import Retrieved
from assistant.shown import shown_date
from index.records import Article
from index.words import stems


class Asks(StrEnum):
    """What is asked of an article."""

    PUBLISHED = "published"
    AUTHORS = "authors"
    SOURCE = "source"


_ARTICLE = r"(?:article|news (?:story|report|item))"
"""A story may be one that somebody made up."""

_APPEARED = r"(?:published|posted|written|printed|appear|appeared|come out|came out|dated|from)"
_PATTERNS = (
    (
        Asks.PUBLISHED,
        r"(?:when|(?:on |of )?(?:what|which) (?:date|day)) (?:was|is|did|does) "
        rf"(?:the|that|this) {_ARTICLE}\b.*\b{_APPEARED}"
        rf"|what (?:is|was) the (?:publication )?date of (?:the|that|this) {_ARTICLE}",
    ),
    (Asks.AUTHORS, rf"who (?:wrote|authored|is the author of|was the author of) (?:the|that|this) {_ARTICLE}"),
    (
        Asks.SOURCE,
        rf"(?:which|what) (?:outlet|paper|newspaper|site|website|source) (?:published|printed|ran|carried) "
        rf"(?:the|that|this) {_ARTICLE}|where was (?:the|that|this) {_ARTICLE}\b.*\b(?:published|printed|posted)",
    ),
)
_ASKED = tuple((asks, re.compile(rf"\W*(?:{pattern})\b", re.IGNORECASE)) for asks, pattern in _PATTERNS)
_NOT_TOPIC = frozenset(
    stems(
        "article news story report item published posted written printed appear come came out dated publication date "
        "day author authored wrote outlet paper newspaper site website source ran carried"
    )
)
_TOLD_OF = 0.5
"""The share of the topic's words that a headline must hold; one that holds fewer may be another article's."""


def asks(question: str) -> Asks | None:
    """What the question asks of an article itself; None where it asks of what one tells."""
    return next((asks for asks, pattern in _ASKED if pattern.match(question)), None)


def imprints(question: str, what: Asks, found: Retrieved, most: int) -> list[Statement]:
    """The headlines that hold most of the words of the article asked for, each with what its record tells; none where
    no article found is meant, or its record does not tell."""
    # What a conversation adds to the question is left out, unless it says nothing itself of which article is meant.
    topic = _topic(question) or _topic(found.text)
    articles = list({passage.article.id: passage.article for passage in found.passages}.values())
    shares = [_share(topic, article) for article in articles]
    if not topic:
        # "When was that article published?", of the only one there is.
        meant: Sequence[Article] = articles if len(articles) == 1 else ()
    else:
        best = max(shares, default=0.0)
        meant = [one for one, share in zip(articles, shares, strict=True) if share == best >= _TOLD_OF]
    told = ((article, _told(article, what)) for article in meant)
    return [
        Statement(Cited(article, "title", 0, len(article.title)), label=label)
        for article, label in told
        if label and article.title
    ][:most]


def _topic(text: str) -> set[str]:
    return set(stems(text)) - _NOT_TOPIC


def _share(topic: set[str], article: Article) -> float:
    return len(topic & set(stems(article.title))) / len(topic) if topic else 0.0


def _told(article: Article, what: Asks) -> str | None:
    if what is Asks.AUTHORS:
        return f"Written by {', '.join(article.authors)}" if article.authors else None
    if what is Asks.SOURCE:
        return f"Published by {article.source}" if article.source else None
    if article.published is None:
        return None
    timed = isinstance(article.published, datetime.datetime)
    return f"Published on {shown_date(article.published)}" + (f", {article.published:%H:%M}" if timed else "")
