"""A build: what is derived from the catalogue so that it can be searched. Made beside the one that serves, never
changed.

builds/<name>/chroma/        the vector store, or which one on a Chroma server it is
builds/<name>/keywords/      the keyword index
builds/<name>/vectors.npy    float32, shape (chunks, dimension): exact scores, and vectors under a filter
builds/<name>/rows.npy       which chunk of which version each row is, with its date and outlet, `ROW`
builds/<name>/clusters.npy   the cluster of reprints that each row's article belongs to, int64, shape (chunks,)
builds/<name>/manifest.json  written last: where it is, the build is whole
"""

from __future__ import annotations

import datetime
import json
import logging
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index import clusters, store
from index.arrays import load_array
from index.catalogue import CHUNK, Catalogue, Chunks
from index.chroma_server import is_named_in
from index.chunks import embedded_text
from index.dates import parse_published
from index.embed import Recipe, Vectors
from index.errors import BuildError, StoreError
from index.home import Home, sync_folder, sync_tree
from index.keywords import KeywordIndex, RowWords, Tokens
from index.manifest import FORMAT, MANIFEST, MadeWith, Manifest, files_of
from index.records import Published, text_sha256
from index.words import WORDS_VERSION

ROW = np.dtype(
    [("number", "i8"), ("version", "i8"), ("start", "i4"), ("end", "i4"), ("published", "f8"), ("source", "i4")]
)
"""One row per chunk, by number. `published`: seconds since 1970, NaN where undated; `source`: place in the manifest's
list, -1 where unknown."""

Rows = npt.NDArray[np.void]

_log = logging.getLogger(__name__)

_BATCH = 2000
_VECTORS = "vectors.npy"
_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
"""What `make` calls a build; whatever else lies in builds/ is not ours to delete."""


def content_digest(versions: Sequence[int], recipe: Recipe) -> str:
    """Equal for the same versions split and embedded the same way."""
    made_by = [WORDS_VERSION, FORMAT, clusters.CLUSTERS_VERSION]
    return text_sha256(json.dumps([sorted(versions), recipe.as_json(), made_by], sort_keys=True))


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
    made_with: MadeWith,
    versions: Sequence[int],
    serving: Manifest | None,
    advance: Callable[[int, int], None],
) -> Manifest:
    """Derive a build of `versions` from the catalogue; it does not serve until `Home.set_current`.

    Every version must be split and embedded. What it has in common with the sound build `serving` is copied. `advance`
    is told how many more chunks are stored, and of how many in all. Leaves nothing on disk if it fails. Raises
    BuildError if a version is not embedded or the build cannot be written. Whether it holds what it should is for its
    trial to find.
    """
    recipe = made_with.recipe
    number = catalogue.recipe_number(recipe)
    if missing := catalogue.without_chunks(number, versions):
        raise BuildError(
            f"{len(missing)} of {len(versions)} articles were not embedded with {recipe.model!r} yet.",
            "The index stays as it was; run `dateline index build PATH…`, with --reembed for another model.",
        )
    made_at = datetime.datetime.now(datetime.UTC)
    name = f"{made_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    folder = home.build(name)
    try:
        folder.mkdir(parents=True)
        sync_folder(home.builds)
        held = catalogue.rows(number, versions)
        rows, sources = _rows(catalogue, held)
        np.save(folder / "rows.npy", rows)
        before = serving if serving and _may_be_grown_from(home, serving, recipe) else None
        with ThreadPoolExecutor(1, thread_name_prefix="take-over") as beside:
            # Copying and reading files through leaves the processor to what is made meanwhile.
            taking = beside.submit(_take_over, home, before, rows, folder)
            np.save(folder / "clusters.npy", clusters.of_rows(catalogue, rows["version"]))
            words, vocabulary = _words(catalogue, held, home.build(before.name) if before else None)
            KeywordIndex.build(words, folder / "keywords", vocabulary)
            taken = taking.result()
        _write_vectors(catalogue, recipe, rows, taken, folder, home.chroma_url, advance)
        with ThreadPoolExecutor(1, thread_name_prefix="sync") as beside:
            syncing = beside.submit(sync_tree, folder)  # the disk is waited for while the files are hashed
            files = files_of(folder)
            syncing.result()
        manifest = Manifest(
            name=name,
            made_at=made_at.isoformat(timespec="seconds"),
            recipe=recipe,
            dtype=made_with.dtype,
            cleaner=made_with.cleaner,
            revision=made_with.revision,
            articles=len(versions),
            chunks=len(rows),
            sources=sources,
            content=content_digest(versions, recipe),
            **files,
        )
        manifest.write(folder)
    except BaseException as error:
        discard(home, name)
        if isinstance(error, OSError):
            raise BuildError(
                f"The new build in {home.builds} cannot be written: {_said(error)}.",
                "The index stays as it was; see that the disk has room, then run the same command again.",
            ) from error
        raise
    return manifest


