"""Dense search of one build: its vector store asked for the nearest chunks, or every chunk's vector compared.

The vectors are mapped into memory from the build's own folder, so questions are answered too while the store cannot be
asked; who asks is told so.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import numpy as np
import numpy.typing as npt

from index.embed import Vectors
from index.errors import StoreError
from index.store import VectorStore

_log = logging.getLogger(__name__)

_LOG_EVERY = 60.0

_EXACT_MOST = 200_000
"""Of so many chunks each is compared in about a tenth of a second; of more, the store is asked for more than wanted and
what is not allowed is dropped."""

_SPARE = 2.0
"""How much more the store is asked for than would do if what is allowed were spread evenly."""

TRIED_MOST = 20_000
"""So many chunks are counted in the store, and their graph is read, when a build is opened. A larger one, of which that
takes a quarter of a second and more, was counted and searched before it came to serve, and its files are looked at; its
first question reads the graph."""

_GATHERED = 0.3
"""The share of the rows from which on scoring all takes less than gathering those wanted."""

_BLOCK = 32_768
"""Vectors widened to float32 at once, 50 MB."""

Mask = npt.NDArray[np.bool_]
RowNumbers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


class DenseSearch:
    """The rows nearest to a vector by cosine. Safe to use from several threads."""

    def __init__(
        self,
        build: str,
        store: VectorStore | None,
        vectors: npt.NDArray[np.floating[Any]],
        numbers: RowNumbers,
        *,
        exact_most: int = _EXACT_MOST,
        tried_most: int = TRIED_MOST,
    ) -> None:
        """`vectors` and `numbers`, by row: what the catalogue and the store hold and call each chunk; without a store
        every allowed one is compared. Where more than `exact_most` rows are allowed, the store is asked, which may
        miss a few; more than `tried_most` are not counted when a build is opened."""
        self._build = build
        self._store = store
        self._vectors = vectors
        self._numbers = numbers
        self._failed: tuple[float, ValueError | StoreError] | None = None
        self._logged = -_LOG_EVERY
        self._exact_most = exact_most
        self._tried_most = tried_most

    def nearest(self, vector: Vectors, k: int, allowed: Mask | None) -> RowNumbers:
        """The `k` rows nearest to `vector`, best first, of those allowed; None allows all."""
        rows = None if allowed is None else np.flatnonzero(allowed)
        if self._store is not None and (rows is None or len(rows) > self._exact_most):
            found = self._from_store(
                self._store, vector, k, allowed, 1.0 if rows is None else len(rows) / len(self._vectors)
            )
            if found is not None:
                return found
        if rows is None:
            rows = np.arange(len(self._vectors))
        cosines = self.cosines(vector, rows)
        if k < len(rows):  # to sort a hundred thousand for the best two hundred takes longer than to score them
            best = np.argpartition(-cosines, k)[:k]
            rows, cosines = rows[best], cosines[best]
        return rows[np.lexsort((rows, -cosines))]

    def _from_store(
        self, store: VectorStore, vector: Vectors, k: int, allowed: Mask | None, share: float
    ) -> RowNumbers | None:
        """The `k` rows that the store calls nearest, of those allowed, which are the `share` of all; None where it
        cannot be asked, or what it finds is too little."""
        try:
            numbers, _ = store.nearest(vector, k if allowed is None else int(k / share * _SPARE))
        except (ValueError, StoreError) as error:
            # Its server is down, or its files are gone, as they are once two newer builds were made.
            self._note(error)
            return None
        rows = np.searchsorted(self._numbers, numbers)
        if allowed is None:
            return rows
        rows = rows[allowed[rows]][:k]
        return rows if len(rows) == k else None

    def cosines(self, vector: Vectors, rows: RowNumbers) -> Scores:
        """The exact cosine of `vector` with each of `rows`, shape (len(rows),)."""
        if len(rows) > _GATHERED * len(self._vectors) and self._vectors.dtype == np.float32:
            return np.asarray((self._vectors @ vector)[rows], dtype=np.float32)
        found = np.empty(len(rows), dtype=np.float32)
        for at in range(0, len(rows), _BLOCK):
            found[at : at + _BLOCK] = self._vectors[rows[at : at + _BLOCK]].astype(np.float32, copy=False) @ vector
        return found

    def stored(self) -> set[int]:
        """How many chunks the store holds, once it was searched; nothing where they are many, or its server is down.
        Raises ValueError."""
        if self._store is None or len(self._vectors) > self._tried_most:
            return set()
        return self.counted()

    def counted(self) -> set[int]:
        """The same however many they are. Raises ValueError."""
        if self._store is None:
            return set()
        try:
            count = self._store.count()
            if len(self._vectors):  # the store reads its graph at the first question only
                self._store.nearest(self._vectors[0].astype(np.float32), 1)
        except StoreError as error:
            self._note(error)
            return set()
        return {count}

    @property
    def chroma_url(self) -> str | None:
        """The Chroma server that holds the store; None where it lies in the build's folder."""
        return self._store.url if self._store else None

    def problem(self) -> ValueError | StoreError | None:
        """Why the store cannot be asked now; None where it can, which a question shows."""
        try:
            if self._store and len(self._vectors):
                self._store.nearest(self._vectors[0].astype(np.float32), 1)
        except (ValueError, StoreError) as error:
            return error
        return None

    def failed_since(self, began: float) -> ValueError | StoreError | None:
        """Why the store could not be asked at some time after `began`, by `time.monotonic`; None where it could.

        What was found then is complete nonetheless.
        """
        return self._failed[1] if self._failed and self._failed[0] >= began else None

    def _note(self, error: ValueError | StoreError) -> None:
        """Remember, and log once a minute, that every chunk is compared instead."""
        now = time.monotonic()
        self._failed = (now, error)
        if now - self._logged >= _LOG_EVERY:
            self._logged = now
            said = error.problem if isinstance(error, StoreError) else f"In the build {self._build} {error}."
            remedy = f" {error.remedy}" if isinstance(error, StoreError) else ""
            _log.warning("%s Every chunk is compared instead.%s", said, remedy)
