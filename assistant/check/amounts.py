"""Amounts as they are written: signs and short forms spelled out, units, and bounds ("nearly 50", "at least 3")."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BEFORE_NUMBERS = ((r"(?:US)?\$", "dollars"), ("€", "euros"), ("£", "pounds"), ("¥", "yen"), ("₹", "rupees"))
_BEHIND_NUMBERS = (
    *((r"\$", "dollars"), ("€", "euros"), ("£", "pounds"), ("₽", "roubles")),
    *(("km", "kilometres"), ("kg", "kilograms"), ("cm", "centimetres")),
)
_SPELLED = (
    (re.compile(r"\bas (?:many|much) as\b", re.IGNORECASE), "up to"),
    (re.compile(r"\b(?:minus|negative)\s+(?=\d)", re.IGNORECASE), "-"),
    (re.compile(r"(?<=\d)\s?bn\b"), " billion"),
    (re.compile(r"(?<=\d)\s?m\b(?!\s?(?:high|long|wide|deep|tall|away|above|below)\b)"), " million"),
    (re.compile(r"(?<=\d)\s?%|(?<=\w)\s+per\s+cent\b"), " percent"),
    (re.compile(r"(?<=\d)\s?°\s?([CF])\b"), r" degrees \1"),
    *(
        (re.compile(rf"{sign}\s?(\d[\d.,]*\d|\d)((?:\s?(?:thousand|million|billion|trillion)\b)?)"), rf"\1\2 {name}")
        for sign, name in _BEFORE_NUMBERS
    ),
    *((re.compile(rf"(?<=\d)\s?{sign}(?!\w)"), f" {name}") for sign, name in _BEHIND_NUMBERS),
    (re.compile(r"\b(kilo|centi)meter(?=s?\b)"), r"\1metre"),
)

_UNITS = {
    word: kind
    for kind, group in {
        "money": "dollar dollars euro euros pound pounds yen rupee rupees rouble roubles crown crowns franc "
        "francs cent cents "
        "peso pesos lira yuan zloty hryvnia krona krone",
        "length": "kilometre kilometres mile miles metre metres meter meters foot feet inch inches centimetre "
        "centimetres yard "
        "yards",
        "weight": "kilogram kilograms ton tons tonne tonnes pound pounds gram grams ounce ounces",
        "time": "second seconds minute minutes hour hours day days week weeks month months year years decade decades",
        "share": "percent percentage",
        "heat": "celsius fahrenheit",
    }.items()
    for word in group.split()
}

_BOUNDS = tuple(
    (name, re.compile(rf"\b(?:{words})$"))
    for name, words in (
        ("least", "at least|more than|over|above|no fewer than|no less than|upwards of|exceeding|minimum of"),
        ("most", "at most|up to|fewer than|less than|under|below|no more than|maximum of"),
        (
            "about",
            "about|around|some|roughly|approximately|nearly|almost|close to|estimated|just under|just over",
        ),
    )
)


def spelled_out(text: str) -> str:
    """`text` with "%", "$5m", "-5" and the like in words, so that "$5" and "5 dollars" are one."""
    for pattern, instead in _SPELLED:
        text = pattern.sub(instead, text)
    return text


def unit(word: str) -> str:
    """The unit that a folded word names, in the singular; empty where it names none."""
    if word not in _UNITS:
        return ""
    return "foot" if word == "feet" else word.removesuffix("s")


def kind_of(named: str) -> str:
    """What a unit measures: two of one kind cannot stand for each other."""
    return _UNITS.get(named, _UNITS.get(named + "s", ""))


def bound(before: Sequence[str]) -> str:
    """What the words before a number make of it: "least", "most", "about", or empty."""
    words = " ".join(before)
    return next((name for name, pattern in _BOUNDS if pattern.search(words)), "")
