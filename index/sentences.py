"""Sentence spans of a text, exact to the character. A line break always ends a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

Span = tuple[int, int]

SENTENCES_VERSION = 1
"""Part of the splitter's version: raise it when the same text would give other spans."""

_LINE = re.compile(r"[^\n]+")
# "at 8 p.m. ET" is one phrase: sentencex ends a sentence at "p.m." before any capital.
_CLOCK_END = re.compile(r"\b[ap]\.m\.$")
_TIME_ZONE = re.compile(r"(?:[A-Z]{1,4}T|GMT|UTC|Eastern|Central|Mountain|Pacific)\b")


def sentence_spans(text: str) -> list[Span]:
    """The sentences of `text` as (start, end), without the white space around them, in order and without overlap.

    Every character outside the spans is white space.
    """
    return [span for line in _LINE.finditer(text) for span in _line_spans(text, line.start(), line.end())]


def adjoin(text: str, spans: Sequence[Span]) -> bool:
    """Whether nothing but white space stands between neighbours among `spans`, so that they can be quoted as one."""
    return all(not text[one[1] : other[0]].strip() for one, other in pairwise(spans))


def _line_spans(text: str, start: int, end: int) -> Iterator[Span]:
    from sentencex import get_sentence_boundaries

    line = text[start:end]
    open_span: Span | None = None
    at = 0
    for boundary in get_sentence_boundaries("en", line):
        # What sentencex passes over (white space) is taken in with the sentence that follows, and trimmed.
        piece = _trimmed(line, at, boundary["end_index"])
        at = boundary["end_index"]
        if piece is None:
            continue
        if open_span is None:
            open_span = piece
        elif _goes_on(line, open_span, piece):
            open_span = (open_span[0], piece[1])
        else:
            yield start + open_span[0], start + open_span[1]
            open_span = piece
    tail = _trimmed(line, at, len(line))
    if tail is not None:
        open_span = tail if open_span is None else (open_span[0], tail[1])
    if open_span is not None:
        yield start + open_span[0], start + open_span[1]


def _goes_on(line: str, before: Span, after: Span) -> bool:
    """Whether the second span only goes on the first one's sentence."""
    return bool(_CLOCK_END.search(line[before[0] : before[1]]) and _TIME_ZONE.match(line[after[0] : after[1]]))


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """The span without white space at either end; None where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
