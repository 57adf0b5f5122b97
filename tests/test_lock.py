"""One writer at a time in a data folder, in one process or in two; readers wait for nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import newsroom
import pytest
from newsroom import BRIDGE, CHEESE, held, story

from index.check import check
from index.embed import Embedder
from index.errors import BusyError
from index.home import Home
from index.lock import writing
from index.read.known_pages import Known, KnownPages, remember
from index.update import add_articles, build_index, remove_articles

home = newsroom.home
ROOT = Path(__file__).resolve().parents[1]

HOLD = """
import sys, pathlib
from index.home import Home
from index.lock import writing
with writing(Home(pathlib.Path(sys.argv[1]))):
    print("holding", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another_process_writes(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the data folder until it is told to stop."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.root)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_writer_is_told_who_writes_and_what_to_do(home: Home, embedder: Embedder) -> None:
    build_index(home, embedder, [story("bridge", BRIDGE)])
    writes: list[Callable[[], object]] = [
        lambda: build_index(home, embedder, [story("cheese", CHEESE)]),
        lambda: add_articles(home, embedder, [story("cheese", CHEESE)]),
        lambda: remove_articles(home, ["bridge"]),
    ]
    with another_process_writes(home) as other:
        for write in writes:
            with pytest.raises(BusyError) as caught:
                write()
            assert f"(pid {other.pid}, since 20" in caught.value.problem
            assert str(home.root) in caught.value.problem
            assert "Wait until it has finished" in caught.value.remedy
        assert held(home) == {"bridge": BRIDGE}, "readers wait for nobody"
        other.communicate("\n", timeout=30)
    assert add_articles(home, embedder, [story("cheese", CHEESE)]).added == ("cheese",)


def test_a_writer_that_was_killed_holds_nobody_up(home: Home, embedder: Embedder) -> None:
    with another_process_writes(home) as other:
        other.kill()
        other.wait(timeout=30)
        assert build_index(home, embedder, [story("bridge", BRIDGE)]).changed


def test_two_threads_do_not_write_at_once(home: Home) -> None:
    raised: list[BaseException] = []

    def write() -> None:
        try:
            with writing(home):
                pass
        except BusyError as error:
            raised.append(error)

    with writing(home):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(timeout=30)
    (error,) = raised
    assert f"(pid {os.getpid()}, " in str(error)


def test_of_two_builds_at_once_one_is_made_and_the_other_told(home: Home, embedder: Embedder) -> None:
    at_once, told = threading.Barrier(2), []

    def build(name: str, text: str) -> None:
        at_once.wait(30)
        try:
            build_index(home, embedder, [story(name, text)])
        except BusyError as error:
            told.append(error)

    both = [threading.Thread(target=build, args=one) for one in (("bridge", BRIDGE), ("cheese", CHEESE))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(timeout=120)
    assert len(told) == 1
    assert held(home) in ({"bridge": BRIDGE}, {"cheese": CHEESE})
    assert check(home).findings == ()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", json.dumps({"pid": 7}).encode()])
def test_an_owner_who_has_not_signed_yet_is_not_named(content: bytes, home: Home) -> None:
    with writing(home):
        home.lock.with_suffix(".json").write_bytes(content)
        with pytest.raises(BusyError, match=r"^Another process is writing to "), writing(home):
            pass


def test_nobody_is_named_who_has_finished(home: Home) -> None:
    with writing(home):
        assert home.lock.with_suffix(".json").exists()
    assert not home.lock.with_suffix(".json").exists()


def test_what_is_known_of_pages_is_read_while_another_writes_and_written_by_one_alone(
    home: Home, embedder: Embedder
) -> None:
    build_index(home, embedder, [story("bridge", BRIDGE)])
    page = {"https://news.example/bridge": Known(etag="v1")}
    with another_process_writes(home):
        assert KnownPages.of(home).pages == {}
        with pytest.raises(BusyError):
            remember(home, page)
    remember(home, page)
    assert KnownPages.of(home).pages == page


def test_the_lock_is_free_again_after_an_error(home: Home) -> None:
    with pytest.raises(ZeroDivisionError), writing(home):
        _ = 1 / 0
    with writing(home):
        pass
