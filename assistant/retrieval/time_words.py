"""The time that a question's own words name ("last week", "in March 2024", "since Monday"), as a window of days.

A date that names a thing ("the January 6 committee", "the 2022 World Cup", "Black Friday") is no time of the question:
it needs a word that makes it one ("on", "since", "last"), or the end of a clause behind it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from assistant.records import Reach, Window
from index.calendar_words import DAY, Days, days_of, patterns


@dataclass(frozen=True)
class TimeWords:
    """What a question's words say of time: its window, and whether it wants the latest ("latest", "now", "currently").

    `other` is a second window that it names beside the first, as in "in March and in May".
    """

    window: Window | None = None
    latest: str | None = None
    other: Window | None = None


def time_words(question: str, today: datetime.date) -> TimeWords:
    """The time that the words of `question` name, asked on `today`."""
    latest = _latest().search(question)
    windows = list(_windows(question, today))
    other = windows[1] if len(windows) == 2 and windows[0].since and windows[1].since else None
    return TimeWords(windows[0] if windows else None, latest.group() if latest else None, other)


def _windows(question: str, today: datetime.date) -> Iterator[Window]:
    for match in _range().finditer(question):
        first, second = (match["between"], match["and"]) if match["between"] else (match["from"], match["to"])
        days = _between(first, second, today)
        if days is not None:
            yield Window(*days, match.group(), _reach(days, today))
            return
    for match in _phrase().finditer(question):
        days = days_of(match["time"], today)
        if days is not None and _is_meant(question, match):
            onwards = re.match(r"\s+on(?:wards?)?\b", question[match.end() :]) is not None
            window = _bounded(days, match["relation"], onwards=onwards)
            yield Window(
                *window, " ".join(match.group().split()), _reach(window, today, is_weekday=bool(match["weekday"]))
            )


def _between(first: str, second: str, today: datetime.date) -> Days | None:
    """From the first day of one time to the last of the other; a bare day or month takes what the other says."""
    end = days_of(second, today)
    if end is None:
        return None
    if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", first):  # "from 3 to 7 May"
        day = int(re.sub(r"\D", "", first))
        return (end[0].replace(day=day), end[1]) if 0 < day <= end[0].day else None
    begin = days_of(first, today)
    if begin is not None and not re.search(r"\d{4}", first) and (begin[0] > end[1] or re.search(r"\d{4}", second)):
        begin = days_of(first, end[1])  # "from November to March": the November before
    return (begin[0], end[1]) if begin and begin[0] <= end[1] else None


def _bounded(days: Days, relation: str | None, *, onwards: bool) -> tuple[datetime.date | None, datetime.date | None]:
    since, until = days
    match " ".join((relation or "").lower().split()):
        case "since" | "starting":
            return since, None
        case "from" if since != until or onwards:
            return since, None
        case "after" | "following":
            return until + DAY, None
        case "before" | "prior to" | "ahead of":
            return None, since - DAY
        case "until" | "till" | "by" | "up to":
            return None, until
    return since, until


def _reach(
    window: tuple[datetime.date | None, datetime.date | None], today: datetime.date, *, is_weekday: bool = False
) -> Reach:
    since, until = window
    if since is None or until is None:
        return Reach.FILTER
    is_short = (until - since).days <= _LONGEST_PREFERRED
    return Reach.PREFER if until < today and is_short and not is_weekday else Reach.HINT


def _is_meant(question: str, match: re.Match[str]) -> bool:
    """Whether the words found are a time of the question, and not part of a name or a number of things."""
    said, relation, form = (
        match["time"],
        (match["relation"] or "").lower(),
        next(form for form in patterns() if match[form]),
    )
    before, after = question[: match.start()].rstrip(), question[match.end() :]
    following = re.match(r"['’]?s?\s+([\w’'-]+)", after)
    next_word = following[1] if following else ""
    ends = not next_word
    goes_on = ends or next_word.lower() in _GOES_ON
    if form == "relative":
        is_name = said[:1].isupper() and bool(re.search(r"\w$", before)) and not question.isupper()
        return not is_name and (ends or not re.search(r"\b(?:may|march)$", said))
    if form == "year":
        prose = relation in _YEAR_RELATIONS
        return (prose or not said[:1].isdigit()) and not next_word[:1].isupper() and next_word not in _COUNTED
    if form == "months" and not re.search(r"\d{4}|^(?:early|mid|late|the)\b", said, re.IGNORECASE):
        if re.match(r"may\b", said, re.IGNORECASE) and relation in ("by", "from", "for", "of", "after", "before", "on"):
            return False  # more often a name
        return relation in _MONTH_RELATIONS and not next_word[:1].isupper()
    if form == "weekday" and re.match(r"['’]s\s+[a-z]", after) and not re.search(r"[A-Z]\w*$", before):
        return True  # "Thursday's figures"
    if relation:
        return next_word.lower() not in _EVENTS and not (form == "weekday" and next_word[:1].isupper())
    named = re.search(
        r"(?:\b(?:the|an?|this|his|her|their|its|good|black|bloody|super|ash|cyber)|\b[A-Z][\w’'-]*)$", before
    )
    return goes_on and not (named and not re.match(r"(?:the\s)?\d|[A-Z]\d", said) and len(before.split()) > 1)


_LONGEST_PREFERRED = 100
"""Days: a longer stretch of time is told of long after."""

_GOES_ON = frozenset(
    "and or but at in about did do does was were is are has have had the a by to for from on with when where what "
    "who why "
    "how that which would will could should".split()
)
_COUNTED = frozenset(
    "people men women children troops soldiers jobs homes houses miles km kilometres kilometers metres meters feet "
    "dollars "
    "euros pounds years days deaths cases others workers employees".split()
)
_EVENTS = frozenset(
    "committee hearing hearings attack attacks riot riots insurrection panel investigation commission case defendants "
    "rioters massacre movement revolution uprising agreement protests".split()
)
_YEAR_RELATIONS = frozenset("in since before after until till during by of from throughout".split())
_MONTH_RELATIONS = frozenset(
    "in since starting from after before until till by during of around throughout over following".split()
) | {"prior to", "ahead of", "up to"}
_RELATION = (
    r"since|starting|from|after|following|before|prior\s+to|ahead\s+of|until|till|by|up\s+to|on|in|during|of|at|over|within"
    r"|around|for|throughout"
)

# Compiled at first use, since importing does no work.


@cache
def _phrase() -> re.Pattern[str]:
    """A time by its form, with the word that says how it bounds the question, where one stands there."""
    forms = "|".join(f"(?P<{name}>{form})" for name, form in patterns().items())
    return re.compile(rf"(?:\b(?P<relation>(?i:{_RELATION}))\s+)?(?<![\w-])(?P<time>{forms})(?![\w-])")


@cache
def _range() -> re.Pattern[str]:
    one = "|".join(patterns().values())
    first = rf"{one}|\d{{1,2}}(?:st|nd|rd|th)?"
    return re.compile(
        rf"\b(?i:between)\s+(?P<between>{first})\s+(?i:and)\s+(?P<and>{one})(?![\w-])"
        rf"|\b(?i:from)\s+(?P<from>{first})\s+(?i:to|until|till|through)\s+(?P<to>{one})(?![\w-])"
    )


@cache
def _latest() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:(?:the\s+)?latest|most\s+recent(?:ly)?|newest|recently|currently|right\s+now|so\s+far|up\s+to\s+date|these\s+days"
        r"|nowadays)\b",
        re.IGNORECASE,
    )
