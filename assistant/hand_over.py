"""A few articles handed by `dateline index add` to a server that runs over the same data folder.

The server has the embedding model and the build in memory, which a command of its own first loads for many seconds. It
listens on a socket of this machine that only those reach who may read the data folder: server.json there, readable for
its owner alone, holds the address and the key. What cannot be handed over is done by the command itself.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import DatelineError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from assistant.assistant import Assistant
    from assistant.settings import Settings
    from index.home import Home
    from index.read import ReadArticle, Unread
    from index.update import Progress, UpdateReport

_log = logging.getLogger(__name__)

FEW = 20
"""Articles; more take a server's readers too much of its time, and the command's own start little of theirs."""

_ANSWERS_WITHIN = 5.0
"""Seconds."""

_TAKES, _PROGRESS, _REPORT, _ERROR = "takes", "progress", "report", "error"


def _file(home: Home) -> Path:
    return home.root / "server.json"


def _like(settings: Settings) -> dict[str, Any]:
    """The settings that decide what becomes of an article; a server that was started under others is not asked."""
    return {
        "embedding_model": settings.embedding_model,
        "embedding_dtype": settings.embedding_dtype,
        "chroma_url": settings.chroma_url,
    }


@contextmanager
def taking_over(assistant: Assistant) -> Iterator[None]:
    """Take what is handed over meanwhile. Where the data folder cannot be written, or a socket not be had, nothing is
    taken."""
    from multiprocessing.connection import Listener

    key, file = secrets.token_bytes(32), _file(assistant.home)
    try:
        listener = Listener(authkey=key, backlog=4)
    except OSError:
        yield
        return
    told = {"address": listener.address, "key": key.hex(), "settings": _like(assistant.settings)}
    with closing(listener):
        try:
            _write(file, json.dumps(told))
        except OSError:
            yield
            return
        threading.Thread(target=_serve, args=(listener, assistant), name="hand-over", daemon=True).start()
        try:
            yield
        finally:
            # Another server over the same folder may have put its own there since.
            with suppress(OSError, ValueError, KeyError, TypeError):
                if json.loads(file.read_text(encoding="utf-8"))["key"] == key.hex():
                    file.unlink()


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}.next")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)
    beside.replace(file)


def _serve(listener: Any, assistant: Assistant) -> None:
    from multiprocessing import AuthenticationError

    from index.language import load_model

    load_model()
    while True:
        try:
            connection = listener.accept()
        except (AuthenticationError, EOFError, ConnectionError):
            continue  # whoever called has no key, or has gone
        except OSError:
            return  # closed
        threading.Thread(target=_take, args=(connection, assistant), name="handed-over", daemon=True).start()


def _take(connection: Connection, assistant: Assistant) -> None:
    """Add what one caller hands over. It is added to its end where the caller leaves."""
    from index.read import with_languages

    with closing(connection), suppress(EOFError, OSError):
        found: Sequence[ReadArticle | Unread] = connection.recv()
        connection.send((_TAKES,))

        def show(stage: str, done: int, total: int | None) -> None:
            with suppress(OSError):
                connection.send((_PROGRESS, stage, done, total))

        try:
            told: tuple[object, ...] = (_REPORT, assistant.add(with_languages(found), progress=show))
        except DatelineError as error:
            told = (_ERROR, error.problem, error.remedy)
        except Exception as error:
            _log.exception("What was handed over could not be added.")
            problem = f"The server could not add the articles: {type(error).__name__}: {error}."
            told = (_ERROR, problem, "Look at what the server printed, then run the same command again.")
        connection.send(told)


def handed_over(settings: Settings, found: Sequence[ReadArticle | Unread], progress: Progress) -> UpdateReport | None:
    """What became of `found` at a server over the same data folder, which answers from it by then; None where there is
    none that takes it, and nothing was done. Raises the DatelineError that the server met."""
    connection = _connected(settings)
    if connection is None:
        return None
    with closing(connection):
        try:
            connection.send(list(found))
            if connection.recv() != (_TAKES,):
                return None
        except (EOFError, OSError):
            return None
        while True:
            try:
                kind, *rest = connection.recv()
            except (EOFError, OSError) as error:
                raise DatelineError(
                    "The server that was adding the articles has ended.", "Run the same command again."
                ) from error
            if kind == _PROGRESS:
                progress(*rest)
            elif kind == _ERROR:
                raise DatelineError(*rest)
            else:
                report: UpdateReport = rest[0]
                return report


def _connected(settings: Settings) -> Connection | None:
    """The connection to the server over the data folder; None where none answers that has these settings."""
    from multiprocessing import AuthenticationError
    from multiprocessing.connection import Client

    try:
        told = json.loads(_file(settings.data).read_text(encoding="utf-8"))
        address, key, is_like = told["address"], bytes.fromhex(told["key"]), told["settings"] == _like(settings)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    found: list[Connection] = []

    def call() -> None:
        # What a server that was killed left, or one that has another key, since it has another folder.
        with suppress(OSError, EOFError, AuthenticationError):
            found.append(Client(address, authkey=key))

    if is_like:
        # In a thread, since nothing ends the wait for a server that was stopped half-way.
        calling = threading.Thread(target=call, daemon=True)
        calling.start()
        calling.join(_ANSWERS_WITHIN)
    return found[0] if found else None
