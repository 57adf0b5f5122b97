"""What a feed (RSS, Atom) or a sitemap lists: the addresses of pages, and what it says of each. Opens no connection."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from index.dates import parse_published
from index.errors import ReadError
from index.records import Published

FEED_TYPES = (
    *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml"),
    *("text/html", "application/xhtml+xml", "text/plain"),  # for a message that says what came instead
)
SITEMAP_TYPES = (
    *("application/xml", "text/xml", "application/gzip", "application/x-gzip", "application/octet-stream"),
    *("text/html", "application/xhtml+xml", "text/plain"),
)

LARGEST_FEED = 2_000_000
"""Bytes: feeds list the latest entries, and a damaged one takes seconds a million."""

_MOST_ENTRIES = 50_000
"""Of one sitemap, as sitemaps.org allows."""


@dataclass(frozen=True)
class Entry:
    """A page that a feed or sitemap lists. `stamp`: what it says of the page's state; another stamp, another state.

    `published` and `title` are as stated, for a page that states none itself.
    """

    url: str
    stamp: str = ""
    title: str = ""
    published: Published = None


@dataclass(frozen=True)
class Sitemap:
    """Pages, and further sitemaps."""

    entries: tuple[Entry, ...]
    sitemaps: tuple[str, ...]


def read_feed(data: bytes, url: str) -> tuple[Entry, ...]:
    """The entries of a feed, in its order. Raises ReadError if it is none."""
    import feedparser

    if len(data) > LARGEST_FEED:
        raise ReadError(f"{url} is larger than {LARGEST_FEED:,} bytes.", "Give a feed of the latest articles alone.")
    parsed = feedparser.parse(io.BytesIO(data), resolve_relative_uris=False, sanitize_html=False)
    if not parsed.version:
        page = re.match(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", data[:2000], re.IGNORECASE | re.DOTALL)
        found = "a web page, not a feed" if page else "no RSS or Atom feed"
        raise ReadError(
            f"{url} is {found}.",
            "Give the address of the feed itself, which the page often links as RSS; one page is added without --feed.",
        )
    return tuple(filter(None, (_feed_entry(entry, url) for entry in parsed.entries)))


def _feed_entry(entry: Any, url: str) -> Entry | None:
    link = str(entry.get("link") or "").strip()
    if not link:
        return None
    stated = str(entry.get("published") or "")
    updated = dict.get(entry, "updated")  # the entry's own get() takes `published` for it, with a warning
    stamp = " ".join(filter(None, (str(updated or ""), stated, str(entry.get("id") or ""))))
    return Entry(urljoin(url, link), stamp, " ".join(str(entry.get("title") or "").split()), _published(stated))


def read_sitemap(data: bytes, url: str, max_bytes: int) -> Sitemap:
    """What a sitemap, plain or .gz, lists. Entities are not resolved and nothing is loaded. Raises ReadError."""
    from lxml import etree

    remedy = "Give the address of a sitemap, which a site's robots.txt often names."
    if data[:2] == b"\x1f\x8b":
        data = _unzipped(data, url, max_bytes)
    entries: list[Entry] = []
    sitemaps: list[str] = []
    root = ""
    events = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,  # libxml2 then bounds depth and the size of a text
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for event, element in events:
            name = etree.QName(element).localname
            root = root or name
            if root not in ("urlset", "sitemapindex"):
                break
            if event == "start" or name not in ("url", "sitemap"):
                continue
            said = dict(_said(element))
            address = urljoin(url, said.get("loc", ""))
            if said.get("loc") and name == "sitemap":
                sitemaps.append(address)
            elif said.get("loc"):
                stamp = " ".join(filter(None, (said.get("lastmod"), said.get("publication_date"))))
                published = _published(said.get("publication_date", ""))
                entries.append(Entry(address, stamp, said.get("title", ""), published))
            element.clear()
            if len(entries) + len(sitemaps) > _MOST_ENTRIES:
                raise ReadError(f"{url} lists more than {_MOST_ENTRIES:,} pages.", "Give the sitemaps of its parts.")
    except etree.XMLSyntaxError as error:
        raise ReadError(f"{url} is no sitemap: {error.msg}.", remedy) from error
    if root not in ("urlset", "sitemapindex"):
        raise ReadError(f"{url} is no sitemap{f' but <{root[:40]}>' if root else ''}.", remedy)
    return Sitemap(tuple(entries), tuple(sitemaps))


def _said(element: Any) -> Iterator[tuple[str, str]]:
    """(name, text) of each element within one entry, without namespaces; <news:title> is "title"."""
    for below in element.iterdescendants("*"):
        name = str(below.tag).rpartition("}")[2]
        if not str(below.tag).startswith("{http://www.google.com/schemas/sitemap-image"):
            yield name, " ".join((below.text or "").split())


def _unzipped(data: bytes, url: str, max_bytes: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            plain = file.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError(f"{url} is a damaged .gz file: {error}.", "Run the same command again later.") from error
    if len(plain) > max_bytes:
        raise ReadError(f"{url} unpacks to more than {max_bytes:,} bytes.", "Give the sitemaps of its parts.")
    return plain


def _published(stated: str) -> Published:
    """A date as feeds write it: "Fri, 14 Jun 2024 10:00:00 GMT" or ISO; None for what is neither."""
    from email.utils import parsedate_to_datetime

    if not stated.strip():
        return None
    try:
        return parse_published(stated.strip())
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(stated)
    except ValueError:
        return None
