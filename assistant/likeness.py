"""How alike a question and sentences are, word by word: cheap enough for every sentence that was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from index.embed import Embedder, Vectors


def likeness(question: str, texts: Sequence[str], embedder: Embedder) -> Vectors:
    """For each text, 0 to 1: the mean over the question's tokens of the largest cosine with a token of the text, by the
    model's input embeddings; a token that few of the texts hold counts more (inverse document frequency).

    The maximum-similarity operator of late interaction (Khattab and Zaharia, 2020), without a network between: on
    questions about news the first sentences by it hold the answer as often as those by sentence embeddings.
    """
    asked, *held = (np.array(ids, np.int64) for ids in embedder.tokens([question, *texts]))
    if not len(asked):
        return np.zeros(len(texts), np.float32)
    holders = Counter(token for ids in held for token in set(ids.tolist()))
    rarity = np.array([np.log(1 + len(texts) / (0.5 + holders[token])) for token in asked.tolist()], np.float32)
    vectors = embedder.token_vectors
    words = vectors[asked]
    found = np.zeros(len(texts), np.float32)
    for i, ids in enumerate(held):
        if len(ids):
            best = np.clip((words @ vectors[ids].T).max(axis=1), 0, 1)
            found[i] = float(best @ rarity / rarity.sum())
    return found
