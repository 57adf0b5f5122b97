"""A model's reply read so that whoever waits for it may leave, also while the model is silent."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator

from assistant.models import Piece


def polled(pieces: Iterator[Piece], seconds: float) -> Generator[Piece | None]:
    """`pieces`, each asked for when the one before was taken; None as often as none came for `seconds`.

    Closed, it closes `pieces` as soon as those give the next one: nothing can break into a model that is at work.
    Raises what `pieces` raises.
    """
    asked: queue.SimpleQueue[bool] = queue.SimpleQueue()
    given: queue.SimpleQueue[Piece | BaseException | None] = queue.SimpleQueue()

    def read() -> None:
        # All of it in one thread: a generator that runs in one cannot be closed by another.
        while asked.get():
            try:
                given.put(next(pieces, None))
            except BaseException as error:
                given.put(error)
        if hasattr(pieces, "close"):
            pieces.close()

    threading.Thread(target=read, name="reply", daemon=True).start()
    try:
        while True:
            asked.put(True)
            while True:
                try:
                    piece = given.get(timeout=seconds)
                    break
                except queue.Empty:
                    yield None
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        asked.put(False)
