"""Text as it comes out of a document -> the one article in it, cleaned as pasted text is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from index.clean import canonical, clean
from index.errors import ReadError
from index.read.identity import host_of, id_from_path, id_from_url
from index.read.source import SourceFile
from index.records import Article, Published


def article_of_text(
    text: str,
    file: SourceFile,
    *,
    title: str = "",
    published: Published = None,
    authors: tuple[str, ...] = (),
    source: str | None = None,
    url: str | None = None,
    article_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> tuple[Article, str, tuple[str, ...]]:
    """The article in `text`, its origin, and what cleaning took out. What is given goes before what the text says.

    Raises ReadError where the text holds no article.
    """
    text = canonical(text.replace("\0", ""))
    cleaned = clean(f"# {title}\n\n{text}" if title else text)
    if not cleaned.text.strip() or (title and not cleaned.title):
        raise ReadError("It holds no article, only what stands around one.", "Give the article's text too.")
    address = url or file.url
    article = Article(
        id=article_id or (id_from_url(address) if address else id_from_path(file.name)),
        text=cleaned.text,
        title=cleaned.title,
        published=published or cleaned.published,
        source=source or cleaned.source or host_of(file.url),
        authors=authors or cleaned.authors,
        url=address,
        metadata={**(metadata or {}), **({"dateline": cleaned.dateline} if cleaned.dateline else {})},
    )
    return article, file.origin, cleaned.removed
