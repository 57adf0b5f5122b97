"""How alike single words are in meaning, by the embedding model; each word is embedded once."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.check.support import Similarity
from index.embed import Embedder, Vectors

_MOST_WORDS = 20_000
"""Kept at a time: some 30 MB."""


def words_alike(embedder: Embedder) -> Similarity:
    """The cosine of a word with each of others."""
    known: dict[str, Vectors] = {}

    def similarity(word: str, others: Sequence[str]) -> list[float]:
        asked = dict.fromkeys([word, *others])
        if len(known) > _MOST_WORDS:
            known.clear()
        vectors = {one: vector for one in asked if (vector := known.get(one)) is not None}
        if new := [one for one in asked if one not in vectors]:
            vectors.update(zip(new, embedder.embed_chunks(new), strict=True))
            known.update(vectors)
        return [float(vectors[word] @ vectors[one]) for one in others]

    return similarity
