"""Retrieval: the passages that may answer a question, best first, by dense and keyword scores together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assistant.records import Question, Reason
from index.embed import Embedder, Vectors
from index.records import Article, Passage
from index.search import Filters, Index, Mask, RowNumbers, Scores

KEYWORD_WEIGHT = 0.4
"""What the keyword score, scaled to at most 1, counts beside the cosine."""

_CANDIDATES = 200
"""Chunks taken from each of the two searches before they are scored together."""

_CHUNKS = 8
"""Chunks handed to the answerer."""


@dataclass(frozen=True)
class Retrieved:
    """What was found. `passages`: the best chunk of each article; `chunks`: the best chunks of those articles.

    `searched` of the index's `total` articles passed the filters; `empty_because` tells why nothing was searched.
    """

    question_vector: Vectors
    passages: tuple[Passage, ...]
    chunks: tuple[Passage, ...]
    searched: int
    index: Index
    empty_because: Reason | None = None

    @cached_property
    def articles(self) -> Mapping[str, Article]:
        """The articles found, by id."""
        return {passage.article.id: passage.article for passage in self.passages}


def retrieve(index: Index, embedder: Embedder, question: Question, top_k: int) -> Retrieved:
    """The best passages of the best `top_k` articles that the question's limits let through."""
    vector = embedder.embed_query(question.text)
    filters = Filters(question.as_of, question.since, question.until, question.source)
    allowed = index.allowed(filters)
    if len(index) == 0 or (allowed is not None and not allowed.any()):
        return Retrieved(vector, (), (), 0, index, _why_empty(index, filters))
    searched = index.manifest.articles if allowed is None else len(np.unique(index.versions(np.flatnonzero(allowed))))
    chunks, best = _best(index, *_scored(index, vector, question.text, allowed), top_k)
    if len(best) < min(top_k, searched):
        # Long articles filled the candidates; every chunk is scored, so that other articles come in.
        everything = np.ones(len(index), dtype=np.bool_) if allowed is None else allowed
        chunks, best = _best(index, *_scored(index, vector, question.text, everything, len(index)), top_k)
    return Retrieved(vector, tuple(best.values()), tuple(chunks), searched, index)


def _best(
    index: Index, rows: RowNumbers, scores: Mapping[str, Scores], top_k: int
) -> tuple[list[Passage], dict[str, Passage]]:
    """The best chunks, and the best chunk of each of the best `top_k` articles by id."""
    order = np.argsort(-scores["total"], kind="stable")
    chunks: list[Passage] = []
    best: dict[str, Passage] = {}
    for i in order:
        if len(chunks) >= _CHUNKS and len(best) >= top_k:
            break
        article, start, end = index.span(int(rows[i]))
        if article.id not in best and len(best) >= top_k:
            continue
        signals = {name: float(values[i]) for name, values in scores.items() if name != "total"}
        passage = Passage(article, start, end, float(scores["total"][i]), signals)
        if len(chunks) < _CHUNKS:
            chunks.append(passage)
        best.setdefault(article.id, passage)
    return chunks, best


def _scored(
    index: Index, vector: Vectors, text: str, allowed: Mask | None, candidates: int = _CANDIDATES
) -> tuple[RowNumbers, Mapping[str, Scores]]:
    """The candidate rows, and their scores by name; "total" is what they are ranked by."""
    keyword = index.keyword_scores(text)
    if allowed is not None:
        keyword = np.where(allowed, keyword, 0).astype(np.float32)
    most = min(candidates, len(keyword))
    by_keyword = np.argpartition(-keyword, most - 1)[:most]
    rows = np.union1d(index.nearest(vector, candidates, allowed), by_keyword[keyword[by_keyword] > 0]).astype(np.int64)
    dense = index.cosines(vector, rows)
    scaled = keyword[rows] / max(float(keyword.max(initial=0)), 1e-9)
    return rows, {"dense": dense, "keyword": scaled, "total": dense + KEYWORD_WEIGHT * scaled}


def _why_empty(index: Index, filters: Filters) -> Reason:
    if len(index) == 0:
        return Reason.NOTHING_INDEXED
    of_source = index.allowed(Filters(source=filters.source))
    return Reason.OUTSIDE_TIME if of_source is None or of_source.any() else Reason.FILTERED_OUT
