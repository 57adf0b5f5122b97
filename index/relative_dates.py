"""The days that a text speaks of by their distance from its own date: "on Friday", "last week", "June 14", as dates.

English news prose. A pure function of the text and the date of its publication: nothing is stored, so nothing grows
stale, and the same article always gives the same dates. What could mean two days ("next Friday", said on a Wednesday)
gives none: wrong is worse than missing.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from functools import cache

from index.calendar_words import DAY, MONTHS, NUMBERS, WEEKDAYS, Days, days_of, month_number, whole
from index.records import Article, Published

_COUNT = "|".join(
    [r"\d{1,3}", *(word for word in NUMBERS if " " not in word and word not in ("zero", "few", "several"))]
)
"""Exact ones: "a few days ago" is no day."""

_PART_OF_DAY = r"(?:\s+(?:early\s+|late\s+)?(?:morning|afternoon|evening|night))?"
_NAMES = "|".join(name.capitalize() for names in MONTHS for name in names)
_SHORT = "|".join(name.capitalize() for names in MONTHS for name in names[1:])
_NO_YEAR = r"(?!\.?,?\s+\d{4})"
_FORMS = (
    r"(?P<near>today|tonight|yesterday|tomorrow|last\s+night|this\s+(?:morning|afternoon|evening))",
    r"(?<!Black )(?<!Good )(?<!Cyber )(?<!Super )(?<!Easter )(?<!Bloody )"
    rf"(?:(?P<which>last|next|this)\s+)?(?P<weekday>(?-i:{'|'.join(map(str.capitalize, WEEKDAYS))})){_PART_OF_DAY}"
    r"(?!\s+(?-i:Times|Mail|Mirror|Express|Telegraph|Night Live|Agreement))",
    r"(?P<so_far>earlier\s+)?(?P<turn>this|last|next)\s+(?P<period>week|month|year)",
    rf"(?P<ago>(?:{_COUNT})\s+(?:day|week|month|year)s?\s+ago)",
    rf"(?:in|over|during|within)\s+the\s+(?P<span>(?:past|last)\s+(?:{_COUNT})\s+(?:day|week|month|year)s)",
    rf"(?-i:(?P<month>{_NAMES}|(?:{_SHORT})\.))\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]){_NO_YEAR}",
    rf"(?P<day_>\d{{1,2}})(?:st|nd|rd|th)?\s+(?-i:(?P<month_>{_NAMES}))\b{_NO_YEAR}",
)
_AHEAD = re.compile(
    r"\b(?:will|shall|would|is to|are to|due|scheduled|expected|set (?:to|for)|going to|plans? (?:to|for)|planned for"
    r"|upcoming|coming)\b|\b(?:by|until|before|ahead of)\s+(?:early |late )?$",
    re.IGNORECASE,
)
"""What stands before a day that is to come, in the same clause."""

_BACK = re.compile(r"\b(?:said|says|told|announced|added|wrote|tweeted|reported|was|were|had|did)\b", re.IGNORECASE)
"""What, standing after that, turns the clause to a day that has been: "he will go, she said on Friday"."""

_LEADS = re.compile(r"\W*(?:(?:early|late|and|but)\s+)?(?:on\s+)?", re.IGNORECASE)
"""All that stands before a day that leads its clause: "On Monday, a ship will sail"."""

_STRETCH = re.compile(r"\b(?:over|in|during|within|for|throughout|across|of)\s+the\s+$", re.IGNORECASE)
"""What makes "the last year" the twelve months until now, "the next week" the seven days from now."""

_FAR, _NEAR = 150, 60
"""Days within which a day of a month without a year is that of this year, and those where nothing tells that it is to
come: "the January 6 attack" is for an article of August none of next January."""

_LATELY = 3
"""Days before a text's date within which the day of the week that was is nearer than the one that comes."""

_ANY = re.compile(r"\b(?:an?|any|any given|each|every|every other|most|some|one)\s+$", re.IGNORECASE)
_NOUN = re.compile(r"\s+(?!(?:in|at|or|and|when|of|for|to|but|as|is|was|before|after|during|with)\b)[a-z]")
"""What makes "a Monday" one of many, and what makes "a Monday interview" that of one."""

_OPEN = re.compile(r"\b(?:was|were) to\b", re.IGNORECASE)

_NEAR_DAYS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1, "last night": -1}


