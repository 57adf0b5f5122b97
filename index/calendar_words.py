"""Stretches of time in words ("last week", "14 June", "the third quarter of 2021") as their first and last day.

Counted from a day given. A weekday, and a day or month without a year, is the latest one that is not after that day;
weeks begin on Monday. Knows nothing of questions or articles: who asks decides whether the words are meant as a time at
all. Articles look ahead too; what only they say ("tomorrow", "next month") is in relative_dates, on the same words.
"""

from __future__ import annotations

import calendar
import datetime
import re
from typing import TypeAlias

Days: TypeAlias = tuple[datetime.date, datetime.date]
"""The first and the last day, both included."""

DAY = datetime.timedelta(days=1)

MONTHS = (
    ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
    ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"), ("november", "nov"),
    ("december", "dec"),
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAMES = frozenset([*WEEKDAYS, *(month for month, *_ in MONTHS)])
"""Written with a capital, and nobody's name."""

_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}
NUMBERS = {
    word: i
    for i, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve thirteen".split())
} | {"a": 1, "an": 1, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3, "several": 3}
_PART = {"early": 0, "mid": 1, "late": 2}
_UNITS = ("week", "month", "year")
_DAYS_OF = {"day": 1, "week": 7, "month": 30, "year": 365}


def whole(unit: str, day: datetime.date, turn: int = 0) -> Days:
    """The week (from Monday), month or year that lies `turn` of them from the one that `day` is in.

    Raises ValueError or OverflowError beyond the calendar.
    """
    if unit == "week":
        monday = day - DAY * (day.weekday() - 7 * turn)
        return monday, monday + 6 * DAY
    if unit == "month":
        year, month = divmod(day.year * 12 + day.month - 1 + turn, 12)
        return _whole_month(datetime.date(year, month + 1, 1))
    return datetime.date(day.year + turn, 1, 1), datetime.date(day.year + turn, 12, 31)


def month_number(name: str | None) -> int | None:
    """1 for "january" and "jan"; None for what is no month."""
    return next((i for i, names in enumerate(MONTHS, 1) if name in names), None)


