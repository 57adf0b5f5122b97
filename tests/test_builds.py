"""Builds on disk: a damaged one is named and mended without embedding; an open one outlives those after it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import newsroom
import numpy as np
import pytest
import tiny_model
from newsroom import BRIDGE, CHEESE, TRAIN, Watched, builds, held, serving_folder, story

from index.embed import Embedder
from index.errors import BuildError
from index.home import Home
from index.read import ReadArticle
from index.search import Index
from index.update import add_articles, build_index, remove_articles

home = newsroom.home
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny

MANY = [story(f"day-{n}", f"Ferry {n} to Osterby left {n % 60} minutes late on day {n}.") for n in range(1300)]
"""More chunks than Chroma keeps in its journal (1,000), so that it writes the files of its graph."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, tiny: Embedder) -> Path:
    """A data folder with many articles, by the tiny model; not to be changed."""
    home = Home(tmp_path_factory.mktemp("many") / "home")
    build_index(home, tiny, MANY)
    assert list(serving_folder(home).rglob("data_level0.bin")), "the graph is on disk"
    return home.root


@pytest.fixture
def large(many: Path, tmp_path: Path) -> Home:
    """A copy of that data folder."""
    return Home(Path(shutil.copytree(many, tmp_path / "large")))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory, tiny: Embedder) -> Path:
    home = Home(tmp_path_factory.mktemp("few") / "home")
    build_index(home, tiny, FEW)
    return home.root


FEW = [story("bridge", BRIDGE, source="AFP"), story("cheese", CHEESE)]


@pytest.fixture
def small(few: Path, tmp_path: Path) -> Home:
    """A copy of a data folder with two articles, by the tiny model."""
    return Home(Path(shutil.copytree(few, tmp_path / "small")))


def missing(file: Path) -> None:
    file.unlink()


def empty(file: Path) -> None:
    file.write_bytes(b"")


def cut_off(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def garbled(file: Path) -> None:
    file.write_bytes(b"\xde\xad\xbe\xef" * (file.stat().st_size // 4 + 1))


DAMAGE = [missing, empty, cut_off, garbled]
PARTS = [
    "manifest.json",
    "rows.npy",
    "clusters.npy",
    "vectors.npy",
    "chroma/chroma.sqlite3",
    "keywords/data.csc.index.npy",
    "keywords/indices.csc.index.npy",
    "keywords/indptr.csc.index.npy",
    "keywords/params.index.json",
    "keywords/starts.npy",
    "keywords/tokens.npy",
    "keywords/vocab.index.json",
]
GRAPH = ["data_level0.bin", "header.bin", "length.bin", "link_lists.bin"]


def is_refused(home: Home) -> None:
    with pytest.raises(BuildError) as caught:
        Index.open(home)
    assert caught.value.problem.endswith(".")
    assert "dateline index repair" in caught.value.remedy


def is_mended(home: Home, tiny: Embedder, stories: list[ReadArticle]) -> None:
    """A build of the same articles makes a sound build and embeds nothing."""
    watched = Watched(tiny)
    report = build_index(home, watched, stories)
    assert (report.changed, report.unchanged, report.embedded) == (True, len(stories), 0)
    assert watched.embedded == []
    assert held(home) == {one.article.id: one.article.text for one in stories}
    assert home.current() in builds(home)


class TestADamagedBuild:
    @pytest.mark.parametrize("part", PARTS)
    @pytest.mark.parametrize("damage", DAMAGE)
    def test_is_refused_with_what_to_do_and_mended_without_embedding(
        self, part: str, damage: Callable[[Path], None], small: Home, tiny: Embedder
    ) -> None:
        damage(serving_folder(small) / part)
        is_refused(small)
        is_mended(small, tiny, FEW)

    def test_has_no_other_part(self, small: Home) -> None:
        folder = serving_folder(small)
        files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
        assert {file for file in files if file.count("/") < 2} == set(PARTS), "else the test above leaves one out"
        assert {file.split("/")[2] for file in files if file.count("/") == 2} == set(GRAPH)

    @pytest.mark.parametrize("part", [*GRAPH, "index_metadata.pickle"])
    @pytest.mark.parametrize("damage", DAMAGE)
    def test_of_many_chunks_is_refused_where_the_graph_is_damaged(
        self, part: str, damage: Callable[[Path], None], large: Home
    ) -> None:
        (file,) = serving_folder(large).rglob(part)
        damage(file)
        is_refused(large)

    def test_of_many_chunks_is_mended_without_embedding(self, large: Home, tiny: Embedder) -> None:
        (file,) = serving_folder(large).rglob("data_level0.bin")
        file.unlink()
        is_mended(large, tiny, MANY)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"format": 1', '"format": 2'),
            ('"words": 1', '"words": 0'),
            ('"chunks": ', '"chunks": 1'),
            ('"chunks": ', '"pieces": '),
            ('"recipe": {', '"recipe": {"more": 1,'),
            ('"chunks": ', '"chunks": null, "was": '),
        ],
    )
    def test_may_be_one_that_another_dateline_made(self, old: str, new: str, small: Home, tiny: Embedder) -> None:
        file = serving_folder(small) / "manifest.json"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        is_refused(small)
        is_mended(small, tiny, FEW)

    def test_stays_where_it_is_when_an_article_is_to_be_removed(self, small: Home, tiny: Embedder) -> None:
        (serving_folder(small) / "vectors.npy").unlink()
        with pytest.raises(BuildError):
            remove_articles(small, ["bridge"])
        is_mended(small, tiny, FEW)

    def test_is_mended_by_adding_too(self, small: Home, tiny: Embedder) -> None:
        (serving_folder(small) / "manifest.json").unlink()
        add_articles(small, tiny, [story("train", TRAIN)])
        assert held(small) == {"bridge": BRIDGE, "cheese": CHEESE, "train": TRAIN}

    def test_whose_whole_folder_is_gone_is_mended(self, small: Home, tiny: Embedder) -> None:
        shutil.rmtree(small.builds)
        is_refused(small)
        is_mended(small, tiny, FEW)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"20240614T180700Z-abcdef\n", b"../..\n", b"a/b", b"\xff\xfe", b"two\nnames"]
)
def test_a_current_that_names_no_build_is_refused_and_mended(content: bytes, small: Home, tiny: Embedder) -> None:
    (small.root / "CURRENT").write_bytes(content)
    is_refused(small)
    is_mended(small, tiny, FEW)


