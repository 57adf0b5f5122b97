"""A text as the check reads it: content words in order, each with its stem, its number, and whether it is denied.

Rules for English; a text in another language has its words and numbers compared, and no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.check.amounts import bound, spelled_out, unit
from assistant.check.reserves import Reserve, reserves
from index.words import STOP_WORDS, folded, stems, words

_TOKEN = re.compile(r"(?:(?<![\w.,)])[-−–])?\d+(?:[.,]\d+)*|\w+(?:[’'-]\w+)*[’']?|[.,;:!?—–“”\"()]")
_SHORT_FORM = re.compile(r"(?<=\w)n[’']t\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"[’']s?$")
_BREAKS = frozenset('.,;:!?—–“”"()')

_DENIES = {
    **dict.fromkeys("no none nobody nothing neither nor without hardly".split(), 2),
    **dict.fromkeys("not never cannot".split(), 4),
}
"""Small words that deny, and how many content words behind them they reach."""

_DENIES_AFTER = dict.fromkeys(
    (
        "deny denies denied denying refuse refuses refused refusing reject rejects rejected rejecting fail fails "
        "failed failing unlikely dispute disputes disputed decline declines declined"
    ).split(),
    6,
)
_ENDS_DENIAL = frozenset("but while and although though because whereas however".split())

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()
_NUMBER_WORDS = {
    **{word: float(value) for value, word in enumerate(_SMALL) if value != 1},
    **{word: float(value) for value, word in enumerate(_ORDINALS) if value > 0},
    **{"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0},
    **{"twice": 2.0, "thrice": 3.0, "half": 0.5, "dozen": 12.0, "dozens": 12.0, "single": 1.0},
}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}


@dataclass(frozen=True)
class Token:
    """A content word. `value`: the number it states; `named`: written with a capital; `denied`: in the reach of a
    negation; `before`: the small word right before it, as "from" in "from 3 to 4"; `unit` and `bound` are of a number;
    `owns`: a possessive; `reserve`: why it is no plain fact; `widely`: with what it is the subject of;
    `makes_reserve`: as "said" and "plans" do."""

    word: str
    stem: str
    value: float | None = None
    named: bool = False
    opens: bool = False
    denied: bool = False
    before: str = ""
    clause: int = 0
    unit: str = ""
    bound: str = ""
    owns: bool = False
    reserve: Reserve = Reserve.NONE
    widely: Reserve = Reserve.NONE
    makes_reserve: bool = False


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The content words of `text`, in order."""
    found: list[Token] = []
    text = spelled_out(_SHORT_FORM.sub(" not", text))
    matches = list(_TOKEN.finditer(text))
    raw = [match.group() for match in matches]
    held = reserves(text)
    denied, clause, before, at = 0, 0, "", 0
    while at < len(raw):
        written, place = raw[at], matches[at].start()
        word = folded(_POSSESSIVE.sub("", written))
        at += 1
        if written in _BREAKS or word in _ENDS_DENIAL:
            # A comma inside an enumeration breaks a clause too: only nearness to other words is read off it.
            denied, clause, before = 0, clause + 1, word
            continue
        if word in _DENIES:
            denied, before = _DENIES[word], word
            continue
        value = _value(word)
        limit, measure = "", ""
        if value is not None:
            limit = bound([folded(one) for one in raw[max(0, at - 4) : at - 1]])
            while at < len(raw) and folded(raw[at]) in _SCALES:
                value *= _SCALES[folded(raw[at])]
                at += 1
            measure = unit(folded(raw[at])) if at < len(raw) else ""
        if word in STOP_WORDS and value is None:
            before = before if before and word in ("a", "an", "the") else word
            continue
        opens = not found or raw[max(0, at - 2)] in {".", "!", "?"}
        why = widely = Reserve.NONE
        makes = False
        for start, end, reserve, wide in held:
            if start <= place < end:
                makes = makes or reserve is Reserve.NONE
                widely |= reserve
                why |= Reserve.NONE if wide else reserve
        owns = bool(_POSSESSIVE.search(written))
        for part in words(written) if value is None else [word]:
            stem = (stems(part) or [part])[0]
            named = written[0].isupper()
            one = Token(
                part, stem, value, named, opens, denied > 0, before, clause, measure, limit, owns, why, widely, makes
            )
            found.append(one)
            before = ""
        denied = _DENIES_AFTER.get(word, max(0, denied - 1))
    return tuple(found)


@lru_cache(maxsize=4096)
def may_count(text: str) -> bool:
    """Whether one of the tokens of `text` may have a value: told without cutting it into tokens, and true too often
    rather than too seldom."""
    small = folded(text)
    return any(map(str.isdigit, small)) or any(word in small for word in _NUMBER_WORDS)


def _value(word: str) -> float | None:
    if word[0] in "-−–":
        value = _value(word[1:])
        return None if value is None else -value
    if word[0].isdigit():
        ordinal = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word)
        plain = ordinal.group(1) if ordinal else word
        plain = re.sub(r",(?=\d{3}(?!\d))", "", plain)
        try:
            return float(plain.replace(",", "."))
        except ValueError:
            return None
    return _NUMBER_WORDS.get(word)


def around(of: tuple[Token, ...], at: int, reach: int) -> dict[str, float]:
    """The stems within `reach` content words of number `at`, each with its nearness (1 beside it)."""
    near: dict[str, float] = {}
    for i in range(max(0, at - reach), min(len(of), at + reach + 1)):
        if i != at:
            apart = abs(i - at) + 2 * abs(of[i].clause - of[at].clause)
            near[of[i].stem] = max(near.get(of[i].stem, 0.0), 1 / apart)
    return near
