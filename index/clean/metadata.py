"""The lines of a page that state when an article was published, who wrote it and for which outlet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.clean.bylines import Byline, bare_names, is_agency, is_outlet, is_person, is_role, read_byline
from index.clean.debris import is_furniture, stated_outlet
from index.clean.page import Page, is_prose
from index.clean.sections import is_section
from index.dates import Stamp, date_at_end, parse_published, read_stamp
from index.records import Published

_NEAR = 3
"""Lines between a bare name and the date line that makes it a byline."""

_SEGMENTS = re.compile(
    r"\s*[|•·]\s*|\s+[–—-]\s+|(?<=\S)[\s,]+(?=(?:last )?(?:updated|modified|published)\b)", re.IGNORECASE
)
_TIME_WORDS = re.compile(r"\d|day\b|\bago\b|\bjust now\b", re.IGNORECASE)
"""What every date line holds one of; looked for first, since it is cheap."""

_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][^.!?():\d]{0,50}?)?"
    r"(?P<date>(?:,\s{0,3}|\s{1,3})(?:[^\W\d_]{3,9}\.? \d{1,2}, \d{4}|\d{1,2} [^\W\d_]{3,9}\.?,? \d{4}))?"
    r"(?:,?\s{1,3}(?:[^\W\d_]{3,9}\.? \d{1,2}|\d{1,2} [^\W\d_]{3,9}))?"
    r"\s{0,3}(?:[(/](?P<agency>[^()/]{2,40})[)/])?\s{0,3}(?:--?|–|—|:)\s"
)
_NO_PLACES = frozenset(
    {"on", "in", "by", "since", "until", "after", "before", "from", "of", "for", "during", "the", "at"}
)


@dataclass(frozen=True)
class Metadata:
    """What one line states: dates, authors, outlet."""

    stamps: tuple[Stamp, ...]
    byline: Byline


def read_metadata(line: str) -> Metadata | None:
    """What a line says that holds a date and nothing but dates, names and the like; None for any other line.

    "14 June 2024 18:07", "By Jane Roe | 14 June 2024 | 5 min read", "Jane Roe, The Examiner, June 14, 2024".
    """
    if len(line) > 200 or not _TIME_WORDS.search(line):
        return None
    if stamp := read_stamp(line):
        return Metadata((stamp,), Byline())
    stamps: list[Stamp] = []
    authors: list[str] = []
    outlet: str | None = None
    date = ""
    for segment in filter(None, _SEGMENTS.split(line)):
        words = segment
        if stamp := read_stamp(f"{date} {segment}") if date else None:  # "14 June 2024 | 18:07"
            stamps[-1] = stamp
            continue
        if stamp := read_stamp(segment):
            stamps.append(stamp)
            date = segment if stamp.when else ""
            continue
        if found := date_at_end(segment):
            words, stamp = found
            stamps.append(stamp)
        byline = read_byline(words, marked=False)
        if byline and (byline.authors or byline.outlet):
            authors.extend(byline.authors)
            outlet = outlet or byline.outlet
        elif not (is_furniture(words) or is_section(words) or (found and _is_place(words))):
            return None
    return Metadata(tuple(stamps), Byline(tuple(dict.fromkeys(authors)), outlet)) if stamps else None


def take_metadata(page: Page) -> None:
    """Take dates, authors and the outlet from the top and the foot of the page, and take their lines out."""
    margin = page.top() | page.foot()
    dated = _date_lines(page, margin)
    bylines = _bare_bylines(page, set(dated), margin)
    for at, found in dated.items():
        page.stamps.extend(found.stamps)
        _take_byline(page, at, found.byline)
    for at, byline in bylines.items():
        _take_byline(page, at, byline)
    for at in page.rest():
        if at not in margin:
            continue
        line = page.plain[at]
        if marked := read_byline(line):
            _take_byline(page, at, marked)
            _take_role(page, at + 1)
        elif outlet := stated_outlet(line):
            _take_byline(page, at, Byline(outlet=outlet))
    for at in bylines:
        _take_role(page, at + 1)


def published(page: Page) -> Published:
    """The first date stated; one labelled as the publication's goes before, an update's behind, a dateline's last."""
    for role in ("published", "plain", "updated"):
        for stamp in page.stamps:
            if stamp.role == role and stamp.when is not None:
                return stamp.when
    match = _dateline(page)
    if match is None or not match["date"]:
        return None
    place = (match["place"] or "").replace(",", " ").split()
    if not place or len(place) > 4 or place[0].lower() in _NO_PLACES or not all(word[0].isupper() for word in place):
        return None
    try:
        return parse_published(match["date"].strip(", "))
    except ValueError:
        return None


