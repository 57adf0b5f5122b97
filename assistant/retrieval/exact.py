"""Words in quotation marks: only articles in which they stand so are searched."""

from __future__ import annotations

from functools import reduce
from itertools import islice

import numpy as np

from assistant.records import Reason
from assistant.retrieval.understanding import Understood
from index.embed import Vectors
from index.filters import Mask
from index.search import Index, RowNumbers
from index.words import stems, words

_MOST_READ = 400
"""Articles that are looked through, the likeliest first."""


def with_exact_words(
    index: Index, asked: Understood, vector: Vectors, allowed: Mask | None
) -> tuple[Mask | None, Reason | None]:
    """The rows of the articles, of those allowed, that hold every phrase in quotation marks, whatever its case and
    punctuation; and NO_SUCH_WORDS where none does."""
    mask = np.ones(len(index), dtype=np.bool_) if allowed is None else allowed
    for phrase in asked.exact:
        content = stems(phrase)
        holding = [np.flatnonzero(mask & (index.keyword_scores(stem) > 0)) for stem in dict.fromkeys(content)]
        holding = holding or [np.flatnonzero(mask)]
        # To take a whole article's words apart is slow, and only words across the end of a chunk need it.
        near = index.in_a_row(content, reduce(np.intersect1d, holding))
        held = _holding(index, phrase, _nearest(index, vector, near), whole=False)
        if not held:
            versions = reduce(np.intersect1d, map(index.versions, holding))
            fewest = min(holding, key=len)
            far = fewest[np.isin(index.versions(fewest), versions)]
            held = _holding(index, phrase, _nearest(index, vector, far), whole=True)
        # A new array: the one given is the index's own, and the caller goes back to it where nothing is left.
        mask = mask & np.isin(index.versions(np.arange(len(index))), held)
        if not mask.any():
            return mask, Reason.NO_SUCH_WORDS
    return mask, None


def _nearest(index: Index, vector: Vectors, rows: RowNumbers) -> RowNumbers:
    return rows[np.argsort(-index.cosines(vector, rows), kind="stable")]


def _holding(index: Index, phrase: str, rows: RowNumbers, *, whole: bool) -> list[int]:
    """The versions of the articles, of the first `_MOST_READ` in `rows`, in whose headline and chunk, or `whole` text,
    the words of the phrase stand so."""
    wanted = f" {' '.join(words(phrase))} "
    of_version: dict[int, list[int]] = {}
    for row, version in zip(rows.tolist(), index.versions(rows).tolist(), strict=True):
        of_version.setdefault(version, []).append(row)
    held = []
    for version, own in islice(of_version.items(), _MOST_READ):
        for article, start, end in map(index.span, own[:1] if whole else own):
            text = article.text if whole else article.text[start:end]
            if wanted in f" {' '.join(words(f'{article.title} . {text}'))} ":
                held.append(version)
                break
    return held
