"""The language-model answerer: prose of a chat model, each sentence checked before anyone sees it.

context.py  what the model is given, within its budget
reply.py    the streamed reply taken apart into sentences and the keys they cite
claims.py   a sentence against the evidence: cited as it said, cited anew, or not carried; what it was drawn from

Whatever goes wrong with the model, the extractive answer is given instead, and that is said.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from assistant.check import Judge
from assistant.check.tokens import tokens
from assistant.errors import ChatModelError
from assistant.extractive import Draft
from assistant.generative.claims import cited, drawn_from
from assistant.generative.context import Context, context
from assistant.generative.reply import Claim, Reply
from assistant.models import ChatModel, Piece
from assistant.models.polling import polled
from assistant.records import Citation, Sentence, Support, Usage
from assistant.settings import Settings
from assistant.usage import counted
from index.embed import Embedder
from index.records import Article
from index.words import stems, words

_log = logging.getLogger(__name__)

_CHARACTERS_PER_TOKEN = 8
"""A reply that is longer than its tokens times this does not keep to its limit, and is read no further."""

_SHORTEST = 4
"""Words of a sentence: "Brussels" alone states nothing that could be checked."""

_REPEATS = 0.65
"""The share of a sentence's content words that stand in one that was told, from which on it tells that again."""

_TICK = 0.25
"""Seconds after which who reads a growing answer is given the turn, and may leave, also where nothing new is there."""

_INSTEAD = "These are the articles' own sentences instead."


@dataclass(frozen=True)
class Written:
    """What is written so far, every sentence of it checked; `answerer` wrote it. The last one is whole.

    `is_awaited`: no sentence is, yet.
    """

    sentences: tuple[Sentence, ...]
    answerer: str
    notes: tuple[str, ...] = ()
    usage: Usage | None = None
    is_awaited: bool = False


