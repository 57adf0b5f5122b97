"""What a reader is given, a `SourceFile`, and what it makes of it: a `ReadArticle` or an `Unread` for each article."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias, cast

from index.errors import ReadError
from index.records import Article

MAX_BYTES = 64 * 1024 * 1024
"""Bytes of the largest file, or line of a .jsonl file, that is read; uncompressed."""


@dataclass(frozen=True)
class ReadArticle:
    """An article and the file it came from. `removed`: what cleaning took out of it, line by line."""

    article: Article
    origin: str
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unread:
    """What could not be read as an article: `where` it stands ("path", "path, line 7"), what is wrong, what to do.

    `origin` is the file, or the folder, that it came from.
    """

    origin: str
    where: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class SourceFile:
    """A file to read. `name`: its path relative to the folder given, as in "2024/06/plan.txt"; `kind`: ".txt"."""

    path: Path
    name: str
    kind: str
    is_compressed: bool
    max_bytes: int = MAX_BYTES

    @property
    def origin(self) -> str:
        return origin_of(self.path)

    def open(self) -> IO[bytes]:
        """The file's bytes, uncompressed. Raises OSError."""
        return cast(IO[bytes], gzip.open(self.path)) if self.is_compressed else self.path.open("rb")

    def read(self) -> bytes:
        """All bytes, uncompressed. Raises OSError, EOFError or zlib.error for a damaged one, ReadError if too large."""
        with self.open() as stream:
            content = stream.read(self.max_bytes + 1)
        if len(content) > self.max_bytes:
            raise ReadError(f"The file is larger than {self.max_bytes:,} bytes.", "Split it into smaller files.")
        return content

    def unread(self, problem: str, remedy: str, place: str = "") -> Unread:
        """An `Unread` of this file, or of a `place` in it such as "line 7"."""
        shown = displayed(self.path)
        return Unread(self.origin, f"{shown}, {place}" if place else shown, problem, remedy)


Reader: TypeAlias = Callable[[SourceFile], Iterator[ReadArticle | Unread]]
"""Reads one format. May raise ReadError, OSError, EOFError and zlib.error, which count for the rest of the file."""


def displayed(path: Path) -> str:
    """The path for people and for JSON: with forward slashes, and bytes that are no UTF-8 escaped."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def origin_of(path: Path) -> str:
    """The resolved path, as `displayed`."""
    return displayed(path.resolve())