def patterns() -> dict[str, str]:
    """A regular expression of each form of a time in words, in the order to try them; none has a group of its own.

    Case matters where the name of a month may be another word ("may", "march").
    """
    month = "|".join(name for names in MONTHS for name in names)
    names = "|".join(name.capitalize() for names in MONTHS for name in names)
    weekday, season = "|".join(WEEKDAYS), "|".join(_SEASONS)
    count = rf"(?:\d+|(?:a\s+)?(?:few|couple\s+of)|several|{'|'.join(word for word in NUMBERS if ' ' not in word)})"
    unit = r"(?:day|week|month|year)"
    year = r"(?:1[6-9]|20)\d\d"
    relative = (
        r"(?:the\s+)?day\s+before\s+yesterday|today|tonight|yesterday(?:\s+(?:morning|evening))?|last\s+night"
        r"|this\s+(?:morning|afternoon|evening)|(?:this|last)\s+(?:week|month|year|quarter)\b"
        r"|(?:the\s+)?(?:week|year)\s+before\s+last|(?:(?:this|last|the)\s+)?(?:past\s+)?weekend"
        rf"|(?:the\s+)?(?:past|last|previous)\s+(?:{count}\s+)?{unit}s?\b"
        rf"|(?:the\s+)?(?:past|last|previous)\s+{count}\s+hours?\b(?!\s+of\b)"
        r"|(?:the\s+)?(?:beginning|start)\s+of\s+(?:the|this)\s+(?:week|month|year)\b"
        r"|(?:the\s+)?(?:beginning|start|end)\s+of\s+last\s+(?:week|month|year)\b"
        rf"|(?:about\s+|some\s+)?{count}\s+{unit}s?\s+ago|(?:this|last|past)\s+(?:{weekday})(?:\s+(?:morning|afternoon|evening|night))?"
        rf"|(?:this|last|past)\s+(?:{month}|{season})\b(?!\s+\d)"
    )
    date = (
        rf"\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}"
        rf"|(?:(?:{weekday}),?\s+)?(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{month})\b\.?(?:,?\s+{year}\b)?"
        rf"|(?:(?:{weekday}),?\s+)?(?:{month})\b\.?\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?!\s*%|\s+per)(?:,?\s+{year}\b)?"
    )
    months = (
        rf"(?i:(?:early|mid|late|the\s+(?:beginning|start|middle|end)\s+of)[\s-]+)?"
        rf"(?:(?:(?i:{month})\.?,?\s+(?:of\s+)?{year}\b)|(?:{names})\b|(?:{month.replace('may|', '')})\b)"
    )
    quarter = (
        rf"(?:the\s+)?(?:first|second|third|fourth|last|1st|2nd|3rd|4th)\s+quarter\s+of\s+(?:{year}|this\s+year|last\s+year)"
        rf"|Q[1-4]\s+(?:of\s+)?{year}|(?:the\s+)?(?:first|second)\s+half\s+of\s+{year}|(?:the\s+)?(?:{season})\s+(?:of\s+)?{year}"
    )
    part = r"(?:(?:early|mid|late)[\s-]+|the\s+(?:beginning|start|middle|end)\s+of\s+)"
    years = rf"{part}{year}\b|(?:the\s+)?{year[:-2]}0s|{year}\b(?![-–/%]\d|s)"
    return {
        "relative": rf"(?i:{relative})",
        "date": rf"(?i:{date})",
        "weekday": rf"(?i:(?:{weekday})\b(?:\s+(?:morning|afternoon|evening|night)\b)?)",
        "quarter": rf"(?i:{quarter})",
        "months": months,
        "year": rf"(?i:{years})",
    }


def days_of(said: str, today: datetime.date) -> Days | None:
    """The first and last day of a stretch of time in words; None where it is no such thing, or no date of the
    calendar."""
    words = " ".join(re.sub(r"[,.]", " ", said.lower()).split())
    words = re.sub(r"^(?:the|on|in|of|during)\s+", "", words)
    for read in (
        _relative_days,
        _end_of_stretch,
        _day_in_figures,
        _day_of_month,
        _month,
        _quarter,
        _season,
        _decade_or_year,
    ):
        try:
            days = read(words, today)
        except (ValueError, OverflowError):  # 30 February
            return None
        if days is not None:
            return days
    return None


