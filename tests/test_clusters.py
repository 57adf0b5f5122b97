"""Reprints of one story make a cluster, whatever the order in which they came; other articles on the event do not."""

from __future__ import annotations

import datetime
import random
import sqlite3
import time
from pathlib import Path

import command_line
import newsroom
import numpy as np
import pytest
from command_line import Run, lines_file
from newsroom import Watched, story

from index import clusters
from index.catalogue import Catalogue
from index.embed import Embedder
from index.home import Home
from index.migrations import SCHEMA_VERSION
from index.records import Article
from index.search import Index
from index.update import add_articles, build_index, remove_articles

dateline = command_line.dateline
home = newsroom.home
watched = newsroom.watched

WORDS = (
    "harbour bridge ferry council mayor audit contract school teacher strike hospital nurse budget tax river flood "
    "train station night market dairy cheese prize farmer wolf forest fire engine crew rescue storm island light "
    "museum painting thief court judge trial lawyer witness police chief campaign vote ballot party leader debate"
).split()


def text(seed: int, sentences: int = 30) -> str:
    """An article in paragraphs of invented sentences, another one for each seed."""
    chance = random.Random(seed)
    return "\n\n".join(
        " ".join(f"The {' '.join(chance.sample(WORDS, 9))}." for _ in range(3)) for _ in range(sentences // 3)
    )


def rewritten(original: str, share: float, seed: int = 99) -> str:
    chance = random.Random(seed)
    fresh = iter(text(seed + 1, 90).replace("\n\n", " ").split(". "))
    return ". ".join(next(fresh) if chance.random() < share else one for one in original.split(". "))


def grouped(home: Home) -> set[frozenset[str]]:
    """The clusters of more than one article, by ids."""
    index = Index.open(home)
    try:
        found = {frozenset(one.id for one in index.cluster(row)) for row in range(len(index))}
        sizes = index.copies()
        for row in range(len(index)):
            members = index.cluster(row)
            assert index.span(row)[0].id in {one.id for one in members}
            assert all(sizes[one.id] == len(members) for one in members)
        numbers = index.clusters(np.arange(len(index)))
        assert len(set(numbers.tolist())) == len(found)
        return {one for one in found if len(one) > 1}
    finally:
        index.close()


WIRE = text(1)
COPIES = {
    "wire": WIRE,
    "headline": f"Another headline altogether\n\n{WIRE}",
    "byline": f"By Jane Roe, Lindhafen Wire\n\n{WIRE}\n\nReporting by Jane Roe",
    "cut": "\n\n".join(WIRE.split("\n\n")[:6]),
    "rewritten": rewritten(WIRE, 0.3),
}


class TestCopies:
    @pytest.mark.parametrize("kind", [kind for kind in COPIES if kind != "wire"])
    def test_of_another_outlet_are_one_cluster(self, home: Home, embedder: Embedder, kind: str) -> None:
        read = [
            story("wire", WIRE, source="wire.test"),
            story(kind, COPIES[kind], source="other.test"),
            story("else", text(2), source="other.test"),
        ]
        assert build_index(home, embedder, read).reprints == 2
        assert grouped(home) == {frozenset({"wire", kind})}

    def test_come_and_go_in_any_order(self, home: Home, watched: Watched) -> None:
        stories = {name: story(name, words, source=f"{name}.test") for name, words in COPIES.items()}
        build_index(home, watched, [stories["cut"], story("else", text(2))])
        assert grouped(home) == set()
        assert add_articles(home, watched, [stories["wire"]]).reprints == 1
        assert grouped(home) == {frozenset({"cut", "wire"})}
        add_articles(home, watched, [stories["headline"], stories["byline"], stories["rewritten"]])
        assert grouped(home) == {frozenset(COPIES)}
        remove_articles(home, ["wire", "headline", "byline", "cut"])
        assert grouped(home) == set()

    def test_are_left_where_an_update_makes_one_another_story(self, home: Home, embedder: Embedder) -> None:
        build_index(home, embedder, [story("wire", WIRE), story("copy", WIRE)])
        assert grouped(home) == {frozenset({"wire", "copy"})}
        add_articles(home, embedder, [story("copy", text(3))])
        assert grouped(home) == set()


class TestOtherArticles:
    def test_of_one_outlet_that_print_its_paragraphs_again_are_no_copies(self, home: Home, embedder: Embedder) -> None:
        half = WIRE.split("\n\n")[:5]
        follow = "\n\n".join([*text(4).split("\n\n")[:5], *half])
        read = [
            story("first", WIRE, source="wire.test"),
            story("follow-up", follow, source="wire.test"),
            story("copy", f"{WIRE}\n\nAll rights reserved", source="other.test"),
        ]
        build_index(home, embedder, read)
        assert grouped(home) == {frozenset({"first", "copy"})}, "nor do they meet over a copy of one of them"

    def test_a_roundup_that_holds_a_story_among_much_else_is_no_copy(self, home: Home, embedder: Embedder) -> None:
        roundup = "\n\n".join([text(5, 90), *WIRE.split("\n\n")[:4]])
        build_index(home, embedder, [story("wire", WIRE, source="a.test"), story("roundup", roundup, source="b.test")])
        assert grouped(home) == set()

    def test_that_show_but_a_notice_to_subscribers_are_no_copies(self, home: Home, embedder: Embedder) -> None:
        notice = text(6, 6)
        read = [story(str(n), notice, title=f"Story {n}", source="wire.test") for n in range(6)]
        read.append(story("again", notice, title="Story 0", source="wire.test"))
        build_index(home, embedder, read)
        assert grouped(home) == {frozenset({"0", "again"})}, "but one of the same headline is"

    def test_that_are_short_notices_of_different_days_are_no_copies(self, home: Home, embedder: Embedder) -> None:
        notice = (
            "A magnitude {}.{} earthquake struck off Norrby on {}, the survey said. There were no immediate reports of "
            "damage or injuries, and no tsunami warning was issued. It lay {} kilometres deep."
        )
        first, later, other = (
            notice.format(*words) for words in ((4, 1, "Friday", 31), (5, 3, "Monday", 12), (6, 2, "Friday", 48))
        )
        read = [
            story("first", first, source="wire.test", published=datetime.date(2024, 6, 14)),
            story("copy", f"Earth trembles off Norrby again\n\n{first}", source="o.test", published=None),
            story("later", later, source="wire.test", published=datetime.date(2024, 6, 17)),
            story("other", other, source="o.test", published=datetime.date(2024, 6, 14)),
        ]
        build_index(home, embedder, read)
        assert grouped(home) == {frozenset({"first", "copy"})}

    def test_that_are_short_and_weeks_apart_are_no_copies_unless_they_are_equal(
        self, home: Home, embedder: Embedder
    ) -> None:
        notice = text(8, 6)
        read = [
            story("june", notice, source="wire.test", published=datetime.date(2024, 6, 14)),
            story("july", f"{notice} So it is.", source="o.test", published=datetime.date(2024, 7, 14)),
            story("again", notice, source="p.test", published=datetime.date(2024, 7, 14)),
        ]
        build_index(home, embedder, read[:2])
        assert grouped(home) == set()
        build_index(home, embedder, read)
        assert frozenset({"june", "again"}) <= max(grouped(home), key=len)

    def test_without_a_word_are_no_copies(self) -> None:
        signatures, sizes = clusters.signatures_of(["—", "…", "Fire.", "Fire!"])
        found = clusters.copies(clusters.Rows.undated(signatures, sizes))
        assert sizes.tolist() == [0, 0, 1, 1]
        assert {frozenset(pair) for pair in found.tolist()} == {frozenset({2, 3})}


def test_scripts_without_blanks_have_shingles_too() -> None:
    _, sizes = clusters.signatures_of(["东京股市周一上涨", "東京の株価は月曜日に上昇した"])
    assert sizes.min() >= 5


def test_an_index_from_before_there_were_clusters_gets_them_without_embedding(home: Home, watched: Watched) -> None:
    read = [story("wire", WIRE), story("copy", WIRE + " Again."), story("else", text(2))]
    build_index(home, watched, read)
    name = home.current()
    assert name
    with sqlite3.connect(home.catalogue) as connection:
        connection.executescript("DROP TABLE signatures; DROP TABLE fetches; PRAGMA user_version = 2;")
    connection.close()
    manifest = home.build(name) / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"clusters.npy"', '"clusters-of-old"'))
    (home.build(name) / "clusters.npy").rename(home.build(name) / "clusters-of-old")
    watched.embedded.clear()
    add_articles(home, watched, [story("new", text(7))])
    assert watched.embedded
    assert all(WORDS[0] not in one or one in text(7) for one in watched.embedded), "only what is new was embedded"
    assert grouped(home) == {frozenset({"wire", "copy"})}
    with sqlite3.connect(home.catalogue) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()


def test_the_list_shows_the_copies(dateline: Run, tmp_path: Path) -> None:
    rows = [
        {"id": "wire", "text": WIRE, "source": "a.test"},
        {"id": "copy", "text": COPIES["cut"], "source": "b.test"},
        {"id": "else", "text": text(2), "source": "b.test"},
    ]
    done = dateline("index", "build", lines_file(tmp_path / "a.jsonl", *rows), "--home", "home")
    assert "reprints" in done.out
    listed = dateline("articles", "list", "--home", "home").out
    assert listed.count("2 copies") == 2
    shown = dateline("articles", "list", "--json", "--home", "home").rows
    assert {row["id"]: (row["copies"], row["version"]) for row in shown} == {
        "copy": (2, 1),
        "else": (1, 1),
        "wire": (2, 1),
    }


def test_thousands_of_articles_are_clustered_in_a_moment(tmp_path: Path) -> None:
    catalogue = Catalogue.open(tmp_path / "catalogue.sqlite")
    with catalogue.transaction():
        versions = [catalogue.put(Article(id=str(n), text=text(n, 9))) for n in range(1500)]
    clusters.assign(catalogue, versions)
    began = time.process_time()
    found = clusters.assign(catalogue, versions)
    assert time.process_time() - began < 5
    assert len(set(found.values())) == 1500
    catalogue.close()
