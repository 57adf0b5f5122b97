"""The assistant: a question in, a checked answer out. Every face asks here; none answers by itself."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from functools import cached_property, partial

from assistant.abstain import abstention
from assistant.check import Judge, checked, support
from assistant.check.entailment import load_judge
from assistant.check.words_alike import words_alike
from assistant.extractive import Draft, ExtractiveAnswerer
from assistant.generative import LanguageModelAnswerer, Written
from assistant.manners import dated, with_age
from assistant.models import ChatModel, open_chat_model
from assistant.open_build import OpenBuild
from assistant.question import require_answerable
from assistant.reader import load_reader
from assistant.records import Answer, Question, Reason
from assistant.retrieval.follow_up import may_stand_alone
from assistant.retrieval.rerank import Reranker, load_reranker
from assistant.retrieval.rewriting import ModelRewriter
from assistant.retrieval.spelling import with_corrections
from assistant.retrieve import Retrieved, retrieve
from assistant.settings import Settings
from assistant.short_answer import beginning, placed
from assistant.usage import priced, together
from index.embed import Embedder, load_embedder
from index.errors import BuildError, DatelineError, StoreError
from index.read import ReadArticle, Unread
from index.records import Article
from index.search import Index
from index.update import Progress, UpdateReport, add_articles, build_index, no_progress, remove_articles

REHEARSED = Question("What is reported?")
"""What is asked for nobody: to have all loaded that an answer needs, and to see whether there is one."""

_AS_NEW = "Taken as a follow-up, the articles do not say; this answers the question by itself."


def _utc_today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


class Assistant:
    """Answers from the build that serves, and takes up a newer one by itself. Safe to use from several threads."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        today: Callable[[], datetime.date] = _utc_today,
        open_model: Callable[[], ChatModel] | None = None,
    ) -> None:
        """`open_model` gives the chat model instead of the settings, as a test does."""
        self.settings = settings
        self.home = settings.data
        self.embedder = embedder
        self._today = today
        self._build = OpenBuild(self.home, embedder)
        if open_model is None and settings.chat_model:
            open_model = partial(open_chat_model, settings)
        opened = open_model and _once(open_model)
        self._rewriter = opened and ModelRewriter(opened, settings.chat_timeout)
        self._writer = opened and LanguageModelAnswerer(
            opened, embedder, lambda sentence, quotes: self._judge(sentence, quotes), settings
        )

    @classmethod
    def open(cls, settings: Settings) -> Assistant:
        """Load the embedding model. Raises ModelError."""
        return cls(settings, open_embedder(settings))

    @cached_property
    def _answerer(self) -> ExtractiveAnswerer:
        # The reader is loaded by the first question: an editor who only indexes needs none.
        reader = load_reader() if self.settings.reader else None
        most, sure_from = self.settings.answer_sentences, self.settings.abstain_below
        return ExtractiveAnswerer(self.embedder, most, reader, sure_from)

    @cached_property
    def _judge(self) -> Judge:
        alike = words_alike(self.embedder)
        if self.settings.entailment_model:
            allow = self.settings.allow_model_download
            return load_judge(self.settings.entailment_model, alike, allow_download=allow)
        return partial(support, similarity=alike)

    @cached_property
    def _reranker(self) -> Reranker | None:
        if self.settings.reranker is None:
            return None
        return load_reranker(self.settings.reranker, allow_download=self.settings.allow_model_download)

    # Asking

    @property
    def has_chat_model(self) -> bool:
        """Whether a language model words answers, which takes a while."""
        return self._writer is not None

    def ask(self, question: Question) -> Answer:
        """The whole answer. Raises QuestionError, BuildError or FingerprintError."""
        *_, answer = self.stream(question)
        return answer

    def stream(self, question: Question) -> Generator[Answer]:
        """The answer as it grows, a checked sentence more each time; the last one is whole. Raises as `ask`.

        While a language model writes, the last stage comes again, the same object, so that whoever reads may close the
        stream, which stops the model.
        """
        require_answerable(question)
        index = self.index()
        if index is None:
            yield abstention(question, Reason.NOTHING_INDEXED, None)
            return
        refused: Answer | None = None
        with closing(self._searched(index, question)) as answers:
            for answer in answers:
                if answer.abstained and _may_be_new(question, answer):
                    refused = answer
                    break
                yield answer
        if refused is not None:
            yield from self._alone(index, question, refused)

    def _alone(self, index: Index, question: Question, refused: Answer) -> Generator[Answer]:
        """The answer to the question as if nothing had been said before it; where there is none, the `refused` one."""
        with closing(self._searched(index, question, refused)) as answers:
            for answer in answers:
                if answer.abstained:
                    yield replace(refused, timings_ms=answer.timings_ms, usage=answer.usage)
                    return
                yield answer

    def _searched(self, index: Index, question: Question, refused: Answer | None = None) -> Generator[Answer]:
        """The growing answer; after it was `refused` as a follow-up, to the question by itself."""
        began, since = time.perf_counter(), time.monotonic()
        asked = question if refused is None else replace(question, history=())
        found = self._retrieved(index, asked)
        spent = {} if refused is None else {"as follow-up": sum(refused.timings_ms.values())}
        spent |= {"retrieve": (time.perf_counter() - began) * 1000}
        said = () if refused is None else (_AS_NEW,)
        before = shown = None
        with closing(self._answers(asked, found, began, spent)) as answers:
            for answer in answers:
                if shown is None or answer is not before:
                    rewriting = found.search.rewrite_usage if refused is None else refused.usage
                    usage = together(rewriting, answer.usage)
                    usage = usage and priced(usage, self.settings)
                    notes = (*said, *self._search_notes(index, since), *answer.notes)
                    before = answer
                    shown = replace(answer, question=question, search=found.search, notes=notes, usage=usage)
                yield shown

    @staticmethod
    def _search_notes(index: Index, since: float) -> tuple[str, ...]:
        """What a reader should know of how the articles were searched since `since`, by the monotonic clock."""
        error = index.dense.failed_since(since)
        if error is None:
            return ()
        said = error.problem if isinstance(error, StoreError) else f"The vector store cannot be asked: {error}."
        return (f"{said} Every passage was compared instead: nothing is missed, it only takes longer.",)

    def _answers(
        self, question: Question, found: Retrieved, began: float, spent: dict[str, float]
    ) -> Generator[Answer]:
        """The growing answer from what was found; `spent`: the milliseconds so far, by stage."""
        if not found.chunks:
            yield replace(abstention(question, found.empty_because or Reason.NO_EVIDENCE, found), timings_ms=spent)
            return
        asked = time.perf_counter()
        draft = self._answerer.answer(question, found)
        if self._writer is None or draft.is_whole or draft.confidence < self.settings.abstain_below:
            # Where there is no evidence no language model is asked.
            if draft.confidence < self.settings.abstain_below:
                answer = abstention(question, draft.reason, found)
            else:
                answer = self._checked(question, found, draft, Written(draft.sentences, self._answerer.name))
            answer = replace(answer, timings_ms=spent | {"answer": (time.perf_counter() - asked) * 1000})
            for end in range(1, len(answer.sentences)):
                yield beginning(answer, end)
            yield answer
            return
        spent = spent | {"answer": (time.perf_counter() - asked) * 1000}
        asked = time.perf_counter()
        last: Answer | None = None
        before: Written | None = None
        stages = self._writer.stream(found.text, draft, found.articles, self._answerer.name, began)
        with closing(stages):
            for written in stages:
                if last is None or written is not before:
                    before, last = written, self._checked(question, found, draft, written)
                    last = replace(last, timings_ms=spent | {"write": (time.perf_counter() - asked) * 1000})
                if not last.abstained:
                    yield last
        if last is not None and last.abstained:
            yield last

    def rehearse(self, index: Index) -> None:
        """Answer a question from `index` for nobody, by every step but a language model, which may cost money.

        Raises whatever an answer would be stopped by.
        """
        found = retrieve(index, self.embedder, REHEARSED, self.settings.top_k, self._today(), self._reranker)
        if found.chunks:
            draft = self._answerer.answer(REHEARSED, found)
            self._checked(REHEARSED, found, draft, Written(draft.sentences, self._answerer.name))

    def retrieve(self, question: Question) -> Retrieved | None:
        """The passages alone, unanswered; None where nothing is indexed. Raises as `ask`."""
        require_answerable(question)
        index = self.index()
        return None if index is None else self._retrieved(index, question)

    def _retrieved(self, index: Index, question: Question) -> Retrieved:
        top_k, reranker = self.settings.top_k, self._reranker
        return retrieve(index, self.embedder, question, top_k, self._today(), reranker, self._rewriter)

    def _checked(self, question: Question, found: Retrieved, draft: Draft, written: Written) -> Answer:
        """What is shown was checked here, whichever answerer wrote it."""
        if written.is_awaited:
            return Answer(question, (), found.passages, written.answerer)
        mark = written.answerer != self._answerer.name and self.settings.unsupported == "mark"
        kept = checked(written.sentences, found.articles, self._judge, mark=mark)
        if not kept:
            return abstention(question, Reason.NO_EVIDENCE, found)
        sentences = with_age([dated(sentence, found.articles) for sentence in kept], found.articles)
        at = placed(draft.short_answer, sentences, draft.short_found) if draft.short_answer else None
        return Answer(
            question,
            sentences,
            found.passages,
            written.answerer,
            short_answer=draft.short_answer if at else None,
            short_at=at,
            notes=(*draft.notes, *written.notes),
            usage=written.usage,
        )

    # What is indexed

    def index(self) -> Index | None:
        """The build that serves now; None where nothing was ever built.

        Raises BuildError, CatalogueError or FingerprintError.
        """
        return self._build.index()

    def verify(self) -> None:
        """Read every file of the build that serves; the one before serves where they are not what was written."""
        self._build.verify()

    @property
    def rejection(self) -> DatelineError | None:
        """Why the build that should serve does not, while one from before does; it says what to run."""
        return self._build.rejection

    def following(self) -> AbstractContextManager[None]:
        """Take up newer builds aside meanwhile, so that no question waits for one to be opened, as a server does.

        For a moment after a switch questions are then answered from the build before.
        """
        return self._build.followed(self._warm)

    def _warm(self, index: Index) -> None:
        """Ask `index` for nobody: what its first question loads would cost its reader half a second."""
        retrieve(index, self.embedder, REHEARSED, self.settings.top_k, self._today())

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
        return self._taken_up(build_index(self.home, self.embedder, found, progress=progress, reembed=reembed))

    def add(self, found: Iterable[ReadArticle | Unread], *, progress: Progress = no_progress) -> UpdateReport:
        return self._taken_up(add_articles(self.home, self.embedder, found, progress=progress))

    def remove(self, article_ids: Sequence[str], *, progress: Progress = no_progress) -> UpdateReport:
        return self._taken_up(remove_articles(self.home, article_ids, progress=progress))

    def _taken_up(self, report: UpdateReport) -> UpdateReport:
        """`report`, once this assistant answers from what it tells of: an editor looks at it next."""
        if report.changed:
            self._build.take_up_now(self._warm)
        return report


def _may_be_new(question: Question, refused: Answer) -> bool:
    """Whether a question that was searched for in other words, and in vain, may not go on with what was said before."""
    if not question.history or refused.search is None:
        return False
    text = with_corrections(question.text, refused.search.corrected)
    return refused.search.text != text and may_stand_alone(question.text)


def open_embedder(settings: Settings) -> Embedder:
    """The embedding model that the settings name. Raises ModelError."""
    return load_embedder(
        settings.embedding_model, dtype=settings.embedding_dtype, allow_download=settings.allow_model_download
    )


def _once(open_model: Callable[[], ChatModel]) -> Callable[[], ChatModel]:
    """`open_model`, called once, by the first who needs the model. Where it raises, the next one tries again."""
    lock = threading.Lock()
    held: list[ChatModel] = []

    def opened() -> ChatModel:
        with lock:
            if not held:
                held.append(open_model())
            return held[0]

    return opened
