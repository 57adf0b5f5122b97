"""Clusters of reprints: articles whose words are largely the same, found by MinHash signatures of their shingles.

A signature is made once for a version and kept in the catalogue. The clusters of a build are computed from the
signatures of all its versions each time, which takes a fraction of a second for thousands of articles, so they do not
depend on the order in which articles came and went. Every copy stays an article of its own.

The figures that chose the thresholds: docs/web.md, tests/bench/bench_reprints.py, bench_short_reprints.py.
"""

from __future__ import annotations

import datetime
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from index.catalogue import Catalogue
from index.words import folded

CLUSTERS_VERSION = 2
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

LEAST_SIMILARITY_IN_OUTLET = 0.70
"""The same for two articles of one outlet, which prints its own paragraphs again in follow-ups and newsletters."""

SHORT = 100
"""Shingles below which an article is short: a notice of a few sentences, alike to that of any other day. Such ones are
told apart more strictly."""

LEAST_CONTAINED_SHORT = 0.65
LEAST_SIMILARITY_IN_OUTLET_SHORT = 0.85
LEAST_NUMBERS_SHORT = 0.90
"""The share of the numbers in the one with fewer of them that the other holds too: notices differ by their numbers."""

MOST_DAYS_SHORT = 7
"""Days between the days of publication of two short copies; equal texts are copies at any distance."""

_LARGEST_BUCKET = 200
"""Articles that agree in a band, of which every pair is compared; of more, neighbours only."""

_TEMPLATE = 4
"""Articles of one outlet with headlines of their own that share their words: a notice to subscribers, not a story."""

_MOST_AT_ONCE = 500
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
"""A word; of scripts without blanks, a character."""

