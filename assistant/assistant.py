"""The assistant: a question in, a checked answer out. Every face asks here; none answers by itself."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from assistant.abstain import abstention
from assistant.check import checked
from assistant.errors import QuestionError
from assistant.extractive import ExtractiveAnswerer
from assistant.reader import load_reader
from assistant.records import Answer, Question, Reason
from assistant.retrieve import Retrieved, retrieve
from assistant.settings import Settings
from index.embed import Embedder, load_embedder
from index.errors import BuildError, FingerprintError
from index.home import Home
from index.read import ReadArticle, Unread
from index.records import Article
from index.search import Index, require_same_weights
from index.serving import open_previous
from index.update import Progress, UpdateReport, add_articles, build_index, no_progress, remove_articles

_log = logging.getLogger(__name__)

LONGEST_QUESTION = 2_000
"""Characters; longer ones are refused, since a model would read only their beginning."""


class Assistant:
    """Answers from the build that serves, and takes up a newer one by itself. Safe to use from several threads."""

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self.settings = settings
        self.home = Home(settings.home)
        self.embedder = embedder
        self._lock = threading.Lock()
        self._open: Index | None = None
        self._rejected: str | None = None

    @classmethod
    def open(cls, settings: Settings) -> Assistant:
        """Load the embedding model. Raises ModelError."""
        return cls(settings, open_embedder(settings))

    @cached_property
    def _answerer(self) -> ExtractiveAnswerer:
        # The reader is loaded by the first question: an editor who only indexes needs none.
        reader = load_reader() if self.settings.reader else None
        return ExtractiveAnswerer(self.embedder, self.settings.answer_sentences, reader)

    # Asking

    def ask(self, question: Question) -> Answer:
        """The whole answer. Raises QuestionError, BuildError or FingerprintError."""
        *_, answer = self.stream(question)
        return answer

    def stream(self, question: Question) -> Iterator[Answer]:
        """The answer as it grows, a checked sentence more each time; the last one is whole. Raises as `ask`."""
        _require_answerable(question)
        index = self.index()
        if index is None:
            yield abstention(question, Reason.NOTHING_INDEXED, None)
            return
        began = time.perf_counter()
        found = retrieve(index, self.embedder, question, self.settings.top_k)
        retrieved = time.perf_counter()
        answer = self._answer(question, found)
        timings = {"retrieve": (retrieved - began) * 1000, "answer": (time.perf_counter() - retrieved) * 1000}
        answer = replace(answer, timings_ms=timings)
        for end in range(1, len(answer.sentences)):
            yield replace(answer, sentences=answer.sentences[:end])
        yield answer

    def _answer(self, question: Question, found: Retrieved) -> Answer:
        """What is shown was checked here, whichever answerer wrote it."""
        if not found.chunks:
            return abstention(question, found.empty_because or Reason.NO_EVIDENCE, found)
        draft = self._answerer.answer(question, found)
        if draft.confidence < self.settings.abstain_below:
            return abstention(question, draft.reason, found)
        sentences = checked(draft.sentences, found.articles)
        if not sentences:
            return abstention(question, Reason.NO_EVIDENCE, found)
        short = draft.short_answer
        if short is not None and not any(short in sentence.text or short == sentence.context for sentence in sentences):
            short = None
        return Answer(question, sentences, found.passages, self._answerer.name, short_answer=short)

    # What is indexed

    def index(self) -> Index | None:
        """The build that serves now; None where nothing was ever built. Raises BuildError or FingerprintError."""
        with self._lock:
            name = ""
            try:
                name = self.home.current() or ""
                if not name:
                    return None
                if self._open is None or name not in (self._open.manifest.name, self._rejected):
                    # Readers of the old build may still hold it; it goes when the last of them is done.
                    self._open, self._rejected = self._opened(), None
            except (BuildError, FingerprintError) as error:
                if self._open is None and isinstance(error, BuildError):
                    self._open, self._rejected = self._previous(error), name
                if self._open is None:
                    raise
                if self._rejected != name:
                    # The error says what to run.
                    _log.error("%s The build %s goes on serving.", error, self._open.manifest.name)
                    self._rejected = name
            return self._open

    def _opened(self) -> Index:
        """The build that serves, freshly opened. Raises BuildError or FingerprintError."""
        return self._fitting(Index.open(self.home))

    def _previous(self, error: BuildError) -> Index | None:
        """The build from before, where the one that should serve cannot. Raises FingerprintError."""
        index = open_previous(self.home, error)
        return self._fitting(index) if index else None

    def _fitting(self, index: Index) -> Index:
        """`index`, if its vectors compare with those of the embedding model. Raises FingerprintError."""
        try:
            require_same_weights(index.manifest, self.embedder)
        except FingerprintError:
            index.close()
            raise
        if index.manifest.dtype != self.embedder.dtype:
            _log.warning(
                "The index was embedded in %s, and questions are embedded in %s; the scores move by thousandths.",
                index.manifest.dtype,
                self.embedder.dtype,
            )
        return index

    def articles(self) -> Sequence[Article]:
        """Every article indexed, by id; none where nothing was built."""
        index = self.index()
        return index.articles() if index else ()

    def article(self, article_id: str) -> Article:
        """Raises UnknownArticleError, or BuildError where nothing was built."""
        index = self.index()
        if index is None:
            raise BuildError(f"Nothing is indexed in {self.home.root}.", "Run `dateline index build PATH…` first.")
        return index.article(article_id)

    # What an editor does

    def build(
        self, found: Iterable[ReadArticle | Unread], *, progress: Progress = no_progress, reembed: bool = False
    ) -> UpdateReport:
        return build_index(self.home, self.embedder, found, progress=progress, reembed=reembed)

    def add(self, found: Iterable[ReadArticle | Unread], *, progress: Progress = no_progress) -> UpdateReport:
        return add_articles(self.home, self.embedder, found, progress=progress)

    def remove(self, article_ids: Sequence[str], *, progress: Progress = no_progress) -> UpdateReport:
        return remove_articles(self.home, article_ids, progress=progress)


def open_embedder(settings: Settings) -> Embedder:
    """The embedding model that the settings name. Raises ModelError."""
    return load_embedder(
        settings.embedding_model, dtype=settings.embedding_dtype, allow_download=settings.allow_model_download
    )


def _require_answerable(question: Question) -> None:
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
