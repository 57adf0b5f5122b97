"""A check says what is wrong with an index, a repair mends it without embedding, and meanwhile the build from before
serves."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import newsroom
import numpy as np
import pytest
import tiny_model
from newsroom import BRIDGE, CHEESE, TRAIN, held, serving_folder, story

from assistant.assistant import Assistant
from assistant.settings import Settings
from index import probe
from index.catalogue import Catalogue
from index.check import check
from index.embed import Embedder, Vectors
from index.errors import BuildError, CatalogueError
from index.home import Home
from index.migrations import SCHEMA_VERSION
from index.probe import PROBER
from index.repair import repair
from index.search import Index
from index.serving import rollback
from index.update import add_articles, build_index

home = newsroom.home
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny

MANY = [story(f"day-{n}", f"Ferry {n} to Osterby left {n % 60} minutes late on day {n}.") for n in range(1100)]
"""More chunks than Chroma keeps in its journal, so that it writes the files of its graph."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, tiny: Embedder) -> Path:
    """A data folder with many articles and a build from before; not to be changed."""
    home = Home(tmp_path_factory.mktemp("many") / "home")
    build_index(home, tiny, MANY)
    add_articles(home, tiny, [story("bridge", BRIDGE)])
    return home.root


@pytest.fixture
def large(many: Path, tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(many, tmp_path / "large")))


def noise(file: Path) -> None:
    """Overwrite the middle of a file with noise; its size stays."""
    content = bytearray(file.read_bytes())
    a, b = len(content) // 4, 3 * len(content) // 4
    content[a:b] = np.random.default_rng(0).bytes(b - a)
    file.write_bytes(bytes(content))


def test_a_sound_index_is_said_to_be_sound(large: Home) -> None:
    told: dict[str, tuple[int, int | None]] = {}
    report = check(large, progress=lambda stage, done, total: told.update({stage: (done, total)}))
    assert told == {"reading": (1101, 1101), "trying": (2, 2)}
    assert (report.build, report.articles, report.chunks) == (large.current(), 1101, 1102)
    assert (report.findings, report.notes) == ((), ())
    assert report.files > 10


def test_nothing_at_all_is_no_fault(home: Home) -> None:
    assert check(home).findings == ()
    with pytest.raises(CatalogueError, match="There is no catalogue"):
        repair(home)


@pytest.mark.parametrize(
    "part", ["data_level0.bin", "link_lists.bin", "index_metadata.pickle", "vectors.npy", "data.csc.index.npy"]
)
def test_noise_of_the_same_size_is_named_mended_and_never_served(
    part: str, large: Home, tiny: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    (file,) = serving_folder(large).rglob(part)
    noise(file)
    (finding,) = check(large).findings
    assert part in finding.problem
    assert "dateline index repair" in finding.remedy
    with caplog.at_level(logging.ERROR):
        served = Assistant(Settings(home=large.root), tiny).index()
    assert served is not None
    assert served.manifest.name != large.current()
    assert "dateline index repair" in caplog.text
    served.close()
    report = repair(large)
    assert (report.changed, report.embedded, report.unchanged) == (True, 0, 1101)
    assert check(large).findings == ()


def garble_database(home: Home) -> None:
    noise(serving_folder(home) / "chroma" / "chroma.sqlite3")


def take_a_vector_out(home: Home) -> None:
    connection = sqlite3.connect(serving_folder(home) / "chroma" / "chroma.sqlite3")
    connection.execute("DELETE FROM embeddings WHERE embedding_id IN (SELECT embedding_id FROM embeddings LIMIT 1)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (garble_database, "opening it"),
        (take_a_vector_out, "chunks"),
        (lambda home: (home.root / "CURRENT").write_bytes(b""), "CURRENT"),
        (lambda home: (serving_folder(home) / "manifest.json").write_text("{"), "manifest"),
        (lambda home: shutil.rmtree(serving_folder(home)), "manifest"),
    ],
)
def test_other_damage_is_named_and_mended(damage: Callable[[Home], object], word: str, large: Home) -> None:
    damage(large)
    findings = check(large).findings
    assert word in findings[0].problem
    assert "dateline index repair" in findings[0].remedy
    assert repair(large).embedded == 0
    assert check(large).findings == ()


def rot(file: Path) -> None:
    """Turn one bit over; the file keeps its size and its time."""
    written, content = file.stat().st_mtime_ns, bytearray(file.read_bytes())
    content[-8] ^= 0x40
    file.write_bytes(content)
    os.utime(file, ns=(written, written))


