"""Who is behind a sentence that goes on reporting: "According to the report, …", and what comes after it without
saying so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.check.marks import QUOTED, plain_marks
from assistant.quoting.referents import SHORT_BEFORE
from assistant.speaker import speaker_of
from index.sentences import Span
from index.words import words

_ACCORDING = re.compile(r"^\W*(?P<told>[Aa]ccording to (?P<who>[^,.;:]{2,80}?)),\s")
_UNNAMED = re.compile(
    r"(?:the|this|that|its|their) (?:\w+ )?(?:report|statement|document|study|survey|poll|filing|complaint|lawsuit|"
    r"indictment|letter|ministry|agency|company|publication|newspaper|outlet|release|announcement|analysis|paper|"
    r"researchers|authors|memo|review)",
    re.IGNORECASE,
)
"""Words for a source that was named before."""

_JUDGES = re.compile(
    r"^\W*The (?:\w+ )?(?:aim|goal|purpose|objective|intention|motive|timing|idea|reason|implication)s?\b"
)
"""How a sentence begins that tells what somebody makes of a thing, and so is somebody's."""

_REACH = 2
"""How many sentences back in its paragraph one that goes on is looked for."""

_QUOTED_WORDS = 3
"""Words in quotation marks that are somebody's, and no name or catchword."""


def reporter(text: str, sentences: Sequence[Span], at: int) -> Span | None:
    """The span that tells whose report sentence number `at` is, where itself it does not: who speaks before "According
    to the report, …"; and behind that, or behind "According to Roe, …", the same of a sentence that judges or quotes.
    Of "The aim is …" it is all that stands between, which tells whose aim it is.
    """
    sentence = text[slice(*sentences[at])]
    first, found = at, _ACCORDING.match(sentence)
    if found is None and (_JUDGES.match(sentence) or _quotes_nobody(text, sentences, at)):
        while found is None and first and at - first < _REACH:
            first -= 1
            gap = text[sentences[first][1] : sentences[first + 1][0]]
            if "\n" in gap or gap.strip():  # another paragraph, or what is left out
                return None
            found = _ACCORDING.match(text[slice(*sentences[first])])
    if found is None:
        return None
    between = (sentences[first][0], sentences[at - 1][1]) if first < at else None
    if between and _aims(sentence) and len(words(text[slice(*between)])) <= SHORT_BEFORE:
        return between
    if _UNNAMED.fullmatch(found["who"]):
        return speaker_of(text, sentences, first - 1) if first else None
    start = sentences[first][0]
    return None if first == at else (start + found.start("told"), start + found.end("told"))


def _aims(sentence: str) -> bool:
    judges = _JUDGES.match(sentence)
    return judges is not None and not sentence[judges.end() :].startswith(" of ")


def _quotes_nobody(text: str, sentences: Sequence[Span], at: int) -> bool:
    """Whether it holds words in quotation marks, within its own, and tells not whose they are."""
    sentence = plain_marks(text[slice(*sentences[at])])
    quoted = [match for match in QUOTED.finditer(sentence) if len(words(match.group())) >= _QUOTED_WORDS]
    is_within = bool(quoted) and bool(sentence[: quoted[0].start()].strip())
    return is_within and speaker_of(text, sentences, at) is None
