"""The files among the paths that an editor names, in order: what is read, what is passed over, what is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from index.read.formats import is_passed_over, kinds, reason
from index.read.source import MAX_BYTES, SourceFile, Unread, displayed, origin_of


def files_in(
    paths: Sequence[Path],
    *,
    max_bytes: int = MAX_BYTES,
    columns: Mapping[str, str] | None = None,
    root: Path | None = None,
    skipped: list[Path] | None = None,
) -> Iterator[SourceFile | Unread]:
    """The files named, and those of folders, sorted by name; each once, however often it is met. Raises nothing.

    With `root`, a file's name is its path relative to that folder, as if the folder had been named. What is passed over
    is put into `skipped`.
    """
    skipped = [] if skipped is None else skipped
    met: set[Path] = set()
    for path in paths:
        try:
            if path.is_dir():
                found = _in_folder(path, skipped)
            elif path.exists():
                found = iter([(path, path.relative_to(root).as_posix() if root else path.name)])
            else:
                yield _unread(path, "There is no such file or folder.", "Check the path.")
                continue
            for one in found:
                if isinstance(one, Unread):
                    yield one
                    continue
                file = _file(one[0], met)
                if isinstance(file, Unread):
                    yield file
                elif file:
                    yield SourceFile(*one, max_bytes=max_bytes, columns=dict(columns or {}))
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a null in the path, no permission
            yield _unread(path, f"It cannot be opened: {reason(error)}.", "Check the path and its permissions.")


def _in_folder(folder: Path, skipped: list[Path]) -> Iterator[tuple[Path, str] | Unread]:
    is_empty = True
    for path in _files(folder, set(), skipped):
        is_empty = False
        yield path if isinstance(path, Unread) else (path, path.relative_to(folder).as_posix())
    if is_empty:
        yield _unread(folder, "The folder holds no articles.", f"Put files into it that end in {kinds()} (or .gz).")


def _files(folder: Path, above: set[Path], skipped: list[Path]) -> Iterator[Path | Unread]:
    """The files that may be articles, folder by folder in order of their names."""
    above = {*above, folder.resolve()}
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        yield _unread(folder, f"The folder cannot be read: {reason(error)}.", "Check its permissions.")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if entry.resolve() not in above:  # a link to a folder that holds it
                yield from _files(entry, above, skipped)
        elif is_passed_over(entry):
            skipped.append(entry)
        else:
            yield entry


def _file(path: Path, met: set[Path]) -> Path | Unread | None:
    """The file that a path leads to, None where it was met before."""
    try:
        resolved = path.resolve()
    except (OSError, RuntimeError):
        return _unread(path, "It is a link that leads nowhere.", "Remove it, or give a regular file.")
    if resolved in met:
        return None
    met.add(resolved)
    if not path.is_file():
        return _unread(path, "It is not a file, or a link to none.", "Remove it, or give a regular file.")
    return resolved


def _unread(path: Path, problem: str, remedy: str) -> Unread:
    try:
        origin = origin_of(path)
    except (OSError, RuntimeError, ValueError):
        origin = displayed(path)
    return Unread(origin, displayed(path), problem, remedy)
