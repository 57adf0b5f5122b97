"""A build: what is derived from the catalogue so that it can be searched. Made beside the one that serves, never
changed.

builds/<name>/chroma/        the vector store
builds/<name>/keywords/      the keyword index
builds/<name>/vectors.npy    float16, shape (chunks, dimension): exact scores, and vectors under a filter
builds/<name>/rows.npy       which chunk of which version each row is, with its date and outlet, `ROW`
builds/<name>/manifest.json  written last: where it is, the build is whole
"""

from __future__ import annotations

import datetime
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index import store
from index.catalogue import Catalogue, Row
from index.chunks import embedded_text
from index.embed import Recipe, Vectors
from index.errors import BuildError
from index.home import Home, sync_folder
from index.keywords import KeywordIndex
from index.records import Article, Published, text_sha256
from index.words import WORDS_VERSION

ROW = np.dtype(
    [("number", "i8"), ("version", "i8"), ("start", "i4"), ("end", "i4"), ("published", "f8"), ("source", "i4")]
)
"""One row per chunk, by number. `published`: seconds since 1970, NaN where undated; `source`: place in the manifest's
list, -1 where unknown."""

Rows = npt.NDArray[np.void]

_FORMAT = 1
_KEPT = 2
"""How many builds stay on disk: the one that serves, and the one before it."""

_BATCH = 2000