def outlet(page: Page) -> str | None:
    """The outlet stated; else the agency of the first paragraph's dateline, "KYIV (Reuters) -"."""
    if page.source:
        return page.source
    match = _dateline(page)
    return match["agency"] if match and match["agency"] and is_agency(match["agency"]) else None


def take_dateline(page: Page) -> str:
    """Take the dateline, "KYIV, June 14 (Reuters) -", out of the first paragraph; empty where there is none.

    It opens with a place in capitals, or names an agency. What it says of date and outlet is to be read before.
    """
    at = next((at for at in page.rest() if is_prose(page.plain[at])), None)
    match = _dateline(page, bare=True)
    if at is None or match is None:
        return ""
    place, agency = (match["place"] or "").strip(" ,"), match["agency"]
    is_placed = place.isupper() and len(place.split()) <= 5 and place.lower() not in _NO_PLACES and len(place) > 2
    line = page.lines[at]
    piece = line[: len(line) - len(line[match.end() :].lstrip())].rstrip()
    is_plain = page.plain[at].startswith(piece)  # else blanks were folded, and the match counts in another string
    if not is_plain or not line[match.end() :].strip() or not (is_agency(agency) if agency else is_placed):
        return ""
    if not agency and match.group().rstrip()[-1] == ":":  # "PUTIN: …" speaks
        return ""
    page.cut(at, piece)
    return piece.rstrip(" -–—:")


def _date_lines(page: Page, margin: set[int]) -> dict[int, Metadata]:
    edge = page.head() | page.foot()
    found = {at: metadata for at in page.rest() if (metadata := read_metadata(page.plain[at]))}
    bare = {at for at, metadata in found.items() if at not in edge and all(s.role == "plain" for s in metadata.stamps)}
    if len(bare) > 1:  # a page of many dates is a chronicle, and these are its headings
        found = {at: metadata for at, metadata in found.items() if at not in bare}
    return {at: metadata for at, metadata in found.items() if at in margin or at not in bare}


def _bare_bylines(page: Page, dated: set[int], margin: set[int]) -> dict[int, Byline]:
    """The lines of names alone, or of an agency alone, that stand close to a date line; first those above one."""
    rest = page.rest()
    names = {at: byline for at in rest if at in margin and (byline := _bare_byline(page.plain[at]))}
    found: dict[int, Byline] = {}
    for step in (1, -1):
        is_named = any(byline.authors for byline in found.values())
        for at in names:
            if is_named and names[at].authors:
                continue
            way = rest[rest.index(at) + 1 :][:_NEAR] if step == 1 else rest[: rest.index(at)][::-1][:_NEAR]
            for n in way:
                if n in dated:
                    found[at] = names[at]
                if n not in names and not is_role(page.plain[n]):
                    break
    return found


def _bare_byline(line: str) -> Byline | None:
    if is_prose(line) or len(line) > 120:
        return None
    if names := bare_names(line):
        return Byline(names)
    byline = read_byline(line, marked=False)
    if byline and (is_agency(line) or (byline.authors and all(map(bare_names, byline.authors)))):
        return byline
    return None


def _take_byline(page: Page, at: int, byline: Byline) -> None:
    page.authors.extend(name for name in byline.authors if name not in page.authors)
    page.source = page.source or byline.outlet
    page.drop(at)


def _take_role(page: Page, at: int) -> None:
    """Take out the line below a byline if it only says what the author is, or where: "BBC News, Kyiv"."""
    if not page.is_left(at) or is_prose(page.plain[at]):
        return
    name, _, place = page.plain[at].partition(", ")
    if is_outlet(name) and len(place.split()) <= 2:
        _take_byline(page, at, Byline(outlet=name))
    elif is_role(page.plain[at]):
        page.drop(at)


def _is_place(words: str) -> bool:
    parts = words.split()
    return 1 <= len(parts) <= 2 and all(part[0].isupper() for part in parts) and not is_person(words)


def _dateline(page: Page, *, bare: bool = False) -> re.Match[str] | None:
    """The dateline of the first prose; `bare`: also one of a place alone."""
    first = next((page.plain[at] for at in page.rest() if is_prose(page.plain[at])), "")
    match = _DATELINE.match(first)
    return match if match and (bare or match["date"] or match["agency"]) else None
