"""Files and folders -> articles: one reader a format, and a walk that no bad file or line stops.

To add a format, write a function that takes a `SourceFile` and yields `ReadArticle` and `Unread`, and put it into
`READERS` (index/read/formats.py). A reader imports what is heavy when it is called.

In a folder, these are passed over without a word, since they stand beside articles and are none: hidden files, files
called README, LICENSE, NOTICE, CHANGELOG or CONTRIBUTING, and *.yaml and *.yml. Any other file that no reader takes is
reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from index.read.formats import READERS, is_passed_over, kinds, read_one
from index.read.formats import reason as _reason
from index.read.source import MAX_BYTES, ReadArticle, Reader, SourceFile, Unread, displayed, origin_of

__all__ = ["MAX_BYTES", "READERS", "ReadArticle", "Reader", "SourceFile", "Unread", "read"]


def read(paths: Sequence[Path], *, max_bytes: int = MAX_BYTES) -> Iterator[ReadArticle | Unread]:
    """The articles in files and, in sorted order, folders; for each that cannot be read an `Unread`. Raises nothing.

    `max_bytes` bounds a file, or a line of a .jsonl file, uncompressed. A file that is met twice is read once.
    """
    met: set[Path] = set()
    for path in paths:
        try:
            if path.is_dir():
                yield from _read_folder(path, met, max_bytes)
            elif path.exists():
                yield from _read_file(path, path.name, met, max_bytes)
            else:
                yield _unread(path, "There is no such file or folder.", "Check the path.")
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a null in the path, no permission
            yield _unread(path, f"It cannot be opened: {_reason(error)}.", "Check the path and its permissions.")


def _read_folder(folder: Path, met: set[Path], max_bytes: int) -> Iterator[ReadArticle | Unread]:
    is_empty = True
    for path in _files(folder, set()):
        is_empty = False
        if isinstance(path, Unread):
            yield path
        else:
            yield from _read_file(path, path.relative_to(folder).as_posix(), met, max_bytes)
    if is_empty:
        yield _unread(folder, "The folder holds no articles.", f"Put files into it that end in {kinds()} (or .gz).")


def _files(folder: Path, above: set[Path]) -> Iterator[Path | Unread]:
    """The files that may be articles, folder by folder in order of their names."""
    above = {*above, folder.resolve()}
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        yield _unread(folder, f"The folder cannot be read: {_reason(error)}.", "Check its permissions.")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if entry.resolve() not in above:  # a link to a folder that holds it
                yield from _files(entry, above)
        elif not is_passed_over(entry):
            yield entry


def _read_file(path: Path, name: str, met: set[Path], max_bytes: int) -> Iterator[ReadArticle | Unread]:
    try:
        resolved = path.resolve()
    except (OSError, RuntimeError):
        yield _unread(path, "It is a link that leads nowhere.", "Remove it, or give a regular file.")
        return
    if resolved in met:
        return
    met.add(resolved)
    if not path.is_file():
        yield _unread(path, "It is not a file, or a link to none.", "Remove it, or give a regular file.")
    else:
        yield from read_one(SourceFile(path, name, max_bytes=max_bytes))


def _unread(path: Path, problem: str, remedy: str) -> Unread:
    try:
        origin = origin_of(path)
    except (OSError, RuntimeError, ValueError):
        origin = displayed(path)
    return Unread(origin, displayed(path), problem, remedy)
