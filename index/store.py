"""The vector store: a Chroma collection of a build's chunks. The only module that imports chromadb.

The collection lies in the folder it is written to, or on a Chroma server, which server.json in that folder then names.
Either way it holds numbers and vectors alone, no words of an article.

To use another store, write another module with the functions and the class of this one.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from index import chroma_server
from index.chroma_server import Found, is_named_in, named, no_answer, persistently
from index.embed import Vectors
from index.errors import StoreError

_COLLECTION = "chunks"
_DATABASE = "chroma.sqlite3"
_SPACE = {"hnsw": {"space": "cosine"}}

_READ_SECONDS = 5.0
_WRITE_SECONDS = 120.0
"""How long a server may take over one request; it writes a batch in seconds."""

_SILENT_SECONDS = 3.0
"""For so long a server that did not answer is not asked again, so that not every question waits for it."""

_SERVER_BATCH = 1000
"""Vectors in one request, 2 MB."""

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
        """Open the collection in `folder`, or the one on a server that the folder names, which may be down: to ask it
        then raises StoreError. Raises ValueError if it is not there or cannot be read.
        """
        if is_named_in(folder):
            return _OnServer(*named(folder))
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

    @property
    def url(self) -> str | None:
        """The server's address; None where the collection lies in the folder."""
        return None

    def close(self) -> None:
        _close(self._client)

    def count(self) -> int:
        """How many chunks the store holds, which takes the longer the more there are. Raises as `nearest`."""
        return int(self._ask(lambda collection: collection.count()))

    def nearest(self, vector: Vectors, k: int) -> tuple[Numbers, npt.NDArray[np.float32]]:
        """The numbers and cosines of the `k` chunks nearest to `vector`, best first; fewer where fewer are held.

        Raises ValueError if the store cannot be read: its files are damaged, or were removed. Raises StoreError if its
        server is down.
        """
        query = {"query_embeddings": [vector.tolist()], "n_results": k, "include": ["distances"]}
        found = self._ask(lambda collection: collection.query(**query))
        numbers = np.array([int(one) for one in found["ids"][0]], dtype=np.int64)
        return numbers, 1 - np.array(found["distances"][0], dtype=np.float32)

    def vectors(self, numbers: Sequence[int]) -> Vectors | None:
        """The vectors of the chunks `numbers`, in that order; None where one is not there. Raises as `nearest`."""
        ids = [str(number) for number in numbers]
        found = self._ask(lambda collection: collection.get(ids=ids, include=["embeddings"]))
        places = {one: i for i, one in enumerate(found["ids"])}
        if len(places) != len(set(ids)):
            return None
        return np.asarray(found["embeddings"], dtype=np.float32)[[places[one] for one in ids]]

    def _ask(self, question: Callable[[Any], Found]) -> Found:
        try:
            return question(self._collection)
        except Exception as error:
            raise ValueError(f"the vector store cannot be read: {error}") from error


