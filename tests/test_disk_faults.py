"""Faults of the disk and of the machine, done for real: files rot or vanish, a disk is full or read-only, the clock
jumps back. What served before serves on, nothing is lost, and a message says what to run."""

from __future__ import annotations

import datetime
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import newsroom
import pytest
import tiny_model
from newsroom import BRIDGE, CHEESE, TRAIN, builds, held, serving_folder, story

import index.catalogue
from assistant.assistant import Assistant
from assistant.settings import Settings
from index.check import check
from index.embed import Embedder
from index.errors import BuildError, CatalogueError, DatelineError
from index.home import Home
from index.repair import repair
from index.search import Index
from index.serving import rollback
from index.update import add_articles, build_index, remove_articles

home = newsroom.home
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny

STORIES = [story("bridge", BRIDGE), story("cheese", CHEESE)]
BOTH = {"bridge": BRIDGE, "cheese": CHEESE}


class TestAJournalOfTheCatalogueThatIsRemoved:
    """A server keeps the catalogue open, so what an editor commits may stand in the -wal for hours."""

    @staticmethod
    def without_journal(home: Home, to: Path) -> Home:
        copied = Home(Path(shutil.copytree(home.root, to)))
        journal = copied.root / "catalogue.sqlite-wal"
        assert journal.stat().st_size, "else nothing is taken away"
        journal.unlink()
        (copied.root / "catalogue.sqlite-shm").unlink()
        return copied

    def test_takes_nothing_with_it_that_serves_or_was_removed(self, home: Home, tiny: Embedder, tmp_path: Path) -> None:
        build_index(home, tiny, STORIES)
        server = Index.open(home)
        server.articles()
        add_articles(home, tiny, [story("train", TRAIN)])
        remove_articles(home, ["cheese"])
        copied = self.without_journal(home, tmp_path / "copied")
        server.close()
        assert check(copied).findings == ()
        assert held(copied) == {"bridge": BRIDGE, "train": TRAIN}
        rollback(copied)
        opened = Index.open(copied)
        assert {article.id for article in opened.articles()} == {"bridge", "train"}, "what was removed stays removed"
        opened.close()

    def test_with_a_build_on_it_lets_the_one_before_serve_and_says_what_to_run(
        self,
        home: Home,
        tiny: Embedder,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        build_index(home, tiny, STORIES)
        server = Index.open(home)
        server.articles()
        with monkeypatch.context() as patch:
            patch.setattr(index.catalogue.Catalogue, "settle", lambda _: None)
            add_articles(home, tiny, [story("train", TRAIN)])
        copied = self.without_journal(home, tmp_path / "copied")
        server.close()
        with pytest.raises(BuildError, match="is not on record in"):
            Index.open(copied)
        with caplog.at_level(logging.ERROR):
            served = Assistant(Settings(home=copied.root), tiny).index()
        assert served is not None
        assert {article.id: article.text for article in served.articles()} == BOTH
        assert "dateline index repair" in caplog.text
        served.close()
        add_articles(copied, tiny, [story("late", f"{TRAIN} Tickets are dear.")])
        assert held(copied) == {**BOTH, "late": f"{TRAIN} Tickets are dear."}, "its numbers are not taken for others"


def rot(file: Path) -> None:
    """Turn one bit over; the file keeps its size and its time."""
    written, content = file.stat().st_mtime_ns, bytearray(file.read_bytes())
    content[-8] ^= 0x40
    file.write_bytes(content)
    os.utime(file, ns=(written, written))


def test_a_file_that_rots_unseen_is_found_by_reading_it_and_the_build_before_serves(
    home: Home, tiny: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    build_index(home, tiny, STORIES)
    add_articles(home, tiny, [story("train", TRAIN)])
    rot(serving_folder(home) / "vectors.npy")
    assistant = Assistant(Settings(home=home.root), tiny)
    opened = assistant.index()
    assert opened is not None
    assert opened.manifest.name == home.current(), "its size and time are what they were"
    with caplog.at_level(logging.ERROR):
        assistant.verify()
    served = assistant.index()
    assert served is not None
    assert {article.id for article in served.articles()} == {"bridge", "cheese"}
    assert "vectors.npy is not what was written" in caplog.text
    assert "dateline index repair" in caplog.text
    (finding,) = check(home).findings
    assert "vectors.npy" in finding.problem
    assert repair(home).embedded == 0
    assistant.verify()
    assert {article.id for article in assistant.articles()} == {"bridge", "cheese", "train"}


@pytest.mark.parametrize("part", ["vectors.npy", "rows.npy"])
def test_what_rots_unseen_is_not_handed_on_to_the_next_build(part: str, home: Home, tiny: Embedder) -> None:
    build_index(home, tiny, STORIES)
    before = serving_folder(home)
    rot(before / part)
    add_articles(home, tiny, [story("train", TRAIN)])
    (finding,) = check(home).findings
    assert before.name in finding.problem
    assert held(home) == {**BOTH, "train": TRAIN}


def test_there_is_no_going_back_to_a_build_that_has_rotted(home: Home, tiny: Embedder) -> None:
    build_index(home, tiny, STORIES)
    before = serving_folder(home)
    add_articles(home, tiny, [story("train", TRAIN)])
    rot(before / "clusters.npy")
    with pytest.raises(BuildError, match=r"clusters\.npy is not what was written"):
        rollback(home)
    assert set(held(home)) == {"bridge", "cheese", "train"}


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes, as on a full disk: writing fails half-way."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A disk of `size` at `folder`. Skips where this account may not mount one."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


linux = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root on Linux mounts disks")
posix = pytest.mark.skipif(os.name != "posix", reason="the size of files cannot be limited here")


class TestAFullDisk:
    @posix
    def test_changes_nothing_wherever_it_strikes_and_the_same_command_works_afterwards(
        self, home: Home, tiny: Embedder
    ) -> None:
        build_index(home, tiny, STORIES)
        before, said = home.current(), []
        for size in (0, 1_000, 20_000, 60_000):
            with largest_file(size), pytest.raises(DatelineError) as caught:
                add_articles(home, tiny, [story("train", TRAIN)])
            said.append(caught.value.remedy)
            assert (home.current(), held(home), builds(home)) == (before, BOTH, [before])
            assert len(str(caught.value)) < 500
        assert all("room" in remedy for remedy in said), said
        assert check(home).findings == ()
        add_articles(home, tiny, [story("train", TRAIN)])
        assert held(home) == {**BOTH, "train": TRAIN}

    @linux
    def test_that_is_really_full_serves_on(self, tmp_path: Path, tiny: Embedder) -> None:
        with small_disk(tmp_path / "disk", "2m"):
            home = Home(tmp_path / "disk" / "home")
            build_index(home, tiny, STORIES)
            filler = tmp_path / "disk" / "filler"
            assistant = Assistant(Settings(home=home.root), tiny)
            assert len(assistant.articles()) == 2
            for left in (0, 40_960, 204_800):
                filler.write_bytes(b"x" * (shutil.disk_usage(tmp_path / "disk").free - left))
                with pytest.raises(DatelineError) as caught:
                    add_articles(home, tiny, [story("train", TRAIN)])
                assert "room" in caught.value.remedy
                assert {article.id for article in assistant.articles()} == {"bridge", "cheese"}
                assert held(home) == BOTH
                filler.unlink()
            add_articles(home, tiny, [story("train", TRAIN)])
            assert set(held(home)) == {"bridge", "cheese", "train"}


@linux
def test_a_read_only_disk_is_searched_and_says_so_to_an_editor(tmp_path: Path, tiny: Embedder) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, "30m"):
        home = Home(disk / "home")
        build_index(home, tiny, STORIES)
        vector = tiny.embed_query("bridge")
        opened = Index.open(home)
        found = sorted(opened.nearest(vector, 2).tolist())
        # What is open for writing keeps a disk from being remounted, so it is seen through another mount.
        seen = tmp_path / "seen"
        seen.mkdir()
        subprocess.run(["mount", "--bind", disk, seen], check=True)
        try:
            opened.close()
            subprocess.run(["mount", "-o", "remount,bind,ro", seen], check=True)
            locked = Home(seen / "home")
            assert held(locked) == BOTH
            opened = Index.open(locked)
            assert sorted(opened.nearest(vector, 2).tolist()) == found
            opened.close()
            assert check(locked).findings == ()
            writes: list[Callable[[], object]] = [
                lambda: add_articles(locked, tiny, STORIES),
                lambda: rollback(locked),
            ]
            for write in writes:
                with pytest.raises(CatalogueError, match="cannot be written: Read-only file system") as caught:
                    write()
                assert "may be written" in caught.value.remedy
            assert held(home) == BOTH
        finally:
            subprocess.run(["umount", "-l", seen], check=True)


class Yesterday(datetime.datetime):
    """A clock that was set back."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Yesterday:
        return cls(2001, 1, 1, tzinfo=tz)


def test_a_clock_that_jumps_back_confuses_neither_what_serves_nor_what_served_before(
    home: Home, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(home, tiny, STORIES[:1])
    build_index(home, tiny, STORIES)
    first, second = builds(home)
    assistant = Assistant(Settings(home=home.root), tiny)
    assert len(assistant.articles()) == 2
    monkeypatch.setattr("index.build.datetime.datetime", Yesterday)
    add_articles(home, tiny, [story("train", TRAIN)])
    monkeypatch.undo()
    third = home.current()
    assert third is not None
    assert third < second, "its name tells of the clock"
    assert builds(home) == [second, third]
    assert len(assistant.articles()) == 3
    assert check(home).findings == ()
    rollback(home)
    assert (home.current(), held(home)) == (second, BOTH)
    add_articles(home, tiny, [story("late", TRAIN)])
    assert builds(home) == [second, home.current()]
    assert first != second
