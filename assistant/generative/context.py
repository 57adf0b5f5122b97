"""What a language model is given: a few numbered sentences of the articles, and the question. Within a budget."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.extractive import Evidence
from assistant.records import Sentence
from assistant.shown import shown_date
from index.records import Article
from prompts import load

PROMPT_TOKENS = 400
"""The most tokens of a whole prompt: a small model on two cores reads some 60 a second."""

_PER_TOKEN = 1.25
"""What a token of the embedding model, which counts here, stands for in a chat model's: those write figures digit by
digit, and frame each turn."""

_LONGEST = 420
"""Characters of one sentence that are shown; its citation is the whole."""

REFUSAL = "NOT STATED"
"""What the model writes where the sentences do not answer."""

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_BRACKETS = str.maketrans("[]【】{}<>", "()()()()")


@dataclass(frozen=True)
class Numbered(Evidence):
    """The same as the model may cite it by `key`, from 1."""

    key: int

    @property
    def quotes(self) -> list[str]:
        return [citation.quote for citation in self.sentence.citations]


@dataclass(frozen=True)
class Context:
    """The prompt, and what its keys stand for."""

    system: str
    user: str
    evidence: tuple[Numbered, ...]


def context(
    question: str,
    best: Sequence[Evidence],
    articles: Mapping[str, Article],
    count: Callable[[Sequence[str]], list[int]],
) -> Context:
    """The prompt with as many of `best`, in their order, as its budget holds; at least the first."""
    system = load("answer-system").render(refusal=REFUSAL)
    frame = load("answer-question")
    room = PROMPT_TOKENS / _PER_TOKEN - sum(count([system, frame.render(evidence="", question=question)]))
    evidence: list[Numbered] = []
    lines: list[str] = []
    for one in best:
        line = _line(len(evidence) + 1, one.sentence, articles)
        room -= count([line])[0] + 1
        if room < 0 and evidence:
            break
        evidence.append(Numbered(one.sentence, one.place, len(evidence) + 1))
        lines.append(line)
    user = frame.render(evidence="\n".join(lines), question=" ".join(question.split()))
    return Context(system, user, tuple(evidence))


def _line(key: int, sentence: Sentence, articles: Mapping[str, Article]) -> str:
    """As in "[1] (14 June 2024) Putin: …": on one line, and nothing in it passes for a key or hides from a reader."""
    article = articles.get(sentence.citations[0].article_id)
    day = f"({shown_date(article.published)}) " if article and article.published else ""
    who = f"{sentence.context}: " if sentence.context else ""
    return f"[{key}] {day}{plain(who + sentence.text)[:_LONGEST]}"


def plain(text: str) -> str:
    """`text` on one line, without invisible characters and without brackets."""
    return " ".join(_INVISIBLE.sub("", text).translate(_BRACKETS).split())
