"""What was fetched -> its article, by the reader of what its server says it is: a page, PDF, Word document or text.

A fetched file is a stranger's: it is read in a process of its own, bounded in time as files of the disk are.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from urllib.parse import urlsplit

from index.read.formats import read_one
from index.read.parallel import ReaderProcesses
from index.read.response import Fetched
from index.read.source import Meter, ReadArticle, SourceFile, Unread

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "text/html": ".html",
        "application/xhtml+xml": ".html",
        "application/pdf": ".pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
        "text/plain": ".txt",
        "text/markdown": ".md",
    }
)
"""The kind of file by content type, pages first."""

_UNTOLD = ("application/octet-stream", "binary/octet-stream")
"""What servers say of a file to be saved that they do not know; its ending tells more."""

_SEVERAL = frozenset({".pdf", ".docx", ".txt", ".md"})


def types_of(url: str) -> tuple[str, ...]:
    """The content types that may come from `url` as an article."""
    return (*KINDS, *_UNTOLD) if _ending(url) in _SEVERAL else tuple(KINDS)


class FetchedReader:
    """Reads what was fetched, each in `processes` (1) process of its own; with 0 in this one. Close it."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._readers: ReaderProcesses | None = None

    def start(self) -> None:
        """Start the process, which takes a second, while the first page is still being asked for."""
        if self._processes and self._readers is None:
            self._readers = ReaderProcesses(self._processes)

    def read(self, found: Fetched, asked_for: str) -> ReadArticle | Unread:
        """The one article of what came for the address `asked_for`. Raises nothing for any content."""
        kind = KINDS.get(found.content_type) or _ending(found.url)
        name = PurePosixPath(urlsplit(found.url).path).stem or "page"
        file = SourceFile(
            Path(name + kind),
            name + kind,
            opener=partial(io.BytesIO, found.body),
            url=found.url,
            charset=found.charset,
        )
        self.start()
        read = self._readers.read(iter([file]), Meter()) if self._readers else read_one(file)
        (one,) = list(read)
        if isinstance(one, Unread):
            return replace(one, origin=asked_for, where=asked_for)
        return replace(one, origin=asked_for)

    def processes(self) -> list[int]:
        """The ids of those that read."""
        return self._readers.processes() if self._readers else []

    def close(self) -> None:
        if self._readers:
            self._readers.close()
            self._readers = None


def _ending(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).suffix.lower()
