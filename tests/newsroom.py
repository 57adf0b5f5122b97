"""What an editor does to an index in tests: stories come in, files fail, and somebody looks at what serves.

A test file takes the fixtures that it needs by name: `home = newsroom.home`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from index.catalogue import Catalogue
from index.embed import Embedder, Vectors
from index.errors import BuildError
from index.home import Home
from index.read import ReadArticle, Unread
from index.records import Article
from index.search import Index

BRIDGE = "The harbour bridge of Lindhafen opened on Monday. Ferries will run until the autumn."
CHEESE = "A dairy in Osterby won the national prize for its blue cheese. Its owner is twenty-three years old."
TRAIN = "Night trains to the coast are sold out for July. The railway adds four sleeping cars."


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A data folder that is not there yet."""
    return Home(tmp_path / "home")


class Watched(Embedder):
    """The real embedder, and the texts that it was given to embed."""

    def __init__(self, embedder: Embedder) -> None:
        self.__dict__.update(vars(embedder))
        self.embedded: list[str] = []

    def embed_chunks(self, texts: Sequence[str], advance: Callable[[int], None] | None = None) -> Vectors:
        self.embedded.extend(texts)
        return super().embed_chunks(texts, advance)


@pytest.fixture
def watched(embedder: Embedder) -> Watched:
    return Watched(embedder)


def story(article_id: str, text: str, *, origin: str | None = None, **fields: Any) -> ReadArticle:
    """An article as it was read from a file of its own, or from `origin`."""
    return ReadArticle(Article(id=article_id, text=text, **fields), origin or f"/news/{article_id}.txt")


def unreadable(origin: str) -> Unread:
    """A file, or a folder, that could not be read this time."""
    return Unread(origin, origin, "It cannot be read: Input/output error.", "Check the disk.")


def held(home: Home) -> dict[str, str]:
    """The text of every article of the build that serves, by id; none where nothing serves."""
    try:
        index = Index.open(home)
    except BuildError:
        assert home.current() is None
        return {}
    try:
        articles = {article.id: article.text for article in index.articles()}
        assert len(articles) == index.manifest.articles
        shown = {article.id for article, _, _ in map(index.span, range(len(index)))}
        assert shown == set(articles), "every article can be found, and nothing else"
        return articles
    finally:
        index.close()


def builds(home: Home) -> list[str]:
    """The names of the builds on disk, oldest first."""
    catalogue = Catalogue.open(home.catalogue, read_only=True)
    try:
        recorded = catalogue.build_names()
    finally:
        catalogue.close()
    on_disk = {folder.name for folder in home.builds.iterdir()}
    assert on_disk == set(recorded), "what is on disk is on record"
    return recorded


def serving_folder(home: Home) -> Path:
    name = home.current()
    assert name is not None
    return home.build(name)
