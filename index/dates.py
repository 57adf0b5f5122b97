"""When an article was published, from words: a date, or a date and time with or without zone, just as stated.

Nothing is invented. A date without a year is no date; a date that could be read two ways (06/07/2024) is no date; a
zone that is only named (BST, ET) could mean several offsets, so the time stays without zone.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

_FIRST_YEAR, _LAST_YEAR = 1000, 9998
"""Years outside cannot be converted to UTC from every zone, or are no year of an article."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\b\.?[\s,]*)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?"
_YEAR = r"(?P<year>\d{4})"
_FULL_DATES = (
    rf"{_DAY}(?:\s+of)?[\s-]+{_MONTH}[\s,-]+{_YEAR}",
    rf"{_MONTH}\s+{_DAY}[\s,]+{_YEAR}",
    rf"{_YEAR}(?P<mark>[-/.])(?P<number>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})",
    rf"(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second>\d{{1,2}})(?P=mark){_YEAR}",
)
_PARTIAL_DATES = (rf"{_DAY}\s+{_MONTH}", rf"{_MONTH}\s+{_DAY}", r"today", r"yesterday", _WEEKDAY)
_TIME = (
    r"(?:at\s+)?(?:(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::(?P<second_>\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?|\s*(?:hrs?|uhr|h)\b)?"
    r"|(?:\.(?P<minute_>\d{2}))?\s*(?P<half_>[ap])\.?m\b\.?))"
)
_NAMED_ZONE = (
    r"[ECMP][SD]?T|BST|IST|CES?T|EES?T|WES?T|MSK|JST|KST|HKT|SGT|PKT|WIB|GST|SAST|[WEC]AT|A[EWC][SD]?T|NZ[SD]T|AK[SD]T"
    r"|(?:[a-z]+\s){0,2}(?:local\s)?time"
)
_ZONE = (
    r"\(?(?:(?P<utc>Z|UTC|GMT)\b(?:\s?(?P<plus>[+-]\d{1,2}(?::?\d{2})?))?|(?P<offset>[+-]\d{2}:?\d{2})"
    rf"|(?P<named>{_NAMED_ZONE}))\)?"
)
_BETWEEN = r"(?:[\s,]*(?:\bon\b|[-–—/@T|•·])?[\s,]*)"
_AGO = re.compile(
    r"(?:(?:about|over|an?|\d+)\s+)?(?:\d+\s*)?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|mo|months?"
    r"|y|years?)\s+ago|just now|moments ago|\d+\s*[mhd]",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:(?P<updated>(?:last\s+)?(?:updated?|modified|edited|changed))"
    r"|(?P<published>(?:(?:first|originally|article|story)\s+)?(?:published|posted|created|released|issued|aired)(?:\s+date)?"
    r"|publication\s+date|pub\s?date|published_at)|(?P<date>date(?=\s*:)|on(?=\s)))"
    r"(?:\s+(?:on|at))?(?:\s*[:–—-])?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Stamp:
    """What a date line says. `when` is None where it names no full date ("5 hours ago", "June 14").

    `role`: what its label calls it; "plain" without label, "relative" for "5 hours ago".
    """

    when: datetime.date | datetime.datetime | None
    role: Literal["published", "updated", "plain", "relative"]


def parse_published(value: str) -> datetime.date | datetime.datetime:
    """The date, or date and time with or without zone, that `value` states: in ISO 8601, or as date lines write it.

    A datetime is aware only where the value has Z, UTC, GMT or a numeric offset. Raises ValueError where the value is
    no full date, no date of the calendar, or could be read two ways.
    """
    text = " ".join(value.split())
    try:
        return _checked(_iso(text))
    except ValueError:
        found = _full_date(text)
    if found is None:
        raise ValueError(f"{value!r} is no full date")
    return found


def read_stamp(piece: str) -> Stamp | None:
    """What `piece` says if it is a date and nothing else, with or without a label such as "Published:"; else None."""
    text = " ".join(piece.split()).strip("()[] ")
    if not text or len(text) > 100:
        return None
    role: Literal["published", "updated", "plain"] = "plain"
    if label := _LABEL.match(text):
        role = "updated" if label["updated"] else "published" if label["published"] else "plain"
        text = text[label.end() :]
    if _AGO.fullmatch(text):
        return Stamp(None, "relative" if role == "plain" else role)
    try:
        return Stamp(parse_published(text), role)
    except ValueError:
        pass
    if any(pattern.fullmatch(text) for pattern in _patterns(full=False)):
        return Stamp(None, role)
    return Stamp(None, role) if _ambiguous(text) else None


def date_at_end(line: str) -> tuple[str, Stamp] | None:
    """A line that ends in a full date, as the words before it and the date: "By Jane Roe, June 14, 2024"."""
    if not re.search(r"\d{4}", line):
        return None
    for start in re.finditer(r"(?<=\S)(?:\s*[,–—-]\s*|\s+)(?=(?:on\s+)?[\w(])", line):
        stamp = read_stamp(line[start.end() :])
        if stamp is not None and stamp.when is not None:
            return line[: start.start()], stamp
    return None


def _iso(text: str) -> datetime.date | datetime.datetime:
    return datetime.date.fromisoformat(text) if len(text) <= 10 else datetime.datetime.fromisoformat(text)


def _checked(when: datetime.date | datetime.datetime) -> datetime.date | datetime.datetime:
    if not _FIRST_YEAR <= when.year <= _LAST_YEAR:
        raise ValueError(f"the year {when.year} is no year of an article")
    return when


@cache
def _patterns(*, full: bool) -> tuple[re.Pattern[str], ...]:
    """The forms of a date line; compiled at first use, since importing does no work."""
    time = rf"{_TIME}(?:\s*{_ZONE})?"
    forms = [
        form
        for date in (_FULL_DATES if full else _PARTIAL_DATES)
        for form in (
            rf"{_WEEKDAY}?{date}(?:{_BETWEEN}{time})?",
            rf"{time}{_BETWEEN}{_WEEKDAY}?{date}",
        )
    ]
    if not full:
        forms.append(rf"(?!\d+\.\d){time}")  # "18.07" alone is any number
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)


