"""Which of SQLite's errors come from the disk or another program, and what to do about each."""

from __future__ import annotations

import sqlite3

FAULTS_OF_THE_FILE = frozenset(
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


def code_of(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF


def remedy_for(error: Exception) -> str:
    match code_of(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "Another program holds it; close that program, then run the command again."
        case sqlite3.SQLITE_FULL:
            return "Make room on the disk, then run the command again."
    return "Restore it from a backup, or move the data folder away and run `dateline index build PATH…`."
