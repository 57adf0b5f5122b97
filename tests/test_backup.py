"""A backup is one moment of the catalogue, whole or refused; a restore needs no model and overwrites nothing."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import newsroom
import pytest
import tiny_model
from newsroom import BRIDGE, CHEESE, TRAIN, Watched, held, story

from index.backup import back_up, restore
from index.check import check
from index.embed import Embedder
from index.errors import BackupError
from index.home import Home
from index.update import add_articles, build_index, remove_articles

home = newsroom.home
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny

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
    made = back_up(home, file)
    assert set(made.files) == {"catalogue.sqlite", "conversations.sqlite"}
    assert restore(other, file).embedded == 0
    assert held(other) == {"bridge": BRIDGE, "cheese": CHEESE}
    assert check(other).findings == ()
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
    assert list(other.root.iterdir()) == []


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
