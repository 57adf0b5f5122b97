"""One state of an article in the catalogue: its fields beside text and title as JSON, and a digest of all."""

from __future__ import annotations

import json

from index.dates import parse_published
from index.errors import CatalogueError
from index.records import Article, text_sha256


def record(article: Article) -> str:
    """All of `article` but its text and title, as JSON."""
    return json.dumps(
        {
            "published": article.published.isoformat() if article.published else None,
            "source": article.source,
            "authors": list(article.authors),
            "url": article.url,
            "language": article.language,
            "metadata": dict(article.metadata),
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def digest(article: Article) -> str:
    return text_sha256(json.dumps([article.title, article.sha256, record(article)], ensure_ascii=False))


def article_from(article_id: str, title: str, text: str, record: str) -> Article:
    """Raises CatalogueError if `record` is not what the function of that name makes."""
    try:
        fields = json.loads(record)
        published, authors = fields.pop("published"), tuple(fields.pop("authors"))
        return Article(
            id=article_id,
            title=title,
            text=text,
            published=parse_published(published) if published else None,
            authors=authors,
            **fields,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CatalogueError(
            f"The catalogue's record of the article {article_id!r} cannot be read: {error}.",
            "Restore it from a backup, or move the data folder away and run `dateline index build PATH…`.",
        ) from error
