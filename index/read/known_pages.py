"""What the data folder knows of pages that were fetched: how a server names their state, and whose article they are."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from index.catalogue import Catalogue
from index.home import Home
from index.lock import writing
from index.read.identity import id_from_url


@dataclass(frozen=True)
class Known:
    """A page or feed as it was fetched last. `stamp`: what the feed that named it said of its state."""

    etag: str | None = None
    last_modified: str | None = None
    stamp: str = ""


@dataclass(frozen=True)
class KnownPages:
    """`pages` by URL; `held`: the URLs that an article of the index came from; `ids`: by the id that an article's URL
    makes, the id under which the index holds it, where that is another one."""

    pages: Mapping[str, Known] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    ids: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Home) -> KnownPages:
        """Raises CatalogueError if the catalogue cannot be read."""
        if not home.catalogue.exists():
            return cls()
        catalogue = Catalogue.open(home.catalogue, read_only=True)
        try:
            pages = {
                url: Known(etag, last_modified, stamp)
                for url, etag, last_modified, stamp in catalogue.run(
                    "SELECT url, etag, last_modified, stamp FROM fetches"
                )
            }
            heads = catalogue.run(
                "SELECT heads.article_id, origin, json_extract(record, '$.url') "
                "FROM heads JOIN versions USING (version)"
            )
        finally:
            catalogue.close()
        by_url: dict[str, list[str]] = {}
        for article_id, _, url in heads:
            if url:
                by_url.setdefault(id_from_url(url), []).append(article_id)
        # Where several articles name one URL, none of them is the page.
        ids = {made: held[0] for made, held in by_url.items() if len(held) == 1}
        return cls(pages, frozenset(origin for _, origin, _ in heads), ids)


def remember(home: Home, pages: Mapping[str, Known]) -> None:
    """Keep what is known of `pages`, once their articles are in the index. Raises BusyError or CatalogueError."""
    if not pages:
        return
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    with writing(home):
        catalogue = Catalogue.open(home.catalogue)
        try:
            with catalogue.transaction():
                for url, known in pages.items():
                    catalogue.run(
                        "INSERT OR REPLACE INTO fetches (url, etag, last_modified, stamp, fetched_at) "
                        "VALUES (?, ?, ?, ?, ?)",
                        (url, known.etag, known.last_modified, known.stamp, now),
                    )
        finally:
            catalogue.close()