class TestTheBuildFromBeforeADamagedOne:
    """Readers are on it, so what mends the index must not take it from them, nor from a rollback."""

    @pytest.fixture
    def twice(self, home: Home, tiny: Embedder) -> Home:
        """A data folder with two builds: of the bridge, and of the bridge and the cheese."""
        build_index(home, tiny, [story("bridge", BRIDGE)])
        add_articles(home, tiny, [story("cheese", CHEESE)])
        return home

    @pytest.mark.parametrize(
        ("damage", "kept"),
        [
            (lambda home: (serving_folder(home) / "vectors.npy").unlink(), 0),
            (lambda home: rot(serving_folder(home) / "vectors.npy"), 0),
            # Where nothing but CURRENT was damaged, the newer build is the one to go back to.
            (lambda home: (home.root / "CURRENT").write_bytes(b""), 1),
        ],
    )
    def test_outlives_a_repair(self, damage: Callable[[Home], object], kept: int, twice: Home) -> None:
        stays = newsroom.builds(twice)[kept]
        damage(twice)
        repair(twice)
        assert newsroom.builds(twice) == [stays, twice.current()]
        rollback(twice)
        assert (twice.current(), set(held(twice))) == (stays, {"bridge", "cheese"} if kept else {"bridge"})

    def test_outlives_an_update(self, twice: Home, tiny: Embedder) -> None:
        before, _ = newsroom.builds(twice)
        (serving_folder(twice) / "manifest.json").unlink()
        add_articles(twice, tiny, [story("train", TRAIN)])
        assert newsroom.builds(twice) == [before, twice.current()]
        rollback(twice)
        assert held(twice) == {"bridge": BRIDGE}

    def test_is_dropped_where_it_is_damaged_too(self, twice: Home) -> None:
        for name in newsroom.builds(twice):
            rot(twice.build(name) / "rows.npy")
        repair(twice)
        assert newsroom.builds(twice) == [twice.current()]


def test_a_catalogue_that_tells_other_words_than_were_stored_is_named(home: Home, tiny: Embedder) -> None:
    build_index(home, tiny, [story("bridge", BRIDGE), story("cheese", CHEESE)])
    connection = sqlite3.connect(home.catalogue)
    connection.execute("UPDATE versions SET text = replace(text, 'Monday', 'Sunday')")
    connection.execute("DELETE FROM vectors WHERE key IN (SELECT vector_key FROM chunks LIMIT 1)")
    connection.commit()
    connection.close()
    problems = " ".join(finding.problem for finding in check(home).findings)
    assert "other words of the article 'bridge'" in problems
    assert "lacks the vectors" in problems
    with pytest.raises(CatalogueError):
        repair(home)


@pytest.mark.parametrize("garbled", ["'{'", "'7'", "'{}'", "CAST(x'fffe' AS TEXT)"])
def test_a_record_of_the_catalogue_that_is_garbled_is_named_and_no_traceback(
    garbled: str, home: Home, tiny: Embedder
) -> None:
    build_index(home, tiny, [story("bridge", BRIDGE), story("cheese", CHEESE)])
    connection = sqlite3.connect(home.catalogue)
    connection.execute(f"UPDATE versions SET record = {garbled} WHERE article_id = 'bridge'")
    connection.commit()
    connection.close()
    finding, *_ = check(home).findings
    assert "catalogue" in finding.problem
    assert "Restore it from a backup" in finding.remedy
    with pytest.raises(CatalogueError, match="Restore it from a backup"):
        Index.open(home).articles()


