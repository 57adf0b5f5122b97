"""Quotation marks of any kind as “ and ”, each at its own place, so that one rule reads them."""

from __future__ import annotations

import re
from functools import lru_cache

from index.words import words

QUOTED = re.compile(r"“([^”\"]*)[”\"]|\"([^\"”]*)[\"”]")
"""A passage in quotation marks, after `plain_marks`."""

_LONG = (
    re.compile(r"[„‟]([^„‟“”\"]*)[“”\"]"),
    re.compile(r"[«‹]([^«»‹›]*)[»›]"),
    re.compile(r"[»›]([^«»‹›]*)[«‹]"),
    re.compile(r"[「『]([^「」『』]*)[」』]"),
    re.compile(r"``([^`']*)''"),
)
_SINGLE = re.compile(
    r"(?<![\w’'])[‘‚'’](?=\S)((?:[^‘‚'’“”\"]|(?<=\w)['’](?=\w)|(?<=s)['’](?=\s\w))+?)(?<=\S)['’‘](?!\w)"
)
"""No apostrophe: nothing of a word stands before it, and another ends a word. "ministers' plan" ends nothing where a
later mark does."""


@lru_cache(maxsize=4096)
def plain_marks(text: str) -> str:
    """`text` with “ and ” for what opens and closes a quotation; of the same length. Marks within others stay."""
    for pattern in _LONG:
        text = pattern.sub(_marked, text)
    held = [(match.start(), match.end()) for match in QUOTED.finditer(text)]
    found = [
        match for match in _SINGLE.finditer(text) if not any(a < match.end() and match.start() < b for a, b in held)
    ]
    for match in found:
        text = text[: match.start()] + _marked(match) + text[match.end() :]
    return text


def _marked(match: re.Match[str]) -> str:
    width = len(match.group()) - len(match.group(1))
    left = width // 2
    return "“" + " " * (left - 1) + match.group(1) + " " * (width - left - 1) + "”"


def outside_quotes(text: str) -> str:
    """`text` with an ellipsis for each passage in quotation marks."""
    return QUOTED.sub('"…"', plain_marks(text))


def quoted_words(text: str) -> list[list[str]]:
    """The words of each passage in quotation marks."""
    found = (words(match.group(1) or match.group(2) or "") for match in QUOTED.finditer(plain_marks(text)))
    return [run for run in found if run]
