"""The text of a news page as a person pastes it -> the article's fields and its body.

What is taken out is what the page put around the article; what a sentence says is never taken out. The words that stay
are the raw text's own, in their order: only line ends, the form of Unicode (NFC), blank lines and the blanks at the
ends of lines change. Where it is not clear whether a line is debris, it stays.

The rules that look at one line are in bylines, dates, debris and sections; those that look at a line's place are here,
in headline and in metadata.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from index.clean.bylines import bare_names, is_agency, persons, reported_by
from index.clean.debris import is_button, is_closing_credit, is_credit, is_furniture, opens_link_list, split_credit
from index.clean.headline import take_headline
from index.clean.metadata import outlet, published, read_metadata, take_dateline, take_metadata
from index.clean.page import Page, is_prose, is_statement, paragraphs
from index.clean.sections import is_lone_link, is_section_path
from index.records import Published

CLEANER_VERSION: int = 2
"""Counts up with every change of what `clean` makes of some text."""

_MOST_ROUNDS = 4
"""Times that the rules are applied: what one takes out can bring together what another looks for."""


@dataclass(frozen=True)
class Cleaned:
    """An article as read from a page. `removed`: what was taken out, line by line, in order.

    `text` is canonical: paragraphs separated by one blank line. It is empty only where the page was debris alone.
    """

    title: str
    text: str
    published: Published
    authors: tuple[str, ...]
    source: str | None
    removed: tuple[str, ...]
    dateline: str = ""
    """"KYIV, June 14 (Reuters)" where the first paragraph opened so."""


def canonical(text: str) -> str:
    r"""`text` with `\n` as the only line end, and in Unicode NFC; otherwise as it stands."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean(raw: str, *, markdown: bool = False) -> Cleaned:
    """The article in `raw`. Takes any text, raises nothing.

    The marks of Markdown headings are taken away where `markdown` is set or the text opens with a "# Title".
    """
    text = re.sub("[\v\f\x85\u2028\u2029]", "\n", canonical(raw.removeprefix("\ufeff")))
    page = Page(paragraphs(text), markdown=markdown or bool(re.match(r"\s*#\s+\S", text)))
    take_headline(page)
    for _ in range(_MOST_ROUNDS):
        before = page.removed()
        _drop_furniture(page)
        _drop_captions(page)
        take_metadata(page)
        _drop_margins(page)
        if page.removed() == before:
            break
    when, source = published(page), outlet(page)
    dateline = take_dateline(page)
    title, body = page.title, "\n\n".join(page.lines[at] for at in page.rest())
    if not body:  # a headline without an article: its words are all there is to cite
        title, body = "", page.lines[page.title_at] if title else ""
    return Cleaned(title, body, when, tuple(page.authors), source, page.removed(), dateline)


def _drop_furniture(page: Page) -> None:
    """Take out buttons, advertisements, notices and onward links, wherever they stand."""
    rest = page.rest()
    furniture = {at for at in rest if is_furniture(page.plain[at])}
    buttons = {at for at in rest if is_button(page.plain[at])}
    for place, at in enumerate(rest):
        is_among_buttons = any(n in buttons or n in furniture for n in rest[max(0, place - 1) : place + 2] if n != at)
        if at in furniture or (at in buttons and is_among_buttons):
            page.drop(at)


def _drop_captions(page: Page) -> None:
    """Take out image credits, and the captions above them: names, or a short line that stands there twice."""
    for at in page.rest():
        line = page.plain[at]
        is_byline = is_agency(line) and any(read_metadata(page.plain[n]) for n in page.beside(at))
        if (is_credit(line) or is_agency(line)) and not is_byline:
            _drop_caption_above(page, at)
            page.drop(at)
        elif parts := split_credit(line):
            caption, credit = parts
            if not is_prose(caption):
                page.drop(at)
            elif page.lines[at].endswith(credit):
                page.cut(at, credit)


def _drop_caption_above(page: Page, at: int) -> None:
    above = page.above(at, 3)
    if not above:
        return
    first, *others = above
    copies = [n for n in others if page.plain[n] == page.plain[first]]
    if is_prose(page.plain[first]):
        for n in copies:  # the words stay, once
            page.drop(n)
    elif copies or persons(page.plain[first]):
        for n in (first, *copies):
            page.drop(n)


def _drop_margins(page: Page) -> None:
    """Take out the section's name above the article, and the links and an agency's closing line below it."""
    for at in reversed(page.rest()):
        line = page.plain[at]
        if is_closing_credit(line):
            page.authors.extend([] if page.authors else reported_by(line))
            page.drop(at)
        elif is_prose(line):
            break
    for at in page.head() | page.foot():
        if is_section_path(page.plain[at]):
            page.drop(at)
    rest = page.rest()
    statements = [at for at in rest if is_statement(page.plain[at])]
    below = [at for at in rest if statements and at > statements[-1]]
    for place, at in enumerate(below):
        if opens_link_list(page.plain[at]):
            for link in below[place:]:
                page.drop(link)
            break
    left = [page.plain[at] for at in page.rest()]
    if len(left) > 1 and is_prose(left[-2]) and left[-2][-1] != ":" and is_lone_link(left[-1]):
        last = page.rest()[-1]
        page.authors.extend([] if page.authors else bare_names(left[-1].lstrip("-–—•*>»| ")))
        page.drop(last)
