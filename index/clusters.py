"""Clusters of reprints: articles whose words are largely the same, found by MinHash signatures of their shingles.

A signature is made once for a version and kept in the catalogue. The clusters of a build are computed from the
signatures of all its versions each time, which takes a fraction of a second for thousands of articles, so they do not
depend on the order in which articles came and went. Every copy stays an article of its own.

The figures that chose the thresholds: docs/web.md, tests/bench/bench_reprints.py.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from index.catalogue import Catalogue
from index.words import folded

CLUSTERS_VERSION = 1
"""Raise it when the same articles would make other clusters: builds hold them."""

_SHINGLE = 3
"""Words in a row."""

_SLOTS = 256
"""Of a signature: the standard error of an estimated similarity of .3 is .03."""

_SEED = 1
_BAND = 3
"""Slots that must agree for two articles to be compared: with 85 bands, 90% of the pairs of similarity .3 are."""

LEAST_SIMILARITY = 0.20
"""The Jaccard similarity of copies: below it, one may be a roundup that holds the other among much else."""

LEAST_CONTAINED = 0.40
"""The share of the shorter one's shingles that a copy has in common with the longer."""

_LARGEST_BUCKET = 200
"""Articles that agree in a band, of which every pair is compared; of more, neighbours only."""

_TEMPLATE = 4
"""Articles of one outlet with headlines of their own that share their words: a notice to subscribers, not a story."""

_MOST_AT_ONCE = 500
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
"""A word; of scripts without blanks, a character."""

Signatures = npt.NDArray[np.uint32]
Pairs = npt.NDArray[np.int64]


def assign(catalogue: Catalogue, versions: Sequence[int]) -> dict[int, int]:
    """The cluster of each of `versions`: the number of its lowest version, its own where it has no copies.

    Makes the signatures that are missing, without embedding anything.
    """
    _sign(catalogue, versions)
    ordered, signatures, sizes = _signatures(catalogue, versions)
    links = copies(signatures, sizes)
    cluster = _components(len(ordered), links)
    links = _without_templates(catalogue, ordered, cluster, links)
    cluster = _components(len(ordered), links)
    return {version: ordered[first] for version, first in zip(ordered, cluster, strict=True)}


