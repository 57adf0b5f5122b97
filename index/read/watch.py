"""A folder that is watched: which files have appeared or changed since they were last taken.

It looks again and again, since a network folder tells nobody when it changes. A file counts when it has kept its size
and time from one look to the next, so that none is taken while it is being copied.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from index.read.source import SourceFile
from index.read.walk import files_in

_State: TypeAlias = tuple[int, int]


class FolderWatch:
    """The files of `folder` that are to be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: dict[Path, _State] = {}
        self._taken: dict[Path, _State] = {}

    def changed(self) -> list[Path]:
        """The files that have settled since the last look and were not taken as they are now."""
        now = {file.path: state for file in self._files() if (state := _state(file.path))}
        settled = [path for path, state in now.items() if self._seen.get(path) == state != self._taken.get(path)]
        self._seen = now
        return settled

    def take(self, paths: list[Path]) -> None:
        """Remember that these were read as they were at the last look."""
        self._taken.update((path, self._seen[path]) for path in paths if path in self._seen)

    def _files(self) -> list[SourceFile]:
        return [file for file in files_in([self.folder]) if isinstance(file, SourceFile)]


def _state(path: Path) -> _State | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
