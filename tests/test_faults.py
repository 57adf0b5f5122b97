"""Faults of the machine and of its users: damaged files, a full disk, several threads, strange input. None spreads."""

from __future__ import annotations

import errno
import gc
import json
import logging
import os
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import newsroom
import numpy as np
import pytest
import tiny_model
from newsroom import BRIDGE, CHEESE, TRAIN, Watched, builds, held, serving_folder, story

import index.build
import index.home
import index.manifest
from assistant.assistant import Assistant
from assistant.settings import Settings
from index import store
from index.catalogue import Catalogue
from index.embed import Embedder
from index.errors import BuildError, CatalogueError
from index.home import Home
from index.read import ReadArticle, Unread, read
from index.search import Index
from index.update import add_articles, build_index, remove_articles

home = newsroom.home
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny
watched = newsroom.watched

STORIES = [story("bridge", BRIDGE), story("cheese", CHEESE)]


def names(home: Home) -> set[str]:
    """The articles that the next build would hold."""
    catalogue = Catalogue.open(home.catalogue, read_only=True)
    try:
        return set(catalogue.heads())
    finally:
        catalogue.close()


def full_disk(*_: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


class TestAVectorStore:
    @pytest.mark.parametrize("content", [b"", b"\xff\x13" * 4000], ids=["empty", "garbled"])
    @pytest.mark.parametrize("kind", ["*.sqlite3", "*.bin"])
    def test_that_is_damaged_raises_one_kind_of_error(self, kind: str, content: bytes, tmp_path: Path) -> None:
        vectors = np.random.default_rng(0).normal(size=(1500, 8)).astype(np.float32)
        store.write(tmp_path, [], iter([(range(1500), vectors)]))
        for file in tmp_path.rglob(kind):
            file.write_bytes(content)

        def ask() -> None:
            opened = store.VectorStore.open(tmp_path)
            try:
                opened.nearest(vectors[0], 1)
            finally:
                opened.close()

        with pytest.raises(ValueError, match="the vector store cannot be"):
            ask()

    def test_that_is_missing_is_not_made_by_opening_it(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=r"no chroma\.sqlite3"):
            store.VectorStore.open(tmp_path / "chroma")
        assert list(tmp_path.iterdir()) == []


class TestSeveralThreads:
    def test_ask_while_articles_are_added(self, home: Home, embedder: Embedder) -> None:
        build_index(home, embedder, STORIES)
        vector, stop, wrong = embedder.embed_query("bridge"), threading.Event(), []

        def ask() -> None:
            while not stop.is_set():
                try:
                    opened = Index.open(home)
                    assert len(opened.nearest(vector, 2)) == 2
                    opened.close()
                except BaseException as error:
                    wrong.append(error)
                    return

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for n in range(6):
                add_articles(home, embedder, [story(str(n), TRAIN)])
        finally:
            stop.set()
            for thread in threads:
                thread.join(timeout=60)
        assert wrong == []


def test_only_builds_are_pruned(home: Home, embedder: Embedder) -> None:
    (home.builds / "notes").mkdir(parents=True)
    for text in (BRIDGE, CHEESE, TRAIN):
        build_index(home, embedder, [story("one", text)])
    assert (home.builds / "notes").is_dir()
    assert len(list(home.builds.iterdir())) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_a_server_that_takes_up_a_build_thirty_times_holds_no_more_files_open(home: Home, tiny: Embedder) -> None:
    assistant = Assistant(Settings(home=home.root, reader=False), tiny)
    for n in range(2):
        assistant.add([story("bridge", f"{BRIDGE} It is the day {n}.")])

    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    counts = []
    gc.disable()  # a server collects rarely: what is left to the collector is open for hours
    try:
        for n in range(30):
            home.set_current(builds(home)[n % 2])
            assistant.articles()
            counts.append(open_files())
    finally:
        gc.enable()
    # Chroma opens its database once to five times, as it happens.
    assert max(counts) - counts[0] < 10, counts


def test_an_index_is_dropped_with_its_last_reader_and_may_be_closed_twice(home: Home, embedder: Embedder) -> None:
    build_index(home, embedder, STORIES)
    gc.disable()  # it must go at once, not when the collector comes round
    try:
        opened = Index.open(home)
        opened.articles()
        opened.span(0)
        closing = opened._closing
        del opened
        assert not closing.alive
    finally:
        gc.enable()
    opened = Index.open(home)
    opened.close()
    opened.close()


class TestAFullDisk:
    def test_changes_nothing_but_a_removal_and_the_same_command_works_afterwards(
        self, home: Home, watched: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_index(home, watched, STORIES)
        before = home.current()
        with monkeypatch.context() as patch:
            patch.setattr(np, "save", full_disk)
            for _ in range(2):
                with pytest.raises(BuildError, match="No space left on device"):
                    remove_articles(home, ["cheese"])
                with pytest.raises(BuildError, match="No space left on device"):
                    add_articles(home, watched, [story("train", TRAIN)])
        assert (home.current(), names(home)) == (before, {"bridge"}), "a removal stands, and nothing else has changed"
        assert builds(home) == [before]
        assert remove_articles(home, ["cheese"]).removed == ("cheese",)
        assert add_articles(home, watched, [story("train", TRAIN)]).added == ("train",)
        assert held(home) == {"bridge": BRIDGE, "train": TRAIN}
        assert len(watched.embedded) == len(set(watched.embedded)) == 3


def test_an_index_that_is_switched_and_pruned_while_it_is_opened_is_opened_anew(
    home: Home, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(home, embedder, STORIES)
    gone, current = "20240614T180700Z-abcdef", Home.current
    answers = iter([gone])
    monkeypatch.setattr(Home, "current", lambda self: next(answers, None) or current(self))
    opened = Index.open(home)
    assert opened.manifest.name == current(home)
    opened.close()


def test_all_files_of_a_build_are_on_the_disk_before_its_manifest(
    home: Home, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    write = index.manifest.Manifest.write
    missed: list[Path] = []

    def checked(manifest: index.manifest.Manifest, folder: Path) -> None:
        missed.extend(p for p in [home.builds, folder, *folder.rglob("*")] if p.stat().st_ino not in synced)
        write(manifest, folder)

    monkeypatch.setattr(index.manifest.Manifest, "write", checked)
    build_index(home, embedder, STORIES)
    assert missed == []


class TestAServer:
    @pytest.fixture
    def assistant(self, home: Home, embedder: Embedder) -> Assistant:
        made = Assistant(Settings(home=home.root), embedder)
        made.build(STORIES)
        assert made.index() is not None
        return made

    def test_goes_on_with_the_build_it_has_where_a_newer_one_is_damaged(
        self, assistant: Assistant, home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        serving = assistant.index()
        assistant.add([story("train", TRAIN)])
        (serving_folder(home) / "rows.npy").write_bytes(b"")
        with caplog.at_level(logging.ERROR):
            for _ in range(3):
                assert assistant.index() is serving
        assert len([one for one in caplog.records if one.levelno == logging.ERROR]) == 1
        monkeypatch.setattr(Index, "open", lambda *_: pytest.fail("a damaged build is tried once"))
        assistant.index()

    def test_takes_up_the_next_sound_build(self, assistant: Assistant, home: Home) -> None:
        assistant.add([story("train", TRAIN)])
        (serving_folder(home) / "rows.npy").write_bytes(b"")
        assistant.index()
        assistant.add([story("late", TRAIN)])
        assert {article.id for article in assistant.articles()} == {"bridge", "cheese", "train", "late"}

    def test_goes_on_where_current_is_garbled(
        self, assistant: Assistant, home: Home, caplog: pytest.LogCaptureFixture
    ) -> None:
        serving = assistant.index()
        (home.root / "CURRENT").write_bytes(b"\xff/..")
        assert assistant.index() is assistant.index() is serving
        assert len([one for one in caplog.records if one.levelno == logging.ERROR]) == 1

    def test_says_so_each_time_where_nothing_sound_is_open(self, home: Home, embedder: Embedder) -> None:
        build_index(home, embedder, STORIES)
        (serving_folder(home) / "rows.npy").write_bytes(b"")
        assistant = Assistant(Settings(home=home.root), embedder)
        for _ in range(2):
            with pytest.raises(BuildError):
                assistant.index()


class TestTheCatalogue:
    def test_says_that_the_disk_is_full_and_takes_nothing(self, home: Home) -> None:
        catalogue = Catalogue.open(home.catalogue)
        pages = catalogue._db.execute("PRAGMA page_count").fetchone()[0]
        catalogue._db.execute(f"PRAGMA max_page_count={pages}")

        def put() -> None:
            with catalogue.transaction():
                catalogue.put(story("small", BRIDGE).article)
                catalogue.put(story("large", BRIDGE * 10_000).article)

        with pytest.raises(CatalogueError, match=r"disk is full.*Make room"):
            put()
        assert (catalogue.versions_of("small"), catalogue._db.in_transaction) == ([], False)
        catalogue.close()

    def test_says_that_another_program_holds_it(self, home: Home) -> None:
        catalogue = Catalogue.open(home.catalogue)
        catalogue._db.execute("PRAGMA busy_timeout=10")
        other = sqlite3.connect(home.catalogue, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CatalogueError, match=r"locked.*Another program"), catalogue.transaction():
            pass
        other.close()
        catalogue.close()

    def test_says_that_its_pages_are_damaged(self, home: Home) -> None:
        catalogue = Catalogue.open(home.catalogue)
        with catalogue.transaction():
            version = catalogue.put(story("large", BRIDGE * 1000).article)
        catalogue.close()
        content = home.catalogue.read_bytes()
        home.catalogue.write_bytes(content[:4096] + b"\xde\xad" * ((len(content) - 4096) // 2))
        catalogue = Catalogue.open(home.catalogue)
        with pytest.raises(CatalogueError, match=r"malformed.*Restore it"):
            catalogue.article(version)
        catalogue.close()


class TestStrangeJson:
    def read(self, folder: Path, **contents: str) -> tuple[list[ReadArticle], list[Unread]]:
        for name, content in contents.items():
            (folder / f"{name}.json").write_text(content)
        found = list(read([folder]))
        return [f for f in found if isinstance(f, ReadArticle)], [f for f in found if isinstance(f, Unread)]

    def test_numbers_that_are_too_large_are_null(self, tmp_path: Path) -> None:
        (found,), _ = self.read(tmp_path, one=json.dumps({"text": BRIDGE})[:-1] + ', "score": 1e999, "more": -1e999}')
        assert dict(found.article.metadata) == {"score": None, "more": None}

    @pytest.mark.parametrize(("depth", "is_read"), [(49, True), (50, False), (900, False), (200_000, False)])
    def test_more_than_fifty_levels_are_refused_and_cost_no_other_file(
        self, depth: int, is_read: bool, tmp_path: Path
    ) -> None:
        deep = f'{{"text": "{BRIDGE}", "deep": {"[" * depth}{"]" * depth}}}'
        found, failed = self.read(tmp_path, a=deep, b=json.dumps({"text": CHEESE}))
        assert ([one.article.id for one in found], len(failed)) == (
            (["a.json"] if is_read else []) + ["b.json"],
            1 - is_read,
        )
        assert all("nested" in one.problem for one in failed)

    @pytest.mark.parametrize("error", [RecursionError("too deep"), ValueError("strange"), RuntimeError()])
    def test_an_error_that_no_reader_foresaw_costs_one_file(
        self, error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def reader(file: Any) -> Any:
            raise error
            yield

        monkeypatch.setattr("index.read.formats.READERS", {".json": reader, ".txt": index.read.text_file.read_text})
        (tmp_path / "z.txt").write_text(CHEESE)
        found, failed = self.read(tmp_path, a="{}")
        assert ([one.article.text for one in found], len(failed)) == ([CHEESE], 1)


def test_an_id_that_comes_twice_with_other_fields_is_reported(home: Home, embedder: Embedder) -> None:
    twice = [story("bridge", BRIDGE, source="AFP"), story("bridge", BRIDGE, source="Reuters", origin="/news/b.txt")]
    report = build_index(home, embedder, twice)
    (failure,) = report.failures
    assert "comes twice with different text or fields" in failure.problem
    assert report.serving is not None
    assert report.serving.sources == ("AFP",)
