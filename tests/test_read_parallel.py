"""Reading in several processes: the same articles in the same order, and a reader that dies or hangs costs one file."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import documents
from lindhafen import MORE, PROSE
from readings import lines

from index.read import ReadArticle, Unread, read
from index.read.parallel import ReaderProcesses
from index.read.source import Meter, SourceFile


def folder_of(tmp_path: Path) -> Path:
    folder = tmp_path / "week"
    folder.mkdir()
    for n in range(30):
        (folder / f"{n:02}.html").write_text(documents.page(f"{PROSE} It was story {n}.", MORE))
    lines(folder / "a.jsonl", *({"id": f"a{n}", "text": f"{PROSE} {n}"} for n in range(500)), "{")
    (folder / "b.pdf").write_bytes(b"no PDF")
    return folder


def test_several_processes_read_the_same_in_the_same_order(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    reading = read([folder, tmp_path / "missing"], processes=2)
    found = list(reading)
    assert found == list(read([folder, tmp_path / "missing"]))
    assert len(found) == 30 + 501 + 1 + 1
    assert reading.bytes_read == reading.bytes_total() > 0


def test_the_processes_end_when_reading_does_also_in_the_middle(tmp_path: Path) -> None:
    reading = read([folder_of(tmp_path)], processes=2)
    assert isinstance(next(reading), ReadArticle)
    assert len(multiprocessing.active_children()) == 2
    reading.close()
    assert not multiprocessing.active_children()


def pipes_among(tmp_path: Path, *names: str) -> Iterator[SourceFile]:
    """Files to read, those called "pipe" pipes that nobody writes to: they hang their reader."""
    for name in names:
        if name.startswith("pipe"):
            os.mkfifo(tmp_path / name)
        else:
            (tmp_path / name).write_text(PROSE)
        yield SourceFile(tmp_path / name, name)


def test_a_reader_that_hangs_costs_its_own_file(tmp_path: Path) -> None:
    readers = ReaderProcesses(1, max_seconds=4)
    try:
        first, hung, last = readers.read(pipes_among(tmp_path, "a.txt", "pipe.txt", "c.txt"), Meter())
    finally:
        readers.close()
    assert isinstance(first, ReadArticle)
    assert isinstance(last, ReadArticle)
    assert isinstance(hung, Unread)
    assert "within 4 seconds" in hung.problem
    assert hung.remedy


def test_a_reader_that_dies_costs_its_own_file(tmp_path: Path) -> None:
    readers = ReaderProcesses(1)
    (process,) = readers.processes()
    killer = threading.Timer(0.5, os.kill, (process, signal.SIGKILL))
    killer.start()
    try:
        died, last = readers.read(pipes_among(tmp_path, "pipe.txt", "c.txt"), Meter())
    finally:
        killer.join()
        readers.close()
    assert isinstance(died, Unread)
    assert "crashed (signal 9)" in died.problem
    assert died.remedy
    assert isinstance(last, ReadArticle)