Signatures = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]
Pairs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """What copies are told by, a row for each text, shape (rows,) but for the signatures, (rows, slots)."""

    signatures: Signatures
    sizes: Numbers
    """How many different shingles each has."""

    outlets: Numbers
    """Tell the outlets apart, -1 where it is unknown."""

    days: Numbers
    """Of publication, as proleptic ordinals, -1 where it is unknown."""

    @classmethod
    def undated(cls, signatures: Signatures, sizes: Numbers) -> Rows:
        unknown = np.full(len(sizes), -1)
        return cls(signatures, sizes, unknown, unknown)

    def similarity(self, pairs: Pairs) -> npt.NDArray[np.float64]:
        """The share of the slots that agree, which estimates the Jaccard similarity of the shingles."""
        found: npt.NDArray[np.float64] = (self.signatures[pairs[:, 0]] == self.signatures[pairs[:, 1]]).mean(axis=1)
        return found

    def are_copies(self, pairs: Pairs, similarity: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which pairs are copies, but for the numbers of short ones."""
        both, outlets, days = self.sizes[pairs], self.outlets[pairs], self.days[pairs]
        # |A ∩ B| = J / (1 + J) (|A| + |B|), from J = |A ∩ B| / |A ∪ B|
        contained = similarity / (1 + similarity) * both.sum(axis=1) / np.maximum(1, both.min(axis=1))
        is_short = self.are_short(pairs)
        in_outlet = np.where(is_short, LEAST_SIMILARITY_IN_OUTLET_SHORT, LEAST_SIMILARITY_IN_OUTLET)
        least = np.where((outlets[:, 0] == outlets[:, 1]) & (outlets[:, 0] >= 0), in_outlet, LEAST_SIMILARITY)
        is_far = (days.min(axis=1) >= 0) & (np.ptp(days, axis=1) > MOST_DAYS_SHORT)
        found: npt.NDArray[np.bool_] = (
            (similarity >= least)
            & (contained >= np.where(is_short, LEAST_CONTAINED_SHORT, LEAST_CONTAINED))
            & ~(is_short & is_far)
        )
        return found

    def are_short(self, pairs: Pairs) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = self.sizes[pairs].min(axis=1) < SHORT
        return found


def assign(catalogue: Catalogue, versions: Sequence[int]) -> dict[int, int]:
    """The cluster of each of `versions`: the number of its lowest version, its own where it has no copies.

    Makes the signatures that are missing, without embedding anything.
    """
    _sign(catalogue, versions)
    ordered, rows = _rows(catalogue, versions)
    links = _without_other_numbers(catalogue, ordered, rows, copies(rows))
    cluster = _components(links, rows)
    links = _without_templates(catalogue, ordered, rows.outlets, cluster, links)
    cluster = _components(links, rows)
    return {version: ordered[first] for version, first in zip(ordered, cluster, strict=True)}


def of_rows(catalogue: Catalogue, rows: Numbers) -> Numbers:
    """The cluster of the version of each row, shape (rows,)."""
    versions, places = np.unique(rows, return_inverse=True)
    numbers = assign(catalogue, versions.tolist())
    return np.array([numbers[version] for version in versions.tolist()], dtype=np.int64)[places]


def signatures_of(texts: Iterable[str]) -> tuple[Signatures, Numbers]:
    """The MinHash signatures of texts, shape (texts, slots), and how many different shingles each text has."""
    from rensa import RMinHash

    shingles = [_shingles(text) for text in texts]
    offsets = np.cumsum([0, *map(len, shingles)], dtype=np.uint64)
    flat = np.concatenate([*shingles, np.zeros(0, dtype=np.uint64)])
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(flat, offsets, _SLOTS, _SEED)
    return np.array(matrix.to_rows(), dtype=np.uint32).reshape(-1, _SLOTS), np.array([len(one) for one in shingles])


def copies(rows: Rows) -> Pairs:
    """The pairs of rows that are copies of each other, most alike first, shape (pairs, 2); equal ones as a star.

    The numbers in the texts are not looked at.
    """
    _, first, group = np.unique(rows.signatures, axis=0, return_index=True, return_inverse=True)
    equal = np.stack([first[group.ravel()], np.arange(len(rows.sizes))], axis=1)
    equal = equal[(equal[:, 0] != equal[:, 1]) & (rows.sizes > 0)]  # texts without a word are equal, and no copies
    candidates = np.array(sorted(_candidates(rows.signatures, first)), dtype=np.int64).reshape(-1, 2)
    found, similarities = [equal], [np.ones(len(equal))]
    for at in range(0, len(candidates), 10_000):
        some = candidates[at : at + 10_000]
        similarity = rows.similarity(some)
        alike = rows.are_copies(some, similarity)
        found.append(some[alike])
        similarities.append(similarity[alike])
    return np.concatenate(found)[np.argsort(-np.concatenate(similarities), kind="stable")]


def _candidates(signatures: Signatures, rows: Numbers) -> set[tuple[int, int]]:
    """The pairs of `rows` that agree in all slots of a band: locality-sensitive hashing."""
    found: set[tuple[int, int]] = set()
    for at in range(0, _SLOTS - _BAND + 1, _BAND):
        # Two bands of one number by chance give a pair that is no copy, and is left out for that.
        bucket = np.zeros(len(rows), dtype=np.uint64)
        for slot in signatures[rows, at : at + _BAND].T.astype(np.uint64):
            bucket = bucket * np.uint64(0x9E3779B97F4A7C15) + slot  # wraps round, as it should
        order = np.argsort(bucket, kind="stable")
        ends = np.flatnonzero(np.diff(bucket[order], append=bucket[order][-1:] + np.uint64(1))) + 1
        starts = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
        for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
            ordered = sorted(rows[order[start:end]].tolist())
            found.update(combinations(ordered, 2) if len(ordered) <= _LARGEST_BUCKET else pairwise(ordered))
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


def _components(links: Pairs, rows: Rows) -> list[int]:
    """For each row the lowest row of its cluster.

    Clusters are joined along `links`, the most alike first, but never where two articles of one outlet would meet that
    are no copies of each other: a copy of one follow-up is alike to the next one, too.
    """
    members = {row: [row] for row in range(len(rows.sizes))}
    cluster = list(range(len(rows.sizes)))
    for a, b in links.tolist():
        low, high = sorted((cluster[a], cluster[b]))
        if low == high or not _may_meet(members[low], members[high], rows):
            continue
        for row in members[high]:
            cluster[row] = low
        members[low] += members.pop(high)
    return cluster


def _may_meet(left: list[int], right: list[int], rows: Rows) -> bool:
    by_outlet: dict[int, list[int]] = defaultdict(list)
    for row in left:
        by_outlet[rows.outlets[row]].append(row)
    for row in right:
        if rows.outlets[row] >= 0 and (others := by_outlet.get(rows.outlets[row])):
            pairs = np.array([(other, row) for other in others])
            short = rows.are_short(pairs)
            least = np.where(short, LEAST_SIMILARITY_IN_OUTLET_SHORT, LEAST_SIMILARITY_IN_OUTLET)
            if (rows.similarity(pairs) < least).any():
                return False
    return True


def _without_other_numbers(catalogue: Catalogue, versions: Sequence[int], rows: Rows, links: Pairs) -> Pairs:
    """`links` but those of short texts that hold other numbers."""
    is_short = rows.are_short(links)
    places = np.unique(links[is_short]).tolist()
    texts = catalogue.articles([versions[place] for place in places])
    numbers = {place: Counter(_NUMBER.findall(article.text)) for place, article in zip(places, texts, strict=True)}
    kept = [
        not short or _shared(numbers[a], numbers[b]) >= LEAST_NUMBERS_SHORT
        for (a, b), short in zip(links.tolist(), is_short.tolist(), strict=True)
    ]
    found: Pairs = links[np.array(kept, dtype=bool)]
    return found


def _shared(one: Counter[str], other: Counter[str]) -> float:
    """The share of the numbers of the text with fewer of them that the other has too; 1 where it has none."""
    fewest = min(one.total(), other.total())
    return (one & other).total() / fewest if fewest else 1.0


def _without_templates(
    catalogue: Catalogue, versions: Sequence[int], outlets: Numbers, cluster: Sequence[int], links: Pairs
) -> Pairs:
    """`links` but those that only the words make which an outlet puts on many pages."""
    members: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, first in enumerate(cluster):
        if outlets[row] >= 0:
            members[first, int(outlets[row])].append(row)
    title_of: dict[int, str] = {}
    for rows in members.values():
        if len(rows) >= _TEMPLATE:
            titles = {row: _title(catalogue, versions[row]) for row in rows}
            if len(set(titles.values())) >= _TEMPLATE:
                title_of |= titles
    if not title_of:
        return links
    again = [
        pair
        for rows in members.values()
        for pair in pairwise(sorted((row for row in rows if row in title_of), key=lambda row: title_of[row]))
        if title_of[pair[0]] == title_of[pair[1]]
    ]
    kept = [pair for pair in links.tolist() if title_of.keys().isdisjoint(pair)]
    return np.array(again + kept, dtype=np.int64).reshape(-1, 2)


def _title(catalogue: Catalogue, version: int) -> str:
    ((title,),) = catalogue.run("SELECT title FROM versions WHERE version = ?", (version,))
    return " ".join(folded(title).split())


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


def _rows(catalogue: Catalogue, versions: Sequence[int]) -> tuple[list[int], Rows]:
    """`versions` in order, and what copies among them are told by."""
    ordered = sorted(set(versions))
    signatures = np.zeros((len(ordered), _SLOTS), dtype=np.uint32)
    sizes, outlets, days = np.zeros(len(ordered), dtype=np.int64), np.full(len(ordered), -1), np.full(len(ordered), -1)
    names: dict[str, int] = {}
    signed = {
        version: (raw, size)
        for version, raw, size in catalogue.run("SELECT version, signature, shingles FROM signatures")
    }
    told = {version: facts for version, *facts in catalogue.dates_and_outlets(set(ordered))}
    for i, version in enumerate(ordered):
        raw, sizes[i] = signed[version]
        published, source = told[version]
        signatures[i] = np.frombuffer(raw, dtype="<u4")
        if source:
            outlets[i] = names.setdefault(folded(source), len(names))
        if published:
            days[i] = datetime.date.fromisoformat(published[:10]).toordinal()
    return ordered, Rows(signatures, sizes, outlets, days)


def _method() -> str:
    """What a signature was made with; those of another method are made anew."""
    from rensa import RMinHash

    return f"rensa {RMinHash.ALGORITHM_VERSION}, {_SHINGLE} words, {_SLOTS} slots, seed {_SEED}, {CLUSTERS_VERSION}"
