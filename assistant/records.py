"""The records of the assistant: `Question`, `Citation`, `Sentence`, `Answer`, `Exchange`. Knows nothing of how they
are made or shown."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from index.errors import DatelineError
from index.records import Article, Field, Passage


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation: who spoke ("user" or "assistant"), and what; `articles`: the ids of those it cites,
    where that is known."""

    role: str
    content: str
    articles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What a reader asks, and within which limits.

    `as_of` and `until` mean the end of that day, `since` its start. `source` is an outlet's name, `author` a part of an
    author's, `language` a code such as "en", `articles` the ids of the only articles to search, `cluster` ids that are
    searched together with their reprints. `understand`: whether the question's own words may limit the search ("last
    week", "what did Reuters report") and be corrected where they are misspelt.
    """

    text: str
    as_of: datetime.date | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    source: str | None = None
    history: tuple[Turn, ...] = ()
    author: str | None = None
    language: str | None = None
    articles: tuple[str, ...] = ()
    cluster: tuple[str, ...] = ()
    understand: bool = True


class Reach(StrEnum):
    """What the days of a window do to a search.

    FILTER leaves out what was published on other days ("since Monday"). PREFER lets the days and what is near them go
    first ("last week"): news is announced before and told of later. HINT does so only as far as freshness does not ("in
    2019", "on Tuesday", "this week"): a year is told of for years, a Tuesday may be any, and what goes on today began
    before.
    """

    FILTER = "filter"
    PREFER = "prefer"
    HINT = "hint"


@dataclass(frozen=True)
class Window:
    """The days a question asks about, both included, None where open, and the words that say so.

    `event`: the day of the event that the words name ("before the summit"), as the articles' dates tell it; None where
    they name a time.
    """

    since: datetime.date | None
    until: datetime.date | None
    words: str
    reach: Reach = Reach.PREFER
    event: datetime.date | None = None


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
    NO_SUCH_WORDS = "no_such_words"


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
class Addition:
    """Words of Dateline's own, no article's, shown in brackets behind the first `at` characters of a sentence's `part`:
    the date of its "on Friday", say. They hold no number alone, which would read as a marker."""

    at: int
    words: str
    part: Literal["text", "context"] = "text"


class Role(StrEnum):
    """What a piece of a shown sentence is: an article's words, those that tell of whom, or Dateline's own."""

    TEXT = "text"
    CONTEXT = "context"
    OURS = "ours"


@dataclass(frozen=True)
class Sentence:
    """One sentence of an answer with the citations that carry it.

    `context` is shown before the sentence and set apart from it: who speaks, or, where not `is_speaker`, what "It" is.
    Its own words are cited too. `label` ("Earlier, on 3 June 2024") and `additions` are Dateline's own words, shown in
    brackets, before it and within it.
    """

    text: str
    citations: tuple[Citation, ...]
    support: Support
    context: str | None = None
    is_speaker: bool = True
    label: str | None = None
    additions: tuple[Addition, ...] = ()

    @property
    def markers(self) -> tuple[int, ...]:
        return tuple(citation.marker for citation in self.citations)

    @property
    def pieces(self) -> tuple[tuple[Role, str], ...]:
        """What the reader sees but for the markers, in order, brackets and white space included."""
        found = [(Role.OURS, f"[{self.label}] ")] if self.label else []
        if self.context:
            before, behind = ("", ": ") if self.is_speaker else ("(", ") ")
            found += [(Role.CONTEXT, before), *self._with_additions(Role.CONTEXT, self.context), (Role.CONTEXT, behind)]
        found += self._with_additions(Role.TEXT, self.text)
        return tuple((role, words) for role, words in found if words)

    def _with_additions(self, role: Role, words: str) -> list[tuple[Role, str]]:
        found, at = [], 0
        for one in sorted((one for one in self.additions if one.part == role.value), key=lambda one: one.at):
            found += [(role, words[at : one.at]), (Role.OURS, f" [{one.words}]")]
            at = one.at
        return [*found, (role, words[at:])]

    @property
    def marked(self) -> str:
        """Its markers, as in "[1, 2]"; empty where it cites nothing."""
        return f"[{', '.join(map(str, self.markers))}]" if self.citations else ""

    @property
    def shown(self) -> str:
        """What the reader sees, as in "Jane Roe: “We will on Friday [14 June 2024].” [1, 2]"."""
        return " ".join(filter(None, ["".join(words for _, words in self.pieces), self.marked]))


@dataclass(frozen=True)
class Highlight:
    """The shortest answer's place: characters `start` to `end` of a `part` of the answer's sentence number `sentence`,
    counted from 0."""

    sentence: int
    part: Literal["text", "context"]
    start: int
    end: int


@dataclass(frozen=True)
class Usage:
    """What a language model took: tokens by its own count, their cost where prices are set, and when the first checked
    sentence was there, in milliseconds from the question. None is not known. Of an answer, all its calls together: the
    wording of a follow-up is one."""

    model: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = None
    first_sentence_ms: float | None = None


@dataclass(frozen=True)
class Search:
    """How a question was searched for. `text` is its self-contained wording; `window`, `outlets`, `latest` and `exact`
    are what its words were understood to ask, the first two not `used` where they left nothing to search.

    `articles` passed all limits, and `chunks` of them were scored. `parts`: what each part of the question is called,
    and how many chunks were found for it. `corrected`: words as typed, and as searched for. `rewritten_by` names the
    language model whose wording `text` is; `rewrite_note` says why it has none, and `rewrite_usage` what asking it
    took. `timings_ms`: stages that do not overlap. `counts`: what was there, in the order of the stages, summed over
    the searches of a question in parts: `indexed` articles, `passed` of them; chunks found by `meaning` and by `words`,
    and `scored` as the two together; the stories they tell were `ranked`; so many articles and chunks were
    `kept_articles`, `kept_chunks`.
    """

    text: str
    window: Window | None = None
    outlets: tuple[str, ...] = ()
    latest: str | None = None
    exact: tuple[str, ...] = ()
    window_used: bool = True
    outlets_used: bool = True
    articles: int = 0
    chunks: int = 0
    parts: tuple[tuple[str, int], ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    rewritten_by: str | None = None
    rewrite_note: str | None = None
    rewrite_usage: Usage | None = None
    timings_ms: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Answer:
    """A checked answer. Where `abstained`, `words` says why and `sentences` is empty.

    `passages`: the best passage of each article found, best first; `search`: how they were found. `timings_ms`: stages
    that do not overlap. `short_at`: where `short_answer` stands among the sentences.
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
    search: Search | None = None
    notes: tuple[str, ...] = ()
    usage: Usage | None = None
    short_at: Highlight | None = None

    @property
    def abstained(self) -> bool:
        return self.reason is not None

    @property
    def is_awaited(self) -> bool:
        """Whether a language model is at work and no sentence of it is whole yet; no whole answer is."""
        return not self.abstained and not self.sentences

    @property
    def text(self) -> str:
        """What the reader sees, markers included."""
        return self.words if self.abstained else " ".join(sentence.shown for sentence in self.sentences)

    @property
    def articles(self) -> dict[str, Article]:
        """The articles found, as they were when the answer was checked, by id; reprints of them too."""
        reprints = {copy.id: copy for passage in self.passages for copy in passage.copies}
        return reprints | {passage.article.id: passage.article for passage in self.passages}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, by marker."""
        by_marker = {c.marker: c for sentence in self.sentences for c in sentence.citations}
        return tuple(by_marker[marker] for marker in sorted(by_marker))


@dataclass(frozen=True)
class Exchange:
    """A question, and what came of it: an answer, an error, or nothing yet. Not `is_whole`: the answer still grows."""

    question: Question
    answer: Answer | None = None
    error: DatelineError | None = None
    is_whole: bool = True