class LanguageModelAnswerer:
    """Writes with the chat model that `open_model` gives, which is opened by the first question."""

    def __init__(
        self,
        open_model: Callable[[], ChatModel],
        embedder: Embedder,
        judge: Judge,
        settings: Settings,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._open_model = open_model
        self._embedder = embedder
        self._judge = judge
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._model: ChatModel | None = None

    def stream(
        self, question: str, draft: Draft, articles: Mapping[str, Article], fallback: str, began: float
    ) -> Generator[Written]:
        """The answer as it grows. `fallback` is the name of who wrote `draft`, which is given if the model fails.

        First one that is awaited, before the model is opened. Each may come several times, the same object, as long as
        nothing is new: closed then, the model is stopped. `began`: when the question was asked, by the clock.
        """
        told = Written((), self._settings.chat_model or "chat model", is_awaited=True)
        yield told
        try:
            model = self._opened()
        except ChatModelError as error:
            yield self._instead(draft, fallback, f"The language model could not be used. {error}")
            return
        given = context(question, draft.evidence, articles, self._embedder.count)
        writing = _Writing(question, given, self._judge, self._settings, model.name)
        failed = ""
        turn = self._clock()
        try:
            with closing(self._claims(model, given, writing)) as reply:
                for claims in reply:
                    now = self._clock()
                    if writing.take(claims, (now - began) * 1000):
                        told = Written(tuple(writing.kept), model.name, usage=writing.usage)
                    elif now - turn < _TICK:
                        continue
                    turn = now
                    yield told
        except ChatModelError as error:
            _log.warning("%s", error)
            failed = str(error)
        writing.end(draft.needed, draft.best)
        notes = writing.notes(failed)
        if writing.kept:
            yield Written(tuple(writing.kept), model.name, notes, writing.usage)
        else:
            why = f"The language model could not be used. {failed}" if failed else writing.why_nothing()
            yield replace(self._instead(draft, fallback, why), usage=writing.usage)

    def _opened(self) -> ChatModel:
        with self._lock:
            if self._model is None:
                self._model = self._open_model()
            return self._model

    def _instead(self, draft: Draft, fallback: str, why: str) -> Written:
        return Written(draft.sentences, fallback, (f"{why} {_INSTEAD}",))

    def _claims(self, model: ChatModel, given: Context, writing: _Writing) -> Generator[list[Claim]]:
        """The model's sentences as they become whole, none of them again and again meanwhile. Raises ChatModelError,
        after those that were."""
        reply = Reply()
        until = self._clock() + self._settings.chat_timeout
        ended = None
        pieces = polled(model.stream(given.system, given.user), _TICK)
        try:
            for piece in pieces:
                if piece is None:
                    yield []
                else:
                    writing.count(piece)
                    ended = piece.ended or ended
                    yield reply.take(piece.text)
                if writing.is_full or reply.characters > _CHARACTERS_PER_TOKEN * self._settings.chat_tokens:
                    return
                if self._clock() > until:
                    seconds = f"{self._settings.chat_timeout:g}"
                    raise ChatModelError(
                        f"The model {model.name!r} did not end its reply within {seconds} seconds.",
                        "Raise chat_timeout, or take a faster model.",
                    )
        except ChatModelError:
            yield reply.rest(cut=True)
            raise
        finally:
            pieces.close()
        yield reply.rest(cut=ended is None or ended in ("length", "max_tokens"))
        if ended is None:
            raise ChatModelError(f"The reply of {model.name!r} broke off.", "Ask again.")


class _Writing:
    """What became of a model's sentences so far."""

    def __init__(self, question: str, given: Context, judge: Judge, settings: Settings, model: str) -> None:
        self.kept: list[Sentence] = []
        self.usage = Usage(model)
        self._question = question
        self._given = given
        self._judge = judge
        self._settings = settings
        self._left_out = 0
        self._quoted = 0
        self._worded = 0
        self._added = 0
        self._refused = False
        self._wrote = False

    @property
    def is_full(self) -> bool:
        return len(self.kept) >= self._settings.answer_sentences

    def count(self, piece: Piece) -> None:
        self.usage = counted(self.usage, piece)

    def take(self, claims: Sequence[Claim], milliseconds: float) -> bool:
        """Check `claims` and keep those that may be shown; whether any was kept."""
        before = len(self.kept)
        for claim in claims:
            self._wrote = True
            if claim.is_refusal:
                self._refused = True
                continue
            if self.is_full or self._is_said(claim):
                continue
            sentence = self._checked(claim)
            if sentence is None:
                continue
            if not self.kept:
                self.usage = replace(self.usage, first_sentence_ms=round(milliseconds, 1))
            self.kept.append(sentence)
        return len(self.kept) > before

    def _checked(self, claim: Claim) -> Sentence | None:
        """What may be shown for `claim`: itself, or what it was drawn from; None where that is nothing, or shown."""
        if len(words(claim.text)) >= _SHORTEST:
            sentence = cited(claim, self._given.evidence, self._judge)
            if sentence.support is Support.SUPPORTED or self._settings.unsupported == "mark":
                self._worded += 1
                return sentence
        source = drawn_from(claim, self._question, self._given.evidence)
        if source is None:
            self._left_out += 1
            return None
        if self._is_told(source):
            return None
        self._quoted += 1
        return source

    def end(self, needed: Sequence[Sentence], best: Sentence | None) -> None:
        """Beside sentences that it chose, and worded none of, stands the one that answers `best` by the search; beside
        any, those `needed` that it passed over."""
        for one in [*needed, *([best] if best and not self._worded else [])]:
            if self.kept and not self.is_full and not self._is_told(one):
                self.kept.append(one)
                self._added += 1

    def _is_told(self, sentence: Sentence) -> bool:
        """Whether what is shown quotes all of its own words, which are cited first, or says most of them, with every
        number."""
        mine, own, values = sentence.citations[0], set(stems(sentence.text)), _values(sentence.text)
        return any(
            any(_holds(other, mine) for other in one.citations)
            or (len(own & set(stems(one.text))) >= _REPEATS * len(own) and values <= _values(one.text))
            for one in self.kept
        )

    def _is_said(self, claim: Claim) -> bool:
        new = set(stems(claim.text))
        return any(new <= set(stems(one.text)) for one in self.kept)

    def notes(self, failed: str) -> tuple[str, ...]:
        notes = []
        if failed:
            notes.append(f"The language model's reply ended early; what was whole and checked is shown. {failed}")
        if self._quoted:
            notes.append(
                f"For {_sentences(self._quoted)} of the language model that the articles did not carry, the sentence "
                "of theirs that it was drawn from is given."
            )
        if self._added:
            notes.append(f"Added {_sentences(self._added)} of the articles that the language model passed over.")
        if self._left_out:
            notes.append(
                f"Left out {_sentences(self._left_out)} of the language model that the articles do not carry as they "
                "stand."
            )
        return tuple(notes)

    def why_nothing(self) -> str:
        if self._refused:
            return "The language model found no answer in what it was given."
        if self._left_out:
            return "The articles do not carry what the language model wrote."
        return "The language model wrote nothing of use." if self._wrote else "The language model wrote nothing."


def _holds(one: Citation, other: Citation) -> bool:
    is_one_part = (one.article_id, one.field) == (other.article_id, other.field)
    return is_one_part and one.start <= other.start and other.end <= one.end


def _values(text: str) -> set[float]:
    return {token.value for token in tokens(text) if token.value is not None}


def _sentences(count: int) -> str:
    return "1 sentence" if count == 1 else f"{count} sentences"