def _full_date(text: str) -> datetime.date | datetime.datetime | None:
    """The one reading of `text`; None where it has no form of a date. Raises ValueError for none or two readings."""
    for pattern in _patterns(full=True):
        if match := pattern.fullmatch(text):
            return _checked(_reading(match.groupdict()))
    return None


def _ambiguous(text: str) -> bool:
    """Whether `text` is a date that could be read two ways."""
    for pattern in _patterns(full=True):
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            if parts.get("mark") in ("/", "-") and parts.get("first"):
                return 1 <= int(parts["first"]) <= 12 and 1 <= int(parts["second"]) <= 12
    return False


def _reading(parts: dict[str, str | None]) -> datetime.date | datetime.datetime:
    date = datetime.date(int(parts["year"] or 0), *_month_and_day(parts))
    if parts.get("hour") is None:
        return date
    hour = int(parts["hour"] or 0)
    if half := parts.get("half") or parts.get("half_"):
        if not 1 <= hour <= 12:
            raise ValueError(f"{hour} {half}m is no time")
        hour = hour % 12 + (12 if half in "pP" else 0)
    time = datetime.time(hour, int(parts["minute"] or parts["minute_"] or 0), int(parts["second_"] or 0), tzinfo=None)
    return datetime.datetime.combine(date, time, tzinfo=_offset(parts))


def _month_and_day(parts: dict[str, str | None]) -> tuple[int, int]:
    if name := parts.get("month"):
        return _MONTHS.index(name[:3].lower()) + 1, int(parts["day"] or 0)
    if number := parts.get("number"):
        return int(number), int(parts["day"] or 0)
    first, second = int(parts["first"] or 0), int(parts["second"] or 0)
    if parts["mark"] == "." or first > 12 or first == second:  # with dots the day comes first wherever they are used
        return second, first
    if second > 12:
        return first, second
    raise ValueError(f"{first}{parts['mark']}{second} could be either day and month or month and day")


def _offset(parts: dict[str, str | None]) -> datetime.timezone | None:
    stated = parts.get("plus") or parts.get("offset")
    if stated is None:
        return datetime.UTC if parts.get("utc") else None
    digits = stated[1:].replace(":", "").zfill(2)
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    if int(minutes) > 59:
        raise ValueError(f"{stated} is no offset from UTC")
    ahead = datetime.timedelta(hours=int(hours), minutes=int(minutes))
    return datetime.timezone(-ahead if stated[0] == "-" else ahead)
