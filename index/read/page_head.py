"""What a web page shows around its headline, the lines of byline and date: for where its metadata is silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.clean.bylines import is_agency, read_byline
from index.clean.metadata import read_metadata
from index.clean.page import is_prose
from index.dates import Stamp, parse_published
from index.records import Published

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BLOCK_TAGS = (
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main nav"
    " ol p section table td th time tr ul"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_UNSEEN = frozenset("script style noscript template svg head select option button iframe".split())
_ABOVE, _BELOW = 3, 14
"""Lines above and below the headline that may hold a byline or a date."""

_LONGEST = 160
_MOST_LINES = 20_000


@dataclass(frozen=True)
class PageHead:
    """What stands around the headline: the names and the date, where lines that state nothing else state them."""

    authors: tuple[str, ...] = ()
    published: Published = None


def read_page_head(tree: HtmlElement, title: str) -> PageHead:
    """The byline and the date around the headline `title`; nothing where the page does not show that headline."""
    near = _near(tree, title)
    authors: tuple[str, ...] = ()
    stamps: list[Stamp] = []
    for line in near:
        if found := read_metadata(line):
            stamps.extend(stamp for stamp in found.stamps if stamp.when)
            authors = authors or found.byline.authors
        elif not authors and (byline := read_byline(line)):
            authors = byline.authors
    by_role = [s.when for role in ("published", "plain") for s in stamps if s.role == role]
    return PageHead(tuple(name for name in authors if not is_agency(name)), by_role[0] if by_role else _foreign(near))


def _foreign(near: list[str]) -> Published:
    """The date of one of the lines, in a language other than English."""
    from html import escape

    from htmldate import find_date

    lines = [line for line in near if sum(map(str.isdigit, line)) >= 5]
    if not lines:
        return None
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    found = find_date(f"<html><body>{body}</body></html>", extensive_search=True, original_date=True)
    return parse_published(found) if found else None


def _near(tree: HtmlElement, title: str) -> list[str]:
    """The short lines around the headline; below it none beyond the first two of prose."""
    lines = list(_lines(tree))
    key = _key(title)
    at = next((n for n in range(len(lines) - 1, -1, -1) if key and _key(lines[n]) == key), None)
    if at is None:
        return []
    below, prose = [], 0
    for line in lines[at + 1 : at + 1 + _BELOW]:
        prose += is_prose(line)
        if prose > 1:
            break
        below.append(line)
    above = lines[max(0, at - _ABOVE) : at]
    return [line for line in [*below, *above] if len(line) <= _LONGEST]


def _lines(tree: HtmlElement) -> Iterator[str]:
    """The lines that the page shows, by its blocks; without recursion, since pages nest as deep as they like."""
    words: list[str] = []
    count = 0
    stack: list[tuple[HtmlElement, bool]] = [(tree, False)]
    while stack and count < _MOST_LINES:
        element, is_end = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        ends_line = tag in _BLOCKS
        if ends_line and (line := " ".join(" ".join(words).split())):
            yield line
            count += 1
        if ends_line:
            words = []
        if is_end:
            words.append(element.tail or "")
            continue
        stack.append((element, True))
        if tag and tag not in _UNSEEN:
            words.append(element.text or "")
            stack.extend((child, False) for child in reversed(element))
    if line := " ".join(" ".join(words).split()):
        yield line


def _key(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
