"""Keyword search by BM25 over a build's chunks; the only module that imports bm25s. Rows count from 0.

Beside what bm25s writes, the folder keeps the words of every row (tokens.npy, starts.npy), so that the next build stems
only what is new: stemming 53,000 chunks takes longer than everything else that adding one article does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import load_array, one_at_a_time
from index.words import stems

Scores = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int32]
"""The words of a row in order, each by its number in the vocabulary."""

_K1, _B = 1.2, 0.75
_SCORE_OFF = 1e-4
"""The share of a score by which its rounded form may differ."""

_NO_WORD = np.array([-2], dtype=np.int32)


class RowWords:
    """The words of the rows of one build, to be handed on to the next: `self[row]`."""

    def __init__(self, vocabulary: Mapping[str, int], tokens: Tokens, starts: npt.NDArray[np.int64]) -> None:
        self.vocabulary = vocabulary
        # A slice of a mapped array takes five times as long as one of a plain view of it.
        self._tokens = np.asarray(tokens)
        self._starts: list[int] = starts.tolist()

    def __getitem__(self, row: int) -> Tokens:
        return self._tokens[self._starts[row] : self._starts[row + 1]]

    @classmethod
    def open(cls, folder: Path) -> RowWords:
        """Raises OSError or ValueError if they cannot be read."""
        import json

        vocabulary = json.loads((folder / "vocab.index.json").read_text(encoding="utf-8"))
        return cls(vocabulary, load_array(folder / "tokens.npy", mapped=True), load_array(folder / "starts.npy"))


class KeywordIndex:
    """BM25 scores of chunks, memory-mapped."""

    def __init__(self, scorer: Any, size: int, folder: Path) -> None:
        self._scorer = scorer
        self._folder = folder
        self.size = size

    @classmethod
    def build(cls, rows: Sequence[str | Tokens], folder: Path, vocabulary: Mapping[str, int] | None = None) -> None:
        """Index `rows` into `folder`: each a text, or its words numbered by `vocabulary`, which grows."""
        import bm25s

        folder.mkdir(parents=True, exist_ok=True)
        known = dict(vocabulary or {})
        ids = [_numbered(row, known) if isinstance(row, str) else row for row in rows]
        starts = np.zeros(len(ids) + 1, dtype=np.int64)
        np.cumsum([len(one) for one in ids], out=starts[1:])
        tokens = np.concatenate([*ids, np.zeros(0, dtype=np.int32)]).astype(np.int32)
        np.save(folder / "tokens.npy", tokens)
        np.save(folder / "starts.npy", starts)
        if not len(tokens):
            # bm25s cannot index a corpus without a word; one word that no question has stands in.
            known.setdefault("", len(known))
            ids = ids or [np.zeros(0, dtype=np.int32)]
            ids[0] = np.array([known[""]], dtype=np.int32)
        scorer = _matrix_builder(bm25s)(method="lucene", k1=_K1, b=_B)
        scorer.index((ids, known), show_progress=False)
        scorer.save(folder, show_progress=False)

    @classmethod
    def open(cls, folder: Path, size: int) -> KeywordIndex:
        """Open the index of `size` rows in `folder`. Raises OSError or ValueError if it cannot be read."""
        import bm25s

        with one_at_a_time:
            scorer = bm25s.BM25.load(folder, mmap=True, show_progress=False)
        held = int(scorer.scores["num_docs"])
        if held != max(size, 1):
            raise ValueError(f"the keyword index holds {held} rows, not {size}")
        return cls(scorer, size, folder)

    def scores(self, question: str) -> Scores:
        """The BM25 score of every row for `question`, shape (size,); 0 where no word is shared."""
        known = [
            self._scorer.vocab_dict[stem] for stem in dict.fromkeys(stems(question)) if stem in self._scorer.vocab_dict
        ]
        if not known or not self.size:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._scorer.get_scores_from_ids(known), dtype=np.float32)[: self.size]

    def holds(self, row: int, text: str) -> bool:
        """Whether `row` holds just the words of `text`, each with the score that the formula gives it."""
        vocabulary, parts = self._scorer.vocab_dict, self._scorer.scores
        own = [vocabulary.get(stem, -1) for stem in stems(text)]
        starts = load_array(self._folder / "starts.npy", mapped=True)
        tokens = load_array(self._folder / "tokens.npy", mapped=True)
        if not np.array_equal(tokens[starts[row] : starts[row + 1]], own):
            return False
        mean = len(tokens) / max(self.size, 1)
        for word, count in zip(*np.unique(np.array(own, dtype=np.int64), return_counts=True), strict=True):
            first, last = int(parts["indptr"][word]), int(parts["indptr"][word + 1])
            place = first + int(np.searchsorted(parts["indices"][first:last], row))
            if place == last or parts["indices"][place] != row:
                return False
            expected = float(_rarity(self.size, last - first) * count / (_length(len(own), mean) + count))
            if not abs(float(parts["data"][place]) - expected) <= _SCORE_OFF * expected:
                return False
        return True

    def in_a_row(self, stems: Sequence[str], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Those of `rows` that hold `stems` one behind the other, words that are not indexed left out; all of them
        where there are no stems, or an earlier version kept no words."""
        if not len(stems) or not len(rows) or not (self._folder / "tokens.npy").exists():
            return rows
        wanted = np.array([self._scorer.vocab_dict.get(stem, -1) for stem in stems], dtype=np.int32)
        starts = load_array(self._folder / "starts.npy", mapped=True)
        tokens = load_array(self._folder / "tokens.npy", mapped=True)
        # With one word between two rows that none holds, no match reaches over.
        held = [part for row in rows for part in (tokens[starts[row] : starts[row + 1]], _NO_WORD)]
        ends = np.cumsum([len(part) for part in held])[1::2]
        flat = np.concatenate(held)
        last = max(0, len(flat) - len(wanted) + 1)
        found = np.ones(last, dtype=np.bool_)
        for at, word in enumerate(wanted):
            found &= flat[at : at + last] == word
        return rows[np.unique(np.searchsorted(ends, np.flatnonzero(found), side="right"))]

    def document_frequencies(self, stems: Sequence[str]) -> npt.NDArray[np.float64]:
        """How many rows hold each stem, shape (len(stems),)."""
        ends = self._scorer.scores["indptr"]
        places = [self._place(stem) for stem in stems]
        return np.array([0 if at is None else int(ends[at + 1]) - int(ends[at]) for at in places], dtype=np.float64)

    def _place(self, stem: str) -> int | None:
        """Where the rows of `stem` stand. bm25s adds the empty word to the vocabulary, and no rows for it."""
        at = self._scorer.vocab_dict.get(stem)
        return int(at) if at is not None and at < len(self._scorer.scores["indptr"]) - 1 else None

    def rows_with(self, stem: str) -> npt.NDArray[np.int64]:
        """The rows that hold a stem, best first."""
        at = self._place(stem)
        if at is None or not self.size:
            return np.zeros(0, dtype=np.int64)
        scores = self._scorer.scores
        cells = slice(int(scores["indptr"][at]), int(scores["indptr"][at + 1]))
        order = np.argsort(-np.asarray(scores["data"][cells]), kind="stable")
        return np.asarray(scores["indices"][cells][order], dtype=np.int64)


