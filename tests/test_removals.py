"""A removed article is out of every answer at once, in every build, also after a rollback; a purged one is gone."""

from __future__ import annotations

import sqlite3
import tarfile
from collections.abc import Sequence
from pathlib import Path

import newsroom
import numpy as np
import pytest
import tiny_model
from newsroom import BRIDGE, CHEESE, TRAIN, builds, held, story

import index.build
from index.backup import back_up
from index.check import check
from index.embed import Embedder
from index.errors import BuildError, UnknownArticleError
from index.filters import Filters
from index.home import Home
from index.read.known_pages import Known, KnownPages, remember
from index.repair import purge
from index.search import Index
from index.serving import rollback
from index.update import add_articles, build_index, remove_articles

home = newsroom.home
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny

STORIES = [story("bridge", BRIDGE), story("cheese", CHEESE), story("train", TRAIN)]


def shown(opened: Index, tiny: Embedder) -> set[str]:
    """The articles that an open index still shows, one way or another."""
    vector = tiny.embed_query("cheese")
    everything = np.ones(len(opened), dtype=np.bool_)
    allowed = opened.allowed(Filters())
    rows = {
        *opened.nearest(vector, len(opened)).tolist(),
        *opened.nearest(vector, len(opened), everything).tolist(),
        *np.flatnonzero(opened.keyword_scores("bridge ferry cheese dairy train coast")).tolist(),
        *(range(len(opened)) if allowed is None else np.flatnonzero(allowed).tolist()),
    }
    return {opened.span(row)[0].id for row in rows} | {article.id for article in opened.articles()}


class TestARemoval:
    def test_is_seen_at_once_by_an_index_that_is_open_and_by_no_build_later(self, home: Home, tiny: Embedder) -> None:
        build_index(home, tiny, STORIES)
        opened = Index.open(home)
        assert shown(opened, tiny) == {"bridge", "cheese", "train"}
        remove_articles(home, ["cheese"])
        assert shown(opened, tiny) == {"bridge", "train"}
        with pytest.raises(UnknownArticleError):
            opened.article("cheese")
        rollback(home)
        before = Index.open(home)
        assert len(before) > len(Index.open(home).articles()), "its chunks are in the build from before"
        assert shown(before, tiny) == {"bridge", "train"}
        opened.close()
        before.close()

    def test_stands_where_no_build_can_be_made_after_it(
        self, home: Home, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_index(home, tiny, STORIES)
        opened = Index.open(home)

        def fails(*_: object) -> None:
            raise BuildError("The disk is full.", "Make room.")

        with monkeypatch.context() as patch:
            patch.setattr(index.build, "make", fails)
            with pytest.raises(BuildError):
                remove_articles(home, ["cheese"])
        assert shown(opened, tiny) == {"bridge", "train"}
        opened.close()
        assert remove_articles(home, ["cheese"]).changed, "the same command finishes it"
        assert held(home) == {"bridge": BRIDGE, "train": TRAIN}

    def test_takes_every_version_and_ends_when_the_article_is_given_anew(self, home: Home, tiny: Embedder) -> None:
        build_index(home, tiny, STORIES)
        add_articles(home, tiny, [story("cheese", TRAIN)])
        remove_articles(home, ["cheese"])
        rollback(home)
        opened = Index.open(home)
        assert shown(opened, tiny) == {"bridge", "train"}
        opened.close()
        add_articles(home, tiny, [story("cheese", CHEESE)])
        assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE, "train": TRAIN}


class TestARollback:
    def test_brings_back_what_was_and_the_next_build_grows_from_it(self, home: Home, tiny: Embedder) -> None:
        build_index(home, tiny, STORIES)
        build_index(home, tiny, [story("bridge", TRAIN)])
        report = rollback(home)
        assert (set(report.added), report.updated, report.changed) == ({"cheese", "train"}, ("bridge",), True)
        assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE, "train": TRAIN}
        add_articles(home, tiny, [story("late", TRAIN)])
        assert set(held(home)) == {"bridge", "cheese", "train", "late"}
        report = build_index(home, tiny, [newsroom.unreadable("/news/bridge.txt"), story("late", TRAIN)])
        assert report.kept == ("bridge",), "where each article came from is known again"

    def test_done_twice_leads_back(self, home: Home, tiny: Embedder) -> None:
        build_index(home, tiny, STORIES)
        build_index(home, tiny, [story("bridge", TRAIN)])
        rollback(home)
        rollback(home)
        assert held(home) == {"bridge": TRAIN}

    def test_without_a_build_from_before_is_refused(self, home: Home, tiny: Embedder) -> None:
        build_index(home, tiny, STORIES)
        with pytest.raises(BuildError, match="no build from before"):
            rollback(home)

    def test_to_a_damaged_build_is_refused(self, home: Home, tiny: Embedder) -> None:
        build_index(home, tiny, STORIES)
        before = newsroom.serving_folder(home)
        build_index(home, tiny, [story("bridge", TRAIN)])
        (before / "vectors.npy").write_bytes(b"")
        with pytest.raises(BuildError, match=r"vectors\.npy"):
            rollback(home)
        assert held(home) == {"bridge": TRAIN}


