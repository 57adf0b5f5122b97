"""What an index does not have yet is split and embedded, and stored in the catalogue.

In groups of articles: while one group is embedded in a thread of its own, the next is split and the last is stored. A
kill costs what was not stored yet, at most two groups.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.catalogue import Catalogue
from index.chunks import embedded_text, split
from index.embed import Embedder, Recipe, Vectors
from index.instructions import reported
from index.records import Chunk

if TYPE_CHECKING:
    from index.update import Progress

_GROUP = 64
"""Articles; their chunks, some 600, are sorted by length before they are embedded in batches."""


@dataclass(frozen=True)
class _Group:
    """Articles that were split. `missing`: the keys of the vectors that are to be made, `texts` what of."""

    chunks: dict[int, list[Chunk]]
    keys: dict[int, list[bytes]]
    missing: list[bytes]
    texts: list[str]


def embed_new(
    catalogue: Catalogue, embedder: Embedder, recipe: Recipe, versions: Sequence[int], progress: Progress
) -> int:
    """Split and embed those of `versions` that `recipe` has not seen; how many chunks were embedded.

    `recipe` is of the embedder's weights; it may name them otherwise, or another dtype, as the index has it.
    """
    number = catalogue.recipe_number(recipe)
    new = catalogue.without_chunks(number, versions)
    embedded = 0
    pending: tuple[_Group, Future[Vectors]] | None = None
    stopped = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="embedding") as worker:
        try:
            for at in range(0, len(new), _GROUP):
                progress("embedding", at, len(new))
                coming = frozenset(pending[0].missing) if pending else frozenset()
                group = _split(catalogue, embedder, recipe, new[at : at + _GROUP], coming)
                vectors = pending[1].result() if pending else None
                future = worker.submit(embedder.embed_chunks, group.texts, _until(stopped))
                if pending and vectors is not None:
                    _store(catalogue, number, pending[0], vectors)
                pending = (group, future)
                embedded += len(group.missing)
            if pending:
                _store(catalogue, number, pending[0], pending[1].result())
        except BaseException:
            stopped.set()  # else the executor would wait for the whole group
            raise
    if new:
        progress("embedding", len(new), len(new))
    return embedded


def _split(
    catalogue: Catalogue, embedder: Embedder, recipe: Recipe, versions: Sequence[int], coming: frozenset[bytes]
) -> _Group:
    """The chunks of `versions`, and those texts that have no vector yet and are not being embedded, as `coming` is."""
    chunks: dict[int, list[Chunk]] = {}
    keys: dict[int, list[bytes]] = {}
    texts: dict[bytes, str] = {}
    for version, article in zip(versions, catalogue.articles(versions), strict=True):
        title = embedder.shortened(reported(article.title))
        chunks[version] = split(article, embedder, recipe.chunk_tokens)
        shown = [embedded_text(title, article.text[chunk.start : chunk.end]) for chunk in chunks[version]]
        keys[version] = [_vector_key(recipe, text) for text in shown]
        texts.update(zip(keys[version], shown, strict=True))
    missing = sorted(catalogue.missing_vectors(list(texts)) - coming)
    return _Group(chunks, keys, missing, [texts[key] for key in missing])


def _store(catalogue: Catalogue, recipe: int, group: _Group, vectors: Vectors) -> None:
    with catalogue.transaction():
        catalogue.put_vectors(group.missing, vectors)
        for version in group.chunks:
            catalogue.put_chunks(recipe, version, group.chunks[version], group.keys[version])


def _until(stopped: threading.Event) -> Callable[[int], None]:
    """What ends the embedding of a group, between two batches, once `stopped` is set."""

    def advance(_: int) -> None:
        if stopped.is_set():
            raise InterruptedError("Embedding was stopped.")

    return advance


def _vector_key(recipe: Recipe, text: str) -> bytes:
    """What a vector is kept under: without a dtype where the recipe tells none, as it was before they did."""
    made_by = f"{recipe.weights_sha256} {recipe.dtype}".rstrip()
    return hashlib.sha256(f"{made_by}\n{text}".encode()).digest()
