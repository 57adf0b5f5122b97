"""Which of SQLite's errors come from the disk or another program, and what to do about each; and how it reads where
nobody can write."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from index.errors import CatalogueError
from index.home import is_read_only

FAULTS_OF_THE_FILE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
    }
)
"""Errors of the disk and of other programs; any other is a mistake in this one, and stays what it is."""


_GARBLED = ("malformed JSON", "Could not decode to UTF-8")
"""What SQLite and Python's module say, with no code of their own, of bytes that are not what was written."""


def code_of(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF


def is_of_the_file(error: Exception) -> bool:
    """Whether the file, or another program, is at fault, and not the statement."""
    return code_of(error) in FAULTS_OF_THE_FILE or str(error).startswith(_GARBLED)


def remedy_for(error: Exception) -> str:
    match code_of(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "Another program holds it; close that program, then run the command again."
        case sqlite3.SQLITE_FULL:
            return "Make room on the disk, then run the command again."
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
            return (
                "See that the disk is sound and has room, and that the folder may be written, then run the command "
                "again; if that does not help, restore the index from a backup."
            )
    return "Restore it from a backup, or move the data folder away and run `dateline index build PATH…`."


def reading_address(path: Path) -> str:
    """Where SQLite reads the catalogue. Raises CatalogueError if it cannot on a read-only disk."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    if not path.exists() or not is_read_only(path):
        return address
    # Readers write beside the file, too; where nobody can write they need not.
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists() and journal.stat().st_size:
        raise CatalogueError(
            f"The catalogue {path} is on a read-only disk and has changes in {journal.name} that cannot be taken up.",
            "Mount the disk for writing and run `dateline index check` once, or restore the index from a backup.",
        )
    return f"{address}&immutable=1"
