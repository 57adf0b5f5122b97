"""One writer at a time in a data folder. Readers take no lock.

The system holds the lock for the process and drops it however that ends, so a dead owner keeps nobody out; the file
beside it only tells who the owner is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

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
            f"Another process{_named(owner.read_text() if owner.exists() else '')} is writing to {home.root}.",
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
        lock.release()


def _named(text: str) -> str:
    try:
        owner = json.loads(text)
        age = datetime.now(UTC) - datetime.fromisoformat(owner["since"])
        minutes = max(0, round(age.total_seconds() / 60))
        return f" (pid {owner['pid']}, since {owner['since']}, {minutes} minutes)"
    except (ValueError, KeyError, TypeError):
        # The owner has not written its name yet.
        return ""
