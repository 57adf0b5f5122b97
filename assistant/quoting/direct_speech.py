"""Direct speech that runs over several sentences: where it begins and ends, and who speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.speaker import speaker, speaker_of
from index.sentences import Span, adjoin

_LINE = re.compile(r"[^\n]+")
_MARK = re.compile(r"[“”\"]")
_BEFORE_OPENING = re.compile(r"(?:^|[\s(\[—–:])$")
_THE = re.compile(r"\b[Tt]he\s+$")
_OPENS_ANEW = re.compile(r"\s*[“\"]")


@dataclass(frozen=True)
class Quotation:
    """Direct speech over several sentences: the `whole` of those sentences, `said` the words between the marks, and
    who says them, where the text tells."""

    whole: Span
    said: Span
    speaker: Span | None


@dataclass(frozen=True)
class Spoken:
    """A span in double quotation marks, marks included; it has no closing one if the next paragraph `goes_on`."""

    start: int
    end: int
    goes_on: bool = False


def quotation(text: str, sentences: Sequence[Span], at: int) -> Quotation | None:
    """The direct speech that begins before sentence number `at` or ends after it; None where none does."""
    first = last = at
    said: Span | None = None
    while True:
        start, end = sentences[first][0], sentences[last][1]
        crossing = [
            one for one in spoken(text) if one.start < start < one.end or one.start < end < one.end + one.goes_on
        ]
        if not crossing:
            break
        said = said or (crossing[0].start + 1, crossing[0].end - (not crossing[0].goes_on))
        begins, ends = _holding(sentences, crossing[0].start), _holding(sentences, crossing[-1].end - 1)
        if begins >= first and ends <= last:
            break
        first, last = min(begins, first), max(ends, last)
    if said is None or not adjoin(text, sentences[first : last + 1]):
        return None
    whole = (sentences[first][0], sentences[last][1])
    return Quotation(whole, said, _speaker(text, sentences, first, last))


def _speaker(text: str, sentences: Sequence[Span], first: int, last: int) -> Span | None:
    """Who says what these sentences quote, which a later paragraph of the same quotation may tell."""
    for one in spoken(text):
        if one.start >= sentences[last][1]:
            break
        if one.goes_on and one.end >= sentences[first][0]:
            last = max([last, *(_holding(sentences, other.end - 1) for other in _next(text, one))])
    # Taken as one sentence its marks pair up, so that who speaks is read off what stands outside them.
    joined = [*sentences[:first], (sentences[first][0], sentences[last][1]), *sentences[last + 1 :]]
    who = speaker_of(text, joined, first)
    if who and first and _THE.search(text[: who[0]]):
        # "The minister said" names an office; who holds it was said before.
        return speaker(text, sentences, first - 1) or who
    return who


def _next(text: str, one: Spoken) -> list[Spoken]:
    """The further paragraphs of a quotation that goes on after `one`."""
    found: list[Spoken] = []
    for other in spoken(text):
        if other.start > one.end:
            found.append(other)
            if not other.goes_on:
                break
    return found


def _holding(sentences: Sequence[Span], place: int) -> int:
    return max((i for i, (start, _) in enumerate(sentences) if start <= place), default=0)


@lru_cache(maxsize=64)
def spoken(text: str) -> tuple[Spoken, ...]:
    """What stands in double quotation marks, in order.

    A mark that is not closed in its paragraph opens direct speech only if the next paragraph opens anew, as long
    quotations do; else it is a stray one.
    """
    found: list[Spoken] = []
    lines = list(_LINE.finditer(text))
    for i, line in enumerate(lines):
        opened: int | None = None
        for match in _MARK.finditer(text, line.start(), line.end()):
            straight = match.group() == '"' and _BEFORE_OPENING.search(text[line.start() : match.start()])
            if opened is None and (match.group() == "“" or straight):
                opened = match.start()
            elif opened is not None and match.group() != "“":
                found.append(Spoken(opened, match.end()))
                opened = None
        if opened is not None and i + 1 < len(lines) and _OPENS_ANEW.match(lines[i + 1].group()):
            found.append(Spoken(opened, line.end(), goes_on=True))
    return tuple(found)
