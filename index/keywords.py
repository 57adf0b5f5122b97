"""Keyword search by BM25 over a build's chunks; the only module that imports bm25s. Rows count from 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.words import stems

Scores = npt.NDArray[np.float32]


class KeywordIndex:
    """BM25 scores of chunks, memory-mapped."""

    def __init__(self, scorer: Any, size: int) -> None:
        self._scorer = scorer
        self.size = size

    @classmethod
    def build(cls, texts: Iterable[str], folder: Path) -> None:
        """Index `texts`, row by row, into `folder`."""
        import bm25s

        folder.mkdir(parents=True, exist_ok=True)
        vocabulary: dict[str, int] = {}
        ids = [[vocabulary.setdefault(stem, len(vocabulary)) for stem in stems(text)] for text in texts]
        if not vocabulary:
            # bm25s cannot index a corpus without a word; one word that no question has stands in.
            vocabulary[""] = 0
            ids = [[0] for _ in ids] or [[0]]
        scorer = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        scorer.index((ids, vocabulary), show_progress=False)
        scorer.save(folder, show_progress=False)

    @classmethod
    def open(cls, folder: Path, size: int) -> KeywordIndex:
        """Open the index of `size` rows in `folder`. Raises OSError or ValueError if it cannot be read."""
        import bm25s

        scorer = bm25s.BM25.load(folder, mmap=True, show_progress=False)
        held = int(scorer.scores["num_docs"])
        if held != max(size, 1):
            raise ValueError(f"the keyword index holds {held} rows, not {size}")
        return cls(scorer, size)

    def scores(self, question: str) -> Scores:
        """The BM25 score of every row for `question`, shape (size,); 0 where no word is shared."""
        known = [
            self._scorer.vocab_dict[stem] for stem in dict.fromkeys(stems(question)) if stem in self._scorer.vocab_dict
        ]
        if not known or not self.size:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._scorer.get_scores_from_ids(known), dtype=np.float32)[: self.size]

    def document_frequencies(self, stems: Sequence[str]) -> npt.NDArray[np.float64]:
        """How many rows hold each stem, shape (len(stems),)."""
        ends = self._scorer.scores["indptr"]
        places = [self._scorer.vocab_dict.get(stem) for stem in stems]
        return np.array([0 if at is None else int(ends[at + 1]) - int(ends[at]) for at in places], dtype=np.float64)
