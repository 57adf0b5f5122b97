"""The headline of a page, and the repetitions of it that page headers paste along."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from index.clean.bylines import is_agency, persons, read_byline
from index.clean.debris import is_button, is_credit, is_furniture, stated_outlet
from index.clean.metadata import read_metadata
from index.clean.page import LONGEST_HEADLINE, Page, is_prose, is_statement
from index.clean.sections import is_section, is_section_path

_STRAIGHT_QUOTES = str.maketrans("“”„«»‘’‚´`", "\"\"\"\"\"'''''")
_PERIOD_END = re.compile(r"[.。।][\"'”’»)\]]*$")
_LABEL = re.compile(r"(?P<label>(?:title|headline)\s*:)\s+(?P<title>.+)", re.IGNORECASE)
_SITE_NAME = re.compile(r"\s*[|–—-]\s*")


def take_headline(page: Page) -> None:
    """Find the headline and take out its repetitions; prose neither becomes one nor is taken out as one."""
    lines = page.plain
    at = next((at for at in page.rest() if not _is_before_headline(page, at)), None)
    if at is None:
        return
    if label := _LABEL.fullmatch(lines[at]):
        page.cut(at, label["label"])
        _take(page, at, label["title"])
        return
    near = [n for n in page.rest() if n > at and not is_statement(lines[n])][:3]
    for n in near:
        site = site_after(lines[at], lines[n])
        if is_headline_like(lines[n]) and (site or section_before(lines[at], lines[n])):
            page.drop(at)
            if site and not is_section(site):
                page.source = site
            _take(page, n, lines[n])
            return
    repeated = any(same_headline(lines[at], lines[n]) for n in near)
    if page.opens_with_heading or is_headline_like(lines[at], marked=repeated or _has_head_below(page, at)):
        _take(page, at, lines[at])


def _take(page: Page, at: int, title: str) -> None:
    page.title, page.title_at = title, at
    is_head = True
    for n in page.rest():
        line = page.plain[n]
        is_head = is_head and not (n > at and is_statement(line))
        if is_statement(line) or line.endswith("."):
            continue
        if _key(line) == _key(title) or (is_head and same_headline(line, title)):
            page.drop(n)
        elif is_head and (section_before(line, title) or site_after(line, title)):
            page.source = page.source or site_after(line, title)
            page.drop(n)


def _is_before_headline(page: Page, at: int) -> bool:
    """Whether the line is one of those that stand above headlines."""
    line = page.plain[at]
    if page.opens_with_heading and at == 0:
        return False
    is_last = at + 1 == len(page.plain)
    if is_furniture(line) or is_credit(line) or is_agency(line) or read_byline(line) or stated_outlet(line):
        return True
    if read_metadata(line) or (is_section_path(line) and not is_last):
        return True
    after = "" if is_last else page.plain[at + 1]
    return (is_button(line) and (is_button(after) or is_furniture(after))) or bool(persons(line) and is_credit(after))


def _has_head_below(page: Page, at: int) -> bool:
    """Whether a date, a byline or an image's credit stands below the line, before any prose."""
    for line in page.plain[at + 1 : at + 4]:
        if read_metadata(line) or read_byline(line) or is_credit(line):
            return True
        if is_prose(line):
            break
    return False


def is_headline_like(line: str, *, marked: bool = False) -> bool:
    """Whether the line can be a headline by its form. `marked`: its neighbours make it one, so it may end a quote."""
    if len(line) > LONGEST_HEADLINE or not any(map(str.isalpha, line)) or line[-1] in ",;:-–—":
        return False
    if not _PERIOD_END.search(line) or line.endswith("..."):
        return True
    return marked and len(line) <= 160 and line[-1] in "\"'”’»"


def same_headline(one: str, other: str) -> bool:
    """Whether two lines are the same headline, but for case, punctuation and a few letters."""
    a, b = _key(one), _key(other)
    if a == b:
        return bool(a) or one == other
    if min(len(a), len(b)) < 20 or max(len(a), len(b)) > 2 * LONGEST_HEADLINE or _digits(a) != _digits(b):
        return False
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.92


def section_before(glued: str, headline: str) -> str | None:
    """The section name that `glued` is `headline` with: "News" for "NewsPutin's plan" and "Putin's plan"; else None."""
    a, b = glued.translate(_STRAIGHT_QUOTES), headline.translate(_STRAIGHT_QUOTES)
    if len(a) <= len(b) or not a.endswith(b):
        return None
    before = glued[: len(a) - len(b)]
    name = before.strip(" :|-–—•»>/")
    if len(before) > 30 or not name:
        return None
    is_glued = before[-1].isalpha() and not b[0].islower() and len(name.split()) <= 3
    return name if is_glued or is_section(name) else None


def site_after(long: str, headline: str) -> str | None:
    """The site's name that `long` is `headline` with: "Examiner" for "Plan fails | World | Examiner"; else None."""
    a, b = long.translate(_STRAIGHT_QUOTES), headline.translate(_STRAIGHT_QUOTES)
    if not a.startswith(b) or not (mark := _SITE_NAME.match(long, len(b))):
        return None
    name = _SITE_NAME.split(long[mark.end() :])[-1]
    return name if name and len(name) <= 50 else None


def _key(line: str) -> str:
    return "".join(letter for letter in line.casefold() if letter.isalnum())


def _digits(key: str) -> str:
    return "".join(filter(str.isdigit, key))
