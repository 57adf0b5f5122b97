"""Follow-ups made self-contained from the conversation, without a language model.

A question leans on the turns before it by a pronoun ("What did he add?"), by what it leaves out ("And in Kyiv?",
"Why?") or by pointing ("that summit"). A pronoun for a person is replaced by the person last asked about; what else is
missing is added behind the question, in brackets, from the question before and from what it was answered. Measured on
CANARD's dialogues by tests/bench/bench_follow_ups.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.records import Turn
from index.words import STOP_WORDS, folded, stems, words

_MOST_ADDED = 3
"""Words added behind a question: more would drown its own."""

_THIN, _THIN_WITHOUT_NAME = 2, 5
"""A question with at most this many content words leaves something out; with more where it names nobody and nothing."""

_TURNS = 40
"""How far back a conversation is read."""

_FADING = 0.6
"""What a name in a question counts after each further question."""

_ANSWERED = 0.3
"""What the first name in the last answer counts."""

_PERSON = re.compile(r"\b(he|she|him|her|his|hers|himself|herself)\b", re.IGNORECASE)
_PLURAL = re.compile(r"\b(they|them|their|theirs|themselves)\b", re.IGNORECASE)
_POINTING = re.compile(
    r"\b(it|its|this|that|these|those|there|then|one|ones|other|others|else|same|such|more|latter|former|next|afterwards?|again"
    r"|also|too|instead|first|second|third|last)\b",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"^\s*(?:and|but|so|or|also|then|ok(?:ay)?|what about|how about|what else|who else|anything else)\b", re.IGNORECASE
)
# "It is said that …", "Is it true", "Is there", "the fact that": these words point at nothing.
_EMPTY = re.compile(
    r"\b(?:is|was|are|were)\s+(?:it|there)\b(?=\s+(?:true|a|an|any|the|likely|possible|possibly|legal|known|expected|clear)\b)"
    r"|\bthat\s+(?=(?:he|she|they|it|the|a|an|[A-Z]))|(?<=\w)\s+that\b(?=\s+(?:was|were|is|are|has|have|had|will|would|can)\b)",
)
_NAME = re.compile(r"\b[A-Z][\w’'.-]*(?:\s+(?:(?:of|the|de|von|van|bin|al|da|del|di|and the)\s+)?[A-Z][\w’'.-]*)*")
# Of "Western countries" or "Ukrainian troops" the capitalised word alone says little.
_ADJECTIVE = re.compile(r"[A-Z][\w’-]+(?:ern|ian|ean|ish|ese)")
_MARKERS = re.compile(r"\s*\[\d+(?:,\s*\d+)*\]")
_NOT_NAMES = frozenset(
    "who what when where which why how did does do is are was were has have had can could will would should and but "
    "so or the a "
    "an in on at for to of as by from with it he she they this that these those there i you we yes no ok okay tell "
    "monday "
    "tuesday wednesday thursday friday saturday sunday january february march april june july august september october "
    "november december after before according both name".split()
)
_TITLES = frozenset(
    "mr mrs ms dr sir president minister secretary general prime chancellor king queen pope senator".split()
)


def self_contained(question: str, history: Sequence[Turn]) -> str:
    """`question` with what it takes from `history` written out; itself where it stands alone."""
    asked: list[str] = []
    answered = ""
    for turn in history[-_TURNS:]:
        content = _MARKERS.sub("", turn.content)
        if turn.role == "user":
            asked.append(_rewritten(content, asked, answered))
            answered = ""
        else:
            answered = content
    return _rewritten(question, asked, answered)


def may_stand_alone(question: str) -> bool:
    """Whether no word of `question` points at what was said before: what it seems to leave out, it may not lack."""
    own = names(question)
    return not _means_person(question, own) and not _points(question, own) and len(set(stems(question))) > 1


def _means_person(question: str, own: Sequence[str]) -> bool:
    """Whether its "he" or "her" is somebody else than one of its `own` names."""
    return bool(_PERSON.search(_EMPTY.sub(" ", question))) and not _antecedent(question, own)


def _points(question: str, own: Sequence[str]) -> bool:
    """Whether it points at something else than a person."""
    bare = _EMPTY.sub(" ", question)
    return bool((_PLURAL.search(bare) and not own) or _POINTING.search(bare) or _OPENS.search(question))


def _rewritten(question: str, asked: Sequence[str], answered: str) -> str:
    """`question` after the questions `asked`, each self-contained, the last of which was `answered`."""
    if not asked:
        return question
    own = names(question)
    text = question
    if _means_person(question, own):
        person = _talked_of(asked, answered, person=True)
        text = _with_name(question, _PERSON, person) if person else question
    pointing = _points(question, own)
    thin = len(set(stems(question))) <= (_THIN if own else _THIN_WITHOUT_NAME)
    if text == question and not pointing and (own or not thin):
        return question
    topic = _talked_of(asked, answered, person=False) if text == question else None
    added = [topic] if topic and folded(topic) not in folded(text) else []
    held = set(stems(f"{text} {topic}"))
    for word in _content(asked[-1]) if thin and (pointing or text == question) else []:
        stem = set(stems(word))
        if stem and not stem & held and len(added) < _MOST_ADDED:
            held |= stem
            added.append(word)
    return f"{text.rstrip(' ?.')} ({', '.join(added)})?" if added else text


def _talked_of(asked: Sequence[str], answered: str, *, person: bool) -> str | None:
    """The name that the conversation is about: named often, lately, and first in its question."""
    weights: dict[str, float] = {}
    for age, text in enumerate(reversed(asked)):
        for place, name in enumerate(names(text) if person else topics(text)):
            weights[name] = weights.get(name, 0) + _FADING**age * (1 if place == 0 else 0.5)
    for name in names(answered)[:1]:
        weights[name] = weights.get(name, 0) + _ANSWERED
    likely = [name for name in weights if not person or _may_be_person(name)]
    if not likely:
        return None
    best = max(likely, key=lambda name: weights[name])
    # "Jens Stoltenberg" for "Stoltenberg": the longer form finds more.
    return max((name for name in likely if re.search(rf"\b{re.escape(best)}\b", name)), key=len)


def names(text: str) -> list[str]:
    """The names in `text`, in order, without the words that are capitalised only because they begin a sentence."""
    found = []
    for match in _NAME.finditer(text):
        parts = match.group().split()
        while parts and ((first := folded(parts[0]).strip(".’'")) in _NOT_NAMES or first in STOP_WORDS):
            parts = parts[1:]
        if parts and parts[-1].endswith(("’s", "'s")):
            parts[-1] = parts[-1][:-2]
        name = " ".join(parts).rstrip(".,’'")
        if name and name not in found:
            found.append(name)
    return found


def topics(text: str) -> list[str]:
    """The names in `text`; one that is an adjective with the noun in the plural behind it: in the singular that might
    be what Adrian did."""
    found = []
    for name in names(text):
        many = re.search(rf"\b{re.escape(name)}\s+[a-z][\w-]*[^\Ws]s\b", text) if _ADJECTIVE.fullmatch(name) else None
        found.append(many.group() if many else name)
    return found


def _may_be_person(name: str) -> bool:
    return not name.isupper() and len(name.split()) <= 4


def _antecedent(question: str, own: Sequence[str]) -> bool:
    """Whether the question itself names whom its pronoun means: the name stands before it."""
    pronoun = _PERSON.search(question)
    return bool(pronoun and any(question.find(name) < pronoun.start() for name in own if _may_be_person(name)))


def _with_name(question: str, pattern: re.Pattern[str], name: str) -> str:
    """The first pronoun replaced; those after it then have their antecedent."""
    match = pattern.search(question)
    if match is None:
        return question
    word = match.group().lower()
    possessive = word in ("his", "hers") or (
        word == "her" and re.match(r"\s+[a-z]", question[match.end() :]) is not None
    )
    return f"{question[: match.start()]}{name}{'’s' if possessive else ''}{question[match.end() :]}"


def _content(text: str) -> list[str]:
    """The words of `text` that say what it is about, as written, in order."""
    found = []
    for match in re.finditer(r"[\w’'-]+", text):
        word = match.group().strip("’'-")
        if words(word) and words(word)[0] not in STOP_WORDS and folded(word) not in _WEAK:
            found.append(word)
    return found


_WEAK = frozenset("say said says tell told happen happened many much know don".split()) | _TITLES
