"""Reads .txt and .md: one article a file, as a person pasted it, cleaned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from index.clean import Cleaned, canonical, clean
from index.dates import parse_published
from index.read.decode import decode, refuse_garbled
from index.read.front_matter import Entry, split_front_matter
from index.read.identity import host_of, id_from_path, id_from_url
from index.read.source import ReadArticle, SourceFile, Unread
from index.records import Article

_KEYS = {
    "title": ("title", "headline"),
    "published": ("published", "date", "publishdate", "pubdate"),
    "authors": ("authors", "author", "by"),
    "source": ("source", "outlet", "publisher"),
    "url": ("url", "link", "canonical_url"),
    "language": ("language", "lang"),
    "id": ("id",),
}
"""The keys of front matter that fill an article's field, by field; the first one given counts."""

_BETWEEN_AUTHORS = re.compile(r"\s*(?:[,;&]|\band\b)\s*")


def read_text(file: SourceFile) -> Iterator[ReadArticle | Unread]:
    """The article in a text or Markdown file."""
    text = canonical(decode(file.read(), charset=file.charset))
    if not text.strip():
        yield file.unread("The file is empty.", "Put the article's text into it, or remove it.")
        return
    refuse_garbled(text)
    is_markdown = file.kind != ".txt"
    entries, body = split_front_matter(text) if is_markdown else ({}, text)
    given = {name: entry for name, keys in _KEYS.items() for entry in _first(entries, keys)}
    if "title" in given:  # as the first heading it is found as the headline, and its repetitions are
        body = f"# {given['title'].value}\n\n{body}"
    cleaned = clean(body, markdown=is_markdown)
    title, content = cleaned.title, cleaned.text
    if "title" in given and not title:
        content = ""
    if not content:
        yield file.unread("The file holds no article, only what stands around one.", "Paste the article's text too.")
        return
    published = cleaned.published
    if "published" in given:
        try:
            published = parse_published(given["published"].value)
        except ValueError:
            yield file.unread(
                f"The date {given['published'].value!r} cannot be understood.",
                "Write it as 2024-06-14 or 2024-06-14T18:07:00+02:00.",
                f"line {given['published'].line}",
            )
            return
    named = {key for keys in _KEYS.values() for key in keys}
    url = file.url or (given["url"].value if "url" in given else None)
    yield ReadArticle(
        Article(
            id=_id(file, given, url),
            text=content,
            title=title,
            published=published,
            source=given["source"].value if "source" in given else cleaned.source or host_of(file.url),
            authors=_authors(given["authors"]) if "authors" in given else cleaned.authors,
            url=url,
            language=given["language"].value if "language" in given else None,
            metadata={key: entry.value for key, entry in entries.items() if key not in named} | stated(cleaned),
        ),
        file.origin,
        cleaned.removed,
    )


def _id(file: SourceFile, given: Mapping[str, Entry], url: str | None) -> str:
    """As stated, but for a file from the web, which may not name another's article as itself."""
    if "id" in given and not file.url:
        return given["id"].value
    return id_from_url(url) if url else id_from_path(file.name)


def stated(cleaned: Cleaned) -> dict[str, str]:
    """What cleaning found that no field of an article holds."""
    return {"dateline": cleaned.dateline} if cleaned.dateline else {}


def _first(entries: dict[str, Entry], keys: tuple[str, ...]) -> list[Entry]:
    return [entries[key] for key in keys if key in entries and entries[key].value][:1]


def _authors(entry: Entry) -> tuple[str, ...]:
    values = (value.removeprefix("name:").strip() for value in entry.values)
    names = (name for value in values for name in _BETWEEN_AUTHORS.split(value))
    return tuple(dict.fromkeys(name for name in names if name))
