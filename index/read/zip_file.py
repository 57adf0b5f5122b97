"""Reads .zip: the articles in its members, each by the reader of its own format. Nothing is unpacked to the disk.

The names of members are not trusted: they only name what was read. What a member really unpacks to is counted, since
what the archive says of it may be a lie.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import IO, cast

from index.errors import ReadError
from index.read.source import ReadArticle, SourceFile, Unread

MAX_MEMBERS = 100_000
MAX_UNPACKED = 4 * 1024**3
"""Bytes that an archive may unpack to, all members together."""

MOST_NESTED = 2
"""Archives within each other."""

_DOS_MADE, _UNIX_LINK = 0, 0o120000
_SMALLER = "Split it into smaller archives."


@dataclass
class _Budget:
    """The bytes that may still be unpacked."""

    left: int

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise ReadError(f"The archive unpacks to more than {MAX_UNPACKED:,} bytes.", _SMALLER)


class _Counted(io.RawIOBase):
    """A member being read, each byte of it counted."""

    def __init__(self, stream: IO[bytes], budget: _Budget) -> None:
        self._stream, self._budget = stream, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._stream.read(len(view))
        self._budget.spend(len(data))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def read_zip(file: SourceFile) -> Iterator[ReadArticle | Unread]:
    """The articles of the members, in order of their names; a member that cannot be read stops no other."""
    from index.read.formats import is_passed_over, read_one

    if file.nesting >= MOST_NESTED:
        raise ReadError(f"Archives are nested more than {MOST_NESTED} deep.", "Unpack the inner ones first.")
    stream = file.open() if file.opener is None else io.BytesIO(file.read())
    with stream, _opened(stream) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise ReadError(f"The archive has more than {MAX_MEMBERS:,} members.", _SMALLER)
        if sum(member.file_size for member in members) > MAX_UNPACKED:
            raise ReadError(f"The archive unpacks to more than {MAX_UNPACKED:,} bytes.", _SMALLER)
        budget = _Budget(MAX_UNPACKED)
        is_empty = True
        for member in sorted(members, key=lambda member: member.filename):
            name = member.filename.replace("\\", "/")
            if member.is_dir() or _is_left_behind(name):
                continue
            is_empty = False
            inner = replace(
                file,
                name=f"{file.name}/{name}",
                member=f"{file.member}/{name}".lstrip("/"),
                nesting=file.nesting + 1,
                opener=_opener(archive, member, budget),
            )
            try:
                _refuse_unsafe(member, name)
            except ReadError as error:
                yield inner.unread(error.problem, error.remedy)
                continue
            if not is_passed_over(PurePosixPath(name)):
                yield from read_one(inner)
            if budget.left < 0:
                raise ReadError(f"The archive unpacks to more than {MAX_UNPACKED:,} bytes.", _SMALLER)
    if is_empty:
        raise ReadError("The archive is empty.", "Put files into it, or remove it.")


def _opened(stream: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise ReadError("It is not a zip archive, or a damaged one.", "Make the archive again.") from error


def _opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        try:
            return cast(IO[bytes], io.BufferedReader(_Counted(_checked(archive.open(member)), budget)))
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
            raise ReadError(
                "The member is damaged, or packed in a way not known.", "Make the archive again."
            ) from error

    return opened


def _checked(stream: IO[bytes]) -> IO[bytes]:
    """The stream, its own error turned into ours: the checksum is looked at when the end is read."""

    class Checked(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            try:
                return stream.read(size)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
                raise ReadError("The member is damaged.", "Make the archive again.") from error

        def close(self) -> None:
            stream.close()
            super().close()

    return cast(IO[bytes], Checked())


def _refuse_unsafe(member: zipfile.ZipInfo, name: str) -> None:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in member.orig_filename:
        raise ReadError("The member's name leads out of the archive.", "Make the archive again, of plain file names.")
    if member.flag_bits & 1:
        raise ReadError("The member is encrypted.", "Unpack it with the password, and add the file itself.")
    if member.create_system != _DOS_MADE and (member.external_attr >> 16) & 0o170000 == _UNIX_LINK:
        raise ReadError("The member is a link.", "Put the file itself into the archive.")


def _is_left_behind(name: str) -> bool:
    """Whether a member is what systems leave in archives: hidden files, and those of macOS."""
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in name.split("/"))
