"""The catalogue: the source of truth, in SQLite. Articles in versions that never change, their chunks and vectors.

A version is one state of an article: another text, or another headline or date, is another version. `heads` says
which version of which article the next build is to hold; a build that was made stands in `members`, version by version.
So a build reads the words it was made from, whatever an editor has written since.
"""

from __future__ import annotations

import datetime
import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from index.embed import Recipe, Vectors
from index.errors import CatalogueError
from index.migrations import migrate
from index.records import Article, Chunk
from index.sqlite_errors import is_of_the_file, reading_address, remedy_for
from index.version_record import article_from, digest, record

_STORED = np.float16
"""Vectors are kept in half precision: a cosine moves by less than 0.0005, the files halve."""

_AT_ONCE = 500
"""Values in one statement; SQLite takes at most 999 in its older versions."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the next build holds of one article, and the file it came from."""

    article_id: str
    version: int
    origin: str


CHUNK = np.dtype([("number", "i8"), ("version", "i8"), ("start", "i4"), ("end", "i4")])
"""One chunk: its number, its version's, and which characters of the text it is. In an array, since each article added
to fifty thousand chunks reads all of them."""

Chunks = npt.NDArray[np.void]


class Catalogue:
    """One connection to the catalogue; use it from one thread, or, opened read-only, from several."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self._path = path
        self._one_at_a_time = threading.Lock()
        self._removed: tuple[int, frozenset[int]] | None = None

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Catalogue:
        """Open the catalogue; for writing, make it or bring its schema up to date first.

        Raises CatalogueError if it is damaged, was written by a newer Dateline, or, read-only, is not there.
        """
        connection = None
        try:
            if read_only:
                connection = sqlite3.connect(reading_address(path), uri=True, timeout=30, check_same_thread=False)
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
                is_missing = read_only and not path.exists()
                remedy = "Run `dateline index build PATH…` first." if is_missing else remedy_for(error)
                raise CatalogueError(f"The catalogue {path} cannot be opened: {error}.", remedy) from error
            raise
        return cls(connection, path)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk, for one, ends it by itself
                self.run("ROLLBACK")
            raise

    def settle(self) -> None:
        """Write what was committed into the file itself, as far as no reader is in the way: should its -wal get lost,
        which a running server keeps beside it for hours, nothing that answers or was removed is lost with it."""
        self.run("PRAGMA wal_checkpoint(PASSIVE)")

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows that the statement gives. Raises CatalogueError where the file, not the statement, is at fault."""
        with self._reported(), self._one_at_a_time:
            return self._db.execute(statement, values).fetchall()

    def _run_each(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._reported():
            self._db.executemany(statement, rows)

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if not is_of_the_file(error):
                raise
            said = str(error)[:100]  # it may quote a whole article
            raise CatalogueError(f"The catalogue {self._path} cannot be used: {said}.", remedy_for(error)) from error

    # Articles

    def put(self, article: Article) -> int:
        """Store `article` as a version unless that very version is there; its number either way."""
        key = digest(article)
        where = (article.id, key)
        found = self.run("SELECT version FROM versions WHERE article_id = ? AND digest = ?", where)
        if found:
            return int(found[0][0])
        self.run(
            "INSERT INTO versions (article_id, digest, added_at, record, title, text) VALUES (?, ?, ?, ?, ?, ?)",
            (*where, _now(), record(article), article.title, article.text),
        )
        return int(self.run("SELECT last_insert_rowid()")[0][0])

    def is_version(self, version: int, article: Article) -> bool:
        """Whether `version` is just that article, in every field."""
        return [(digest(article),)] == self.run("SELECT digest FROM versions WHERE version = ?", (version,))

    def article(self, version: int) -> Article:
        """The article as it stood in `version`. Raises KeyError if there is no such version."""
        for found in self.articles([version]):
            return found
        raise KeyError(version)

    def articles(self, versions: Sequence[int]) -> Iterator[Article]:
        """The articles of `versions`, in the order given."""
        for version in versions:
            for row in self.run("SELECT article_id, title, text, record FROM versions WHERE version = ?", (version,)):
                yield article_from(*row)

    def versions_of(self, article_id: str) -> list[int]:
        """Every version of one article, oldest first."""
        rows = self.run("SELECT version FROM versions WHERE article_id = ? ORDER BY version", (article_id,))
        return [row[0] for row in rows]

    def bylines(self, versions: Collection[int]) -> dict[int, tuple[str, tuple[str, ...], str | None]]:
        """The article id, authors and language of each of `versions`."""
        rows = self.run(
            "SELECT version, article_id, json_extract(record, '$.authors'), json_extract(record, '$.language') FROM "
            "versions"
        )
        return {
            version: (article_id, tuple(json.loads(authors or "[]")), language)
            for version, article_id, authors, language in rows
            if version in versions
        }

    def dates_and_outlets(self, versions: Collection[int]) -> list[tuple[int, str | None, str | None]]:
        """Each of `versions` with its date as it is stored, and its outlet."""
        rows = self.run(
            "SELECT version, json_extract(record, '$.published'), json_extract(record, '$.source') FROM versions"
        )
        return [row for row in rows if row[0] in versions]

    # Heads: what the next build holds

    def heads(self) -> dict[str, Head]:
        rows = self.run("SELECT article_id, version, origin FROM heads ORDER BY article_id")
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

    # Removals: above all builds

    def removed(self) -> frozenset[int]:
        """The versions that no build may show; the same object until one is removed, so that asking costs nothing."""
        state = int(self.run("PRAGMA data_version")[0][0]) + self._db.total_changes
        if self._removed is None or self._removed[0] != state:
            found = frozenset(row[0] for row in self.run("SELECT version FROM removed"))
            if self._removed is not None and self._removed[1] == found:
                found = self._removed[1]
            self._removed = (state, found)
        return self._removed[1]

    def remove(self, article_ids: Iterable[str]) -> None:
        """Let no build show any version of these articles any more, nor the next one hold them."""
        for one in article_ids:
            self.run("DELETE FROM heads WHERE article_id = ?", (one,))
            self.run(
                "INSERT OR IGNORE INTO removed (version, removed_at) "
                "SELECT version, ? FROM versions WHERE article_id = ?",
                (_now(), one),
            )

    def show_again(self, versions: Iterable[int]) -> None:
        """An editor gave these versions anew: they are no longer removed."""
        self._run_each("DELETE FROM removed WHERE version = ?", [(version,) for version in versions])

    # Chunks and vectors, by recipe

    def recipe_number(self, recipe: Recipe) -> int:
        """The number of `recipe`, stored on first use."""
        text = json.dumps(recipe.as_json(), sort_keys=True)
        statement = "SELECT recipe FROM recipes WHERE fingerprint = ?"
        if not self.run(statement, (text,)):
            self.run("INSERT OR IGNORE INTO recipes (fingerprint) VALUES (?)", (text,))
        return int(self.run(statement, (text,))[0][0])

    def without_chunks(self, recipe: int, versions: Sequence[int]) -> list[int]:
        """Those of `versions` that were not split by `recipe` yet."""
        known = {row[0] for row in self.run("SELECT version FROM splits WHERE recipe = ?", (recipe,))}
        return [version for version in versions if version not in known]

    def put_chunks(self, recipe: int, version: int, chunks: Sequence[Chunk], keys: Sequence[bytes]) -> None:
        """Store how `recipe` splits `version`; `keys` name the vectors."""
        self.run("INSERT INTO splits (version, recipe) VALUES (?, ?)", (version, recipe))
        self._run_each(
            "INSERT INTO chunks (version, recipe, ordinal, start, end, vector_key) VALUES (?, ?, ?, ?, ?, ?)",
            [(version, recipe, c.ordinal, c.start, c.end, key) for c, key in zip(chunks, keys, strict=True)],
        )

    def missing_vectors(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of `keys` that have no vector yet."""
        found: set[bytes] = set()
        for at in range(0, len(keys), _AT_ONCE):
            some = keys[at : at + _AT_ONCE]
            marks = ",".join("?" * len(some))
            found.update(r[0] for r in self.run(f"SELECT key FROM vectors WHERE key IN ({marks})", some))
        return set(keys) - found

    def put_vectors(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        rows = [(key, vector.astype(_STORED).tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        self._run_each("INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)", rows)

    def rows(self, recipe: int, versions: Sequence[int]) -> Chunks:
        """The chunks of `versions` by `recipe`, by number, as `CHUNK`."""
        statement = "SELECT chunk, version, start, end FROM chunks WHERE recipe = ? ORDER BY chunk"
        with self._reported(), self._one_at_a_time:
            found = np.fromiter(self._db.execute(statement, (recipe,)), dtype=CHUNK)
        return found[np.isin(found["version"], np.array(versions, dtype=np.int64))]

    def vectors(self, numbers: Sequence[int], dimension: int) -> Vectors:
        """The vectors of the chunks `numbers`, shape (len(numbers), dimension), in the order given."""
        out = np.zeros((len(numbers), dimension), dtype=np.float32)
        for at in range(0, len(numbers), _AT_ONCE):
            some = numbers[at : at + _AT_ONCE]
            marks = ",".join("?" * len(some))
            found = dict(
                self.run(
                    f"SELECT chunk, vector FROM chunks JOIN vectors ON key = vector_key WHERE chunk IN ({marks})", some
                )
            )
            for i, number in enumerate(some, at):
                if len(found.get(number, b"")) != dimension * _STORED().itemsize:
                    raise CatalogueError(
                        f"The catalogue has no vector for chunk {number}, or one of another length.",
                        "Restore it from a backup, or move the data folder away and run `dateline index build PATH…`.",
                    )
                out[i] = np.frombuffer(found[number], dtype=_STORED)
        return out

    # Builds

    def put_build(
        self, name: str, recipe: int, versions: Sequence[int], origins: Mapping[int, str] = MappingProxyType({})
    ) -> None:
        """Record a build of `versions`, and the file that each came from, by version."""
        self.run("INSERT INTO builds (build, recipe, made_at) VALUES (?, ?, ?)", (name, recipe, _now()))
        self._run_each(
            "INSERT INTO members (build, version, origin) VALUES (?, ?, ?)",
            [(name, version, origins.get(version, "")) for version in versions],
        )

    def drop_build(self, name: str) -> None:
        self.run("DELETE FROM members WHERE build = ?", (name,))
        self.run("DELETE FROM builds WHERE build = ?", (name,))

    def build_names(self) -> list[str]:
        """The builds on record, oldest first, also where the clock was set back between them."""
        return [row[0] for row in self.run("SELECT build FROM builds ORDER BY rowid")]

    def build_recipe(self, build: str) -> Recipe:
        """The recipe of `build`. Raises KeyError if it is not on record."""
        for (text,) in self.run("SELECT fingerprint FROM builds JOIN recipes USING (recipe) WHERE build = ?", (build,)):
            return Recipe(**json.loads(text))
        raise KeyError(build)

    def member_ids(self, build: str) -> frozenset[str]:
        """The articles that `build` holds, removed ones too."""
        statement = "SELECT article_id FROM members JOIN versions USING (version) WHERE build = ?"
        return frozenset(row[0] for row in self.run(statement, (build,)))

    def member_heads(self, build: str) -> dict[str, Head]:
        """What `build` holds of each article that was not removed since, by id."""
        rows = self.run(
            "SELECT article_id, version, origin FROM members JOIN versions USING (version) "
            "WHERE build = ? AND version NOT IN (SELECT version FROM removed) ORDER BY article_id",
            (build,),
        )
        return {row[0]: Head(*row) for row in rows}

    def members(self, build: str) -> list[int]:
        """The versions that `build` holds, by article id."""
        rows = self.run(
            "SELECT version FROM members JOIN versions USING (version) WHERE build = ? ORDER BY article_id", (build,)
        )
        return [row[0] for row in rows]


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")
