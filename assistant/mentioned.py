"""What a passage mentions of the things that a question asks about, and what it leaves open: to say why there is no
answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.question import WEAK_WORDS, is_yes_or_no
from index.words import STOP_WORDS, stems

_WORD = re.compile(r"\d[\d.,]*\d|[^\W_]+(?:[’'-][^\W_]+)*")
_ASKS = re.compile(
    r"\b(?:how (?:many|much|old|tall|big|large|high|far|long|often|fast)|who(?:m|se)?|when|where|why|how|what|which)\b",
    re.IGNORECASE,
)
_AUXILIARIES = frozenset(
    "do does did is are was were has have had will would can could should may might must be".split()
)
_BEFORE_NAMES = frozenset("the a an".split())
_MOST_TOPICS = 2
_MOST_WORDS = 3
"""Words that a passage lacks which are told."""


@dataclass(frozen=True)
class Mentioned:
    """`topics`: stretches of the question that the passage mentions; `asked`: what it asks of them ("who attended");
    `missing`: other words of the question that the passage lacks."""

    topics: tuple[str, ...]
    asked: str
    missing: tuple[str, ...]

    @property
    def words(self) -> str:
        """ "mention “the summit”, not who attended"."""
        said = f"mention {' and '.join(f'“{topic}”' for topic in self.topics)}"
        said += f", not {self.asked}" if self.asked else ""
        if self.missing:
            said += f", {'and' if self.asked else 'but'} have nothing on {' or '.join(f'“{w}”' for w in self.missing)}"
        return said


def mentioned(question: str, passage: str) -> Mentioned | None:
    """What `passage` mentions of `question`; None where it mentions nothing."""
    held = set(stems(passage))
    found = list(_WORD.finditer(question))
    asks = _ASKS.search(question)
    is_there = [bool(set(stems(one.group())) & held) for one in found]
    is_light = [not stems(one.group()) for one in found]
    runs = _runs(is_there, is_light)
    longest = sorted(runs, key=lambda run: -sum(is_there[run[0] : run[1]]))[:_MOST_TOPICS]
    if not longest:
        return None
    topics = [_with_article(question, found, run) for run in sorted(longest)]
    asked = _leading(question, found, asks, sorted(longest)[0][0])
    missing = [
        one.group()
        for one, there in zip(found, is_there, strict=True)
        if not there and set(stems(one.group())) - WEAK_WORDS and one.group().lower() not in asked.lower().split()
    ]
    if not asked and not missing:
        asked = "whether that is so" if is_yes_or_no(question) else "what is asked"
    return Mentioned(tuple(topics), asked, tuple(dict.fromkeys(missing))[:_MOST_WORDS])


def _runs(is_there: list[bool], is_light: list[bool]) -> list[tuple[int, int]]:
    """The longest stretches that begin and end with words that are there, with only small words between."""
    runs: list[tuple[int, int]] = []
    for at, there in enumerate(is_there):
        if not there:
            continue
        if runs and all(is_there[i] or is_light[i] for i in range(runs[-1][1], at)):
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _with_article(question: str, found: list[re.Match[str]], run: tuple[int, int]) -> str:
    first = run[0] - 1 if run[0] and found[run[0] - 1].group().lower() in _BEFORE_NAMES else run[0]
    return question[found[first].start() : found[run[1] - 1].end()]


def _leading(question: str, found: list[re.Match[str]], asks: re.Match[str] | None, until: int) -> str:
    """The question's own "who attended", or "when" where an auxiliary follows; empty where it asks for neither."""
    if asks is None:
        return ""
    lead = [asks.group().lower()]
    for one in found[:until]:
        if one.start() < asks.end():
            continue
        if one.group().lower() in _AUXILIARIES:
            break
        lead.append(one.group())
    while len(lead) > 1 and lead[-1].lower() in STOP_WORDS:
        lead.pop()
    return " ".join(lead)