def of_rows(catalogue: Catalogue, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The cluster of the version of each row, shape (rows,)."""
    versions, places = np.unique(rows, return_inverse=True)
    numbers = assign(catalogue, versions.tolist())
    return np.array([numbers[version] for version in versions.tolist()], dtype=np.int64)[places]


def signatures_of(texts: Iterable[str]) -> tuple[Signatures, npt.NDArray[np.int64]]:
    """The MinHash signatures of texts, shape (texts, slots), and how many different shingles each text has."""
    from rensa import RMinHash

    shingles = [_shingles(text) for text in texts]
    offsets = np.cumsum([0, *map(len, shingles)], dtype=np.uint64)
    flat = np.concatenate([*shingles, np.zeros(0, dtype=np.uint64)])
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(flat, offsets, _SLOTS, _SEED)
    return np.array(matrix.to_rows(), dtype=np.uint32).reshape(-1, _SLOTS), np.array([len(one) for one in shingles])


def copies(signatures: Signatures, sizes: npt.NDArray[np.int64]) -> Pairs:
    """The pairs of rows that are copies of each other, shape (pairs, 2); equal ones are linked in a chain."""
    _, first, group = np.unique(signatures, axis=0, return_index=True, return_inverse=True)
    equal = np.stack([first[group.ravel()], np.arange(len(signatures))], axis=1)
    equal = equal[(equal[:, 0] != equal[:, 1]) & (sizes > 0)]  # texts without a word are equal, and no copies
    candidates = np.array(sorted(_candidates(signatures, first)), dtype=np.int64).reshape(-1, 2)
    found = [equal]
    for at in range(0, len(candidates), 10_000):
        some = candidates[at : at + 10_000]
        similarity = (signatures[some[:, 0]] == signatures[some[:, 1]]).mean(axis=1)
        both = sizes[some]
        # |A ∩ B| = J / (1 + J) (|A| + |B|), from J = |A ∩ B| / |A ∪ B|
        contained = similarity / (1 + similarity) * both.sum(axis=1) / np.maximum(1, both.min(axis=1))
        found.append(some[(similarity >= LEAST_SIMILARITY) & (contained >= LEAST_CONTAINED)])
    return np.concatenate(found)


def _candidates(signatures: Signatures, rows: npt.NDArray[np.int64]) -> set[tuple[int, int]]:
    """The pairs of `rows` that agree in all slots of a band: locality-sensitive hashing."""
    found: set[tuple[int, int]] = set()
    for at in range(0, _SLOTS - _BAND + 1, _BAND):
        _, bucket = np.unique(signatures[rows, at : at + _BAND], axis=0, return_inverse=True)
        bucket = bucket.ravel()
        order = np.argsort(bucket, kind="stable")
        for some in np.split(rows[order], np.flatnonzero(np.diff(bucket[order])) + 1):
            if 1 < len(some) <= _LARGEST_BUCKET:
                found.update(combinations(sorted(some.tolist()), 2))
            elif len(some) > 1:
                ordered = sorted(some.tolist())
                found.update(pairwise(ordered))
    return found


def _shingles(text: str) -> npt.NDArray[np.uint64]:
    """The different shingles of a text as numbers; one for a text of fewer words."""
    words = np.array([_word_hash(word) for word in _WORD.findall(text.casefold())], dtype=np.uint64)
    if len(words) < _SHINGLE:
        return np.array([words.sum()], dtype=np.uint64) if len(words) else words
    mixed = np.zeros(len(words) - _SHINGLE + 1, dtype=np.uint64)
    for i in range(_SHINGLE):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + words[i : i + len(mixed)]  # wraps round, as it should
    return np.unique(mixed)


@lru_cache(maxsize=200_000)
def _word_hash(word: str) -> int:
    raw = word.encode("utf-8", "surrogatepass")
    return zlib.crc32(raw) << 32 | zlib.crc32(raw, 0x5BD1E995)


def _components(count: int, links: Pairs) -> list[int]:
    """For each of `count` rows the lowest row that it is linked with, over others or directly."""
    lowest = list(range(count))

    def root(row: int) -> int:
        while lowest[row] != row:
            lowest[row] = lowest[lowest[row]]
            row = lowest[row]
        return row

    for a, b in links.tolist():
        low, high = sorted((root(a), root(b)))
        lowest[high] = low
    return [root(row) for row in range(count)]


def _without_templates(catalogue: Catalogue, versions: Sequence[int], cluster: Sequence[int], links: Pairs) -> Pairs:
    """`links` but those that only the words which an outlet puts on many pages make."""
    members: dict[int, list[int]] = defaultdict(list)
    for row, first in enumerate(cluster):
        members[first].append(row)
    shown: dict[int, tuple[str, str]] = {}
    again: list[tuple[int, int]] = []
    for rows in members.values():
        if len(rows) < _TEMPLATE:
            continue
        of_source: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row, source, title in _sources_and_titles(catalogue, versions, rows):
            of_source[source][title].append(row)
        for source, titles in of_source.items():
            if source and len(titles) >= _TEMPLATE:
                shown |= {row: (source, title) for title, some in titles.items() for row in some}
                again += [pair for some in titles.values() for pair in pairwise(some)]
    if not shown:
        return links
    kept = [
        (a, b)
        for a, b in links.tolist()
        if a not in shown or b not in shown or shown[a][0] != shown[b][0] or shown[a][1] == shown[b][1]
    ]
    return np.array(kept + again, dtype=np.int64).reshape(-1, 2)


def _sources_and_titles(
    catalogue: Catalogue, versions: Sequence[int], rows: Sequence[int]
) -> Iterator[tuple[int, str, str]]:
    for row in rows:
        ((record, title),) = catalogue.run("SELECT record, title FROM versions WHERE version = ?", (versions[row],))
        yield row, folded(json.loads(record)["source"] or ""), " ".join(folded(title).split())


def _sign(catalogue: Catalogue, versions: Sequence[int]) -> None:
    """Make the signatures that `versions` lack."""
    method = _method()
    known = {row[0] for row in catalogue.run("SELECT version FROM signatures WHERE method = ?", (method,))}
    new = [version for version in versions if version not in known]
    for at in range(0, len(new), _MOST_AT_ONCE):
        some = new[at : at + _MOST_AT_ONCE]
        signatures, sizes = signatures_of(article.text for article in catalogue.articles(some))
        with catalogue.transaction():
            for version, signature, size in zip(some, signatures, sizes.tolist(), strict=True):
                catalogue.run(
                    "INSERT OR REPLACE INTO signatures (version, method, shingles, signature) VALUES (?, ?, ?, ?)",
                    (version, method, size, signature.astype("<u4").tobytes()),
                )


def _signatures(catalogue: Catalogue, versions: Sequence[int]) -> tuple[list[int], Signatures, npt.NDArray[np.int64]]:
    """`versions` in order, their signatures and the number of their shingles."""
    ordered = sorted(set(versions))
    signatures = np.zeros((len(ordered), _SLOTS), dtype=np.uint32)
    sizes = np.zeros(len(ordered), dtype=np.int64)
    for i, version in enumerate(ordered):
        ((raw, size),) = catalogue.run("SELECT signature, shingles FROM signatures WHERE version = ?", (version,))
        signatures[i], sizes[i] = np.frombuffer(raw, dtype="<u4"), size
    return ordered, signatures, sizes


def _method() -> str:
    """What a signature was made with; those of another method are made anew."""
    from rensa import RMinHash

    return f"rensa {RMinHash.ALGORITHM_VERSION}, {_SHINGLE} words, {_SLOTS} slots, seed {_SEED}, {CLUSTERS_VERSION}"
