"""What a reader is given, a `SourceFile`, and what it makes of it: a `ReadArticle` or an `Unread` for each article."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, TypeAlias, cast

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


class Meter:
    """Counts the bytes that were read."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, count: int) -> None:
        self.count += count


@dataclass(frozen=True)
class SourceFile:
    """A file to read. `name`: its path relative to the folder given, as in "2024/06/plan.txt"; `kind`: ".txt"."""

    path: Path
    name: str
    kind: str = ""
    is_compressed: bool = False
    max_bytes: int = MAX_BYTES
    columns: Mapping[str, str] = field(default_factory=dict)
    """For the fields of an article the columns of tables that hold them, where their names do not tell."""

    member: str = ""
    """The path within an archive, for a file that is in one."""

    nesting: int = 0
    opener: Callable[[], IO[bytes]] | None = field(default=None, compare=False)
    """Opens a file that is not on the disk but in an archive."""

    meter: Meter | None = field(default=None, compare=False)
    """Told how many bytes of the disk were read."""

    url: str | None = None
    """Where it was fetched from at last, for a file that came from the web."""

    charset: str | None = None
    """The encoding that its server stated."""

    def of_kind(self, kind: str, *, is_compressed: bool) -> SourceFile:
        """The same file, to be read as `kind`."""
        return replace(self, kind=kind, is_compressed=is_compressed)

    @property
    def origin(self) -> str:
        return origin_of(self.path)

    def open(self) -> IO[bytes]:
        """The file's bytes, uncompressed. Raises OSError."""
        stream = self.opener() if self.opener else self.path.open("rb")
        if self.meter and not self.opener:
            stream = cast(IO[bytes], io.BufferedReader(_Metered(stream, self.meter), 1024 * 1024))
        return cast(IO[bytes], _Unzipped(stream)) if self.is_compressed else stream

    def read(self) -> bytes:
        """All bytes, uncompressed. Raises OSError, EOFError or zlib.error for a damaged one, ReadError if too large."""
        with self.open() as stream:
            content = stream.read(self.max_bytes + 1)
        if len(content) > self.max_bytes:
            raise ReadError(f"The file is larger than {self.max_bytes:,} bytes.", "Split it into smaller files.")
        return content

    def unread(self, problem: str, remedy: str, place: str = "") -> Unread:
        """An `Unread` of this file, or of a `place` in it such as "line 7"."""
        shown = displayed(self.path / self.member if self.member else self.path)
        return Unread(self.origin, f"{shown}, {place}" if place else shown, problem, remedy)


class _Metered(io.RawIOBase):
    """A file being read, each byte of it metered. A part that is read again counts once."""

    def __init__(self, stream: IO[bytes], meter: Meter) -> None:
        self._stream, self._meter, self._far = stream, meter, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        if (at := self._stream.tell()) > self._far:
            self._meter.add(at - self._far)
            self._far = at
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Unzipped(gzip.GzipFile):
    """What a compressed stream unpacks to. Closes the stream below too, which GzipFile leaves open."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(fileobj=stream, mode="rb")
        self._below = stream

    def close(self) -> None:
        super().close()
        self._below.close()


Reader: TypeAlias = Callable[[SourceFile], Iterator[ReadArticle | Unread]]
"""Reads one format. May raise ReadError, OSError, EOFError and zlib.error, which count for the rest of the file."""


def displayed(path: Path) -> str:
    """The path for people and for JSON: with forward slashes, and bytes that are no UTF-8 escaped."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def origin_of(path: Path) -> str:
    """The resolved path, as `displayed`."""
    return displayed(path.resolve())
