"""Reranking: a second look at the best passages, by whatever reads question and passage together.

The default has none: the signals of `scoring` and their weights need no weights of a model beyond the default one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from assistant.retrieval.ranking import Ranking
from index.chunks import embedded_text
from index.cross_encoder import load_cross_encoder
from index.records import Passage


class Reranker(Protocol):
    """Tells of each passage how well it answers; higher is better, in any scale."""

    def scores(self, question: str, passages: Sequence[str]) -> Sequence[float]: ...


class CrossEncoderReranker:
    """A sentence-transformers CrossEncoder with one label."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def scores(self, question: str, passages: Sequence[str]) -> Sequence[float]:
        """One score for each passage, as the model gives it."""
        found = self._model.predict([(question, passage) for passage in passages], show_progress_bar=False)
        return [float(score) for score in found]


def load_reranker(model: str, *, allow_download: bool = False) -> CrossEncoderReranker:
    """The reranker of that name or folder. Raises ModelError."""
    return CrossEncoderReranker(load_cross_encoder(model, setting="reranker", allow_download=allow_download))


def reranked(ranking: Ranking, question: str, reranker: Reranker) -> Ranking:
    """`ranking` in the order of `reranker`, its score the passages' and among their signals as "rerank"."""
    texts = list(dict.fromkeys(_read(passage) for passage in (*ranking.passages, *ranking.chunks)))
    if not texts:
        return ranking
    scores = dict(zip(texts, reranker.scores(question, texts), strict=True))

    def ordered(passages: Sequence[Passage]) -> tuple[Passage, ...]:
        looked = [(scores[_read(passage)], passage) for passage in passages]
        looked.sort(key=lambda one: -one[0])
        return tuple(
            replace(passage, score=score, signals={**passage.signals, "rerank": score}) for score, passage in looked
        )

    return Ranking(ordered(ranking.passages), ordered(ranking.chunks), ranking.stories)


def _read(passage: Passage) -> str:
    """What the reranker reads of a passage: headline and words, without what speaks to a machine."""
    return embedded_text(passage.article.title, passage.text)
