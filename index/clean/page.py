"""A pasted page while it is being cleaned: its lines, which of them are gone, and what they stated."""

from __future__ import annotations

import re
from itertools import pairwise

from index.dates import Stamp

LONGEST_HEADLINE = 200
"""Characters of the longest headline; a longer line without a final period is a lead."""

_TOP_PROSE = 1
"""Paragraphs of prose, a lead, that may stand above the byline and the date."""

_MARGIN = 60
"""Lines that the top and the foot of a page have at most."""

_CLOSE = 12
"""Lines of the page, what was taken out of it included, that are close to each other."""

_SENTENCE_END = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")
_HEADING = re.compile(r"#{1,6}\s+(?P<words>\S.*?)(?:\s+#+)?")
_EMPHASIS = re.compile(r"(?P<mark>\*{1,3}|_{1,3})(?P<words>[^*_]+)(?P=mark)")


def is_prose(line: str) -> bool:
    """Whether the line ends a sentence of some words, or is too long for a headline: what no rule of place removes."""
    if len(line) > LONGEST_HEADLINE:
        return True
    return bool(_SENTENCE_END.search(line)) and (len(line.split()) >= 4 or len(line) >= 30)


def is_statement(line: str) -> bool:
    """Whether the line is prose and no question or exclamation, which headlines can be."""
    return is_prose(line) and line.rstrip("\"'”’»)]")[-1:] not in ("?", "!", "？", "！")


def paragraphs(text: str) -> list[str]:
    """The lines of `text` that are not blank, without blanks at their ends; prose wrapped at a column is one line."""
    blocks = [
        [line for line in (line.strip() for line in block.split("\n")) if line] for block in re.split(r"\n\s*\n", text)
    ]
    column = max((max(map(len, lines)) for lines in blocks if _is_wrapped(lines)), default=0)
    found: list[str] = []
    for lines in blocks:
        wrapped = _is_wrapped(lines) or (column and _is_even(lines, column) and not all(map(is_prose, lines)))
        found.extend([" ".join(lines)] if wrapped else lines)
    return found


def _is_wrapped(lines: list[str]) -> bool:
    """Whether the lines of a block are one paragraph, wrapped at a column: even, and running on in small letters."""
    if not _is_even(lines, max(map(len, lines), default=0)):
        return False
    runs_on = sum(after[0].islower() and before[-1] not in ".!?:" for before, after in pairwise(lines))
    return runs_on >= max(1, (len(lines) - 1) // 4)


def _is_even(lines: list[str], column: int) -> bool:
    """Whether all lines but the last end close to `column`, which is one that text is wrapped at."""
    lengths = [len(line) for line in lines]
    return len(lines) > 1 and 40 <= column <= 100 and max(lengths) <= column and min(lengths[:-1]) >= 0.6 * column


class Page:
    """The lines of a page: `lines` word for word, `plain` with single plain blanks, as the rules look at them.

    What the rules find out is kept beside them: the headline and its place, authors, dates in their order, outlet.
    """

    def __init__(self, lines: list[str], *, markdown: bool) -> None:
        self.opens_with_heading = markdown and bool(lines) and bool(_HEADING.fullmatch(lines[0]))
        if markdown:
            lines = [match["words"] if (match := _HEADING.fullmatch(line)) else line for line in lines]
        self.lines = lines
        self.plain = [" ".join(line.split()) for line in lines]
        if markdown:  # "*By Jane Roe*"
            self.plain = [match["words"] if (match := _EMPHASIS.fullmatch(line)) else line for line in self.plain]
        self.title = ""
        self.title_at = -1
        self.authors: list[str] = []
        self.stamps: list[Stamp] = []
        self.source: str | None = None
        self._dropped: dict[int, str] = {}
        self._cut: dict[int, str] = {}

    def drop(self, at: int) -> None:
        """Take a line out."""
        self._dropped[at] = self.lines[at]

    def cut(self, at: int, piece: str) -> None:
        """Take `piece` out of a line that begins or ends with it."""
        line = self.lines[at]
        self._cut[at] = f"{piece} {self._cut[at]}" if at in self._cut else piece
        self.lines[at] = (line.removesuffix(piece) if line.endswith(piece) else line.removeprefix(piece)).strip()
        self.plain[at] = " ".join(self.lines[at].split())

    def rest(self) -> list[int]:
        """The lines of the body as it stands now: neither dropped nor the headline."""
        return [at for at in range(len(self.lines)) if at != self.title_at and at not in self._dropped]

    def above(self, at: int, most: int) -> list[int]:
        """The lines of the body close above a line, from it upwards; none beyond the headline."""
        found: list[int] = []
        for n in range(at - 1, max(-1, at - _CLOSE), -1):
            if n == self.title_at or len(found) == most:
                break
            if n not in self._dropped:
                found.append(n)
        return found

    def top(self) -> set[int]:
        """The lines of the body where a byline and a date may stand above the article."""
        found, prose = set(), 0
        for at in self.rest()[:_MARGIN]:
            found.add(at)
            prose += is_prose(self.plain[at])
            if prose > _TOP_PROSE:
                break
        return found

    def head(self) -> set[int]:
        """The lines of the body before the first prose."""
        first = next((at for at in self.rest() if is_prose(self.plain[at])), len(self.lines))
        return {at for at in self.rest()[:_MARGIN] if at < first}

    def foot(self) -> set[int]:
        """The lines of the body after the last prose; none where there is no prose."""
        last = max((at for at in self.rest() if is_prose(self.plain[at])), default=len(self.lines))
        return {at for at in self.rest()[-_MARGIN:] if at > last}

    def beside(self, at: int) -> list[int]:
        """The line above and the line below in the page as it was pasted."""
        return [n for n in (at - 1, at + 1) if 0 <= n < len(self.lines)]

    def is_left(self, at: int) -> bool:
        """Whether there is such a line, and it is part of the body."""
        return 0 <= at < len(self.lines) and at != self.title_at and at not in self._dropped

    def removed(self) -> tuple[str, ...]:
        """What was taken out, in order."""
        places = sorted(self._dropped.keys() | self._cut.keys())
        return tuple(piece[at] for at in places for piece in (self._dropped, self._cut) if at in piece)
