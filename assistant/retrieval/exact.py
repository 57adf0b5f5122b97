"""Words in quotation marks: only articles in which they stand so are searched."""

from __future__ import annotations

import numpy as np

from assistant.records import Reason
from assistant.retrieval.understanding import Understood
from index.embed import Vectors
from index.filters import Mask
from index.search import Index
from index.words import stems, words

_MOST_READ = 400
"""Articles whose text is looked through; those with all the words in one chunk come first, the likeliest first."""


def with_exact_words(
    index: Index, asked: Understood, vector: Vectors, allowed: Mask | None
) -> tuple[Mask | None, Reason | None]:
    """The rows of the articles, of those allowed, that hold every phrase in quotation marks, whatever its case and
    punctuation; and NO_SUCH_WORDS where none does."""
    mask = np.ones(len(index), dtype=np.bool_) if allowed is None else allowed
    for phrase in asked.exact:
        holds_all = mask.copy()
        for stem in dict.fromkeys(stems(phrase)):
            holds_all &= index.keyword_scores(stem) > 0
        rows = np.flatnonzero(holds_all)
        rows = rows[np.argsort(-index.cosines(vector, rows), kind="stable")]
        versions = list(dict.fromkeys(index.versions(rows).tolist()))[:_MOST_READ]
        first = {
            version: int(row) for row, version in zip(rows[::-1], index.versions(rows)[::-1].tolist(), strict=True)
        }
        wanted = f" {' '.join(words(phrase))} "
        held = []
        for version in versions:
            article = index.span(first[version])[0]
            if wanted in f" {' '.join(words(f'{article.title} . {article.text}'))} ":
                held.append(version)
        # A new array: the one given is the index's own, and the caller goes back to it where nothing is left.
        mask = mask & np.isin(index.versions(np.arange(len(index))), held)
        if not mask.any():
            return mask, Reason.NO_SUCH_WORDS
    return mask, None
