"""The records of the assistant: `Question`, `Citation`, `Sentence`, `Answer`. Knows nothing of how they are made
or shown."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from index.records import Field, Passage


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation: who spoke ("user" or "assistant"), and what."""

    role: str
    content: str


@dataclass(frozen=True)
class Question:
    """What a reader asks, and within which limits.

    `as_of` and `until` mean the end of that day, `since` its start. `source` is an outlet's name.
    """

    text: str
    as_of: datetime.date | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    source: str | None = None
    history: tuple[Turn, ...] = ()


class Support(StrEnum):
    """Whether the quotes of a sentence carry it."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    UNSUPPORTED = "unsupported"


class Reason(StrEnum):
    """Why an answer is an abstention."""

    NOTHING_INDEXED = "nothing_indexed"
    OUTSIDE_TIME = "outside_time"
    FILTERED_OUT = "filtered_out"
    NO_EVIDENCE = "no_evidence"
    TOPIC_ONLY = "topic_only"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True)
class Citation:
    """The exact words of an article: `getattr(article, field)[start:end] == quote`, `sha256` that of the article's
    text."""

    marker: int
    article_id: str
    field: Field
    start: int
    end: int
    quote: str
    sha256: str


@dataclass(frozen=True)
class Sentence:
    """One sentence of an answer with the citations that carry it.

    `context` (who speaks, say) is shown before the sentence and set apart from it; its own words are cited too.
    """

    text: str
    citations: tuple[Citation, ...]
    support: Support
    context: str | None = None

    @property
    def markers(self) -> tuple[int, ...]:
        return tuple(citation.marker for citation in self.citations)

    @property
    def shown(self) -> str:
        """What the reader sees: context, text and markers, as in "Jane Roe: “We will.” [1, 2]"."""
        words = f"{self.context}: {self.text}" if self.context else self.text
        return f"{words} [{', '.join(map(str, self.markers))}]" if self.citations else words


@dataclass(frozen=True)
class Usage:
    """What a language model took: tokens by its own count, their cost where prices are set, and when the first checked
    sentence was there, in milliseconds from the question. None is not known."""

    model: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = None
    first_sentence_ms: float | None = None


@dataclass(frozen=True)
class Answer:
    """A checked answer. Where `abstained`, `words` says why and `sentences` is empty.

    `passages`: the best passage of each article found, best first. `timings_ms`: stages that do not overlap.
    `notes`: what a reader should know about how the answer came about, each one sentence or two.
    """

    question: Question
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    answerer: str
    timings_ms: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    short_answer: str | None = None
    reason: Reason | None = None
    words: str = ""
    notes: tuple[str, ...] = ()
    usage: Usage | None = None

    @property
    def abstained(self) -> bool:
        return self.reason is not None

    @property
    def text(self) -> str:
        """What the reader sees, markers included."""
        return self.words if self.abstained else " ".join(sentence.shown for sentence in self.sentences)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, by marker."""
        by_marker = {c.marker: c for sentence in self.sentences for c in sentence.citations}
        return tuple(by_marker[marker] for marker in sorted(by_marker))
