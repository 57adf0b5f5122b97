"""Files and folders -> articles: one reader a format, and a walk that no bad file or line stops.

To add a format, write a function that takes a `SourceFile` and yields `ReadArticle` and `Unread`, and put it into
`READERS` (index/read/formats.py). A reader imports what is heavy when it is called.

In a folder, these are passed over without a word, since they stand beside articles and are none: hidden files, files
called README, LICENSE, NOTICE, CHANGELOG or CONTRIBUTING, and *.yaml and *.yml. Any other file that no reader takes is
reported.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path, PurePath

from index.read.formats import READERS, kind_of, read_one, with_languages
from index.read.source import MAX_BYTES, Meter, ReadArticle, Reader, SourceFile, Unread
from index.read.walk import files_in

__all__ = ["MAX_BYTES", "READERS", "ReadArticle", "Reader", "Reading", "SourceFile", "Unread", "read", "with_languages"]

_PLAIN = frozenset({".csv", ".json", ".jsonl", ".markdown", ".md", ".tsv", ".txt"})
"""Formats that no foreign parser reads, and in a time that their bytes bound."""

_FEW = 64
"""Files of those formats that are read in this process, since to start others takes longer."""


class Reading(Iterator[ReadArticle | Unread]):
    """The articles of some files while they are read. `bytes_read` of `bytes_total` tells how far it is.

    `skipped`: the files of folders that were passed over, as READMEs are.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        max_bytes: int,
        columns: Mapping[str, str] | None,
        processes: int,
        root: Path | None,
        tell_language: bool,
    ) -> None:
        self._paths = list(paths)
        self._meter = Meter()
        self._tell_language = tell_language
        self.skipped: list[Path] = []
        files = files_in(self._paths, max_bytes=max_bytes, columns=columns, root=root, skipped=self.skipped)
        self._found = self._read(files, processes)

    def __iter__(self) -> Reading:
        return self

    def __next__(self) -> ReadArticle | Unread:
        return next(self._found)

    def close(self) -> None:
        """End the reading, and the processes that read."""
        self._found.close()

    @property
    def bytes_read(self) -> int:
        """Bytes of the files that were read so far."""
        return self._meter.count

    def bytes_total(self) -> int:
        """Bytes of all files; walks through the folders."""
        files = (file for file in files_in(self._paths) if isinstance(file, SourceFile))
        return sum(_size(file.path) for file in files)

    def _read(
        self, files: Iterator[SourceFile | Unread], processes: int
    ) -> Generator[ReadArticle | Unread, None, None]:
        start = list(islice(files, _FEW))
        is_small = len(start) < _FEW and all(_is_plain(file) for file in start)
        if processes == 0 or is_small:
            for file in chain(start, files):
                if isinstance(file, Unread):
                    yield file
                else:
                    yield from read_one(replace(file, meter=self._meter), tell_language=self._tell_language)
            return
        from index.read.parallel import ReaderProcesses

        readers = ReaderProcesses(min(processes, len(start)))
        try:
            yield from readers.read(chain(start, files), self._meter)
        finally:
            readers.close()


def read(
    paths: Sequence[Path],
    *,
    max_bytes: int = MAX_BYTES,
    columns: Mapping[str, str] | None = None,
    processes: int = 0,
    root: Path | None = None,
    tell_language: bool = True,
) -> Reading:
    """The articles in files and, in sorted order, folders; for each that cannot be read an `Unread`. Raises nothing.

    `max_bytes` bounds a file, or a line of a .jsonl file, uncompressed. A file that is met twice is read once.
    `columns` names the columns of tables by the field that they hold. With `processes`, so many read at once, each file
    bounded in time too; 0 reads in this process. A few files of plain text are read in this process in any case.
    `root`: the folder that the ids of the files' articles are relative to. Without `tell_language`, what is read in
    this process has its language only where it states one: `with_languages` tells it, with a model that takes half a
    second to load.
    """
    return Reading(
        paths, max_bytes=max_bytes, columns=columns, processes=processes, root=root, tell_language=tell_language
    )


def _is_plain(file: SourceFile | Unread) -> bool:
    return isinstance(file, Unread) or kind_of(PurePath(file.name))[0] in _PLAIN


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