def _said(error: OSError) -> str:
    """What the system said, in its words; of a folder that could not be copied, of the first file."""
    if isinstance(error, shutil.Error):
        source, _, why = error.args[0][0]
        return f"{Path(source).name}: {str(why).split(':')[0]}"
    return error.strerror or str(error)


def reprints(folder: Path, versions: Iterable[int]) -> int:
    """How many of `versions` are copies of another one that the build in `folder` holds."""
    held, number = load_array(folder / "rows.npy")["version"], load_array(folder / "clusters.npy")
    pairs = np.unique(np.stack([number, held], axis=1), axis=0)
    _, place, size = np.unique(pairs[:, 0], return_inverse=True, return_counts=True)
    return len(set(versions) & set(pairs[size[place] > 1, 1].tolist()))


def discard(home: Home, name: str) -> None:
    """Drop a build that is not on record and does not serve, also off its server. Where that is down the folder stays,
    which tells the next `prune` what to drop."""
    folder = home.build(name)
    try:
        store.drop(folder / "chroma")
    except StoreError as error:
        (folder / MANIFEST).unlink(missing_ok=True)
        _log.warning("%s The vectors of the build %s, which is not needed, are dropped later.", error.problem, name)
        return
    shutil.rmtree(folder, ignore_errors=True)


def prune(home: Home, catalogue: Catalogue, before: str | None) -> None:
    """Drop every build but the one that serves and `before`, which served before it; also what a crash left."""
    kept = {home.current(), before}
    for name in set(catalogue.build_names()) - kept:
        with catalogue.transaction():
            catalogue.drop_build(name)
    catalogue.settle()
    for folder in home.builds.iterdir() if home.builds.exists() else ():
        if _NAME.fullmatch(folder.name) and folder.name not in kept:
            discard(home, folder.name)


def _rows(catalogue: Catalogue, held: Chunks) -> tuple[Rows, tuple[str, ...]]:
    versions, places = np.unique(held["version"], return_inverse=True)
    sources: dict[str, int] = {}
    # Of thousands of articles, without their texts: one added to them is to be found within seconds.
    facts = {
        version: (
            timestamp(parse_published(published) if published else None),
            sources.setdefault(outlet, len(sources)) if outlet else -1,
        )
        for version, published, outlet in catalogue.dates_and_outlets(set(versions.tolist()))
    }
    rows = np.zeros(len(held), dtype=ROW)
    for name in CHUNK.names or ():
        rows[name] = held[name]
    told = np.array([facts[version] for version in versions.tolist()], dtype=np.float64).reshape(-1, 2)
    rows["published"], rows["source"] = told[places, 0], told[places, 1]
    return rows, tuple(sources)


def _words(
    catalogue: Catalogue, held: Chunks, start: Path | None
) -> tuple[list[str | Tokens], Mapping[str, int] | None]:
    """For each row its words where the build `start` holds them, and the vocabulary they are numbered by; else its
    text."""
    known = None
    words: list[str | Tokens] = [""] * len(held)
    fresh = np.arange(len(held))
    if start and (start / "keywords" / "tokens.npy").exists():  # builds of earlier versions have none
        known = RowWords.open(start / "keywords")
        _, now, there = np.intersect1d(
            held["number"], load_array(start / "rows.npy")["number"], assume_unique=True, return_indices=True
        )
        for i, row in zip(now.tolist(), there.tolist(), strict=True):
            words[i] = known[row]
        fresh = np.delete(fresh, now)
    for i, text in zip(fresh.tolist(), _texts(catalogue, held[fresh]), strict=True):
        words[i] = text
    return words, known.vocabulary if known else None


