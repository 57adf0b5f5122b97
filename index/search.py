"""The searchable index: one build, open for reading. Dense and keyword scores by row, filters, and the words
behind a row."""

from __future__ import annotations

import datetime
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from index.arrays import load_array
from index.build import ROW, timestamp
from index.catalogue import Catalogue
from index.dense import DenseSearch
from index.embed import Embedder, Vectors
from index.errors import BuildError, FingerprintError, UnknownArticleError
from index.home import Home
from index.keywords import KeywordIndex
from index.manifest import REPAIR, Manifest
from index.records import Article
from index.store import VectorStore
from index.words import folded

_KEPT_ARTICLES = 4096

Mask = npt.NDArray[np.bool_]
RowNumbers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Filters:
    """Which articles may be searched; what is not given lets all through. Days are inclusive, in UTC; an undated
    article
    passes `as_of` only. `sources` are outlets, any of them, in any case; `author` is a part of an author's name,
    `language`
    a code such as "en", `articles` are ids.
    """

    as_of: datetime.date | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    sources: tuple[str, ...] = ()
    author: str | None = None
    language: str | None = None
    articles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()


class Index:
    """A build open for reading; safe to use from several threads. It stays what it is while newer builds are made."""

    def __init__(self, home: Home, manifest: Manifest) -> None:
        folder = home.build(manifest.name)
        self.home = home
        self.manifest = manifest
        self._reading: Catalogue | None = None
        # Not functools.lru_cache: it would hold this index, which then would hold itself.
        self._articles: dict[int, Article] = {}
        self._articles_lock = threading.Lock()
        self._removed: tuple[frozenset[int] | None, Mask | None] = (None, None)
        try:
            self._rows = load_array(folder / "rows.npy", mapped=True)
            self._vectors = load_array(folder / "vectors.npy", mapped=True)
            # A build that was made before there were clusters knows of no copies; the next update makes one that does.
            file = folder / "clusters.npy"
            self._clusters = load_array(file, mapped=True) if file.exists() else self._rows["version"]
            self._keywords = KeywordIndex.open(folder / "keywords", manifest.chunks)
            self._store = VectorStore.open(folder / "chroma")
            self.dense = DenseSearch(manifest.name, self._store, self._vectors, self._rows["number"])
        except Exception as error:
            raise _damaged(manifest, error) from error
        # An index that was replaced closes when the last reader drops it.
        self._closing = weakref.finalize(self, self._store.close)
        self._closing.atexit = False
        try:
            if self._rows.dtype != ROW:
                raise ValueError("its rows have another form")
            held = {len(self._rows), len(self._vectors), len(self._clusters)} | self.dense.stored()
            if held != {manifest.chunks}:
                raise ValueError(f"its parts hold {sorted(held)} chunks, and its manifest says {manifest.chunks}")
        except Exception as error:
            self.close()
            raise _damaged(manifest, error) from error

    @classmethod
    def open(cls, home: Home) -> Index:
        """Open the build that serves. Raises BuildError if there is none, or it is damaged."""
        name = home.current()
        if name is None:
            raise BuildError(f"Nothing is indexed in {home.root}.", "Run `dateline index build PATH…` first.")
        while True:
            try:
                return cls(home, Manifest.read(home.build(name)))
            except BuildError:
                now = home.current()
                if now is None or now == name:
                    raise
                name = now  # it was switched, and the old build dropped, since CURRENT was read

    def close(self) -> None:
        """Close the vector store; more than once is no matter."""
        self._closing()

    def __len__(self) -> int:
        return int(self.manifest.chunks)

    # Search

    def allowed(self, filters: Filters) -> Mask | None:
        """Which rows `filters` let through, shape (chunks,), but for removed articles; None where that is all."""
        shown = self._shown()
        if not filters:
            return shown
        published = self._rows["published"]
        mask = np.ones(len(self._rows), dtype=np.bool_) if shown is None else shown.copy()
        # A comparison with NaN is false: "not later than as-of" lets undated articles through, the others do not.
        if filters.as_of is not None:
            mask &= ~(published >= _day_after(filters.as_of))
        if filters.since is not None:
            mask &= published >= timestamp(filters.since)
        if filters.until is not None:
            mask &= published < _day_after(filters.until)
        if filters.sources:
            wanted = {folded(source) for source in filters.sources}
            places = [i for i, source in enumerate(self.manifest.sources) if folded(source) in wanted]
            mask &= np.isin(self._rows["source"], places)
        if filters.author is not None or filters.language is not None or filters.articles:
            mask &= np.isin(self._rows["version"], self._versions_of(filters))
        return mask

    def _versions_of(self, filters: Filters) -> list[int]:
        author, language = folded(filters.author or ""), folded(filters.language or "")
        return [
            version
            for version, (article_id, authors, said) in self._bylines.items()
            if (not author or any(author in folded(one) for one in authors))
            and (not language or (said is not None and folded(said).split("-")[0] == language))
            and (not filters.articles or article_id in filters.articles)
        ]

    @cached_property
    def _bylines(self) -> dict[int, tuple[str, tuple[str, ...], str | None]]:
        """The id, authors and language of each version, read when a filter first asks for them."""
        return self._catalogue().bylines(self.held)

    def authors(self) -> tuple[str, ...]:
        """Every author named, sorted."""
        return tuple(sorted({author for _, authors, _ in self._bylines.values() for author in authors}))

    def nearest(self, vector: Vectors, k: int, allowed: Mask | None = None) -> RowNumbers:
        """The `k` rows nearest to `vector` by cosine, best first, of those allowed.

        Without a filter the vector store answers; under one, every allowed row is scored exactly, which costs less than
        the store's own filter.
        """
        shown = self._shown()
        if shown is not None:
            allowed = shown if allowed is None else allowed & shown
        return self.dense.nearest(vector, k, allowed)

    def cosines(self, vector: Vectors, rows: RowNumbers) -> Scores:
        """The exact cosine of `vector` with each of `rows`, shape (len(rows),)."""
        return self.dense.cosines(vector, rows)

    def keyword_scores(self, question: str) -> Scores:
        """The BM25 score of every row, shape (chunks,)."""
        scores, shown = self._keywords.scores(question), self._shown()
        return scores if shown is None else np.where(shown, scores, 0).astype(np.float32)

    def numbers(self, rows: RowNumbers) -> list[int]:
        """What the catalogue and the store call the chunks of `rows`."""
        return list(self._rows["number"][rows].tolist())

    def vectors(self, rows: RowNumbers) -> Vectors:
        """The exact vectors of `rows`, shape (len(rows), dimension)."""
        return np.asarray(self._vectors[rows], dtype=np.float32)

    def stored_vectors(self, rows: RowNumbers) -> Vectors | None:
        """The same as the vector store holds them; None where it lacks one. Raises ValueError or StoreError."""
        return self._store.vectors(self.numbers(rows))

    def rarity(self, stems: Sequence[str]) -> Scores:
        """How rare each stem is among the chunks, shape (len(stems),): the inverse document frequency of BM25."""
        held = self._keywords.document_frequencies(stems)
        return np.log(1 + (len(self) - held + 0.5) / (held + 0.5)).astype(np.float32)

    # What the rows are

    def starts(self, rows: RowNumbers) -> npt.NDArray[np.int64]:
        """Where each row's chunk starts in its article, in characters, shape (len(rows),)."""
        return np.asarray(self._rows["start"][rows], dtype=np.int64)

    def published(self, rows: RowNumbers) -> npt.NDArray[np.float64]:
        """Seconds since 1970, NaN where undated, shape (len(rows),)."""
        return np.asarray(self._rows["published"][rows], dtype=np.float64)

    def span_of_dates(self) -> tuple[float, float] | None:
        """The first and the last publication, in seconds since 1970; None where every article is undated."""
        published = self._rows["published"]
        if len(published) == 0 or np.isnan(published).all():
            return None
        return float(np.nanmin(published)), float(np.nanmax(published))

    def span(self, row: int) -> tuple[Article, int, int]:
        """The article of a row, and where the row's chunk starts and ends in it."""
        found = self._rows[row]
        return self._article(int(found["version"])), int(found["start"]), int(found["end"])

    def versions(self, rows: RowNumbers) -> npt.NDArray[np.int64]:
        """The article version of each row: equal for rows of one article."""
        return np.asarray(self._rows["version"][rows], dtype=np.int64)

    def clusters(self, rows: RowNumbers) -> npt.NDArray[np.int64]:
        """The cluster of each row's article: equal for reprints of one story, and for the rows of one article."""
        return np.asarray(self._clusters[rows], dtype=np.int64)

    def cluster(self, row: int) -> Sequence[Article]:
        """Every copy of the story that a row is of, its own article among them, the oldest in the catalogue first."""
        return [self._article(version) for version in self._members[int(self._clusters[row])]]

    def copies(self) -> dict[str, int]:
        """For each article id how many articles of this build print its story, itself among them."""
        return {
            article.id: len(members)
            for members in self._members.values()
            for article in self._catalogue().articles(members)
        }

    @cached_property
    def _members(self) -> dict[int, list[int]]:
        """The versions in each cluster."""
        pairs = np.unique(np.stack([self._clusters, self._rows["version"]], axis=1), axis=0)
        found: dict[int, list[int]] = {}
        for cluster, version in pairs.tolist():
            found.setdefault(cluster, []).append(version)
        return found

    def article(self, article_id: str) -> Article:
        """The article as this build holds it. Raises UnknownArticleError."""
        removed = self._catalogue().removed()
        for version in self._catalogue().versions_of(article_id):
            if version in self.held and version not in removed:
                return self._article(version)
        raise UnknownArticleError(f"No article has the id {article_id!r}.", "`dateline articles list` shows all ids.")

    def articles(self) -> Sequence[Article]:
        """Every article of this build, by id."""
        shown = sorted(self.held - self._catalogue().removed())
        return sorted(self._catalogue().articles(shown), key=lambda article: article.id)

    def _shown(self) -> Mask | None:
        """The rows of articles that were not removed since this build was made; None where that is all of them."""
        removed = self._catalogue().removed()
        known, shown = self._removed
        if removed is not known:
            gone = self.held & removed
            shown = ~np.isin(self._rows["version"], sorted(gone)) if gone else None
            self._removed = (removed, shown)
        return shown

    @cached_property
    def held(self) -> frozenset[int]:
        """The versions that this build holds; the catalogue forgets them when the build is dropped, the rows do not."""
        return frozenset(np.unique(self._rows["version"]).tolist())

    def _article(self, version: int) -> Article:
        with self._articles_lock:
            found = self._articles.pop(version, None)
        if found is None:
            found = self._catalogue().article(version)
        with self._articles_lock:
            self._articles[version] = found  # last in, as the one used last
            if len(self._articles) > _KEPT_ARTICLES:
                del self._articles[next(iter(self._articles))]
        return found

    def _catalogue(self) -> Catalogue:
        # One for all threads: SQLite keeps the files of closed connections open as long as another one is.
        if self._reading is None:
            with self._articles_lock:
                if self._reading is None:
                    self._reading = Catalogue.open(self.home.catalogue, read_only=True)
        return self._reading


def require_same_weights(manifest: Manifest, embedder: Embedder) -> None:
    """Raises FingerprintError if `manifest` was made with other weights than `embedder`'s: their vectors do not
    compare."""
    made, ours = manifest.recipe, embedder.recipe
    if made.weights_sha256 != ours.weights_sha256:
        raise FingerprintError(
            f"The index was made with the embedding model {made.model!r} ({made.weights_sha256[:12]}), and the setting "
            f"names {ours.model!r} ({ours.weights_sha256[:12]}).",
            f"Set embedding_model to {made.model!r} again, or embed everything anew: "
            "`dateline index build PATH… --reembed`.",
        )


def _damaged(manifest: Manifest, error: Exception) -> BuildError:
    return BuildError(
        f"The build {manifest.name} is damaged: {str(error).rstrip('.') or type(error).__name__}.",
        REPAIR,
    )


def _day_after(day: datetime.date) -> float:
    return timestamp(day) + 86_400