def _relative_days(words: str, today: datetime.date) -> Days | None:
    fixed = {
        "today": (today, today), "tonight": (today, today), "this morning": (today, today),
        "this afternoon": (today, today), "this evening": (today, today),
        "yesterday": (today - DAY, today - DAY), "last night": (today - DAY, today),
        "yesterday morning": (today - DAY, today - DAY), "yesterday evening": (today - DAY, today - DAY),
        "day before yesterday": (today - 2 * DAY, today - 2 * DAY), "the day before yesterday": (today - 2 * DAY,) * 2,
        **{f"this {unit}": (whole(unit, today)[0], today) for unit in _UNITS},
        **{f"last {unit}": whole(unit, today, -1) for unit in _UNITS},
        "week before last": whole("week", today, -2), "year before last": whole("year", today, -2),
        "this quarter": (_whole_quarter(today.year, (today.month + 2) // 3)[0], today),
        "last quarter": _whole_quarter(*_quarter_before(today)),
    }  # fmt: skip
    if words in fixed:
        return fixed[words]
    if words in ("this weekend", "last weekend", "weekend", "past weekend"):
        saturday = today - DAY * ((today.weekday() - 5) % 7)
        if words == "last weekend" and today.weekday() >= 5:
            saturday -= 7 * DAY
        return saturday, min(saturday + DAY, today)
    if match := re.fullmatch(
        rf"(?:(this|last|past)\s)?({'|'.join(WEEKDAYS)})(?:\s(?:morning|afternoon|evening|night))?", words
    ):
        day = today - DAY * ((today.weekday() - WEEKDAYS.index(match[2])) % 7)
        return (day - 7 * DAY,) * 2 if match[1] in ("last", "past") and day == today else (day, day)
    if match := re.fullmatch(
        r"(?:past|last|previous)\s(?:(\d+|[a-z]+(?:\sof)?)\s)?(hour|day|week|month|year)s?", words
    ):
        count = _number(match[1] or "a")
        return None if count is None else (_back(today, count, match[2]), today)
    if match := re.fullmatch(
        r"(?:about\s|some\s)?(\d+|an?(?:\s(?:few|couple\sof))?|[a-z]+)\s(day|week|month|year)s?\s(?:ago|earlier|before)",
        words,
    ):
        count = _number(match[1])
        if count is None:
            return None
        day = _back(today, count, match[2])
        return (day, day) if match[2] == "day" else whole(match[2], day)
    return None


def _end_of_stretch(words: str, today: datetime.date) -> Days | None:
    """The first or last part of a week, month or year; of the one that is not over, no day after `today`."""
    match = re.fullmatch(r"(beginning|start|end)\sof\s(the|this|last)\s(week|month|year)", words)
    if match is None or (match[1] == "end" and match[2] != "last"):
        return None
    first, last = whole(match[3], today, -(match[2] == "last"))
    days: Days | None
    if match[3] == "year":
        days = _decade_or_year(f"{match[1]} of {first.year}", today)
    elif match[3] == "month":
        days = _month(f"{match[1]} of {MONTHS[first.month - 1][0]} {first.year}", today)
    else:
        days = (last - DAY, last) if match[1] == "end" else (first, first + DAY)
    return days and (days[0], days[1] if match[2] == "last" else min(days[1], today))


def _day_in_figures(words: str, today: datetime.date) -> Days | None:
    """A day of ISO 8601, or with strokes, which puts the day first in some countries and the month in others: where
    both read so it may be either, and none is taken."""
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", words):
        day = datetime.date(int(match[1]), int(match[2]), int(match[3]))
        return day, day
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", words):
        one, other, year = int(match[1]), int(match[2]), int(match[3])
        if one > 12 or other > 12 or one == other:
            day = datetime.date(year, min(one, other), max(one, other))
            return day, day
    return None


def _day_of_month(words: str, today: datetime.date) -> Days | None:
    words = re.sub(rf"^(?:{'|'.join(WEEKDAYS)})\s(?:the\s)?(?=\w)", "", words)
    match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?\s(?:of\s)?([a-z]+)(?:\s(\d{4}))?", words)
    day, name, year = (match[1], match[2], match[3]) if match else (None, None, None)
    if match is None and (match := re.fullmatch(r"([a-z]+)\s(?:the\s)?(\d{1,2})(?:st|nd|rd|th)?(?:\s(\d{4}))?", words)):
        day, name, year = match[2], match[1], match[3]
    if match is None or month_number(name) is None:
        return None
    month = month_number(name) or 0
    if year:
        found = datetime.date(int(year), month, int(day or 0))
    else:
        years = range(today.year, today.year - 8, -1)  # 29 February is the rarest
        dates = (_date_or_none(one, month, int(day or 0)) for one in years)
        past = next((one for one in dates if one and one <= today), None)
        if past is None:
            return None
        found = past
    return found, found


def _month(words: str, today: datetime.date) -> Days | None:
    match = re.fullmatch(
        r"(?:(this|last|past)\s)?(?:(early|mid|late|beginning\sof|start\sof|middle\sof|end\sof)[\s-])?([a-z]+)(?:\s(?:of\s)?(\d{4}))?",
        words,
    )
    if match is None or (month := month_number(match[3])) is None:
        return None
    year = int(match[4]) if match[4] else today.year - (month > today.month)
    if match[1] in ("last", "past") and not match[4] and month == today.month:
        year -= 1
    first, last = _whole_month(datetime.date(year, month, 1))
    if part := match[2]:
        third = _PART.get(part, 0 if "start" in part or "beg" in part else 1 if "middle" in part else 2)
        return ((first, first + 9 * DAY), (first + 10 * DAY, first + 19 * DAY), (first + 20 * DAY, last))[third]
    return first, last


def _quarter(words: str, today: datetime.date) -> Days | None:
    names = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
    match = re.fullmatch(
        r"(?:(first|second|third|fourth|last|1st|2nd|3rd|4th)\squarter|q([1-4]))(?:\s(?:of\s)?(\d{4}|this year|last "
        r"year))",
        words,
    )
    if match:
        year = today.year if match[3] == "this year" else today.year - 1 if match[3] == "last year" else int(match[3])
        return _whole_quarter(year, names[match[1]] if match[1] else int(match[2]))
    if match := re.fullmatch(r"(first|second)\shalf\sof\s(\d{4})", words):
        year, begins = int(match[2]), 1 if match[1] == "first" else 7
        return datetime.date(year, begins, 1), _whole_month(datetime.date(year, begins + 5, 1))[1]
    return None


def _season(words: str, today: datetime.date) -> Days | None:
    match = re.fullmatch(rf"(?:(this|last|past)\s)?({'|'.join(_SEASONS)})(?:\s(?:of\s)?(\d{{4}}))?", words)
    if match is None or not (match[1] or match[3]):
        return None
    begins, ends = _SEASONS[match[2]]

    def of(year: int) -> Days:
        last = _whole_month(datetime.date(year + (ends < begins), ends, 1))[1]
        return datetime.date(year, begins, 1), last

    if match[3]:
        return of(int(match[3]))
    year = today.year if of(today.year)[0] <= today else today.year - 1
    if match[1] == "last" and of(year)[1] >= today:
        year -= 1
    return of(year)


def _decade_or_year(words: str, today: datetime.date) -> Days | None:
    if match := re.fullmatch(r"((?:1[89]|20)\d)0s", words):
        year = int(match[1]) * 10
        return datetime.date(year, 1, 1), datetime.date(year + 9, 12, 31)
    if match := re.fullmatch(
        r"(?:(early|mid|late|beginning\sof|start\sof|middle\sof|end\sof)[\s-])?((?:1[6-9]|20)\d\d)", words
    ):
        year = int(match[2])
        if part := match[1]:
            begins = {"early": 1, "begin": 1, "start": 1, "mid": 5, "middl": 5, "late": 9, "end o": 9}[part[:5]]
            return datetime.date(year, begins, 1), _whole_month(datetime.date(year, begins + 3, 1))[1]
        return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    return None


def _number(words: str) -> int | None:
    if words.isdigit():
        return int(words) if len(words) <= 4 else None
    return NUMBERS.get(words)


def _back(today: datetime.date, count: int, unit: str) -> datetime.date:
    if unit == "month":
        months = today.year * 12 + today.month - 1 - count
        year, month = divmod(months, 12)
        return datetime.date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
    if unit == "year":
        return _date_or_none(today.year - count, today.month, today.day) or datetime.date(today.year - count, 2, 28)
    if unit == "hour":
        return today - DAY * -(-count // 24)
    return today - DAY * (count * _DAYS_OF[unit])


def _date_or_none(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _whole_month(day: datetime.date) -> Days:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _whole_quarter(year: int, quarter: int) -> Days:
    first = datetime.date(year, 3 * quarter - 2, 1)
    return first, _whole_month(datetime.date(year, 3 * quarter, 1))[1]


def _quarter_before(today: datetime.date) -> tuple[int, int]:
    quarter = (today.month + 2) // 3
    return (today.year - 1, 4) if quarter == 1 else (today.year, quarter - 1)
