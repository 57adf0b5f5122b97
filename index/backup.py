"""A backup in one file: the catalogue as it stands at one moment, also while others read and write.

A tar archive of catalogue.sqlite, conversations.sqlite where there is one, and, first, backup.json with their hashes.
What is derived from the catalogue is not in it: a restore makes it anew, without embedding.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from index.catalogue import Catalogue
from index.errors import BackupError
from index.home import Home, sync_file, sync_folder
from index.lock import writing
from index.repair import derive
from index.update import Progress, UpdateReport, no_progress

_LIST = "backup.json"
_CONVERSATIONS = "conversations.sqlite"
_FORMAT = 1
_COMPRESSION = 1
"""Of gzip: vectors hardly shrink, texts do; 1 is the fastest."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds: the size in bytes and the SHA-256 of each file, by name."""

    made_at: str
    files: dict[str, tuple[int, str]]


def back_up(home: Home, file: Path, *, progress: Progress = no_progress) -> Backup:
    """Write a backup of `home` to `file`, all of it or nothing. Readers and a writer may go on meanwhile.

    Raises BackupError if there is nothing to back up, or `file` is there already or cannot be written.
    """
    if not home.catalogue.exists():
        raise BackupError(
            f"There is no catalogue in {home.root} to back up.", "Run `dateline index build PATH…` first."
        )
    if file.exists():
        raise BackupError(f"{file} is there already.", "Give a name that is free.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _beside(file) as folder:
            parts: list[Path] = []
            names = [name for name in (home.catalogue.name, _CONVERSATIONS) if (home.root / name).exists()]
            for name in names:
                progress("copying", len(parts), len(names))
                parts.append(_copy(home.root / name, folder))
            progress("copying", len(parts), len(names))
            made = Backup(
                datetime.now(UTC).isoformat(timespec="seconds"),
                {part.name: (part.stat().st_size, _sha256(part)) for part in parts},
            )
            with tarfile.open(folder / "archive", "w:gz", compresslevel=_COMPRESSION) as archive:
                listed = json.dumps(
                    {"format": _FORMAT, "made_at": made.made_at, "files": made.files}, indent=1
                ).encode()
                entry = tarfile.TarInfo(_LIST)
                entry.size = len(listed)
                archive.addfile(entry, io.BytesIO(listed))
                total, done = sum(size for size, _ in made.files.values()), 0
                for part in parts:
                    with part.open("rb") as stream:
                        told = _Told(stream, done, total, progress)
                        archive.addfile(archive.gettarinfo(part, part.name), told)
                    done = told.done
            sync_file(folder / "archive")
            (folder / "archive").replace(file)
        sync_folder(file.parent)
    except (OSError, sqlite3.Error, tarfile.TarError) as error:
        raise BackupError(
            f"The backup {file} cannot be written: {error}.", "See that its folder may be written and has room."
        ) from error
    return made


class _Told:
    """A file that is packed, of which `progress` is told how much of `total` bytes was read, in megabytes."""

    def __init__(self, stream: IO[bytes], done: int, total: int, progress: Progress) -> None:
        self._stream = stream
        self._total = total
        self._progress = progress
        self.done = done

    def read(self, size: int = -1, /) -> bytes:
        content = self._stream.read(size)
        self.done += len(content)
        self._progress("packing", self.done // 10**6, max(1, self._total // 10**6))
        return content


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """An empty folder on the disk of `file`, removed at the end.

    It stands in one whose name follows from that of `file`, so that what a killed backup left there, whole copies of
    the catalogue, goes with the next one. Of two at once the first then fails, since its folder is gone.
    """
    partial = file.with_name(f".{file.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    folder = Path(tempfile.mkdtemp(dir=partial))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            partial.rmdir()


def restore(home: Home, file: Path, *, progress: Progress = no_progress) -> UpdateReport:
    """Fill the empty data folder `home` from the backup `file`, and derive its build; embeds nothing.

    Raises BackupError if `home` holds an index already, or the backup is not whole; CatalogueError if a newer Dateline
    made it; BusyError. Then nothing of the backup is in `home`. Where it fails later, `repair` finishes it.
    """
    with writing(home):
        _require_empty(home)
        with _unpacked(home, file) as (folder, made):
            for name in sorted(made.files, reverse=True):  # the catalogue last: with it the folder is an index
                for rest in ("-wal", "-shm"):  # of a database that was there before; it would be read into this one
                    (home.root / f"{name}{rest}").unlink(missing_ok=True)
                (folder / name).replace(home.root / name)
        sync_folder(home.root)
        return derive(home, progress)


def _require_empty(home: Home) -> None:
    """Raises BackupError if there is an index in `home`, or half of one."""
    if (home.root / "CURRENT").exists():
        raise BackupError(
            f"{home.root} holds an index already, which readers may have open.",
            "Restore into another folder with --home, or move this one away first.",
        )
    if home.catalogue.exists():
        raise BackupError(
            f"{home.root} holds a catalogue already, from which no build was made yet, as after a restore that was cut "
            "short.",
            "Run `dateline index repair`, which makes it; or restore into another folder with --home.",
        )


@contextmanager
def _unpacked(home: Home, file: Path) -> Iterator[tuple[Path, Backup]]:
    """The files of a backup in a folder inside `home`, each with the hash it should have."""
    folder = home.root / ".restoring"
    remedy = "Take another backup; this one is not whole."
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with tarfile.open(file, "r:gz") as archive:
            listed: dict[str, Any] = json.loads(_member(archive, _LIST).read())
            if listed["format"] != _FORMAT:
                raise BackupError(f"{file} was made by a newer Dateline.", "Restore it with that one.")
            made = Backup(listed["made_at"], {name: tuple(entry) for name, entry in listed["files"].items()})
            for name, (size, sha256) in made.files.items():
                if name not in (home.catalogue.name, _CONVERSATIONS):
                    raise ValueError(f"it holds a file {name!r}")
                with (folder / name).open("wb") as out:
                    shutil.copyfileobj(_member(archive, name), out)
                if ((folder / name).stat().st_size, _sha256(folder / name)) != (size, sha256):
                    raise ValueError(f"{name} has not the SHA-256 that it should")
                sync_file(folder / name)
            if home.catalogue.name not in made.files:
                raise ValueError("it holds no catalogue")
            # Refused here if it is of a newer Dateline, before it is in place.
            Catalogue.open(folder / home.catalogue.name).close()
            sync_file(folder / home.catalogue.name)
        yield folder, made
    except (OSError, EOFError, ValueError, KeyError, TypeError, tarfile.TarError) as error:
        raise BackupError(f"The backup {file} cannot be restored: {error}.", remedy) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _member(archive: tarfile.TarFile, name: str) -> Any:
    found = archive.extractfile(name)
    if found is None:
        raise ValueError(f"{name} is no file")
    return found


def _copy(database: Path, folder: Path) -> Path:
    """A copy of a database in `folder`, as it stands at one moment, without what was deleted from it."""
    connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=60)
    try:
        connection.execute("VACUUM INTO ?", (str(folder / database.name),))
    finally:
        connection.close()
    return folder / database.name


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