def load_library() -> None:
    """Import bm25s ahead of its first use."""
    import bm25s  # noqa: F401


def _numbered(text: str, vocabulary: dict[str, int]) -> Tokens:
    return np.array([vocabulary.setdefault(stem, len(vocabulary)) for stem in stems(text)], dtype=np.int32)


# Lucene's BM25: https://arxiv.org/abs/2407.03618, as bm25s computes it.


def _rarity(documents: int, found_in: Any) -> Any:
    """The inverse document frequency of words that stand in `found_in` of the documents."""
    return np.log1p((documents - found_in + 0.5) / (found_in + 0.5))


def _length(words: Any, mean: float) -> Any:
    """What a count of one word is weighed against in documents of so many words."""
    return _K1 * (1 - _B + _B * words / mean)


def _matrix_builder(bm25s: Any) -> Any:
    """bm25s's BM25 with its matrix made by scipy as a whole: the same scores in a fraction of the time."""

    class WholeMatrix(bm25s.BM25):  # type: ignore[misc]
        def build_index_from_ids(
            self, unique_token_ids: Sequence[int], corpus_token_ids: Sequence[Tokens], **_: object
        ) -> dict[str, Any]:
            from scipy import sparse

            self.nonoccurrence_array = None
            documents, words = len(corpus_token_ids), len(unique_token_ids)
            lengths = np.array([len(one) for one in corpus_token_ids])
            tokens = np.concatenate(corpus_token_ids)
            starts = np.concatenate([[0], np.cumsum(lengths)])
            ones = np.ones(len(tokens), dtype=np.int32)
            counts = sparse.csr_matrix((ones, tokens, starts), shape=(documents, words)).tocsc()
            counts.sum_duplicates()
            found_in = np.diff(counts.indptr)
            rarity = np.repeat(_rarity(documents, found_in), found_in)
            length = _length(lengths[counts.indices], lengths.mean())
            return {
                "data": (rarity * counts.data / (length + counts.data)).astype(np.float32),
                "indices": counts.indices.astype(np.int32),
                "indptr": counts.indptr.astype(np.int32),
                "num_docs": documents,
            }

    return WholeMatrix