def _texts(catalogue: Catalogue, held: Chunks) -> Iterator[str]:
    """What is embedded of each chunk."""
    article, last = None, None
    for _, version, start, end in held.tolist():
        if article is None or version != last:
            article, last = catalogue.article(version), version
        yield embedded_text(article.title, article.text[start:end])


def _write_vectors(
    catalogue: Catalogue,
    recipe: Recipe,
    rows: Rows,
    taken: _Taken,
    folder: Path,
    url: str | None,
    advance: Callable[[int, int], None],
) -> None:
    """Write vectors.npy, and into the store what was not `taken` over."""
    numbers: list[int] = rows["number"].tolist()
    exact = np.lib.format.open_memmap(
        folder / _VECTORS, mode="w+", dtype=np.float32, shape=(len(numbers), recipe.dimension)
    )

    def batches() -> Iterator[tuple[Sequence[int], Vectors]]:
        for at in range(0, len(numbers), _BATCH):
            some = numbers[at : at + _BATCH]
            vectors = exact[at : at + len(some)]
            lacking = np.ones(len(some), dtype=np.bool_)
            if len(taken.numbers):
                places = np.minimum(np.searchsorted(taken.numbers, some), len(taken.numbers) - 1)
                lacking = taken.numbers[places] != some
                vectors[~lacking] = taken.vectors[places[~lacking]]
            vectors[lacking] = catalogue.vectors(np.array(some)[lacking].tolist(), recipe.dimension)
            new = [i for i, number in enumerate(some) if number in taken.fresh]
            if new:
                yield [some[i] for i in new], vectors[new]
            advance(len(some), len(numbers))

    store.write(folder / "chroma", taken.removed, batches(), url)
    exact.flush()


def _may_be_grown_from(home: Home, serving: Manifest, recipe: Recipe) -> bool:
    """Whether a build of `recipe` can take chunks over from the build `serving`: by their numbers, so no bit of those
    may be other than was written."""
    return serving.recipe == recipe and serving.is_as_written(home.build(serving.name), "rows.npy")


@dataclass(frozen=True)
class _Taken:
    """What a build takes over from the one before: `vectors`, of the chunks `numbers`, ascending; and a store that
    lacks the chunks `fresh` and holds those `removed`."""

    numbers: npt.NDArray[np.int64]
    vectors: Vectors
    removed: list[int]
    fresh: set[int]


def _take_over(home: Home, serving: Manifest | None, rows: Rows, folder: Path) -> _Taken:
    """Begin the build in `folder` with the store of the build `serving` where it holds much of the same. A server
    cannot copy a collection, so there the whole is written."""
    wanted = set(rows["number"].tolist())
    no_numbers, no_vectors = np.zeros(0, np.int64), np.zeros((0, 0), np.float32)
    if serving is None:
        return _Taken(no_numbers, no_vectors, [], wanted)
    start = home.build(serving.name)
    numbers = load_array(start / "rows.npy")["number"]
    in_folders = not home.chroma_url and not is_named_in(start / "chroma")
    removed, fresh = _copy_store(start, set(numbers.tolist()), wanted, folder) if in_folders else ([], wanted)
    # The catalogue has the vectors too, but takes far longer to give them; of these one bit may be another.
    if _VECTORS not in serving.hashes or not serving.is_as_written(start, _VECTORS):
        return _Taken(no_numbers, no_vectors, removed, fresh)
    return _Taken(numbers, load_array(start / _VECTORS, mapped=True), removed, fresh)


def _copy_store(start: Path, there: set[int], wanted: set[int], folder: Path) -> tuple[list[int], set[int]]:
    """Copy the store of the build `start`, which holds the chunks `there`, if that saves work; the numbers to remove
    from it and those to add."""
    if len(there & wanted) * 2 <= len(wanted | there):
        return [], wanted
    store.copy(start / "chroma", folder / "chroma")
    return sorted(there - wanted), wanted - there