class _OnServer(VectorStore):
    """The same on a server, which may go and come back while this is open."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(_Server(url, _READ_SECONDS), None)
        self._name = name
        self._silence: tuple[float, StoreError] | None = None

    @property
    def url(self) -> str:
        return str(self._client.url)

    def close(self) -> None:
        self._client.close()

    def _ask(self, question: Callable[[Any], Found]) -> Found:
        if self._silence and time.monotonic() < self._silence[0]:
            raise self._silence[1]
        for again in (True, False):
            began = time.monotonic()
            try:
                if self._collection is None:
                    self._collection = self._client.collection(self._name)
                found = question(self._collection)
            except Exception as error:
                if _is_missing(error):
                    self._collection = None
                    raise ValueError(f"the Chroma server at {self.url} does not hold its collection") from error
                # A connection that was kept open is gone once the server was started again.
                if again and time.monotonic() - began < 1:
                    continue
                silence = no_answer(self.url, error)
                self._silence = (time.monotonic() + _SILENT_SECONDS, silence)
                raise silence from error
            self._silence = None
            return found
        raise AssertionError("the last try returns or raises")


class _Server:
    """A connection to a Chroma server. Nothing is sent until it is asked something."""

    def __init__(self, url: str, seconds: float) -> None:
        from chromadb.api import ServerAPI
        from chromadb.config import Settings, System

        parts = urlsplit(url)
        secure = parts.scheme == "https"
        self.url = url
        # Not chromadb.HttpClient: it asks the server while it is made, and would wait for it for ever.
        self._system = System(
            Settings(
                chroma_api_impl="chromadb.api.fastapi.FastAPI",
                chroma_server_host=parts.hostname,
                chroma_server_http_port=parts.port or (443 if secure else 8000),
                chroma_server_ssl_enabled=secure,
                anonymized_telemetry=False,
            )
        )
        component: Any = ServerAPI  # an abstract class, which stands for the one that the settings name
        self.api: Any = self._system.instance(component)
        self.api._session.timeout = seconds  # chromadb has no setting for it, and by itself waits for ever

    def collection(self, name: str, *, make: bool = False) -> Any:
        from chromadb.api.models.Collection import Collection

        model = (
            self.api.create_collection(name=name, configuration=_SPACE, get_or_create=True)
            if make
            else self.api.get_collection(name)
        )
        return Collection(client=self.api, model=model, embedding_function=None)

    def close(self) -> None:
        self._system.stop()


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


def write(
    folder: Path, removed: Sequence[int], added: Iterator[tuple[Sequence[int], Vectors]], url: str | None = None
) -> None:
    """Take chunks out of the collection in `folder` and put others in, by number; make it first where it is missing.

    `added` gives batches of numbers and their vectors. With `url` the collection is made on that Chroma server. Nobody
    else may have `folder` open. Raises OSError if it cannot be written, StoreError if the server stays down.
    """
    if url:
        _write_to_server(folder, added, url)
        return
    with _opened(folder) as client:
        with _written():
            collection = client.get_or_create_collection(_COLLECTION, embedding_function=None, configuration=_SPACE)
            most = client.get_max_batch_size()
            for at in range(0, len(removed), most):
                collection.delete(ids=[str(number) for number in removed[at : at + most]])
        for numbers, vectors in added:
            for at in range(0, len(numbers), most):
                ids = [str(number) for number in numbers[at : at + most]]
                with _written():
                    collection.upsert(ids=ids, embeddings=vectors[at : at + most])


def drop(folder: Path) -> None:
    """Take the collection of `folder` off its server, if it lies on one. Raises StoreError if that is down."""
    if not is_named_in(folder):
        return
    url, name = named(folder)
    server = _Server(url, _READ_SECONDS)
    try:
        server.api.delete_collection(name)
    except Exception as error:
        if not _is_missing(error):
            raise no_answer(url, error) from error
    finally:
        server.close()


def _write_to_server(folder: Path, added: Iterator[tuple[Sequence[int], Vectors]], url: str) -> None:
    name = chroma_server.name(folder, url)
    server = _Server(url, _WRITE_SECONDS)
    try:
        collection = persistently(url, lambda: server.collection(name, make=True), first=True)
        for numbers, vectors in added:
            for at in range(0, len(numbers), _SERVER_BATCH):
                ids = [str(number) for number in numbers[at : at + _SERVER_BATCH]]
                batch = {"ids": ids, "embeddings": vectors[at : at + _SERVER_BATCH]}
                persistently(url, lambda batch=batch: collection.upsert(**batch))  # type: ignore[misc]
        # One that went down right behind the last batch is waited for here; the trial would not wait.
        persistently(url, collection.count)
    finally:
        server.close()


def _is_missing(error: Exception) -> bool:
    from chromadb.errors import NotFoundError

    return isinstance(error, NotFoundError)


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
