"""The catalogue: versions that never change, one schema at a time, and nothing half done."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsroom import BRIDGE, CHEESE

from index import migrations
from index.catalogue import Catalogue, Head
from index.embed import Recipe
from index.errors import CatalogueError
from index.migrations import SCHEMA_VERSION
from index.records import Article, Chunk

RECIPE = Recipe(model="tiny", weights_sha256="0" * 64, dimension=4, splitter="1.1", chunk_tokens=200)
ARTICLE = Article(
    id="bridge",
    text=BRIDGE,
    title="Bridge opens",
    published=datetime.datetime(2024, 6, 14, 18, 7, tzinfo=datetime.UTC),
    source="The Lindhafen Post",
    authors=("Jane Roe", "Anna Berg"),
    url="https://post.example/bridge",
    language="en",
    metadata={"section": {"name": "Harbour"}, "tags": ["bridge", None, 3]},
)


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: datetime.timezone(datetime.timedelta(minutes=m)))
FIRST, LAST = datetime.datetime(1000, 1, 2), datetime.datetime(9998, 12, 30)
TIMES = st.datetimes(FIRST, LAST) | st.datetimes(FIRST, LAST, timezones=ZONES)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "catalogue.sqlite"


@pytest.fixture
def catalogue(path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(path)
    yield opened
    opened.close()


def query(path: Path, statement: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def schema(path: Path) -> int:
    return int(query(path, "PRAGMA user_version")[0][0])


class TestVersions:
    def test_give_an_article_back_as_it_was_put_in(self, catalogue: Catalogue) -> None:
        found = catalogue.article(catalogue.put(ARTICLE))
        assert found == ARTICLE
        assert found.published is not None
        assert found.published.isoformat() == "2024-06-14T18:07:00+00:00"

    def test_are_shared_by_equal_articles_and_outlive_the_connection(self, path: Path) -> None:
        first, second = Catalogue.open(path), Catalogue.open(path)
        assert first.put(ARTICLE) == second.put(replace(ARTICLE))
        first.close()
        second.close()
        again = Catalogue.open(path, read_only=True)
        assert again.article(1) == ARTICLE
        again.close()

    @pytest.mark.parametrize(
        "change",
        [
            {"id": "other"},
            {"text": f"{BRIDGE} "},
            {"title": "Bridge opens!"},
            {"published": None},
            {"published": datetime.date(2024, 6, 14)},
            {"published": datetime.datetime(2024, 6, 14, 18, 7)},
            {"source": None},
            {"authors": ("Anna Berg", "Jane Roe")},
            {"url": None},
            {"language": "de"},
            {"metadata": {}},
        ],
    )
    def test_are_new_ones_for_whatever_changes_and_the_old_one_stays(
        self, catalogue: Catalogue, change: dict[str, Any]
    ) -> None:
        old, new = catalogue.put(ARTICLE), catalogue.put(replace(ARTICLE, **change))
        assert new != old
        assert catalogue.article(old) == ARTICLE
        assert catalogue.article(new) == replace(ARTICLE, **change)
        assert catalogue.put(ARTICLE) == old, "a state that comes back is the version it was"

    def test_come_in_the_order_asked_for_and_unknown_ones_not(self, catalogue: Catalogue) -> None:
        one, two = catalogue.put(ARTICLE), catalogue.put(replace(ARTICLE, text=CHEESE))
        assert [article.text for article in catalogue.articles([two, 99, one])] == [CHEESE, BRIDGE]
        with pytest.raises(KeyError):
            catalogue.article(99)

    @given(
        article=st.builds(
            Article,
            id=st.text(min_size=1),
            text=st.text(),
            title=st.text(),
            published=st.none() | st.dates(FIRST.date(), LAST.date()) | TIMES,
            source=st.none() | st.text(),
            authors=st.lists(st.text()).map(tuple),
            url=st.none() | st.text(),
            metadata=st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.booleans())),
        )
    )
    def test_hold_any_article(self, article: Article, tmp_path_factory: pytest.TempPathFactory) -> None:
        catalogue = Catalogue.open(tmp_path_factory.getbasetemp() / "any.sqlite")
        try:
            found = catalogue.article(catalogue.put(article))
        finally:
            catalogue.close()
        assert found == article
        assert type(found.published) is type(article.published)


class TestHeads:
    def test_point_each_at_one_version_of_an_article(self, catalogue: Catalogue) -> None:
        old, new = catalogue.put(ARTICLE), catalogue.put(replace(ARTICLE, text=CHEESE))
        other = catalogue.put(replace(ARTICLE, id="other"))
        catalogue.set_heads([Head("bridge", old, "/a"), Head("other", other, "/b")])
        catalogue.set_heads([Head("bridge", new, "/c")])
        assert catalogue.heads() == {"bridge": Head("bridge", new, "/c"), "other": Head("other", other, "/b")}
        catalogue.drop_heads(["bridge", "nobody"])
        assert list(catalogue.heads()) == ["other"]

    def test_stay_as_they_were_where_a_transaction_fails(self, catalogue: Catalogue) -> None:
        version = catalogue.put(ARTICLE)
        catalogue.set_heads([Head("bridge", version, "/a")])

        def interrupted() -> None:
            with catalogue.transaction():
                catalogue.drop_heads(["bridge"])
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert list(catalogue.heads()) == ["bridge"]


class TestChunksAndVectors:
    VECTORS = np.eye(4, dtype=np.float32)

    def split(self, catalogue: Catalogue, article: Article, keys: list[bytes], recipe: Recipe = RECIPE) -> int:
        version = catalogue.put(article)
        chunks = [Chunk(article.id, n, n * 10, n * 10 + 9) for n in range(len(keys))]
        catalogue.put_chunks(catalogue.recipe_number(recipe), version, chunks, keys)
        return version

    def test_belong_to_the_recipe_that_made_them(self, catalogue: Catalogue) -> None:
        version = self.split(catalogue, ARTICLE, [b"a", b"b"])
        ours, other = catalogue.recipe_number(RECIPE), catalogue.recipe_number(replace(RECIPE, chunk_tokens=100))
        assert (catalogue.recipe_number(replace(RECIPE)), other) == (ours, ours + 1)
        assert catalogue.without_chunks(ours, [version, 7]) == [7]
        assert catalogue.without_chunks(other, [version, 7]) == [version, 7]
        assert [row[1:] for row in catalogue.rows(ours, [version]).tolist()] == [(version, 0, 9), (version, 10, 19)]
        assert catalogue.rows(other, [version]).tolist() == []

    def test_of_many_versions_are_those_asked_for(self, catalogue: Catalogue) -> None:
        with catalogue.transaction():
            versions = [self.split(catalogue, replace(ARTICLE, id=str(n)), [b"a"]) for n in range(1200)]
        recipe = catalogue.recipe_number(RECIPE)
        assert catalogue.rows(recipe, versions[::2])["version"].tolist() == versions[::2]
        assert catalogue.rows(recipe, versions[1:3])["version"].tolist() == versions[1:3]

    def test_share_vectors_by_key_and_miss_those_never_stored(self, catalogue: Catalogue) -> None:
        keys = [str(n).encode() for n in range(1201)]
        catalogue.put_vectors(keys[:4], self.VECTORS)
        assert catalogue.missing_vectors(keys) == set(keys[4:])
        catalogue.put_vectors(keys[:1], self.VECTORS[3:])
        version = self.split(catalogue, ARTICLE, [keys[1], keys[0], keys[9]])
        first, second, third = catalogue.rows(catalogue.recipe_number(RECIPE), [version])["number"].tolist()
        assert (catalogue.vectors([second, first], 4) == self.VECTORS[:2]).all(), "the first vector of a key stays"
        with pytest.raises(CatalogueError, match=f"no vector for chunk {third}"):
            catalogue.vectors([third], 4)

    def test_keep_a_cosine_to_less_than_a_thousandth(self, catalogue: Catalogue) -> None:
        vectors = np.random.default_rng(0).normal(size=(50, 384)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        keys = [str(n).encode() for n in range(50)]
        catalogue.put_vectors(keys, vectors)
        version = self.split(catalogue, ARTICLE, keys)
        numbers = catalogue.rows(catalogue.recipe_number(RECIPE), [version])["number"].tolist()
        assert np.abs(catalogue.vectors(numbers, 384) @ vectors.T - vectors @ vectors.T).max() < 0.0005


class TestOpening:
    def test_for_writing_makes_a_catalogue_where_there_is_none(self, path: Path) -> None:
        Catalogue.open(path).close()
        assert schema(path) == SCHEMA_VERSION

    def test_to_read_what_is_not_there_is_refused_and_makes_nothing(self, path: Path) -> None:
        with pytest.raises(CatalogueError, match="cannot be opened") as caught:
            Catalogue.open(path, read_only=True)
        assert str(path) in caught.value.problem
        assert "dateline index build" in caught.value.remedy
        assert not path.parent.exists()

    def test_to_read_changes_nothing(self, path: Path) -> None:
        Catalogue.open(path).close()
        reading = Catalogue.open(path, read_only=True)
        with pytest.raises(CatalogueError, match="readonly"):
            reading.put(ARTICLE)
        reading.close()

    def test_an_empty_file_makes_it_a_catalogue(self, path: Path) -> None:
        path.parent.mkdir()
        path.touch()
        with pytest.raises(CatalogueError, match="schema 0") as caught:
            Catalogue.open(path, read_only=True)
        assert "dateline index" in caught.value.remedy
        opened = Catalogue.open(path)
        opened.put(ARTICLE)
        opened.close()
        assert schema(path) == SCHEMA_VERSION

    @pytest.mark.parametrize("read_only", [True, False])
    def test_one_of_a_newer_dateline_is_refused(self, path: Path, read_only: bool) -> None:
        Catalogue.open(path).close()
        query(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        with pytest.raises(CatalogueError, match=f"has schema {SCHEMA_VERSION + 1}") as caught:
            Catalogue.open(path, read_only=read_only)
        assert "a newer one" in caught.value.remedy
        assert schema(path) == SCHEMA_VERSION + 1

    @pytest.mark.parametrize("content", [b"This is no database. " * 100, b"SQLite format 3\0" + b"\xff" * 4080])
    @pytest.mark.parametrize("read_only", [True, False])
    def test_a_file_that_is_no_catalogue_is_refused_and_left_alone(
        self, path: Path, content: bytes, read_only: bool
    ) -> None:
        path.parent.mkdir()
        path.write_bytes(content)
        with pytest.raises(CatalogueError, match="cannot be opened"):
            Catalogue.open(path, read_only=read_only)
        assert path.read_bytes() == content


class TestAnOlderCatalogue:
    def next_dateline(self, monkeypatch: pytest.MonkeyPatch, *steps: str) -> None:
        """Let this be a Dateline with further migrations."""
        monkeypatch.setattr(migrations, "_MIGRATIONS", (*migrations._MIGRATIONS, *steps))
        monkeypatch.setattr(migrations, "SCHEMA_VERSION", SCHEMA_VERSION + len(steps))

    def test_is_brought_up_to_date_with_what_it_holds(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        old = Catalogue.open(path)
        version = old.put(ARTICLE)
        old.close()
        self.next_dateline(
            monkeypatch, "CREATE TABLE clusters (one);", "ALTER TABLE clusters ADD COLUMN two; CREATE TABLE three (x);"
        )
        with pytest.raises(CatalogueError, match=f"has schema {SCHEMA_VERSION}"):
            Catalogue.open(path, read_only=True)
        new = Catalogue.open(path)
        assert new.article(version) == ARTICLE
        new.close()
        assert schema(path) == SCHEMA_VERSION + 2
        assert query(path, "SELECT one, two, x FROM clusters, three") == []

    def test_stays_what_it_was_where_a_step_fails(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        Catalogue.open(path).close()
        self.next_dateline(monkeypatch, "CREATE TABLE first (x);", "CREATE TABLE second (x); CREATE TABLE first (x);")
        with pytest.raises(CatalogueError, match="already exists"):
            Catalogue.open(path)
        assert schema(path) == SCHEMA_VERSION + 1
        tables = {row[0] for row in query(path, "SELECT name FROM sqlite_master")}
        assert "first" in tables
        assert "second" not in tables
