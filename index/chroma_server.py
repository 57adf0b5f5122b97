"""What is known of a collection on a Chroma server: where it is written down, and what is said when the server is down.
Does not talk to one: index/store.py does."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from index.errors import StoreError
from index.home import sync_folder

NAME = "server.json"
"""The file in a build's folder for its vector store that stands for a collection on a server."""

_FIRST_PAUSES = (0.5,)
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the tries of a write: a server that has answered already may be started again meanwhile."""

_PATIENCE_SECONDS = 60.0
"""A try that failed only after so long was the last one."""

Found = TypeVar("Found")


def is_named_in(folder: Path) -> bool:
    """Whether the vector store of `folder` lies on a server."""
    return (folder / NAME).is_file()


def server_of(folder: Path) -> str | None:
    """The address of the server that the vector store of `folder` lies on; None where it lies in the folder itself."""
    try:
        return named(folder)[0]
    except ValueError:
        return None


def named(folder: Path) -> tuple[str, str]:
    """The address of the server and the name of the collection that `folder` stands for. Raises ValueError."""
    try:
        said = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return str(said["url"]), str(said["collection"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"the vector store cannot be opened: {NAME} names no collection: {error}") from error


def name(folder: Path, url: str) -> str:
    """Let `folder` stand for a collection of its build's own on the server `url`; what that one is called.

    To be done before the collection is made, so that whatever a crash leaves there can be found and dropped.
    """
    collection = f"dateline-{folder.parent.name}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("w", encoding="utf-8") as file:
        json.dump({"url": url, "collection": collection}, file)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder)
    return collection


def persistently(url: str, write: Callable[[], Found], *, first: bool = False) -> Found:
    """What `write` gives, tried anew for some seconds; it must be such that it can be done twice. Raises StoreError.

    With `first` it is the first that is asked of the server, which is soon believed to be down.
    """
    for pause in (*(_FIRST_PAUSES if first else _PAUSES), None):
        began = time.monotonic()
        try:
            return write()
        except Exception as error:
            if pause is None or time.monotonic() - began > _PATIENCE_SECONDS:
                raise no_answer(url, error) from error
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def no_answer(url: str, error: Exception) -> StoreError:
    """What is said of the server `url` that did not answer, or with an error."""
    said = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    parts = urlsplit(url)
    start = f"chroma run --path FOLDER --host {parts.hostname} --port {parts.port or 8000}"
    return StoreError(
        f"The Chroma server at {url} does not answer as it should: {said}.",
        f"Start it with `{start}`; or take chroma_url out of the settings and run `dateline index repair`, which needs "
        "no server.",
    )