def test_a_build_whose_opening_ends_a_process_ends_only_the_one_that_tries_it(
    large: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without its manifest's hashes nothing stands before Chroma: it reads links that lead anywhere.
    folder = serving_folder(large)
    for part in ("link_lists.bin", "data_level0.bin"):
        (file,) = folder.rglob(part)
        noise(file)
    text = (folder / "manifest.json").read_text()
    start, end = text.index('"hashes": {'), text.index('"written"')
    (folder / "manifest.json").write_text(f'{text[:start]}"hashes": {{}}, {text[end:]}')
    problems = PROBER.problems(large, folder.name, thorough=True)
    assert problems, "it is damaged, and says so whether the process lived or not"
    (before,) = (one.name for one in large.builds.iterdir() if one != folder)
    assert PROBER.problems(large, before) == [], "the next one is tried as ever"


class Scattered(Embedder):
    """A model whose vectors lie far apart, drawn by lot for each text."""

    def __init__(self, embedder: Embedder) -> None:
        self.__dict__.update(vars(embedder))

    def embed_chunks(self, texts: Sequence[str], advance: Callable[[int], None] | None = None) -> Vectors:
        lots = [np.random.default_rng(list(text.encode())) for text in texts]
        drawn = np.array([lot.normal(size=self.dimension) for lot in lots], dtype=np.float32)
        return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


def cut_off(folder: Path, share: float) -> None:
    """Lead no link of the graph to a `share` of its elements: they are stored, and no search finds them.

    An element of data_level0.bin is the number of its links, 32 of them, its vector, and its label of 8 bytes.
    """
    (file,) = folder.rglob("data_level0.bin")
    written, size = file.stat().st_mtime_ns, 4 + 32 * 4 + 32 * 4 + 8
    elements = np.frombuffer(file.read_bytes(), dtype=np.uint8).reshape(-1, size).copy()
    links = elements[:, 4 : 4 + 128].copy().view(np.uint32)
    lost = np.random.default_rng(0).random(len(links)) < share
    places = np.flatnonzero(~lost)
    links = np.where(lost[np.minimum(links, len(links) - 1)], places[links % len(places)], links).astype(np.uint32)
    elements[:, 4 : 4 + 128] = links.view(np.uint8)
    file.write_bytes(elements.tobytes())
    os.utime(file, ns=(written, written))


class TestATrial:
    def test_finds_a_graph_that_leads_to_nine_chunks_of_ten(
        self, home: Home, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(probe, "_SAMPLE", 100)
        build_index(home, Scattered(tiny), MANY)
        name = serving_folder(home).name
        assert probe.problems(home, name) == []
        cut_off(serving_folder(home), 0.1)
        (problem,) = probe.problems(home, name)
        assert "does not find it in the vector store" in problem

    def test_lets_a_very_large_graph_miss_a_few(
        self, home: Home, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of a million scattered vectors the widest search misses some, and nothing is wrong with them."""
        monkeypatch.setattr(probe, "_SAMPLE", len(MANY) * 10)
        build_index(home, Scattered(tiny), MANY)
        name = serving_folder(home).name
        cut_off(serving_folder(home), 0.01)
        (problem,) = probe.problems(home, name)
        assert "does not find it in the vector store" in problem
        monkeypatch.setattr(probe, "_LARGE", 100)
        assert probe.problems(home, name) == []
        cut_off(serving_folder(home), 0.2)
        (problem,) = probe.problems(home, name)
        assert "does not find it in the vector store" in problem

    @pytest.mark.parametrize("chunks", [3, 1500])
    def test_is_passed_by_any_number_of_texts_that_are_alike(self, chunks: int, home: Home, tiny: Embedder) -> None:
        stories = [story(f"same-{n}", f"{BRIDGE} Edition {n % 7}.", title="Bridge opens") for n in range(chunks)]
        name = build_index(home, tiny, stories).serving
        assert name is not None
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(probe, "_SAMPLE", 60)
            assert probe.problems(home, name.name) == []

    def test_finds_a_score_that_its_words_do_not_make(self, large: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(probe, "_SAMPLE", 100)
        file = serving_folder(large) / "keywords" / "data.csc.index.npy"
        written, scores = file.stat().st_mtime_ns, np.load(file)
        scores[:: len(scores) // 400] *= 1.1
        np.save(file, scores)
        os.utime(file, ns=(written, written))
        (problem,) = probe.problems(large, serving_folder(large).name)
        assert "its keyword index" in problem


def test_a_new_build_that_differs_from_the_catalogue_never_comes_to_serve(
    home: Home, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index import store

    build_index(home, tiny, [story("bridge", BRIDGE)])
    before, write = home.current(), store.write

    def confused(folder: Path, removed: object, added: object, url: object) -> None:
        write(folder, [], iter([(numbers, -vectors) for numbers, vectors in added]))  # type: ignore[attr-defined]

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", confused)
        with pytest.raises(BuildError, match="the vector store holds other vectors"):
            build_index(home, tiny, [story("cheese", CHEESE), story("train", TRAIN)])
    assert home.current() == before
    assert held(home) == {"bridge": BRIDGE}


def test_a_catalogue_of_the_first_schema_is_brought_up_to_date(home: Home, tiny: Embedder) -> None:
    build_index(home, tiny, [story("bridge", BRIDGE)])
    connection = sqlite3.connect(home.catalogue)
    connection.executescript(
        "DROP TABLE signatures; DROP TABLE fetches; DROP TABLE removed;"
        "ALTER TABLE members DROP COLUMN origin; PRAGMA user_version = 1"
    )
    connection.close()
    with pytest.raises(CatalogueError, match="has schema 1") as caught:
        Catalogue.open(home.catalogue, read_only=True)
    assert "dateline index repair" in caught.value.remedy
    repair(home)
    assert held(home) == {"bridge": BRIDGE}
    connection = sqlite3.connect(home.catalogue)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()
