"""Scored chunks -> articles in order, each by its best chunk and a little by its next ones; and parts put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.retrieval.outlets import outlet_name
from assistant.retrieval.scoring import Scored
from index.records import Passage
from index.search import Index
from index.words import folded

CHUNKS = 8
"""Chunks handed to the answerer."""

MORE = 0.05
"""What an article's second chunk counts beside its best; each one after it half as much as the one before."""

_MORE_CHUNKS = 3

_FIRST_OF_PART = 0.2
"""How far, as a share of its score, the best passage of a part goes before the best of the whole question."""


@dataclass(frozen=True)
class Ranking:
    """`passages`: the best chunk of each of the best articles, best first; `chunks`: the best chunks of those
    articles. `stories`: how many there were to rank, reprints of one being one."""

    passages: tuple[Passage, ...]
    chunks: tuple[Passage, ...]
    stories: int


def rank(index: Index, scored: Scored, top_k: int, *, several_outlets: bool = False) -> Ranking:
    """The best `top_k` articles among the chunks scored. Of reprints of one story the best stands for all, the others
    are its copies, so that ten of them push out no second source.

    With `several_outlets` the chunks are spread over outlets and articles, for a question that asks what several say:
    else the best of them may all be one article's.
    """
    order = np.argsort(-scored.total, kind="stable")
    versions = index.versions(scored.rows)
    by_version: dict[int, list[int]] = {}
    for i in order.tolist():
        by_version.setdefault(int(versions[i]), []).append(i)

    def article_score(held: list[int]) -> float:
        more = sum(float(scored.total[i]) * 0.5**k for k, i in enumerate(held[1 : 1 + _MORE_CHUNKS]))
        return float(scored.total[held[0]]) + MORE * more

    scores = {version: article_score(held) for version, held in by_version.items()}
    clusters = index.clusters(scored.rows)
    told: dict[int, list[int]] = {}  # the articles of each cluster, best first
    for version in sorted(scores, key=lambda version: -scores[version]):
        told.setdefault(int(clusters[by_version[version][0]]), []).append(version)
    best = [(held[0], held[1:]) for held in list(told.values())[:top_k]]
    passages = []
    for version, reprints in best:
        copies = tuple(index.span(int(scored.rows[by_version[copy][0]]))[0] for copy in reprints)
        passages.append(replace(_passage(index, scored, by_version[version][0], scores[version]), copies=copies))
    taken = {version for version, _ in best}
    rows = [i for i in order.tolist() if int(versions[i]) in taken]
    firsts = {by_version[version][0] for version in taken} if several_outlets else set()
    rows = [i for place, i in enumerate(rows) if place < CHUNKS or i in firsts]
    chunks = [_passage(index, scored, i, float(scored.total[i])) for i in rows]
    return Ranking(tuple(passages), tuple((_spread(chunks) if several_outlets else chunks)[:CHUNKS]), len(told))


def _spread(chunks: Sequence[Passage]) -> list[Passage]:
    """Chunks, best first, in turn: the best of each outlet, then the best of each other article, then the others. What
    states no outlet is an outlet of its own."""
    outlets: set[str] = set()
    articles: set[str] = set()
    turns: tuple[list[Passage], list[Passage], list[Passage]] = ([], [], [])
    for chunk in chunks:
        article = chunk.article
        outlet = folded(outlet_name(article.source)) if article.source else f"\n{article.id}"
        turns[0 if outlet not in outlets else 1 if article.id not in articles else 2].append(chunk)
        outlets.add(outlet)
        articles.add(article.id)
    return [chunk for turn in turns for chunk in turn]


def better_of(one: Ranking, other: Ranking, top_k: int) -> Ranking:
    """Two rankings of the same articles by different words: each passage at its better score."""
    passages: dict[str, Passage] = {}
    chunks: dict[tuple[str, int], Passage] = {}
    for ranking in (one, other):
        for passage in ranking.passages:
            if passages.setdefault(passage.article.id, passage).score < passage.score:
                passages[passage.article.id] = passage
        for chunk in ranking.chunks:
            if chunks.setdefault((chunk.article.id, chunk.start), chunk).score < chunk.score:
                chunks[chunk.article.id, chunk.start] = chunk
    best = sorted(passages.values(), key=lambda passage: -passage.score)[:top_k]
    kept = {passage.article.id for passage in best}
    held = sorted((one for one in chunks.values() if one.article.id in kept), key=lambda chunk: -chunk.score)
    return Ranking(tuple(best), tuple(held[:CHUNKS]), max(one.stories, other.stories))


def in_turn(whole: Ranking, parts: Sequence[Ranking], top_k: int) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    """The passages and chunks of a question of several parts: the best of each part first, none pushed out by
    another's."""
    top = whole.passages[0].score if whole.passages else 0.0
    best: dict[str, Passage] = {passage.article.id: passage for passage in whole.passages}
    for part in parts:
        if not part.passages:
            continue
        ahead = top - (1 - _FIRST_OF_PART) * part.passages[0].score
        for passage in part.passages:
            held = best.get(passage.article.id)
            if held is None or held.score < passage.score + ahead:
                best[passage.article.id] = replace(passage, score=passage.score + ahead)
    passages = tuple(sorted(best.values(), key=lambda passage: -passage.score)[:top_k])
    kept = {passage.article.id for passage in passages}
    chunks: dict[tuple[str, int], Passage] = {}
    for turn in range(CHUNKS):
        for ranking in (*parts, whole):
            if turn < len(ranking.chunks) and len(chunks) < CHUNKS:
                chunk = ranking.chunks[turn]
                if chunk.article.id in kept:
                    chunks.setdefault((chunk.article.id, chunk.start), chunk)
    return passages, tuple(chunks.values())


def _passage(index: Index, scored: Scored, i: int, score: float) -> Passage:
    article, start, end = index.span(int(scored.rows[i]))
    return Passage(article, start, end, score, scored.at(i))
