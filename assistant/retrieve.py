"""Retrieval: the passages that may answer a question, best first, and an account of how they were found."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from assistant.article_frames import asks_several_outlets
from assistant.records import Question, Reach, Reason, Search, Window
from assistant.retrieval.event_days import event_time, event_window
from assistant.retrieval.exact import with_exact_words
from assistant.retrieval.follow_up import self_contained
from assistant.retrieval.outlets import is_called, without_outlets
from assistant.retrieval.ranking import Ranking, better_of, in_turn, rank
from assistant.retrieval.rerank import Reranker, reranked
from assistant.retrieval.rewriting import Rewriter, Wording
from assistant.retrieval.scoring import DatePrior, prior_of, score
from assistant.retrieval.spelling import corrected
from assistant.retrieval.stages import Stages
from assistant.retrieval.understanding import Part, Understood, understand
from index.embed import Embedder, Vectors
from index.filters import Filters, Mask
from index.records import Article, Passage
from index.search import Index

_TOLD_WITHIN = 7
"""How many days before or after the days asked about an article may come out that tells of them, or as many as were
asked about if those are more: news is announced, and news is told of later. The days themselves go first."""

_LATELY = 30
"""How many days back what goes on still ("this week") may have begun for what is of then to be fresh."""

_SAMPLED = 20_000
"""Of how many chunks, evenly taken, it is told how near they are to the days asked about: enough for a mean."""


@dataclass(frozen=True)
class FoundPart:
    """What was found for one part of a question: the best passages of its articles; none where nothing was."""

    part: Part
    chunks: tuple[Passage, ...]


@dataclass(frozen=True)
class Retrieved:
    """What was found. `passages`: the best chunk of each article; `chunks`: the best chunks of those articles.

    `searched` of the index's articles passed the filters; `empty_because` tells why there is nothing to answer from:
    then there are no chunks, and passages only where they are the nearest to words that stand nowhere. `parts` keeps
    apart what was found for each part of a question that asks several things. `text` is the question as it was
    searched for: self-contained, without the outlets whose reports it wants; `question_vector` is its embedding.
    `told_apart`: how far the chunks searched are in the mean from the days that the question is of, by an as-of or in
    its words: from 0, where all are of then or it is of no days, to 1.
    """

    text: str
    question_vector: Vectors
    passages: tuple[Passage, ...]
    chunks: tuple[Passage, ...]
    searched: int
    index: Index
    search: Search
    empty_because: Reason | None = None
    parts: tuple[FoundPart, ...] = ()
    told_apart: float = 0.0

    @property
    def asked(self) -> tuple[tuple[str, tuple[Passage, ...]], ...]:
        """What is to be answered, each with the chunks to answer it from: the parts that found something, or the
        whole."""
        parts = tuple((found.part.text, found.chunks) for found in self.parts if found.chunks)
        return parts or ((self.text, self.chunks),)

    @cached_property
    def articles(self) -> Mapping[str, Article]:
        """The articles found, and reprints of them, by id."""
        reprints = {copy.id: copy for passage in self.passages for copy in passage.copies}
        return reprints | {passage.article.id: passage.article for passage in self.passages}


def retrieve(
    index: Index,
    embedder: Embedder,
    question: Question,
    top_k: int,
    today: datetime.date,
    reranker: Reranker | None = None,
    rewriter: Rewriter | None = None,
) -> Retrieved:
    """The best passages of the best `top_k` articles that the question's limits, and its words, let through.

    `today` is the day it is asked on where it has no as-of. `reranker` orders the passages found anew; `rewriter` makes
    a follow-up self-contained in place of our own method.
    """
    stages = Stages()
    wording = _worded(question, rewriter)
    if rewriter and question.history:
        stages.ended("rewrite")
    text = wording.text
    corrections: tuple[tuple[str, str], ...] = ()
    if question.understand and len(index):
        text, corrections = corrected(index, embedder, wording.text)
    asked = understand(question, index.manifest.sources, today, text)
    stages.ended("understand")
    # Articles seldom hold their own outlet's name.
    wanted = " ".join(without_outlets(asked.text, asked.outlets).split())
    vector = embedder.embed_query(wanted)
    stages.ended("embed")
    limits = _limits(question, index.manifest.sources)
    asked = _with_event(index, embedder, asked, wanted, limits)
    allowed, search, why = _allowed(index, limits, asked)
    search = replace(search, corrected=corrections, rewritten_by=wording.by, rewrite_note=wording.note)
    search = replace(search, rewrite_usage=wording.usage)
    if why is not None:
        stages.ended("limit")
        stages.count(indexed=index.manifest.articles, passed=0)
        search = replace(search, timings_ms=stages.timings_ms, counts=stages.counts)
        return Retrieved(wanted, vector, (), (), 0, index, search, why)
    if asked.exact and not asked.parts:
        held, why = with_exact_words(index, asked, vector, allowed)
        allowed = allowed if why else held
    searched = index.manifest.articles if allowed is None else len(np.unique(index.versions(np.flatnonzero(allowed))))
    stages.ended("limit")
    stages.count(indexed=index.manifest.articles, passed=searched)
    # A time in a question of several parts belongs to one of them.
    window = asked.window if search.window_used and not asked.parts else None
    days = _days_asked(question, asked, window)
    told_apart = 0.0 if days is None else _told_apart(index, allowed, days)
    spoken_of = _spoken_of(index, question, wording.text)
    # Parts are searched for each by itself, so none of them crowds out another.
    several_outlets = asks_several_outlets(question.text) and not asked.parts
    rankings: list[Ranking] = []
    parts: list[FoundPart] = []

    def ranked(text: str, its_vector: Vectors, its_allowed: Mask | None, its_window: Window | None) -> Ranking:
        prior = prior_of(asked.today, its_window, asked.latest is not None)
        found = score(index, its_vector, text, its_allowed, prior, spoken_of=spoken_of)
        stages.ended("search")
        ranking = rank(index, found, top_k, several_outlets=several_outlets)
        if len(ranking.passages) < top_k and len(ranking.passages) < _stories(index, its_allowed):
            # Long articles filled the candidates; every chunk is scored, so that other articles come in.
            everything = np.ones(len(index), dtype=np.bool_) if its_allowed is None else its_allowed
            stages.ended("rank")
            found = score(index, its_vector, text, everything, prior, len(index), spoken_of)
            stages.ended("search")
            ranking = rank(index, found, top_k, several_outlets=several_outlets)
        stages.ended("rank")
        stages.count(meaning=found.by_meaning, words=found.by_words, scored=len(found.rows), ranked=ranking.stories)
        if reranker is None:
            return ranking
        ranking = reranked(ranking, text, reranker)
        stages.ended("rerank")
        return ranking

    whole = ranked(wanted, vector, allowed, window)
    for part in asked.parts:
        its_allowed = _allowed_for(index, part, allowed)
        stages.ended("limit")
        if its_allowed is not None and not its_allowed.any():
            parts.append(FoundPart(part, ()))
            continue
        its_vector = embedder.embed_query(part.text)
        stages.ended("embed")
        ranking = ranked(part.text, its_vector, its_allowed, part.window)
        if part.outlets:  # the words for one outlet may stand in another's clause
            ranking = better_of(ranking, ranked(wanted, vector, its_allowed, part.window), top_k)
        rankings.append(ranking)
        parts.append(FoundPart(part, ranking.chunks))
    passages, chunks = in_turn(whole, rankings, top_k) if rankings else (whole.passages, whole.chunks)
    kept = {passage.article.id for passage in passages}
    parts = [replace(one, chunks=tuple(chunk for chunk in one.chunks if chunk.article.id in kept)) for one in parts]
    stages.ended("rank")
    stages.count(kept_articles=len(passages), kept_chunks=0 if why else len(chunks))
    search = replace(
        search,
        articles=searched,
        chunks=stages.counts["scored"],
        parts=tuple((found.part.name, len(found.chunks)) for found in parts),
        timings_ms=stages.timings_ms,
        counts=stages.counts,
    )
    # Where no article holds the quoted words, the nearest are shown, and nothing is answered from them.
    chunks = () if why else chunks
    return Retrieved(wanted, vector, passages, chunks, searched, index, search, why, tuple(parts), told_apart)


def _days_asked(question: Question, asked: Understood, window: Window | None) -> DatePrior | None:
    """What tells how near articles are to the days that the question is of; None where it is of none, where parts have
    days of their own, where no article is of those days, and where the articles were chosen by hand. `window`: the days
    in its words, where they are used."""
    if question.articles or question.cluster:
        return None
    prior = prior_of(asked.today, window, asked.latest is not None)
    if window is None:
        is_said = asked.window is not None or any(part.window is not None for part in asked.parts)
        return prior if question.as_of is not None and not is_said else None
    if prior.window is None and (window.since is None or (asked.today - window.since).days > _LATELY):
        # "Since 2020": what is of then need not be fresh, which is all that is looked at.
        return None
    return prior


def _told_apart(index: Index, allowed: Mask | None, prior: DatePrior) -> float:
    """How far, 0 to 1, the dated chunks searched are from the days of `prior` in the mean; 0 where none is dated."""
    rows = np.arange(len(index)) if allowed is None else np.flatnonzero(allowed)
    published = index.published(rows[:: 1 + len(rows) // _SAMPLED])
    dated = published[~np.isnan(published)]
    return 1 - float(prior.of(dated).mean()) if len(dated) else 0.0


def _stories(index: Index, allowed: Mask | None) -> int:
    """How many passages a search of these rows can find: reprints of one story are one."""
    rows = np.arange(len(index)) if allowed is None else np.flatnonzero(allowed)
    return len(np.unique(index.clusters(rows)))


def _worded(question: Question, rewriter: Rewriter | None) -> Wording:
    if rewriter is not None and question.history:
        return rewriter.reworded(question.text, question.history)
    return Wording(self_contained(question.text, question.history))


def _spoken_of(index: Index, question: Question, wording: str) -> Mask | None:
    """The rows of the articles that the conversation has cited; None where the question does not lean on it, or where
    no cited article is indexed still."""
    cited = tuple(dict.fromkeys(one for turn in question.history for one in turn.articles))
    if not cited or wording == question.text:
        return None
    rows = index.allowed(Filters(articles=cited))
    return rows if rows is not None and rows.any() else None


def _with_event(index: Index, embedder: Embedder, asked: Understood, wanted: str, limits: Filters) -> Understood:
    """`asked` with the days of the event that it tells its time by, where it names no day itself."""
    by_hand = limits.since or limits.until
    if asked.window or asked.parts or by_hand or not asked.question.understand or not len(index):
        return asked
    if (told := event_time(asked.text)) is None:
        return asked
    return replace(asked, window=event_window(index, embedder, told, wanted, asked.today, index.allowed(limits)))


def _limits(question: Question, outlets: Sequence[str]) -> Filters:
    """What the reader set by hand. An outlet that is not known stays as it is written, and lets nothing through."""
    sources = () if question.source is None else tuple(one for one in outlets if is_called(one, question.source or ""))
    return Filters(
        as_of=question.as_of,
        since=question.since,
        until=question.until,
        sources=sources or (() if question.source is None else (question.source,)),
        author=question.author,
        language=question.language,
        articles=question.articles,
        cluster=question.cluster,
    )


def _allowed(index: Index, limits: Filters, asked: Understood) -> tuple[Mask | None, Search, Reason | None]:
    """The rows that the reader's limits and the question's words let through. Where the words leave nothing, the search
    widens: first the days, then the outlets; what the reader set by hand never does."""
    search = Search(asked.text, asked.window, asked.outlets, asked.latest, asked.exact)
    by_hand = index.allowed(limits)
    if len(index) == 0 or (by_hand is not None and not by_hand.any()):
        return by_hand, search, _why_empty(index, limits)
    # Parts with days of their own are looked at each for itself.
    window = None if any(part.window is not None for part in asked.parts) else asked.window
    for with_window, with_outlets in ((True, True), (False, True), (True, False), (False, False)):
        filters = replace(limits, sources=asked.outlets) if with_outlets and asked.outlets else limits
        inside = _within(filters, window) if with_window and window is not None else filters
        held = index.allowed(inside)
        if held is None or held.any():
            is_filter = window is not None and window.reach is Reach.FILTER
            allowed = held if is_filter else index.allowed(filters)
            return allowed, replace(search, window_used=with_window, outlets_used=with_outlets), None
    raise AssertionError("the last try is what the reader set by hand, which leaves something")


def _within(filters: Filters, window: Window) -> Filters:
    """`filters` and the days of `window`; where it is closed on both sides, with the days around it."""
    around = max(_TOLD_WITHIN, (window.until - window.since).days) if window.since and window.until else 0
    since = window.since and _moved(window.since, -around)
    until = window.until and _moved(window.until, around)
    return replace(
        filters,
        since=max((day for day in (filters.since, since) if day), default=None),
        until=min((day for day in (filters.until, until) if day), default=None),
    )


def _moved(day: datetime.date, by: int) -> datetime.date:
    first, last = datetime.date.min.toordinal(), datetime.date.max.toordinal()
    return datetime.date.fromordinal(min(max(day.toordinal() + by, first), last))


def _allowed_for(index: Index, part: Part, allowed: Mask | None) -> Mask | None:
    filters = Filters(sources=part.outlets)
    if part.window is not None and part.window.reach is not Reach.HINT and not part.outlets:
        filters = _within(filters, part.window)  # two times are asked about, so each has its own
    own = index.allowed(filters)
    return allowed if own is None else own if allowed is None else own & allowed


def _why_empty(index: Index, filters: Filters) -> Reason:
    if len(index) == 0:
        return Reason.NOTHING_INDEXED
    without_days = index.allowed(replace(filters, as_of=None, since=None, until=None))
    return Reason.OUTSIDE_TIME if without_days is None or without_days.any() else Reason.FILTERED_OUT
