"""Who speaks in a sentence of an article, and who "he" is: so that a sentence taken out of it does not mislead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.sentences import Span

_SPEECH = (
    "said|says|say|stated|states|added|adds|told|tells|concluded|concludes|claimed|claims|announced|announces|explained|"
    "explains|noted|notes|emphasized|emphasised|stressed|argued|argues|warned|warns|wrote|writes|replied|responded|asked|"
    "insisted|declared|believes|believed|pointed out|admitted|confirmed|denied|promised|proposed|called|commented|"
    "addressed"
)
_PARTICLE = r"(?:al|bin|da|de|del|der|di|el|la|le|van|von|of|the|and)"
_NAME = rf"(?:[A-Z][\w’'-]*\.?)(?:\s+(?:{_PARTICLE}\s+(?:{_PARTICLE}\s+)?)?[A-Z][\w’'-]*\.?)*"
_INSTITUTION = (
    r"[Tt]he\s+(?:[A-Za-z]+\s+)?(?:ministry|government|company|court|party|"
    r"police|army|agency|union|spokesman|spokeswoman|minister|president)"
)
_PRONOUN = r"(?:[Hh]e|[Ss]he|[Tt]hey)"
_BEFORE = re.compile(
    rf"(?P<who>{_NAME})(?:,[^,”\"]{{1,60}},)?\s+(?:also\s+|later\s+|then\s+|has\s+|had\s+)?(?:{_SPEECH})\b"
)
_AFTER = re.compile(rf"[,”\"]\s+(?:{_SPEECH})\s+(?P<who>{_NAME})")
_TITLED_AFTER = re.compile(rf"[,”\"]\s+(?:{_SPEECH})\s+(?:[\w’'-]+\s+){{1,4}}?(?P<who>{_NAME})")
_SUBJECT = re.compile(rf"(?P<who>{_NAME})")
_SAYS_PRONOUN = re.compile(
    rf"\b{_PRONOUN}\s+(?:also\s+|later\s+|then\s+)?(?:{_SPEECH})\b|[,”]\s+(?:{_SPEECH})\s+(?:he|she|they)\b|{_INSTITUTION}\s+(?:{_SPEECH})\b"
)
_OPENS_WITH_PRONOUN = re.compile(r"[“\"'‘]?(?:He|She|They|His|Her|Their)\b")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|[“\"][^”\"]*$")
_NOT_WHO = frozenset(
    "The A An He She They It His Her Their This That These Those In On At As According But And If When While After "
    "Before Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July "
    "August September October November December Additionally However Meanwhile Reaction".split()
)
_REACH = 6
"""How many sentences back a speaker is looked for."""


def needs_speaker(sentence: str) -> bool:
    """Whether the sentence says "he", or is bare direct speech, so that alone it does not tell who."""
    outside = _without_quotes(sentence)
    if _SAYS_PRONOUN.search(outside) or _OPENS_WITH_PRONOUN.match(sentence):
        return True
    return bool(re.match(r"[“\"]", sentence)) and len(re.findall(r"\w+", outside)) < 2


def speaker_of(text: str, sentences: Sequence[Span], at: int) -> Span | None:
    """The span that names who says what sentence number `at` reports; None where nobody is said to."""
    start, end = sentences[at]
    if needs_speaker(text[start:end]):
        return speaker(text, sentences, at)
    found = _attributed(text[start:end])
    return (start + found[0], start + found[1]) if found else None


def speaker(text: str, sentences: Sequence[Span], at: int) -> Span | None:
    """The span that names who speaks, or who "he" is, in sentence number `at`; None where the text does not tell.

    Looked for in the sentence itself, then in the ones before it: who is said to speak there, else who is their
    subject.
    """
    for i in range(at, max(-1, at - _REACH - 1), -1):
        start, end = sentences[i]
        found = _attributed(text[start:end]) or (_subject(text[start:end]) if i != at else None)
        if found:
            return start + found[0], start + found[1]
    return None


def _without_quotes(sentence: str) -> str:
    """The sentence of the same length with direct speech blank but for its closing mark."""
    return _QUOTED.sub(lambda quoted: "”".rjust(len(quoted.group())), sentence)


def _attributed(sentence: str) -> Span | None:
    """The name beside a verb of speech, direct speech left out."""
    outside = _without_quotes(sentence)
    for pattern in (_BEFORE, _AFTER, _TITLED_AFTER):
        for match in pattern.finditer(outside):
            span = _trimmed(outside, match.start("who"), match.end("who"))
            if span:
                return span
    return None


def _subject(sentence: str) -> Span | None:
    """The name that opens the sentence, where one does."""
    match = _SUBJECT.match(sentence)
    return _trimmed(sentence, match.start("who"), match.end("who")) if match else None


def _trimmed(sentence: str, start: int, end: int) -> Span | None:
    """The name without words that only begin a sentence; None where nothing is left."""
    while True:
        word = re.match(r"[\w’'-]+", sentence[start:end])
        if word is None:
            return None
        if word.group() not in _NOT_WHO:
            break
        start += word.end()
        start += len(sentence[start:end]) - len(sentence[start:end].lstrip())
        if start >= end:
            return None
    name = re.sub(r"(?<=\w\w)\.$|['’]s$", "", sentence[start:end])
    return start, start + len(name)
