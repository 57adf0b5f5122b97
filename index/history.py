"""The versions of an article, oldest first: what an update replaced stays readable, and serves no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.catalogue import Catalogue
from index.errors import UnknownArticleError
from index.home import Home
from index.records import Article
from index.search import Index


@dataclass(frozen=True)
class Revision:
    """One version of an article. `number` counts from 1; `added_at`: when it was read; `serves`: answers cite it."""

    number: int
    added_at: str
    serves: bool
    article: Article


def history(home: Home, article_id: str) -> Sequence[Revision]:
    """Every version of an article that the index holds or held. Raises UnknownArticleError, BuildError."""
    index = Index.open(home)
    try:
        serving = index.held
    finally:
        index.close()
    catalogue = Catalogue.open(home.catalogue, read_only=True)
    try:
        rows = catalogue.run(
            "SELECT version, added_at FROM versions WHERE article_id = ? ORDER BY version", (article_id,)
        )
        if not rows:
            raise UnknownArticleError(
                f"No article has, or had, the id {article_id!r}.", "`dateline articles list` shows all ids."
            )
        return [
            Revision(number, added_at, version in serving, catalogue.article(version))
            for number, (version, added_at) in enumerate(rows, start=1)
        ]
    finally:
        catalogue.close()


def stored_articles(home: Home, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Article]:
    """The articles of these ids and texts, the latter by SHA-256, but for those removed since."""
    found: dict[tuple[str, str], Article] = {}
    catalogue = Catalogue.open(home.catalogue, read_only=True)
    try:
        removed, texts = catalogue.removed(), set(wanted)
        for article_id in sorted({one for one, _ in texts}):
            versions = [version for version in catalogue.versions_of(article_id) if version not in removed]
            for article in catalogue.articles(versions):
                if (article_id, article.sha256) in texts:
                    found[article_id, article.sha256] = article
    finally:
        catalogue.close()
    return found


def numbers(home: Home, held: frozenset[int]) -> dict[str, int]:
    """For each article of the versions `held` which of its versions that is, counted from 1."""
    catalogue = Catalogue.open(home.catalogue, read_only=True)
    try:
        found: dict[str, int] = {}
        count: dict[str, int] = {}
        for version, article_id in catalogue.run("SELECT version, article_id FROM versions ORDER BY version"):
            count[article_id] = count.get(article_id, 0) + 1
            if version in held:
                found[article_id] = count[article_id]
        return found
    finally:
        catalogue.close()
