"""Files read in several processes, each file bounded in time; a file that hangs or crashes its reader costs no other.

The articles come in the order of the files. A process that reads ahead waits when its pipe is full, so memory stays
flat however large the files are.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, TypeAlias

from index.read.formats import read_one
from index.read.source import Meter, ReadArticle, SourceFile, Unread

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

Found: TypeAlias = ReadArticle | Unread

MAX_SECONDS = 60.0
"""Seconds that a reader may take for its next article before its file counts as unreadable."""

_AHEAD = 8
"""Files that wait for each process, so that none is idle while the parent stores articles."""

_BUFFERED = 256
"""Articles of one process that are kept while those of an earlier file are awaited."""

_READY = "ready"
_TO_START = 60.0
"""What a process sends when it has started, and the seconds that this may take: they are no file's."""

_BATCH, _BATCH_SECONDS = 32, 0.25


@dataclass
class _Worker:
    process: SpawnProcess
    pipe: Connection
    tasks: deque[int] = field(default_factory=deque)
    waited: float = -_TO_START
    """Seconds that the parent has waited for it in vain."""


@dataclass
class _Task:
    file: SourceFile | None
    found: deque[Found] = field(default_factory=deque)
    is_done: bool = False
    metered: int = 0


class ReaderProcesses:
    """So many reader processes. Give files by `read`, and close; they end with their parent in any case."""

    def __init__(self, processes: int, *, max_seconds: float = MAX_SECONDS) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._max_seconds = max_seconds
        self._workers = [self._started() for _ in range(processes)]

    def read(self, files: Iterator[SourceFile | Unread], meter: Meter) -> Iterator[Found]:
        """The articles of `files`, in their order. `meter` is told of the bytes that were read."""
        tasks: dict[int, _Task] = {}
        next_in = next_out = 0
        is_more = True
        while is_more or tasks:
            while is_more and next_in - next_out < _AHEAD * len(self._workers):
                file = next(files, None)
                if file is None:
                    is_more = False
                    break
                tasks[next_in] = _Task(file) if isinstance(file, SourceFile) else _Task(None, deque([file]), True)
                if isinstance(file, SourceFile):
                    self._give(min(self._workers, key=lambda worker: len(worker.tasks)), next_in, file)
                next_in += 1
            if next_out not in tasks:
                continue
            first = tasks[next_out]
            while first.found:
                yield first.found.popleft()
            if first.is_done:
                del tasks[next_out]
                next_out += 1
            else:
                self._receive(tasks, next_out, meter)

    def processes(self) -> list[int]:
        """Their ids."""
        return [worker.process.pid or 0 for worker in self._workers]

    def close(self) -> None:
        """End the processes, whatever they are at."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_read_for_parent, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _give(self, worker: _Worker, number: int, file: SourceFile) -> None:
        worker.tasks.append(number)
        with contextlib.suppress(OSError):  # it has died; `_receive` finds out, and gives its files to another
            worker.pipe.send(file)

    def _receive(self, tasks: dict[int, _Task], wanted: int, meter: Meter) -> None:
        """Take what the processes have sent; wait for those that may send."""
        listening = [
            worker
            for worker in self._workers
            if worker.tasks and (wanted in worker.tasks or self._buffered(worker, tasks) < _BUFFERED)
        ]
        began = time.monotonic()
        ready = wait([worker.pipe for worker in listening], timeout=1.0)
        waited = time.monotonic() - began
        for worker in listening:
            task = tasks[worker.tasks[0]]
            if worker.pipe in ready:
                worker.waited = 0.0
                try:
                    message = worker.pipe.recv()
                except (EOFError, OSError):
                    worker.process.join()
                    self._replace(worker, tasks, f"its reader crashed ({_exit(worker.process.exitcode)})")
                    continue
                if message == _READY:
                    continue
                found, metered, is_done = message
                task.found.extend(found)
                meter.add(metered - task.metered)
                task.metered = metered
                if is_done:
                    task.is_done = True
                    worker.tasks.popleft()
            else:
                worker.waited += waited
                if worker.waited > self._max_seconds:
                    self._replace(worker, tasks, f"it gave no article within {self._max_seconds:.0f} seconds")

    def _buffered(self, worker: _Worker, tasks: dict[int, _Task]) -> int:
        return sum(len(task.found) for number in worker.tasks if (task := tasks.get(number)))

    def _replace(self, worker: _Worker, tasks: dict[int, _Task], why: str) -> None:
        """Give up the file that a process is at, end the process, and let a new one read the files behind it."""
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        number, *others = worker.tasks
        task = tasks[number]
        assert task.file is not None
        task.found.append(task.file.unread(f"Reading was given up: {why}.", "Convert it to plain text, or remove it."))
        task.is_done = True
        fresh = self._started()
        worker.process, worker.pipe, worker.tasks, worker.waited = fresh.process, fresh.pipe, deque(), fresh.waited
        for other in others:
            if (file := tasks[other].file) is not None:
                self._give(worker, other, file)


def _exit(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"


def _read_for_parent(pipe: Connection) -> None:
    """What a reader process does: read the files it is given, and send what it finds in batches."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends this process
    try:
        pipe.send(_READY)
        while True:
            meter = Meter()
            file: SourceFile = replace(pipe.recv(), meter=meter)
            batch: list[Found] = []
            sent = time.monotonic()
            for found in read_one(file):
                batch.append(found)
                if len(batch) == _BATCH or time.monotonic() - sent > _BATCH_SECONDS:
                    pipe.send((batch, meter.count, False))
                    batch, sent = [], time.monotonic()
            pipe.send((batch, meter.count, True))
    except (EOFError, OSError):  # the parent has gone
        return