@dataclass(frozen=True)
class DateMention:
    """Words of a text that name a day or a stretch of days: `text[start:end]`, from `first` to `last` inclusive."""

    start: int
    end: int
    words: str
    first: datetime.date
    last: datetime.date
    is_sure: bool = True
    """Not of a day of the week that was, but is nearer ahead than behind: many pages are written on under the date of
    their first day, and then mean the one that came."""

    @property
    def iso(self) -> str:
        """ISO 8601: "2024-06-14", or "2024-06-03/2024-06-09" for a stretch."""
        return f"{self.first}" if self.first == self.last else f"{self.first}/{self.last}"


def dates_of(article: Article) -> tuple[DateMention, ...]:
    """The days that an article's text speaks of, resolved against its own date; none where it has no date."""
    return date_mentions(article.text, article.published)


def date_mentions(text: str, published: Published) -> tuple[DateMention, ...]:
    """The days that `text`, published on that day, speaks of, in their order. None where `published` is None."""
    if published is None:
        return ()
    day = published.date() if isinstance(published, datetime.datetime) else published
    found = []
    for match in _pattern().finditer(text):
        try:
            before, after = text[max(0, match.start() - 120) : match.start()], text[match.end() : match.end() + 120]
            days = _days(match.groupdict(), day, before, after)
        except (ValueError, OverflowError):  # 31 June; years beyond the calendar
            continue
        if days:
            is_bare_weekday = match["weekday"] is not None and not match["which"]
            is_sure = not is_bare_weekday or days[0] >= day - DAY * _LATELY
            found.append(DateMention(match.start(), match.end(), match.group(), *days, is_sure))
    return tuple(found)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(_FORMS)})(?![\w-])", re.IGNORECASE)


def _days(parts: dict[str, str | None], day: datetime.date, before: str, after: str) -> Days | None:
    if near := parts["near"]:
        at = day + DAY * _NEAR_DAYS.get(" ".join(near.lower().split()), 0)
        return at, at
    if weekday := parts["weekday"]:
        if _ANY.search(before) and not _NOUN.match(after):
            return None
        return _weekday(WEEKDAYS.index(weekday.lower()), (parts["which"] or "").lower(), day, before, after)
    if period := parts["period"]:
        if _STRETCH.search(before) or (period.lower() == "week" and day.weekday() == WEEKDAYS.index("sunday")):
            # On a Sunday a week is for some the one that ends, for some the one that begins.
            return None
        turn = {"last": -1, "this": 0, "next": 1}[(parts["turn"] or "").lower()]
        first, last = whole(period.lower(), day, turn)
        return (first, day) if parts["so_far"] and not turn else (first, last)
    if said := parts["ago"] or parts["span"]:
        return days_of(said, day)
    month = month_number((parts["month"] or parts["month_"] or "").lower().rstrip("."))
    if not month:
        return None
    ahead = _AHEAD.search(re.split(r"[.!?;]\s|\n", before)[-1]) is not None
    return _of_month(month, int(parts["day"] or parts["day_"] or 0), day, _FAR if ahead else _NEAR)


def _weekday(wanted: int, which: str, day: datetime.date, before: str, after: str) -> Days | None:
    """The day of the week meant. Unmarked it is the last one that was, or the next where the clause looks ahead."""
    back, ahead = (day.weekday() - wanted) % 7, (wanted - day.weekday()) % 7
    clause = re.split(r"[.!?;]\s|\n", before)[-1]
    if which == "last":
        offset = -back if back and wanted > day.weekday() else None if back else -7
    elif which == "next":
        offset = ahead if ahead and wanted < day.weekday() else None if ahead else 7
    elif which == "this":
        offset = wanted - day.weekday()
    elif _OPEN.search(clause):
        offset = None
    else:
        cues = [match.end() for match in _AHEAD.finditer(clause)]
        looks_ahead = bool(cues) and not _BACK.search(clause, cues[-1])
        if _LEADS.fullmatch(clause):
            following = re.split(r"[.!?;]\s|\n", after)[0]
            cue = _AHEAD.search(following)
            looks_ahead = cue is not None and not _BACK.search(following, 0, cue.start())
        offset = ahead if looks_ahead else -back
    if offset is None:
        return None
    at = day + DAY * offset
    return at, at


def _of_month(month: int, number: int, day: datetime.date, most: int) -> Days | None:
    """The day of the month that is nearest to `day`, if it lies at most `_FAR` days before it or `most` behind it: else
    the year is open."""
    near = [
        datetime.date(year, month, number)
        for year in (day.year - 1, day.year, day.year + 1)
        if _is(year, month, number)
    ]
    at = min(near, key=lambda one: abs((one - day).days))
    return (at, at) if -_FAR <= (at - day).days <= most else None


def _is(year: int, month: int, number: int) -> bool:
    return 1 <= number <= calendar.monthrange(year, month)[1]
