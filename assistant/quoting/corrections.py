"""Notes that take back what an article said: "Correction: an earlier version gave 12; it was 15." They override it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.check.tokens import tokens
from assistant.quoting.statement import Cited
from index.instructions import reporting_spans
from index.records import Article
from index.sentences import Span, adjoin
from index.words import stems, words

_OF_OURS = r"(?:article|story|report|piece|headline|caption|page|post|column|graphic|map)"
_NOTE = re.compile(
    r"\W*(?:corrections?(?: and clarifications?)?|clarification|corrigendum|erratum)\b"
    r"\s*(?:\([^)]{1,40}\)|,[^:]{1,40})?\s*[:—–-]"
    rf"|.{{0,60}}\b(?:an? )?(?:earlier|previous|original) versions? of (?:this|the|our) {_OF_OURS}\b"
    rf"|.{{0,40}}\bthis {_OF_OURS} (?:was|has been) (?:corrected|amended)\b"
    rf"|(?:an?|the|this) (?:earlier |previous |original )?{_OF_OURS}\b.{{0,60}}"
    r"\b(?:misstated|misspelled|misidentified|(?:wrongly|incorrectly|mistakenly) (?:said|stated|gave|named))\b",
    re.IGNORECASE,
)
_WRONG = re.compile(
    rf"\b(?:earlier|previous|original) versions? of (?:this|the|our) {_OF_OURS}[^.;]*"
    r"|\b(?:wrongly|incorrectly|mistakenly|erroneously|misstated|misspelled|misidentified)\b[^.;]*"
    r"|\b(?:and )?not\b[^.;,]*|\binstead of\b[^.;,]*|\brather than\b[^.;,]*",
    re.IGNORECASE,
)
"""The parts of a note that tell what was wrong."""

_NAME = re.compile(r"\b[A-Z][\w’'-]+")
_SHARED = 2
"""Content words that a sentence shares with a note that corrects it, beside what was wrong."""


def overriding(statement: Cited, articles: Sequence[Article]) -> Cited | None:
    """The note in one of `articles` that takes back what `statement` says; None where none does.

    A note does so if the statement has a figure or a name that the note calls wrong, lacks the right one, and speaks of
    the same thing. The note of an article of another outlet does not.
    """
    own = statement.article
    for article in articles:
        if article.id != own.id and (article.source is None or article.source != own.source):
            continue
        for start, end in notes(article.title, article.text):
            note = Cited(article, "text", start, end)
            inside = article.id == own.id and start <= statement.start and statement.end <= end
            if not inside and _takes_back(note.text, statement.text):
                return note
    return None


@lru_cache(maxsize=64)
def notes(title: str, text: str) -> tuple[Span, ...]:
    """The spans of the notes that correct something: each from where it begins to the end of its paragraph."""
    sentences = reporting_spans(text)
    found: list[Span] = []
    if _NOTE.match(title) and sentences:
        found.append(_note(text, sentences))
    for start, end in sentences:
        if any(a <= start < b for a, b in found) or not _NOTE.match(text[start:end]):
            continue
        line = text.find("\n", start)
        within = [span for span in sentences if start <= span[0] and (line < 0 or span[1] <= line)]
        found.append(_note(text, within))
    return tuple(found)


def _note(text: str, sentences: Sequence[Span]) -> Span:
    """The first three of `sentences`, or as many as stand one behind the other."""
    most = next(n for n in (3, 2, 1) if adjoin(text, sentences[:n]))
    return sentences[0][0], sentences[:most][-1][1]


def _takes_back(note: str, statement: str) -> bool:
    wrong = " ".join(match.group() for match in _WRONG.finditer(note))
    right = _WRONG.sub(" ", note)
    if len(set(stems(statement)) & set(stems(note))) < _SHARED:
        return False
    told_wrong, told_right = _numbers(wrong), _numbers(right)
    if told_right and _numbers(statement) & (told_wrong - told_right):
        return True
    names_wrong = _names(wrong) - _names(right)
    return bool(names_wrong & _names(statement)) and bool(_names(right) - _names(wrong) - _names(statement))


def _numbers(text: str) -> set[float]:
    return {token.value for token in tokens(text) if token.value is not None}


def _names(text: str) -> set[str]:
    return {word for match in _NAME.finditer(text) for word in words(match.group()) if len(word) > 2}