def traces(folder: Path, words: Sequence[bytes]) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and any(w in file.read_bytes() for w in words)]


class TestAPurge:
    def test_leaves_no_trace_in_any_file_nor_in_a_later_backup(
        self, home: Home, tiny: Embedder, tmp_path: Path
    ) -> None:
        build_index(home, tiny, STORIES)
        add_articles(home, tiny, [story("cheese", f"{CHEESE} It tastes of Qwxyzzl.")])
        words = [b"blue cheese", b"qwxyzzl", b"Qwxyzzl"]
        assert traces(home.root, words)
        told: list[tuple[str, ...]] = []
        purge(home, ["cheese"], elsewhere=[lambda _, ids: told.append(tuple(ids))])
        assert told == [("cheese",)]
        assert traces(home.root, words) == []
        assert held(home) == {"bridge": BRIDGE, "train": TRAIN}
        assert builds(home) == [home.current()]
        assert check(home).findings == ()
        back_up(home, tmp_path / "later.tar.gz")
        with tarfile.open(tmp_path / "later.tar.gz") as archive:
            archive.extractall(tmp_path / "later", filter="data")
        assert traces(tmp_path / "later", words) == []

    def test_takes_the_addresses_of_its_pages_along(self, home: Home, tiny: Embedder) -> None:
        short, page, other = (
            "https://l.example/x7",
            "https://news.example/blue-cheese-scandal",
            "https://news.example/train",
        )
        cheese = story("cheese", CHEESE, origin=short, url=page)
        build_index(home, tiny, [cheese, story("train", TRAIN, origin=other, url=other)])
        remember(home, {one: Known(etag="v1") for one in (short, page, other)})
        purge(home, ["cheese"])
        assert set(KnownPages.of(home).pages) == {other}
        assert traces(home.root, [b"blue-cheese-scandal", b"l.example"]) == []

    def test_that_was_killed_before_its_traces_were_wiped_is_finished_by_the_same_command(
        self, home: Home, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_index(home, tiny, STORIES)
        with monkeypatch.context() as patch:
            patch.setattr("index.repair._wipe", None)
            with pytest.raises(TypeError):
                purge(home, ["cheese"])
        # What a power cut keeps of a page that was freed, and not yet overwritten.
        connection = sqlite3.connect(home.catalogue, isolation_level=None)
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("CREATE TABLE left_over (words TEXT)")
        connection.execute("INSERT INTO left_over VALUES (?)", (CHEESE * 100,))
        connection.execute("DROP TABLE left_over")
        connection.close()
        assert traces(home.root, [b"blue cheese"]), "else there is nothing to be wiped"
        with pytest.raises(UnknownArticleError):
            purge(home, ["cheese"])
        assert traces(home.root, [b"blue cheese"]) == []

    def test_of_the_only_article_leaves_an_empty_index(self, home: Home, tiny: Embedder) -> None:
        build_index(home, tiny, STORIES[:1])
        purge(home, ["bridge"])
        assert held(home) == {}
        assert traces(home.root, [b"harbour"]) == []

    def test_keeps_vectors_that_another_article_shares(self, home: Home, tiny: Embedder) -> None:
        build_index(home, tiny, [story("one", BRIDGE), story("two", BRIDGE)])
        purge(home, ["one"])
        assert check(home).findings == ()
        assert held(home) == {"two": BRIDGE}

    def test_of_an_article_that_was_removed_before_is_done_and_of_an_unknown_one_refused(
        self, home: Home, tiny: Embedder
    ) -> None:
        build_index(home, tiny, STORIES)
        remove_articles(home, ["cheese"])
        purge(home, ["cheese"])
        with pytest.raises(UnknownArticleError, match="nothing was purged"):
            purge(home, ["bridge", "cheese"])
        connection = sqlite3.connect(home.catalogue)
        assert connection.execute("SELECT count(*) FROM versions WHERE article_id = 'cheese'").fetchone() == (0,)
        connection.close()
        assert set(held(home)) == {"bridge", "train"}
