"""A backup is one moment of the catalogue, whole or refused; a restore needs no model and overwrites nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import newsroom
import pytest
import tiny_model
from newsroom import BRIDGE, CHEESE, TRAIN, Watched, held, story

from index.backup import back_up, restore
from index.check import check
from index.embed import Embedder
from index.errors import BackupError, BusyError, CatalogueError
from index.home import Home
from index.lock import writing
from index.manifest import Manifest
from index.repair import repair
from index.update import add_articles, build_index, remove_articles

home = newsroom.home
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny

ROOT = Path(__file__).resolve().parents[1]
STORIES = [story("bridge", BRIDGE), story("cheese", CHEESE)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dateline.tar.gz"


@pytest.fixture
def other(tmp_path: Path) -> Home:
    return Home(tmp_path / "other")


def test_what_is_restored_is_what_was_backed_up(home: Home, other: Home, file: Path, tiny: Embedder) -> None:
    build_index(home, tiny, [*STORIES, story("train", TRAIN)])
    remove_articles(home, ["train"])
    connection = sqlite3.connect(home.root / "conversations.sqlite")
    connection.execute("CREATE TABLE said (words TEXT)")
    connection.execute("INSERT INTO said VALUES ('When?')")
    connection.commit()
    connection.close()
    told: list[tuple[str, int, int | None]] = []
    made = back_up(home, file, progress=lambda *state: told.append(state))
    assert [state for state in told if state[0] == "copying"] == [("copying", n, 2) for n in range(3)]
    size = sum(size for size, _ in made.files.values())
    assert told[-1] == ("packing", size // 10**6, max(1, size // 10**6))
    assert set(made.files) == {"catalogue.sqlite", "conversations.sqlite"}
    assert restore(other, file).embedded == 0
    assert held(other) == {"bridge": BRIDGE, "cheese": CHEESE}
    assert check(other).findings == ()
    assert Manifest.read(newsroom.serving_folder(other)).dtype == tiny.dtype
    connection = sqlite3.connect(other.root / "conversations.sqlite")
    assert connection.execute("SELECT words FROM said").fetchall() == [("When?",)]
    connection.close()
    watched = Watched(tiny)
    add_articles(other, watched, [story("train", TRAIN)])
    assert watched.embedded == [], "vectors came along, those of removed articles too"


def test_it_is_consistent_while_an_editor_works(home: Home, other: Home, file: Path, tiny: Embedder) -> None:
    build_index(home, tiny, STORIES)
    stop = threading.Event()

    def edit() -> None:
        n = 0
        while not stop.is_set():
            add_articles(home, tiny, [story(f"more-{n}", f"{TRAIN} {n}")])
            n += 1

    editor = threading.Thread(target=edit)
    editor.start()
    try:
        for _ in range(5):
            file.unlink(missing_ok=True)
            back_up(home, file)
    finally:
        stop.set()
        editor.join(timeout=60)
    restore(other, file)
    assert check(other).findings == ()
    assert {"bridge", "cheese"} <= set(held(other))


@pytest.mark.parametrize("damage", ["cut off", "one byte", "empty", "no archive"])
def test_one_that_is_not_whole_is_refused_and_leaves_nothing(
    damage: str, home: Home, other: Home, file: Path, tiny: Embedder
) -> None:
    build_index(home, tiny, STORIES)
    back_up(home, file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    half = bytes(content[: len(content) // 2])
    file.write_bytes({"cut off": half, "one byte": bytes(content), "empty": b"", "no archive": b"words " * 100}[damage])
    with pytest.raises(BackupError, match="cannot be restored"):
        restore(other, file)
    assert files(other.root) <= {"writer.lock"}


def files(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


KILLED = """
import os, signal, sys
from pathlib import Path
from index import backup
from index.home import Home

def killed(file):
    os.kill(os.getpid(), signal.SIGKILL)

backup.sync_file = killed
backup.back_up(Home(Path(sys.argv[1])), Path(sys.argv[2]))
"""


def test_what_a_killed_one_leaves_goes_with_the_next_one(home: Home, file: Path, tiny: Embedder) -> None:
    build_index(home, tiny, STORIES)
    command = [sys.executable, "-c", KILLED, str(home.root), str(file)]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=250)
    assert done.returncode == -signal.SIGKILL
    left = [one.name for one in file.parent.rglob("*.sqlite") if home.root not in one.parents]
    assert left == ["catalogue.sqlite"], "else nothing is left that could stay"
    assert not file.exists()
    back_up(home, file)
    assert files(file.parent) == {"home", file.name}


class TestARestoreThatWasCutShort:
    def test_says_what_finishes_it(
        self, home: Home, other: Home, file: Path, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_index(home, tiny, STORIES)
        back_up(home, file)
        with monkeypatch.context() as patch:
            patch.setattr("index.backup.derive", None)
            with pytest.raises(TypeError):
                restore(other, file)
        with pytest.raises(BackupError, match="no build was made yet") as caught:
            restore(other, file)
        assert "dateline index repair" in caught.value.remedy
        assert repair(other).embedded == 0
        assert held(other) == {"bridge": BRIDGE, "cheese": CHEESE}
        assert check(other).findings == ()

    def test_before_the_catalogue_was_in_place_is_run_again(
        self, home: Home, other: Home, file: Path, tiny: Embedder
    ) -> None:
        build_index(home, tiny, STORIES)
        back_up(home, file)
        (other.root / ".restoring").mkdir(parents=True)
        (other.root / ".restoring" / "catalogue.sqlite").write_bytes(b"half of it")
        # The journal of a database that was there once: SQLite would read it into the one that is restored.
        for rest in ("-wal", "-shm"):
            (other.root / f"catalogue.sqlite{rest}").write_bytes(b"of another")
        restore(other, file)
        assert held(other) == {"bridge": BRIDGE, "cheese": CHEESE}
        assert not (other.root / ".restoring").exists()


def test_nobody_restores_where_somebody_writes(home: Home, other: Home, file: Path, tiny: Embedder) -> None:
    build_index(home, tiny, STORIES)
    back_up(home, file)
    with writing(other), pytest.raises(BusyError):
        restore(other, file)
    assert files(other.root) <= {"writer.lock"}


def test_one_of_a_newer_dateline_is_refused_before_it_is_in_place(
    home: Home, other: Home, file: Path, tiny: Embedder
) -> None:
    build_index(home, tiny, STORIES)
    connection = sqlite3.connect(home.catalogue)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    back_up(home, file)
    with pytest.raises(CatalogueError, match="has schema 99"):
        restore(other, file)
    assert files(other.root) <= {"writer.lock"}


def test_nothing_is_overwritten(home: Home, file: Path, tiny: Embedder) -> None:
    with pytest.raises(BackupError, match="no catalogue"):
        back_up(home, file)
    build_index(home, tiny, STORIES)
    back_up(home, file)
    with pytest.raises(BackupError, match="is there already"):
        back_up(home, file)
    with pytest.raises(BackupError, match="holds an index already"):
        restore(home, file)
    assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE}


def test_one_that_cannot_be_written_says_so_and_leaves_nothing(home: Home, tmp_path: Path, tiny: Embedder) -> None:
    build_index(home, tiny, STORIES)
    (tmp_path / "plain").write_text("a file, no folder")
    with pytest.raises(BackupError, match="cannot be written"):
        back_up(home, tmp_path / "plain" / "dateline.tar.gz")
