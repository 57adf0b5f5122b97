"""Who speaks in a sentence of an article, and who "he" is: so that a sentence taken out of it does not mislead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.instructions import reporting_spans
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
_NAMED = re.compile(rf"(?P<who>{_NAME})")
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
_PLACED = re.compile(r"\b(?:in|at|from|to|near|of|for|across|outside|into|on)\s+(?:the\s+)?$", re.IGNORECASE)
_BODIES = frozenset(
    "Agency Airport Army Assembly Association Bank Board Bridge Bureau City Club Commission Committee Company "
    "Conference Congress Council County Court Cup Day Department Party Parliament Police Post Press Pravda "
    "River School Senate Sea Service State States Street Summit Times Tower Tribunal Union University War Week "
    "World Institute Island Ministry".split()
)
_OF = frozenset("of and for in".split())
_OFFICES = frozenset(
    "Ambassador Archbishop Attorney Bishop Captain Chairman Chairwoman Chancellor Chief Commander Commissioner "
    "Director General Governor Head Judge Justice Lord Mayor Minister Officer Premier President Prosecutor Secretary "
    "Senator Sheriff Speaker Spokesman Spokesperson Spokeswoman".split()
)
_PEOPLE = (
    "man|woman|boy|girl|child|victim|witness|survivor|resident|neighbou?r|passenger|driver|suspect|spokesman|spokeswoman|"
    "spokesperson|officer|official|soldier|teacher|student|worker|doctor|nurse|lawyer|friend|relative|mother|father|"
    "sister|brother|son|daughter|wife|husband|widow|teenager|demonstrator|protester|activist"
)
_SOMEBODY = re.compile(
    r"(?:One|Two|Several|Some|Another) of (?:the|his|her|their|its)\b"
    rf"|(?:An?|Another|One|The)\s+(?:[a-z\d-]+\s+){{0,3}}?(?:{_PEOPLE})\b"
    r"(?!\s+(?:union|council|body|group|home|care|rights|protection|services?|association|department|shortage)\b)"
)
"""How a sentence begins that tells of somebody without a name: "he" behind it may be that one."""

_OWNED = re.compile(
    r"\b(?!(?:It|That|There|Here|What|Who|He|She|Let|This|Where|How)\b)[A-Z][\w-]*\s?['’]s?\s+(?:[a-z-]+\s+){0,2}?"
    rf"(?:{_PEOPLE})\b"
)
"""Somebody named within the sentence by who is theirs, as in "Roe's sister asked him"."""

_REACH = 6
"""How many sentences back a speaker is looked for."""


def needs_speaker(sentence: str) -> bool:
    """Whether the sentence says "he", or is bare direct speech, so that alone it does not tell who."""
    outside = _without_quotes(sentence)
    if is_said_by_him(sentence) or _OPENS_WITH_PRONOUN.match(sentence):
        return True
    return bool(re.match(r"[“\"]", sentence)) and len(re.findall(r"\w+", outside)) < 2


def is_said_by_him(sentence: str) -> bool:
    """Whether it is "he" or "the ministry" who says something in it."""
    return bool(_SAYS_PRONOUN.search(_without_quotes(sentence)))


def opens_with_speech(sentence: str) -> bool:
    """Whether it begins with what is said, so that who says it may stand before it with a colon; before "He will …" a
    name with a colon would read as that of somebody who says so."""
    return bool(re.match(r"[“\"‘]", sentence))


def speaker_of(text: str, sentences: Sequence[Span], at: int) -> Span | None:
    """The span that names who says what sentence number `at` reports; None where nobody is said to."""
    start, end = sentences[at]
    if needs_speaker(text[start:end]):
        return speaker(text, sentences, at)
    found = _attributed(text[start:end])
    return (start + found[0], start + found[1]) if found else None


def speaker(text: str, sentences: Sequence[Span], at: int) -> Span | None:
    """The span that names who speaks, or who "he" is, in sentence number `at`; None where the text does not tell.

    Looked for in the sentence itself, then in the ones before it: who is said to speak there, else the one name there
    that may be a speaker's. Two such names leave it open, and so does "one of the victims", who has none.
    """
    for i in range(at, max(-1, at - _REACH - 1), -1):
        start, end = sentences[i]
        sentence = text[start:end]
        found = _attributed(sentence)
        if found is None and (_names_whose(sentence) if i == at else _tells_of_somebody(sentence)):
            return None
        if found is None and i != at:
            names = [span for span in _names(sentence) if _may_speak(text, sentence, span)]
            if len(names) > 1:
                # Any of them may be meant.
                return None
            found = names[0] if names else None
        if found:
            return _holder(text, (start + found[0], start + found[1]))
    return None


def _tells_of_somebody(sentence: str) -> bool:
    """Whether it begins with somebody who has no name, and names nobody else."""
    return bool(_SOMEBODY.match(_without_quotes(sentence))) and not any(start for start, _ in _names(sentence))


def _names_whose(sentence: str) -> bool:
    """Whether somebody is named by who is theirs before "he" is."""
    outside = _without_quotes(sentence)
    owner = None if _OPENS_WITH_PRONOUN.match(sentence) else _OWNED.search(outside)
    return owner is not None and bool(re.search(rf"\b{_PRONOUN}\b", outside[owner.end() :]))


def _holder(text: str, who: Span) -> Span:
    """Who holds the office that `who` names, as in "the Foreign Minister said": the span before it that names the
    office with its holder; `who` itself where it is no office, or no one holder is named."""
    office = text[slice(*who)]
    if office.rsplit(None, 1)[-1] not in _OFFICES:
        return who
    after = re.compile(rf"\b{re.escape(office)}[^\S\n]+(?P<who>[A-Z][\w’'-]+(?:[^\S\n]+[A-Z][\w’'-]+){{0,2}})")
    held = [match for match in after.finditer(text, 0, who[0]) if match["who"].split()[0] not in _NOT_WHO]
    return held[-1].span() if len({match["who"].split()[-1] for match in held}) == 1 else who


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


def _names(sentence: str) -> list[Span]:
    """The names in the sentence, direct speech left out; one that owns something ("Roe's plan") is nobody who acts."""
    outside = _without_quotes(sentence)
    found: list[Span] = []
    for match in _NAMED.finditer(outside):
        span = _trimmed(outside, match.start("who"), match.end("who"))
        owns = span is not None and outside[span[1] : span[1] + 2] in ("'s", "’s")
        if span and not owns and outside[slice(*span)] not in {outside[slice(*one)] for one in found}:
            found.append(span)
    return found


def _may_speak(text: str, sentence: str, span: Span) -> bool:
    """Whether the name is that of somebody who speaks in the article, or of two words and no place's or body's."""
    name = sentence[slice(*span)].split()
    if " ".join(name) in _speakers(text) or name[-1] in _speakers(text):
        return True
    return len(name) > 1 and name[-1] not in _BODIES and not _PLACED.search(sentence[: span[0]])


@lru_cache(maxsize=64)
def _speakers(text: str) -> frozenset[str]:
    """Every name that stands beside a verb of speech in the article, and its last word: of "NATO Secretary General Roe"
    not NATO, and of "Ministry of Health of Ruritania" not Ruritania, of whom "he" may be said as little."""
    found = ((start, _attributed(text[start:end])) for start, end in reporting_spans(text))
    names = [text[start + span[0] : start + span[1]].split() for start, span in found if span]
    return frozenset(" ".join(name) for name in names) | {
        name[-1] for name in names if len(name) < 2 or name[-2] not in _OF
    }


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
