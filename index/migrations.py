"""The catalogue's schema, version by version. A migration never changes once it was released."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from index.errors import CatalogueError

_MIGRATIONS = (
    """
    CREATE TABLE versions (
        version INTEGER PRIMARY KEY AUTOINCREMENT,
        article_id TEXT NOT NULL,
        digest TEXT NOT NULL,          -- of every field: another digest is another version
        added_at TEXT NOT NULL,
        record TEXT NOT NULL,          -- JSON: published, source, authors, url, language, metadata
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        UNIQUE (article_id, digest)
    );
    CREATE TABLE heads (
        article_id TEXT PRIMARY KEY,
        version INTEGER NOT NULL REFERENCES versions,
        origin TEXT NOT NULL           -- the file it came from
    ) WITHOUT ROWID;
    CREATE TABLE recipes (
        recipe INTEGER PRIMARY KEY,
        fingerprint TEXT NOT NULL UNIQUE   -- JSON: model, weights, dimension, splitter
    );
    CREATE TABLE splits (              -- a version that was split and embedded by a recipe
        version INTEGER NOT NULL REFERENCES versions,
        recipe INTEGER NOT NULL REFERENCES recipes,
        PRIMARY KEY (version, recipe)
    ) WITHOUT ROWID;
    CREATE TABLE chunks (
        chunk INTEGER PRIMARY KEY AUTOINCREMENT,
        version INTEGER NOT NULL REFERENCES versions,
        recipe INTEGER NOT NULL REFERENCES recipes,
        ordinal INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        vector_key BLOB NOT NULL,      -- SHA-256 of the weights' hash and the embedded text
        UNIQUE (version, recipe, ordinal)
    );
    CREATE TABLE vectors (
        key BLOB PRIMARY KEY,
        vector BLOB NOT NULL           -- float16, little-endian
    );
    CREATE TABLE builds (
        build TEXT PRIMARY KEY,
        recipe INTEGER NOT NULL REFERENCES recipes,
        made_at TEXT NOT NULL
    );
    CREATE TABLE members (
        build TEXT NOT NULL REFERENCES builds,
        version INTEGER NOT NULL REFERENCES versions,
        PRIMARY KEY (build, version)
    ) WITHOUT ROWID;
    """,
    """
    -- No build shows these any more, whatever it holds. No reference to versions, since a purge forgets the version.
    CREATE TABLE removed (
        version INTEGER PRIMARY KEY,
        removed_at TEXT NOT NULL
    );
    -- A rollback gives each article its origin again.
    ALTER TABLE members ADD COLUMN origin TEXT NOT NULL DEFAULT '';
    """,
    """
    CREATE TABLE signatures (          -- the MinHash signature of a version's text
        version INTEGER PRIMARY KEY REFERENCES versions ON DELETE CASCADE,
        method TEXT NOT NULL,          -- what made it: signatures of another method do not compare
        shingles INTEGER NOT NULL,     -- how many different ones the text has
        signature BLOB NOT NULL        -- uint32, little-endian
    );
    CREATE TABLE fetches (             -- what is known of a page or feed that was fetched
        url TEXT PRIMARY KEY,
        etag TEXT,
        last_modified TEXT,
        stamp TEXT NOT NULL,           -- what the feed or sitemap that named it said of its state
        fetched_at TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
)

SCHEMA_VERSION = len(_MIGRATIONS)


def migrate(connection: sqlite3.Connection, path: Path, *, may_change: bool) -> None:
    """Bring the catalogue to `SCHEMA_VERSION`, each step in a transaction.

    Raises CatalogueError if it was written by a newer Dateline, or is older and may not be changed.
    """
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > SCHEMA_VERSION:
        raise CatalogueError(
            f"The catalogue {path} has schema {found}, and this Dateline knows schemas up to {SCHEMA_VERSION}.",
            "Use the Dateline that wrote it, or a newer one.",
        )
    if found < SCHEMA_VERSION and not may_change:
        raise CatalogueError(
            f"The catalogue {path} has schema {found}, and this Dateline reads schema {SCHEMA_VERSION}.",
            "Run `dateline index repair` once to bring it up to date; nothing is embedded again.",
        )
    for version in range(found, SCHEMA_VERSION):
        # executescript() would end a transaction that was begun before it.
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{_MIGRATIONS[version]}\nPRAGMA user_version = {version + 1};\nCOMMIT;"
        )