class TestAnOpenIndex:
    def test_goes_on_as_it_was_while_newer_builds_are_made_and_its_own_is_pruned(
        self, large: Home, tiny: Embedder
    ) -> None:
        asked, fresh = Index.open(large), Index.open(large)
        vector = tiny.embed_query("Which ferry was late?")
        before = asked.cosines(vector, asked.nearest(vector, 5)).tolist()
        own = serving_folder(large)
        for n in range(3):
            add_articles(large, tiny, [story("day-0", f"{BRIDGE} {n}"), story(f"more-{n}", TRAIN)])
        assert not own.exists()
        for index in (asked, fresh):
            rows = index.nearest(vector, 5)
            # Near ties may change places: the store and the exact scores round differently.
            assert index.cosines(vector, rows).tolist() == pytest.approx(before, abs=2e-3)
            article, start, end = index.span(int(rows[0]))
            assert article == MANY[int(article.id.removeprefix("day-"))].article
            assert article.text[start:end]
            assert index.keyword_scores("ferry").all()
            assert index.article("day-0").text == MANY[0].article.text, "the words that the build was made from"
            assert len(index.articles()) == len(MANY)
            index.close()

    def test_scores_every_chunk_where_the_vector_store_is_gone(
        self, large: Home, tiny: Embedder, caplog: pytest.LogCaptureFixture
    ) -> None:
        index = Index.open(large)
        vector = tiny.embed_query("Which ferry was late?")
        exact = index.nearest(vector, 5, np.ones(len(index), dtype=np.bool_))
        assert index._store is not None
        index._store.close()
        shutil.rmtree(serving_folder(large) / "chroma")
        assert index.nearest(vector, 5).tolist() == exact.tolist()
        assert "Every chunk is compared instead" in caplog.text

    def test_answers_from_one_build_all_the_time_that_an_editor_works(self, small: Home, tiny: Embedder) -> None:
        index, stop, wrong = Index.open(small), threading.Event(), []
        vector = tiny.embed_query("bridge")
        expected = sorted(index.nearest(vector, 9).tolist())

        def read() -> None:
            while not stop.is_set():
                try:
                    assert sorted(index.nearest(vector, 9).tolist()) == expected
                    assert {article.id for article in index.articles()} == {"bridge", "cheese"}
                except BaseException as error:
                    wrong.append(error)
                    return

        reader = threading.Thread(target=read)
        reader.start()
        try:
            for n in range(4):
                build_index(small, tiny, [story(f"more-{n}", TRAIN)])
        finally:
            stop.set()
            reader.join(timeout=60)
        assert wrong == []
        index.close()
