"""The vector store: a Chroma collection of a build's chunks. The only module that imports chromadb.

To use another store, write another module with the functions and the class of this one.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.embed import Vectors

_COLLECTION = "chunks"
_DATABASE = "chroma.sqlite3"

_clients = threading.RLock()
"""Held while a client is made or closed. chromadb counts the users of a folder, and counting and stopping are two
steps. It can be taken again, since a client may be closed by the garbage collector at any moment."""

Numbers = npt.NDArray[np.int64]


class VectorStore:
    """Nearest chunks by cosine. Reading only; safe to call from several threads."""

    def __init__(self, client: Any, collection: Any) -> None:
        self._client = client
        self._collection = collection

    @classmethod
    def open(cls, folder: Path) -> VectorStore:
        """Open the collection in `folder`. Raises ValueError if it is not there or cannot be read."""
        if not (folder / _DATABASE).is_file():  # chromadb would make an empty one
            raise ValueError("the vector store cannot be opened: it has no chroma.sqlite3")
        client = None
        try:
            client = _client(folder)
            return cls(client, client.get_collection(_COLLECTION, embedding_function=None))
        except Exception as error:
            if client:
                _close(client)
            raise ValueError(f"the vector store cannot be opened: {error}") from error

    def close(self) -> None:
        _close(self._client)

    def count(self) -> int:
        """How many chunks the store holds. Raises ValueError if it cannot be read."""
        try:
            return int(self._collection.count())
        except Exception as error:
            raise ValueError(f"the vector store cannot be read: {error}") from error

    def nearest(self, vector: Vectors, k: int) -> tuple[Numbers, npt.NDArray[np.float32]]:
        """The numbers and cosines of the `k` chunks nearest to `vector`, best first; fewer where fewer are held.

        Raises ValueError if the store cannot be read: its files are damaged, or were removed.
        """
        k = min(k, self.count())
        if k == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        try:
            found = self._collection.query(query_embeddings=[vector.tolist()], n_results=k, include=["distances"])
        except Exception as error:
            raise ValueError(f"the vector store cannot be read: {error}") from error
        numbers = np.array([int(one) for one in found["ids"][0]], dtype=np.int64)
        return numbers, 1 - np.array(found["distances"][0], dtype=np.float32)

    def vectors(self, numbers: Sequence[int]) -> Vectors | None:
        """The vectors of the chunks `numbers`, in that order; None where one is not there. Raises ValueError."""
        ids = [str(number) for number in numbers]
        try:
            found = self._collection.get(ids=ids, include=["embeddings"])
        except Exception as error:
            raise ValueError(f"the vector store cannot be read: {error}") from error
        places = {one: i for i, one in enumerate(found["ids"])}
        if len(places) != len(set(ids)):
            return None
        return np.asarray(found["embeddings"], dtype=np.float32)[[places[one] for one in ids]]


def load_library() -> None:
    """Import chromadb, which takes a second, ahead of its first use."""
    import chromadb  # noqa: F401


def copy(source: Path, folder: Path) -> None:
    """Copy the collection in `source`, also while others open it, in whose database each of them writes a little.

    Raises OSError.
    """
    shutil.copytree(source, folder, ignore=lambda _, names: [name for name in names if name.startswith(_DATABASE)])
    with (
        _written(),
        closing(sqlite3.connect(source / _DATABASE, timeout=60)) as reading,
        closing(sqlite3.connect(folder / _DATABASE)) as writing,
    ):
        reading.backup(writing)


def write(folder: Path, removed: Sequence[int], added: Iterator[tuple[Sequence[int], Vectors]]) -> int:
    """Take chunks out of the collection in `folder` and put others in, by number; make it first where it is missing.

    `added` gives batches of numbers and their vectors. Returns how many chunks the collection then holds. Nobody
    else may have `folder` open. Raises OSError if it cannot be written.
    """
    with _opened(folder) as client:
        with _written():
            collection = client.get_or_create_collection(
                _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
            most = client.get_max_batch_size()
            for at in range(0, len(removed), most):
                collection.delete(ids=[str(number) for number in removed[at : at + most]])
        for numbers, vectors in added:
            for at in range(0, len(numbers), most):
                ids = [str(number) for number in numbers[at : at + most]]
                with _written():
                    collection.upsert(ids=ids, embeddings=vectors[at : at + most])
        with _written():
            return int(collection.count())


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    with _clients:
        return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


def _close(client: Any) -> None:
    with _clients:
        client.close()


@contextmanager
def _written() -> Iterator[None]:
    """Raises OSError for what the database or its disk refuses."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (sqlite3.Error, ChromaError) as error:
        raise OSError(f"the vector store cannot be written: {error}") from error


@contextmanager
def _opened(folder: Path) -> Iterator[Any]:
    with _written():
        client = _client(folder)
    try:
        yield client
    finally:
        _close(client)
