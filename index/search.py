"""The searchable index: one build, open for reading. Dense and keyword scores by row, filters, and the words
behind a row."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cached_property

import numpy as np
import numpy.typing as npt

from index.arrays import load_array
from index.build import ROW
from index.catalogue import Catalogue
from index.chroma_server import is_named_in
from index.dense import DenseSearch
from index.embed import Vectors
from index.errors import BuildError, DatelineError, UnknownArticleError
from index.filters import Bylines, Columns, Filters, Mask
from index.home import Home, is_full, is_read_only
from index.keywords import KeywordIndex
from index.manifest import REPAIR, Manifest
from index.records import Article
from index.store import VectorStore

_KEPT_ARTICLES = 4096

RowNumbers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


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
            # Chroma writes in its database when it is opened; where it cannot, every chunk is scored instead.
            cannot = (is_read_only(folder) or is_full(folder)) and not is_named_in(folder / "chroma")
            self._store = None if cannot else VectorStore.open(folder / "chroma")
            self.dense = DenseSearch(manifest.name, self._store, self._vectors, self._rows["number"])
        except Exception as error:
            raise _damaged(manifest, error) from error
        # An index that was replaced closes when the last reader drops it. All it opened is closed by name: a connection
        # of sqlite3 refers to itself, so what only drops it leaves its files open until the collector comes round.
        self._opened = ExitStack()
        if self._store:
            self._opened.callback(self._store.close)
        self._closing = weakref.finalize(self, self._opened.close)
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
                index = cls(home, Manifest.read(home.build(name)))
                try:
                    index._require_on_record()
                except DatelineError:
                    index.close()
                    raise
                return index
            except BuildError:
                now = home.current()
                if now is None or now == name:
                    raise
                name = now  # it was switched, and the old build dropped, since CURRENT was read

    def _require_on_record(self) -> None:
        """Raises BuildError if the catalogue does not know this build: its numbers may mean other words there."""
        if self.manifest.name not in self._catalogue().build_names():
            where = f"on record in {self.home.catalogue}, which is of an earlier state or another"
            raise BuildError(f"The build {self.manifest.name} is not {where}.", REPAIR)

    def close(self) -> None:
        """Close the vector store and the catalogue; more than once is no matter."""
        self._closing()

    def __len__(self) -> int:
        return int(self.manifest.chunks)

    # Search

    def allowed(self, filters: Filters) -> Mask | None:
        """Which rows `filters` let through, shape (chunks,), but for removed articles; None where that is all."""
        shown = self._shown()
        if not filters:
            return shown
        mask = self._columns.mask(filters, lambda: self._bylines)
        return mask if shown is None else mask & shown

    @cached_property
    def _columns(self) -> Columns:
        return Columns(self._rows, self._clusters, self.manifest.sources)

    @cached_property
    def _bylines(self) -> Bylines:
        """The id, authors and language of each version, read when a filter first asks for them."""
        return self._catalogue().bylines(self.held)

    def authors(self) -> tuple[str, ...]:
        """Every author named, sorted."""
        return tuple(sorted({author for _, authors, _ in self._bylines.values() for author in authors}))

    def ids(self) -> tuple[str, ...]:
        """The id of every article, sorted."""
        return tuple(sorted({article_id for article_id, _, _ in self._bylines.values()}))

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

    def in_a_row(self, stems: Sequence[str], rows: RowNumbers) -> RowNumbers:
        """Those of `rows` that hold `stems` one behind the other, in their order; words that are not indexed may stand
        between."""
        return self._keywords.in_a_row(stems, rows)

    def numbers(self, rows: RowNumbers) -> list[int]:
        """What the catalogue and the store call the chunks of `rows`."""
        return list(self._rows["number"][rows].tolist())

    def vectors(self, rows: RowNumbers) -> Vectors:
        """The exact vectors of `rows`, shape (len(rows), dimension)."""
        return np.asarray(self._vectors[rows], dtype=np.float32)

    def stored_vectors(self, rows: RowNumbers) -> Vectors | None:
        """The same as the vector store holds them; None where it lacks one. Raises ValueError or StoreError.

        On a read-only disk there is no store, and the exact ones are what is searched.
        """
        if self._store is None:
            return self.vectors(rows)
        return self._store.vectors(self.numbers(rows))

    def stored_nearest(self, vector: Vectors, k: int) -> tuple[RowNumbers, Scores]:
        """The `k` rows nearest to `vector` as the vector store alone has it, removed ones too, and their cosines.

        Raises ValueError if it cannot be read, or holds chunks that this build has not.
        """
        if self._store is None:
            exact = self.cosines(vector, np.arange(len(self)))
            rows = np.argsort(-exact, kind="stable")[:k]
            return rows, exact[rows]
        numbers, cosines = self._store.nearest(vector, k)
        rows = np.searchsorted(self._rows["number"], numbers)
        if not np.array_equal(self._rows["number"][np.minimum(rows, len(self) - 1)], numbers):
            raise ValueError("the vector store holds chunks that are not the build's")
        return rows, cosines

    def has_words(self, row: int, text: str) -> bool:
        """Whether the keyword index holds just the words of `text` for `row`, with the scores that they make."""
        return self._keywords.holds(row, text)

    def frequencies(self, stems: Sequence[str]) -> npt.NDArray[np.float64]:
        """How many chunks hold each stem, shape (len(stems),)."""
        return self._keywords.document_frequencies(stems)

    def rows_with(self, stem: str) -> RowNumbers:
        """The rows that hold a stem, the best by BM25 first, but for removed articles."""
        rows, shown = self._keywords.rows_with(stem), self._shown()
        return rows if shown is None else rows[shown[rows]]

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
        return np.asarray(self._columns.published[rows], dtype=np.float64)

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
        return np.asarray(self._columns.versions[rows], dtype=np.int64)

    def clusters(self, rows: RowNumbers) -> npt.NDArray[np.int64]:
        """The cluster of each row's article: equal for reprints of one story, and for the rows of one article."""
        return np.asarray(self._columns.clusters[rows], dtype=np.int64)

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
            if shown is not None:
                shown.setflags(write=False)  # every search is given this same array
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
                    reading = Catalogue.open(self.home.catalogue, read_only=True)
                    self._opened.callback(reading.close)
                    self._reading = reading
        return self._reading


def _damaged(manifest: Manifest, error: Exception) -> BuildError:
    return BuildError(
        f"The build {manifest.name} is damaged: {str(error).rstrip('.') or type(error).__name__}.",
        REPAIR,
    )