@dataclass(frozen=True)
class Manifest:
    """What a build holds and what it was made with. `content` is equal for two builds of the same versions."""

    name: str
    made_at: str
    recipe: Recipe
    dtype: str
    articles: int
    chunks: int
    sources: tuple[str, ...]
    content: str
    words: int = WORDS_VERSION
    format: int = _FORMAT

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises BuildError if the build in `folder` is half-written, garbled, or of another format."""
        remedy = "Run `dateline index build PATH…` to build the index again; what was embedded is kept."
        try:
            fields: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            fields["recipe"] = Recipe(**fields["recipe"])
            fields["sources"] = tuple(fields["sources"])
            manifest = cls(**fields)
        except FileNotFoundError as error:
            raise BuildError(f"The build in {folder} is half-written: it has no manifest.json.", remedy) from error
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BuildError(f"The manifest of the build in {folder} cannot be read: {error}.", remedy) from error
        if (manifest.format, manifest.words) != (_FORMAT, WORDS_VERSION):
            raise BuildError(f"The build in {folder} was made by another version of Dateline.", remedy)
        return manifest

    def write(self, folder: Path) -> None:
        with (folder / "manifest.json").open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(folder)


def content_digest(versions: Sequence[int], recipe: Recipe) -> str:
    """Equal for the same versions split and embedded the same way."""
    return text_sha256(json.dumps([sorted(versions), recipe.as_json(), WORDS_VERSION, _FORMAT], sort_keys=True))


def timestamp(published: Published) -> float:
    """Seconds since 1970 for comparison: a date is the start of its day, a time without zone is UTC. NaN for None."""
    if published is None:
        return float("nan")
    if not isinstance(published, datetime.datetime):
        published = datetime.datetime.combine(published, datetime.time())
    if published.tzinfo is None:
        published = published.replace(tzinfo=datetime.UTC)
    return published.timestamp()


def make(
    home: Home,
    catalogue: Catalogue,
    recipe: Recipe,
    dtype: str,
    versions: Sequence[int],
    advance: Callable[[int], None],
) -> Manifest:
    """Derive a build of `versions` from the catalogue; it does not serve until `Home.set_current`.

    Every version must be split and embedded. `advance` is told how many more chunks are stored. Leaves nothing on
    disk if it
    fails. Raises BuildError if what was written does not hold what it should.
    """
    number = catalogue.recipe_number(recipe)
    made_at = datetime.datetime.now(datetime.UTC)
    name = f"{made_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    folder = home.build(name)
    folder.mkdir(parents=True)
    try:
        held = list(catalogue.rows(number, versions))
        rows, sources = _rows(catalogue, held)
        np.save(folder / "rows.npy", rows)
        KeywordIndex.build(_texts(catalogue, held), folder / "keywords")
        count = _write_vectors(home, catalogue, recipe, rows, folder, advance)
        if count != len(rows):
            raise BuildError(
                f"The new build's vector store holds {count} chunks, not {len(rows)}.",
                "The index stays as it was; run the same command again.",
            )
        manifest = Manifest(
            name=name,
            made_at=made_at.isoformat(timespec="seconds"),
            recipe=recipe,
            dtype=dtype,
            articles=len(versions),
            chunks=len(rows),
            sources=sources,
            content=content_digest(versions, recipe),
        )
        with catalogue.transaction():
            catalogue.put_build(name, number, versions)
        manifest.write(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest


def prune(home: Home, catalogue: Catalogue) -> None:
    """Drop the builds that neither serve nor come right before the one that serves, and what a crash left half-made."""
    recorded = [name for name in catalogue.build_names() if home.build(name).exists()]
    current = home.current()
    older = [name for name in recorded if name != current]
    kept = {current, *older[-(_KEPT - 1) :]}
    for name in set(catalogue.build_names()) - kept:
        with catalogue.transaction():
            catalogue.drop_build(name)
    for folder in home.builds.iterdir() if home.builds.exists() else ():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _rows(catalogue: Catalogue, held: Sequence[Row]) -> tuple[Rows, tuple[str, ...]]:
    rows = np.zeros(len(held), dtype=ROW)
    sources: dict[str, int] = {}
    for i, (row, article) in enumerate(_with_articles(catalogue, held)):
        source = sources.setdefault(article.source, len(sources)) if article.source else -1
        rows[i] = (row.number, row.version, row.chunk.start, row.chunk.end, timestamp(article.published), source)
    return rows, tuple(sources)


def _texts(catalogue: Catalogue, held: Sequence[Row]) -> Iterator[str]:
    for row, article in _with_articles(catalogue, held):
        yield embedded_text(article.title, article.text[row.chunk.start : row.chunk.end])


def _with_articles(catalogue: Catalogue, held: Sequence[Row]) -> Iterator[tuple[Row, Article]]:
    article, version = None, None
    for row in held:
        if article is None or row.version != version:
            article, version = catalogue.article(row.version), row.version
        yield row, article


def _write_vectors(
    home: Home, catalogue: Catalogue, recipe: Recipe, rows: Rows, folder: Path, advance: Callable[[int], None]
) -> int:
    """Write vectors.npy and the store; start from the serving build's store where it holds much of the same."""
    numbers: list[int] = rows["number"].tolist()
    exact = np.lib.format.open_memmap(
        folder / "vectors.npy", mode="w+", dtype=np.float16, shape=(len(numbers), recipe.dimension)
    )
    removed, fresh = _copy_store(home, recipe, numbers, folder)

    def batches() -> Iterator[tuple[Sequence[int], Vectors]]:
        for at in range(0, len(numbers), _BATCH):
            some = numbers[at : at + _BATCH]
            vectors = catalogue.vectors(some, recipe.dimension)
            exact[at : at + len(some)] = vectors
            new = [i for i, number in enumerate(some) if number in fresh]
            if new:
                yield [some[i] for i in new], vectors[new]
            advance(len(some))

    count = store.write(folder / "chroma", removed, batches())
    exact.flush()
    return count


def _copy_store(home: Home, recipe: Recipe, numbers: Sequence[int], folder: Path) -> tuple[list[int], set[int]]:
    """Copy the serving build's store if that saves work; the numbers to remove from it and those to add."""
    try:
        current = home.current()
        if current and Manifest.read(home.build(current)).recipe == recipe:
            there = set(np.load(home.build(current) / "rows.npy")["number"].tolist())
            wanted = set(numbers)
            if len(there & wanted) * 2 > len(wanted | there):
                shutil.copytree(home.build(current) / "chroma", folder / "chroma")
                return sorted(there - wanted), wanted - there
    except (BuildError, OSError, ValueError):
        # A damaged build is no start; everything is derived from the catalogue anew.
        shutil.rmtree(folder / "chroma", ignore_errors=True)
    return [], set(numbers)
