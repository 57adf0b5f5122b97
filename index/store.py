"""The vector store: a Chroma collection of a build's chunks. The only module that imports chromadb.

To use another store, write another module with the functions and the class of this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.embed import Vectors

_COLLECTION = "chunks"

Numbers = npt.NDArray[np.int64]


class VectorStore:
    """Nearest chunks by cosine. Reading only; safe to call from several threads."""

    def __init__(self, client: Any, collection: Any) -> None:
        self._client = client
        self._collection = collection

    @classmethod
    def open(cls, folder: Path) -> VectorStore:
        """Open the collection in `folder`. Raises ValueError if it is not there or cannot be read."""
        client = _client(folder)
        try:
            return cls(client, client.get_collection(_COLLECTION, embedding_function=None))
        except Exception as error:
            client.close()
            raise ValueError(f"the vector store cannot be opened: {error}") from error

    def close(self) -> None:
        self._client.close()

    def count(self) -> int:
        return int(self._collection.count())

    def nearest(self, vector: Vectors, k: int) -> tuple[Numbers, npt.NDArray[np.float32]]:
        """The numbers and cosines of the `k` chunks nearest to `vector`, best first; fewer where fewer are held."""
        k = min(k, self.count())
        if k == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        found = self._collection.query(query_embeddings=[vector.tolist()], n_results=k, include=["distances"])
        numbers = np.array([int(one) for one in found["ids"][0]], dtype=np.int64)
        return numbers, 1 - np.array(found["distances"][0], dtype=np.float32)


def write(folder: Path, removed: Sequence[int], added: Iterator[tuple[Sequence[int], Vectors]]) -> int:
    """Take chunks out of the collection in `folder` and put others in, by number; make it first where it is missing.

    `added` gives batches of numbers and their vectors. Returns how many chunks the collection then holds. Nobody
    else may have
    `folder` open.
    """
    with _opened(folder) as client:
        collection = client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        most = client.get_max_batch_size()
        for at in range(0, len(removed), most):
            collection.delete(ids=[str(number) for number in removed[at : at + most]])
        for numbers, vectors in added:
            for at in range(0, len(numbers), most):
                ids = [str(number) for number in numbers[at : at + most]]
                collection.upsert(ids=ids, embeddings=vectors[at : at + most])
        return int(collection.count())


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


@contextmanager
def _opened(folder: Path) -> Iterator[Any]:
    client = _client(folder)
    try:
        yield client
    finally:
        client.close()
