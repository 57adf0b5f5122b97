"""What a question asks for: the kind of answer, its content words, its names. Rules only, no model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from assistant.errors import QuestionError
from assistant.records import Question
from index.words import STOP_WORDS, folded, stems, words

LONGEST_QUESTION = 2_000
"""Characters; longer ones are refused, since a model would read only their beginning."""


class Kind(StrEnum):
    """The kind of answer that a question asks for."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    NUMBER = "number"
    REASON = "reason"
    STATEMENT = "statement"
    OTHER = "other"


# The first pattern that fits decides. "What did X say" asks for words, "how many" for a number.
_KINDS = (
    (
        Kind.NUMBER,
        r"\bhow (?:many|much|old|tall|big|large|high|far|long|often|fast)\b"
        r"|\bwhat (?:percentage|share|number|amount|price)\b",
    ),
    (
        Kind.TIME,
        r"\bwhen\b|\b(?:what|which|on what|on which|in which|in what) (?:day|date|month|year|week|time)\b"
        r"|\bhow (?:soon|quickly)\b",
    ),
    (Kind.PLACE, r"\bwhere\b|\b(?:what|which) (?:city|country|place|town|state|region)\b"),
    (
        Kind.STATEMENT,
        r"\bwhat (?:did|does|do|has|have) .*\b(?:say|said|state|claim|announce|demand|promise|call|reply|respond)\b",
    ),
    (Kind.PERSON, r"\bwho(?:m|se)?\b"),
    (Kind.REASON, r"\bwhy\b"),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)

_SPEAKER = re.compile(
    r"\bwhat (?:did|does|do|has|have|had) (?P<who>(?:[\w’'-]+ ){0,6}?[\w’'-]+) "
    r"(?:say|said|state|claim|announce|promise|reply|respond|warn|think|believe|call)\b",
    re.IGNORECASE,
)

# Verbs of saying and asking stand in questions about any text; a match on them says little.
WEAK_WORDS = frozenset(
    stems("say says said tell told state stated report reported claim claimed article articles according news")
)
_CAPITALISED = re.compile(r"\b[A-Z][\w’'-]*|\b[a-z]+[A-Z]\w*")

WEAK_WEIGHT = 0.25


@dataclass(frozen=True)
class Analysis:
    """A question taken apart.

    `weights`: its content stems and how much a match on each counts; `names`: folded words; `speaker`: the stems of
    whoever must have said what is asked for, as in "What did X say about …?".
    """

    text: str
    kind: Kind
    weights: dict[str, float]
    names: tuple[str, ...]
    speaker: frozenset[str] = frozenset()

    @property
    def is_understood(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.weights)


def analyse(text: str) -> Analysis:
    """Take a question apart; of any text, in any case."""
    kind = next((kind for kind, pattern in _PATTERNS if pattern.search(text)), Kind.OTHER)
    weights = {stem: WEAK_WEIGHT if stem in WEAK_WORDS else 1.0 for stem in stems(text)}
    who = _SPEAKER.search(text)
    speaker = frozenset(stems(who.group("who"))) if who else frozenset()
    return Analysis(text, kind, weights, _names(text), speaker)


def _names(text: str) -> tuple[str, ...]:
    """The words written with a capital that are not so only because they begin the question; none in all capitals."""
    if text.isupper():
        return ()
    found = []
    for match in _CAPITALISED.finditer(text):
        begins = not text[: match.start()].strip(" \"'“‘¿(") or text[: match.start()].rstrip()[-1:] in ".?!,"
        for word in words(match.group()):
            if word not in STOP_WORDS and not (begins and _is_common(match.group())):
                found.append(word)
    return tuple(dict.fromkeys(found))


_QUESTION_OPENERS = frozenset(
    "who what when where which why how did does do is are was were has have can could would and so ok okay name "
    "tell".split()
)


def _is_common(word: str) -> bool:
    return folded(word) in _QUESTION_OPENERS


_NEXT_PART = re.compile(
    r",?\s+and\s+(?=(?:(?:at|in|on|by|for|to|from|with)\s+)?(?:what|which|who|whom|where|when|why|how)\b)",
    re.IGNORECASE,
)


def parts(text: str) -> list[str]:
    """The questions that `text` asks: "Where is it, and who was there?" asks two."""
    found = [part.strip(" ,") for part in _NEXT_PART.split(text)]
    return found if len(found) > 1 and all(len(analyse(part).weights) > 1 for part in found) else [text]


_YES_OR_NO = re.compile(
    r"\W*(?:(?:and|so|but|ok|okay|then)\W+)?(?:is|isn[’']t|are|aren[’']t|was|wasn[’']t|were|weren[’']t|do|don[’']t|does|doesn[’']t|did|"
    r"didn[’']t|has|hasn[’']t|have|haven[’']t|had|hadn[’']t|will|won[’']t|would|wouldn[’']t|can|can[’']t|could|couldn[’']t|should|"
    r"shouldn[’']t|may|might|must)\b(?!.*\bor\b)",
    re.IGNORECASE,
)


def is_yes_or_no(text: str) -> bool:
    """Whether "yes" or "no" would answer; of "was it A or B" neither does."""
    return bool(_YES_OR_NO.match(text))


def require_answerable(question: Question) -> None:
    """Raises QuestionError for a question that cannot be asked."""
    if not question.text.strip():
        raise QuestionError("The question is empty.", "Ask something, for example: who said what, when, or where?")
    if len(question.text) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(question.text):,} characters; at most {LONGEST_QUESTION:,} are read.",
            "Ask one question at a time; to add an article, use the article list.",
        )
    last = min((day for day in (question.until, question.as_of) if day), default=None)
    if question.since and last and question.since > last:
        raise QuestionError(
            f"No day lies from {question.since} to {last}.", "Give a since date that is not after until and as-of."
        )
