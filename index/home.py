"""Where things live in a data folder, and which build serves. Knows paths and the file CURRENT, nothing of their
content."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from index.errors import BuildError

_LEAST_ROOM = 1 << 20
"""Bytes."""

_BUILD_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


@dataclass(frozen=True)
class Home:
    """The data folder, and the Chroma server that new builds keep their vectors on, None for the folder itself.

    Nothing is made until something is written.
    """

    root: Path
    chroma_url: str | None = None

    @property
    def catalogue(self) -> Path:
        return self.root / "catalogue.sqlite"

    @property
    def builds(self) -> Path:
        return self.root / "builds"

    @property
    def lock(self) -> Path:
        return self.root / "writer.lock"

    def build(self, name: str) -> Path:
        return self.builds / name

    def size(self) -> int:
        """Bytes of all files in the data folder; one that goes while this looks counts nothing."""
        total = 0
        for file in self.root.rglob("*"):
            try:
                total += file.stat().st_size if file.is_file() else 0
            except FileNotFoundError:
                continue
        return total

    def current(self) -> str | None:
        """The name of the build that serves; None where nothing was ever built.

        Raises BuildError if the file is there but names no build.
        """
        try:
            name = (self.root / "CURRENT").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise BuildError(f"{self.root / 'CURRENT'} cannot be read: {error}.", self._remedy) from error
        if not _BUILD_NAME.fullmatch(name):
            raise BuildError(f"{self.root / 'CURRENT'} does not name a build: {name!r}.", self._remedy)
        return name

    def set_current(self, name: str) -> None:
        """Let the build `name` serve from now on, atomically: a reader sees the old name or the new one."""
        beside = self.root / "CURRENT.next"
        with beside.open("w", encoding="utf-8") as file:
            file.write(name + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.root / "CURRENT")
        sync_folder(self.root)

    @property
    def _remedy(self) -> str:
        return f"Run `dateline index repair --home {self.root}` to derive the build from the catalogue again."


def existing(folder: Path) -> Path:
    """`folder`, or the nearest folder above it that is there: the disk that it is on, or will be."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())


def is_read_only(path: Path) -> bool:
    """Whether `path` is on a disk that is mounted read-only, so that nobody can write there."""
    return hasattr(os, "statvfs") and bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def is_full(path: Path) -> bool:
    """Whether the disk of `path` has no room for what a reader of a database writes beside it."""
    return shutil.disk_usage(path).free < _LEAST_ROOM


def sync_file(file: Path) -> None:
    """Make the content of `file` last through a power loss."""
    with file.open("r+b") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` last through a power loss, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Make all that is in `folder`, bytes and names, last through a power loss, where the system can."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)
    sync_folder(folder)
