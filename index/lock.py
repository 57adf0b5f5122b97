"""One writer at a time in a data folder. Readers take no lock.

The system holds the lock for the process and drops it however that ends, so a dead owner keeps nobody out; the file
beside it only tells who the owner is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from index.errors import BusyError, CatalogueError
from index.home import Home


@contextmanager
def writing(home: Home) -> Iterator[None]:
    """Hold the data folder for writing; the lock ends with the process, however it ends.

    Raises BusyError, naming the owner, if somebody else writes, or CatalogueError if the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    owner, lock = home.lock.with_suffix(".json"), FileLock(home.lock, timeout=0)
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        owner.write_text(json.dumps({"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}))
    except Timeout as error:
        raise BusyError(
            f"Another process{_named(owner)} is writing to {home.root}.",
            "Wait until it has finished, then run the command again.",
        ) from error
    except OSError as error:
        lock.release()
        raise CatalogueError(
            f"The data folder {home.root} cannot be written: {error.strerror or error}.",
            "What is indexed stays as it was; see that the folder may be written and the disk has room, then run the "
            "same command again.",
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):
            owner.unlink()  # the next one is not to be announced under this one's pid
        lock.release()


def _named(file: Path) -> str:
    """Who signed `file`, and when; nothing if nobody did, or not in a way that can be read."""
    try:
        owner = json.loads(file.read_text(encoding="utf-8"))
        age = datetime.now(UTC) - datetime.fromisoformat(owner["since"])
        minutes = max(0, round(age.total_seconds() / 60))
        return f" (pid {owner['pid']}, since {owner['since']}, {minutes} minutes)"
    except (OSError, ValueError, KeyError, TypeError):
        # The owner has not written its name yet, or has just gone.
        return ""
