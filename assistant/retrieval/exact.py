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
        content = stems(phrase)
        for stem in dict.fromkeys(content):
            holds_all &= index.keyword_scores(stem) > 0
        rows = np.flatnonzero(holds_all)
        # Where no chunk holds them in a row, they may still stand across the end of one.
        near = index.in_a_row(content, rows)
        in_chunk = len(near) > 0
        rows = near if in_chunk else rows
        rows = rows[np.argsort(-index.cosines(vector, rows), kind="stable")]
        wanted = f" {' '.join(words(phrase))} "
        held: set[int] = set()
        seen: set[int] = set()
        for row, version in zip(rows.tolist(), index.versions(rows).tolist(), strict=True):
            if (
                version in held
                or (version in seen and not in_chunk)
                or (version not in seen and len(seen) == _MOST_READ)
            ):
                continue
            seen.add(version)
            article, start, end = index.span(row)
            # To take a whole article's words apart is slow.
            text = article.text[start:end] if in_chunk else article.text
            if wanted in f" {' '.join(words(f'{article.title} . {text}'))} ":
                held.add(version)
        # A new array: the one given is the index's own, and the caller goes back to it where nothing is left.
        mask = mask & np.isin(index.versions(np.arange(len(index))), list(held))
        if not mask.any():
            return mask, Reason.NO_SUCH_WORDS
    return mask, None
