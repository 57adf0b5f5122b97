"""Files and folders -> articles: one reader a format, and a walk that no bad file or line stops.

To add a format, write a function that takes a `SourceFile` and yields `ReadArticle` and `Unread`, and put it into
`READERS`. A reader imports what is heavy when it is called.

In a folder, these are passed over without a word, since they stand beside articles and are none: hidden files, files
called README, LICENSE, NOTICE, CHANGELOG or CONTRIBUTING, and *.yaml and *.yml. Any other file that no reader takes is
reported.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from index.errors import ReadError
from index.read import html_file, json_file, text_file
from index.read.source import MAX_BYTES, ReadArticle, Reader, SourceFile, Unread, displayed, origin_of

__all__ = ["MAX_BYTES", "READERS", "ReadArticle", "Reader", "SourceFile", "Unread", "read"]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".htm": html_file.read_html,
        ".html": html_file.read_html,
        ".json": json_file.read_json,
        ".jsonl": json_file.read_json_lines,
        ".markdown": text_file.read_text,
        ".md": text_file.read_text,
        ".txt": text_file.read_text,
    }
)
"""The reader of each kind of file; all take the file compressed too, as in "week.jsonl.gz"."""

_PASSED_OVER_KINDS = (".yaml", ".yml")
_PASSED_OVER_NAMES = ("readme", "license", "licence", "notice", "changelog", "contributing")


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
        kinds = ", ".join(READERS)
        yield _unread(folder, "The folder holds no articles.", f"Put files into it that end in {kinds} (or .gz).")


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
        elif not _is_passed_over(entry):
            yield entry


def _is_passed_over(path: Path) -> bool:
    return path.suffix.lower() in _PASSED_OVER_KINDS or path.name.split(".")[0].lower() in _PASSED_OVER_NAMES


def _read_file(path: Path, name: str, met: set[Path], max_bytes: int) -> Iterator[ReadArticle | Unread]:
    try:
        resolved = path.resolve()
    except (OSError, RuntimeError):
        yield _unread(path, "It is a link that leads nowhere.", "Remove it, or give a regular file.")
        return
    if resolved in met:
        return
    met.add(resolved)
    is_compressed = path.suffix.lower() == ".gz"
    kind = (Path(path.stem) if is_compressed else path).suffix.lower()
    reader = READERS.get(kind)
    if not path.is_file():
        yield _unread(path, "It is not a file, or a link to none.", "Remove it, or give a regular file.")
    elif reader is None:
        ending = repr(kind + path.suffix.lower() if is_compressed else kind) if kind or is_compressed else "nothing"
        kinds = ", ".join(READERS)
        remedy = f"Convert it to one of {kinds}, or remove it."
        yield _unread(path, f"Files that end in {ending} are not read as articles.", remedy)
    else:
        file = SourceFile(path, name, kind, is_compressed, max_bytes)
        try:
            yield from reader(file)
        except ReadError as error:
            yield file.unread(error.problem, error.remedy)
        except (EOFError, zlib.error) as error:
            yield file.unread(f"The compressed file is damaged or cut off: {_reason(error)}.", "Compress it again.")
        except OSError as error:
            yield file.unread(f"It cannot be read: {_reason(error)}.", "Check the file and its permissions.")
        except (RuntimeError, ValueError) as error:  # what no reader foresaw costs this file, not the folder
            yield file.unread(f"It cannot be read: {_reason(error)}.", "Correct it, or remove it.")


def _unread(path: Path, problem: str, remedy: str) -> Unread:
    try:
        origin = origin_of(path)
    except (OSError, RuntimeError, ValueError):
        origin = displayed(path)
    return Unread(origin, displayed(path), problem, remedy)


def _reason(error: Exception) -> str:
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(words).rstrip(".")
