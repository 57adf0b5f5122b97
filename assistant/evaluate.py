"""Evaluation: a fixed set of questions, asked through the assistant like any other, and judged one by one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from assistant.metrics import Judgement, Metrics, by_kind, judge, measure
from assistant.questions_file import JudgedQuestion, QuestionsFile
from assistant.records import Answer, Question
from index.errors import BuildError, DatelineError, UnknownArticleError
from index.records import Article


class Asked(Protocol):
    """What evaluation needs of an assistant."""

    def ask(self, question: Question) -> Answer: ...

    def article(self, article_id: str) -> Article: ...


@dataclass(frozen=True)
class Evaluation:
    """A finished run: what became of each question, in the file's order."""

    file: QuestionsFile
    judgements: tuple[Judgement, ...]
    seconds: float

    @cached_property
    def metrics(self) -> Metrics:
        return measure(self.judgements)

    @cached_property
    def kinds(self) -> Mapping[str, Metrics]:
        return by_kind(self.judgements)

    @property
    def sound(self) -> bool:
        """Whether every question was asked without an error and every citation holds."""
        return not any(one.failed or one.invalid for one in self.judgements)


def evaluate(asked: Asked, file: QuestionsFile, advance: Callable[[], None] = lambda: None) -> Evaluation:
    """Ask and judge every question; one that fails stops no other. `advance` is called after each."""
    began = time.perf_counter()
    judgements = []
    for question in file.questions:
        judgements.append(_judged(asked, question))
        advance()
    return Evaluation(file, tuple(judgements), time.perf_counter() - began)


def articles_not_indexed(asked: Asked, file: QuestionsFile) -> tuple[str, ...]:
    """The articles that questions name and the index lacks: no search can find those."""
    named = dict.fromkeys(article_id for question in file.questions for article_id in question.articles)
    return tuple(article_id for article_id in named if _article(asked, article_id) is None)


def _judged(asked: Asked, question: JudgedQuestion) -> Judgement:
    try:
        answer = asked.ask(question.question)
        return judge(question, answer, lambda article_id: _article(asked, article_id))
    except DatelineError as error:
        return Judgement(question, None, f"failed: {error}")
    except Exception as error:  # whatever broke is this question's result; the others are still asked
        return Judgement(question, None, f"failed: {type(error).__name__}: {error}")


def _article(asked: Asked, article_id: str) -> Article | None:
    try:
        return asked.article(article_id)
    except (UnknownArticleError, BuildError):
        return None
