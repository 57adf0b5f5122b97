"""Reads .html and .htm: the article of a saved or fetched web page, by trafilatura, with what the page states about it.

Nothing of a page is executed, and nothing it names is fetched. What it states is read by page_metadata; only where that
is silent are headline and authors taken from how the page looks, and the date from its visible marks (htmldate).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from index.clean import canonical, clean
from index.clean.bylines import is_person
from index.clean.headline import same_headline, section_before, site_after
from index.clean.page import LONGEST_HEADLINE
from index.dates import parse_published
from index.errors import ReadError
from index.language import language_of
from index.read.identity import host_of, id_from_path, id_from_url
from index.read.page_encoding import decode_page
from index.read.page_head import read_page_head
from index.read.page_metadata import PageMetadata, read_page_metadata
from index.read.source import ReadArticle, SourceFile, Unread
from index.records import Article, Published, text_sha256

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_PAGE_BYTES = 20_000_000
"""Bytes of the largest page that is read; larger ones are no news articles, and take minutes."""

_SHORTEST = 60
"""Characters of the shortest body that counts as an article."""

_MOST_MISSED = 0.5
"""The share of the stated articleBody below which the extracted body is taken for a failure."""


def read_html(file: SourceFile) -> Iterator[ReadArticle | Unread]:
    """The article of a saved page."""
    article, removed = article_of_page(file.read(), url=file.url, charset=file.charset, name=file.name)
    yield ReadArticle(article, file.origin, removed)


def article_of_page(
    data: bytes, *, url: str | None = None, charset: str | None = None, name: str = ""
) -> tuple[Article, tuple[str, ...]]:
    """The article of a page, and the lines that cleaning took out of its body. Raises ReadError.

    `url`: where it came from. `charset`: what the server stated. `name`: the path of a page without a URL, to make its
    id of.
    """
    if not data.strip():
        raise ReadError("The page is empty.", "Save it again, or remove it.")
    if len(data) > MAX_PAGE_BYTES:
        raise ReadError(
            f"The page is larger than {MAX_PAGE_BYTES:,} bytes.", "Save the article alone, or paste it as text."
        )
    tree = _parsed(decode_page(data, charset))
    stated = read_page_metadata(tree, url)
    title = _headline(tree, stated)
    body = _body(tree, stated)
    cleaned = clean(f"# {title}\n\n{body}" if title else body)
    text = cleaned.text if cleaned.title or not title else body
    if len(text) < _SHORTEST:
        raise _no_article(tree)
    address = stated.url
    head = read_page_head(tree, title)
    metadata: dict[str, Any] = {}
    if stated.modified:
        metadata["modified"] = stated.modified.isoformat()
    if cleaned.dateline:
        metadata["dateline"] = cleaned.dateline
    if stated.section:
        metadata["section"] = stated.section
    article = Article(
        id=id_from_url(address) if address else id_from_path(name or f"page-{text_sha256(text)[:16]}"),
        text=text,
        title=title or cleaned.title,
        published=stated.published or head.published or cleaned.published or _visible_date(tree, address),
        source=stated.outlet or _site_in_title(tree, title) or cleaned.source or host_of(address),
        authors=stated.authors or head.authors or cleaned.authors or _visible_authors(tree),
        url=address,
        language=language_of(text) or stated.language,  # pages state the language of their site's template
        metadata=metadata,
    )
    return article, cleaned.removed


def _parsed(text: str) -> HtmlElement:
    from trafilatura.utils import load_html

    for name in ("trafilatura", "htmldate"):  # what they log as errors is reported, or no error
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        tree = load_html(text, MAX_PAGE_BYTES)
    except (ValueError, AssertionError) as error:
        raise ReadError(f"It is not HTML: {error}.", "Save the page again.") from error
    if tree is None:
        raise ReadError("It is not HTML, or holds nothing to see.", "Save the page again, or remove it.")
    return tree


def _body(tree: HtmlElement, stated: PageMetadata) -> str:
    """The paragraphs of the article, blank lines between them; empty where there are none."""
    body = ""
    for precise in (True, False):
        body = _extracted(tree, precise=precise)
        if len(body) >= _SHORTEST and len(body) >= _MOST_MISSED * len(stated.body):
            return body
    return stated.body if len(stated.body) > len(body) else body


def _extracted(tree: HtmlElement, *, precise: bool) -> str:
    from trafilatura import extract

    text = extract(tree, include_comments=False, favor_precision=precise, output_format="txt")
    return canonical("\n\n".join(filter(None, (line.strip() for line in (text or "").split("\n")))))


def _headline(tree: HtmlElement, stated: PageMetadata) -> str:
    """The headline as the page shows it: the heading that the metadata's is like; else that one; else a heading."""
    title = _without_site(stated.title, stated)
    if len(stated.headings) == 1 and _is_headline(stated.headings[0], stated):
        return stated.headings[0]
    for heading in stated.headings:
        if title and (same_headline(heading, title) or section_before(stated.title, heading)):
            return heading
        if site_after(stated.title, heading):
            return heading
    if title:
        return title
    if len(stated.headings) == 1:
        return stated.headings[0]
    from trafilatura.metadata import extract_title

    return " ".join((extract_title(tree) or "").split())


def _is_headline(heading: str, stated: PageMetadata) -> bool:
    """Whether the only heading of its rank on a page is its headline, and not the outlet's name or a section's."""
    if stated.outlet and same_headline(heading, stated.outlet):
        return False
    return len(heading) <= LONGEST_HEADLINE and (len(heading.split()) >= 4 or not heading.isascii())


def _without_site(title: str, stated: PageMetadata) -> str:
    """A title without the outlet's name that pages put behind it."""
    if not stated.outlet:
        return title
    outlet = re.escape(stated.outlet)
    return re.sub(rf"\s*[|–—·•-]\s*{outlet}\s*$", "", title, flags=re.IGNORECASE) or title


def _visible_date(tree: HtmlElement, url: str | None) -> Published:
    """The date that the page shows, where its metadata is silent; a date alone, as a time would be a guess."""
    from htmldate import find_date

    found = find_date(tree, extensive_search=False, original_date=True, url=url)
    return parse_published(found) if found else None


def _visible_authors(tree: HtmlElement) -> tuple[str, ...]:
    from trafilatura.metadata import extract_author

    return tuple(name for name in (part.strip() for part in (extract_author(tree) or "").split(";")) if is_person(name))


def _site_in_title(tree: HtmlElement, title: str) -> str | None:
    """The outlet's name behind the headline in the page's <title>."""
    return site_after(" ".join((tree.findtext(".//title") or "").split()), title) if title else None


def _no_article(tree: HtmlElement) -> ReadError:
    if len(tree.findall(".//script")) > 2:
        return ReadError(
            "The page shows no article without running its scripts, and scripts are never run.",
            "Open it in a browser and save it from there, or copy its text into a .txt file.",
        )
    return ReadError("The page holds no article.", "Give a page that holds one, or copy the text into a .txt file.")
