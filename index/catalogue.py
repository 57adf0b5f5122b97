"""The catalogue: the source of truth, in SQLite. Articles in versions that never change, their chunks and vectors.

A version is one state of an article: another text, or another headline or date, is another version. `heads` says
which version
of which article the next build is to hold; a build that was made stands in `members`, version by version. So a
build reads
the words it was made from, whatever an editor has written since.
"""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.dates import parse_published
from index.embed import Recipe, Vectors
from index.errors import CatalogueError
from index.migrations import migrate
from index.records import Article, Chunk, text_sha256

_STORED = np.float16
"""Vectors are kept in half precision: a cosine moves by less than 0.0005, the files halve."""

_FAULTS_OF_THE_FILE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOTADB,
    }
)
"""Errors of the disk and of other programs; any other is a mistake in this one, and stays what it is."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the next build holds of one article, and the file it came from."""

    article_id: str
    version: int
    origin: str


@dataclass(frozen=True, slots=True)
class Row:
    """One chunk of a build: its number in the catalogue, its version's, and the chunk itself."""

    number: int
    version: int
    chunk: Chunk


class Catalogue:
    """One connection to the catalogue; use it from one thread."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self._path = path

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Catalogue:
        """Open the catalogue; for writing, make it or bring its schema up to date first.

        Raises CatalogueError if it is damaged, was written by a newer Dateline, or, read-only, is not there.
        """
        connection = None
        try:
            if read_only:
                connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                connection = sqlite3.connect(path, timeout=30, isolation_level=None)
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA foreign_keys=ON")
            migrate(connection, path, may_change=not read_only)
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, (sqlite3.Error, OSError)):
                raise CatalogueError(f"The catalogue {path} cannot be opened: {error}.", _remedy(error)) from error
            raise
        return cls(connection, path)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        self._run("BEGIN IMMEDIATE")
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk, for one, ends it by itself
                self._run("ROLLBACK")
            raise

    def _run(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows that the statement gives. Raises CatalogueError where the file, not the statement, is at fault."""
        with self._reported():
            return self._db.execute(statement, values).fetchall()

    def _run_each(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._reported():
            self._db.executemany(statement, rows)

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if _code(error) not in _FAULTS_OF_THE_FILE:
                raise
            raise CatalogueError(f"The catalogue {self._path} cannot be used: {error}.", _remedy(error)) from error

    # Articles

    def put(self, article: Article) -> int:
        """Store `article` as a version unless that very version is there; its number either way."""
        digest = _digest(article)
        where = (article.id, digest)
        found = self._run("SELECT version FROM versions WHERE article_id = ? AND digest = ?", where)
        if found:
            return int(found[0][0])
        self._run(
            "INSERT INTO versions (article_id, digest, added_at, record, title, text) VALUES (?, ?, ?, ?, ?, ?)",
            (*where, _now(), _record(article), article.title, article.text),
        )
        return int(self._run("SELECT last_insert_rowid()")[0][0])

    def is_version(self, version: int, article: Article) -> bool:
        """Whether `version` is just that article, in every field."""
        return [(_digest(article),)] == self._run("SELECT digest FROM versions WHERE version = ?", (version,))

    def article(self, version: int) -> Article:
        """The article as it stood in `version`. Raises KeyError if there is no such version."""
        for found in self.articles([version]):
            return found
        raise KeyError(version)

    def articles(self, versions: Sequence[int]) -> Iterator[Article]:
        """The articles of `versions`, in the order given."""
        for version in versions:
            for row in self._run("SELECT article_id, title, text, record FROM versions WHERE version = ?", (version,)):
                yield _article(*row)

    def versions_of(self, article_id: str) -> list[int]:
        """Every version of one article, oldest first."""
        rows = self._run("SELECT version FROM versions WHERE article_id = ? ORDER BY version", (article_id,))
        return [row[0] for row in rows]

    def bylines(self, versions: Collection[int]) -> dict[int, tuple[str, tuple[str, ...], str | None]]:
        """The article id, authors and language of each of `versions`."""
        rows = self._run(
            "SELECT version, article_id, json_extract(record, '$.authors'), json_extract(record, '$.language') FROM "
            "versions"
        )
        return {
            version: (article_id, tuple(json.loads(authors or "[]")), language)
            for version, article_id, authors, language in rows
            if version in versions
        }

    # Heads: what the next build holds

    def heads(self) -> dict[str, Head]:
        rows = self._run("SELECT article_id, version, origin FROM heads ORDER BY article_id")
        return {article_id: Head(article_id, version, origin) for article_id, version, origin in rows}

    def set_heads(self, heads: Iterable[Head]) -> None:
        """Let the next build hold these, each in place of what it held of that article."""
        self._run_each(
            "INSERT INTO heads (article_id, version, origin) VALUES (?, ?, ?) "
            "ON CONFLICT (article_id) DO UPDATE SET version = excluded.version, origin = excluded.origin",
            [(head.article_id, head.version, head.origin) for head in heads],
        )

    def drop_heads(self, article_ids: Iterable[str]) -> None:
        self._run_each("DELETE FROM heads WHERE article_id = ?", [(one,) for one in article_ids])

    # Chunks and vectors, by recipe

    def recipe_number(self, recipe: Recipe) -> int:
        """The number of `recipe`, stored on first use."""
        text = json.dumps(recipe.as_json(), sort_keys=True)
        self._run("INSERT OR IGNORE INTO recipes (fingerprint) VALUES (?)", (text,))
        return int(self._run("SELECT recipe FROM recipes WHERE fingerprint = ?", (text,))[0][0])

    def without_chunks(self, recipe: int, versions: Sequence[int]) -> list[int]:
        """Those of `versions` that were not split by `recipe` yet."""
        known = {row[0] for row in self._run("SELECT version FROM splits WHERE recipe = ?", (recipe,))}
        return [version for version in versions if version not in known]

    def put_chunks(self, recipe: int, version: int, chunks: Sequence[Chunk], keys: Sequence[bytes]) -> None:
        """Store how `recipe` splits `version`; `keys` name the vectors."""
        self._run("INSERT INTO splits (version, recipe) VALUES (?, ?)", (version, recipe))
        self._run_each(
            "INSERT INTO chunks (version, recipe, ordinal, start, end, vector_key) VALUES (?, ?, ?, ?, ?, ?)",
            [(version, recipe, c.ordinal, c.start, c.end, key) for c, key in zip(chunks, keys, strict=True)],
        )

    def missing_vectors(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of `keys` that have no vector yet."""
        found: set[bytes] = set()
        for at in range(0, len(keys), 500):
            some = keys[at : at + 500]
            marks = ",".join("?" * len(some))
            found.update(r[0] for r in self._run(f"SELECT key FROM vectors WHERE key IN ({marks})", some))
        return set(keys) - found

    def put_vectors(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        rows = [(key, vector.astype(_STORED).tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        self._run_each("INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)", rows)

    def rows(self, recipe: int, versions: Sequence[int]) -> Iterator[Row]:
        """The chunks of `versions` by `recipe`, by number."""
        self._run("CREATE TEMP TABLE IF NOT EXISTS wanted (version INTEGER PRIMARY KEY)")
        self._run("DELETE FROM wanted")
        self._run_each("INSERT OR IGNORE INTO wanted VALUES (?)", [(version,) for version in versions])
        found = self._run(
            "SELECT chunk, version, article_id, ordinal, start, end FROM chunks JOIN versions USING (version) "
            "WHERE recipe = ? AND version IN (SELECT version FROM wanted) ORDER BY chunk",
            (recipe,),
        )
        for number, version, article_id, ordinal, start, end in found:
            yield Row(number, version, Chunk(article_id, ordinal, start, end))

    def vectors(self, numbers: Sequence[int], dimension: int) -> Vectors:
        """The vectors of the chunks `numbers`, shape (len(numbers), dimension), in the order given."""
        out = np.zeros((len(numbers), dimension), dtype=np.float32)
        for i, number in enumerate(numbers):
            found = self._run("SELECT vector FROM chunks JOIN vectors ON key = vector_key WHERE chunk = ?", (number,))
            if not found:
                raise CatalogueError(
                    f"The catalogue has no vector for chunk {number}.", "Run `dateline index build` again."
                )
            out[i] = np.frombuffer(found[0][0], dtype=_STORED)
        return out

    # Builds

    def put_build(self, name: str, recipe: int, versions: Sequence[int]) -> None:
        self._run("INSERT INTO builds (build, recipe, made_at) VALUES (?, ?, ?)", (name, recipe, _now()))
        self._run_each("INSERT INTO members (build, version) VALUES (?, ?)", [(name, v) for v in versions])

    def drop_build(self, name: str) -> None:
        self._run("DELETE FROM members WHERE build = ?", (name,))
        self._run("DELETE FROM builds WHERE build = ?", (name,))

    def build_names(self) -> list[str]:
        """The builds on record, oldest first."""
        return [row[0] for row in self._run("SELECT build FROM builds ORDER BY made_at, build")]

    def members(self, build: str) -> list[int]:
        """The versions that `build` holds, by article id."""
        rows = self._run(
            "SELECT version FROM members JOIN versions USING (version) WHERE build = ? ORDER BY article_id", (build,)
        )
        return [row[0] for row in rows]


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF


def _remedy(error: Exception) -> str:
    match _code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "Another program holds it; close that program, then run the command again."
        case sqlite3.SQLITE_FULL:
            return "Make room on the disk, then run the command again."
    return "Restore it from a backup, or move the data folder away and run `dateline index build PATH…`."


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")


def _record(article: Article) -> str:
    """All of `article` but its text and title, as JSON."""
    return json.dumps(
        {
            "published": article.published.isoformat() if article.published else None,
            "source": article.source,
            "authors": list(article.authors),
            "url": article.url,
            "language": article.language,
            "metadata": dict(article.metadata),
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def _digest(article: Article) -> str:
    return text_sha256(json.dumps([article.title, article.sha256, _record(article)], ensure_ascii=False))


def _article(article_id: str, title: str, text: str, record: str) -> Article:
    fields = json.loads(record)
    published, authors = fields.pop("published"), tuple(fields.pop("authors"))
    return Article(
        id=article_id,
        title=title,
        text=text,
        published=parse_published(published) if published else None,
        authors=authors,
        **fields,
    )
