"""What mends an index and what makes it forget: the derived parts made anew from the catalogue, and a purge."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from index.build import discard
from index.catalogue import Catalogue
from index.chroma_server import server_of
from index.errors import BuildError, CatalogueError, StoreError, UnknownArticleError
from index.fingerprint import made_with
from index.home import Home
from index.lock import writing
from index.manifest import MadeWith
from index.read.identity import id_from_url
from index.update import Progress, UpdateReport, no_progress, switch

Forget = Callable[[Home, Sequence[str]], None]
"""Takes articles out of something that is kept beside the index, such as stored conversations."""


def repair(home: Home, *, progress: Progress = no_progress) -> UpdateReport:
    """Make a new build from the catalogue and let it serve; embeds nothing, and needs no model.

    Raises BusyError, CatalogueError, or BuildError if the catalogue never had a build or a chunk has no vector.
    """
    with writing(home):
        return derive(home, progress)


def derive(home: Home, progress: Progress) -> UpdateReport:
    """As `repair`, for whoever holds the data folder for writing already."""
    began = time.perf_counter()
    if not home.catalogue.exists():
        raise CatalogueError(
            f"There is no catalogue in {home.root}, from which the index could be derived.",
            "Restore it from a backup, or run `dateline index build PATH…`.",
        )
    catalogue = Catalogue.open(home.catalogue)
    try:
        made = _made_with(home, catalogue)
        serving, changed = switch(home, catalogue, None, made, catalogue.heads(), progress)
    finally:
        catalogue.close()
    return UpdateReport(
        unchanged=serving.articles if serving else 0,
        serving=serving,
        changed=changed,
        seconds=time.perf_counter() - began,
    )


def purge(
    home: Home, article_ids: Sequence[str], *, elsewhere: Sequence[Forget] = (), progress: Progress = no_progress
) -> UpdateReport:
    """Forget articles: every version, its chunks and vectors, and every build that holds them. It cannot be undone.

    They are out of answers at once. `elsewhere` forgets what quotes them outside the index. Backups that were made
    before still hold them. Raises UnknownArticleError, before anything is forgotten, if one of them is not stored.
    """
    began = time.perf_counter()
    ids = list(dict.fromkeys(article_ids))
    with writing(home):
        catalogue = Catalogue.open(home.catalogue)
        try:
            if unknown := [one for one in ids if not catalogue.versions_of(one)]:
                _wipe(catalogue)  # a purge that was killed may have forgotten the article and left its traces
                raise UnknownArticleError(
                    f"No article has, or had, the id {', '.join(map(repr, unknown))}; nothing was purged.",
                    "`dateline articles list` shows the ids of what is indexed.",
                )
            with catalogue.transaction():
                _forget_pages(catalogue, ids)
                catalogue.remove(ids)
            catalogue.settle()
            for forget in elsewhere:
                forget(home, ids)
            made = _made_with(home, catalogue)
            serving, changed = switch(home, catalogue, None, made, catalogue.heads(), progress)
            _drop_other_builds(home, catalogue)
            _forget(catalogue, ids)
            _require_none_left(home)
        finally:
            catalogue.close()
    return UpdateReport(removed=tuple(ids), serving=serving, changed=changed, seconds=time.perf_counter() - began)


def _drop_other_builds(home: Home, catalogue: Catalogue) -> None:
    """All but the one that serves, since words, vectors and chunks of the purged articles lie in them."""
    current = home.current()
    for name in catalogue.build_names():
        if name != current:
            with catalogue.transaction():
                catalogue.drop_build(name)
            discard(home, name)


def _require_none_left(home: Home) -> None:
    """Raises StoreError if a server that is down still holds vectors of a build that was dropped."""
    current = home.current()
    for folder in home.builds.iterdir():
        if folder.name != current and (url := server_of(folder / "chroma")):
            raise StoreError(
                f"The articles are forgotten here, but the Chroma server at {url} is down and still holds their "
                "vectors.",
                "Start it, then run `dateline index repair`, which drops them.",
            )


def _forget(catalogue: Catalogue, ids: Sequence[str]) -> None:
    """Every trace of the articles `ids` in the catalogue but for the bare numbers of their versions."""
    catalogue.run("PRAGMA secure_delete=ON")
    with catalogue.transaction():
        for one in ids:
            for version in catalogue.versions_of(one):
                keys = catalogue.run("SELECT DISTINCT vector_key FROM chunks WHERE version = ?", (version,))
                catalogue.run("DELETE FROM chunks WHERE version = ?", (version,))
                for key in keys:
                    unused = "NOT EXISTS (SELECT 1 FROM chunks WHERE vector_key = key)"
                    catalogue.run(f"DELETE FROM vectors WHERE key = ? AND {unused}", key)
                catalogue.run("DELETE FROM splits WHERE version = ?", (version,))
                catalogue.run("DELETE FROM versions WHERE version = ?", (version,))
    _wipe(catalogue)


def _forget_pages(catalogue: Catalogue, ids: Sequence[str]) -> None:
    """What is known of the pages that the articles `ids` came from: an address often tells a headline.

    To be called while `heads` and `members` still say which ones those were.
    """
    addresses = {
        address
        for one in ids
        for row in catalogue.run(
            "SELECT CASE WHEN json_valid(record) THEN json_extract(record, '$.url') END, heads.origin, members.origin "
            "FROM versions LEFT JOIN heads USING (version) LEFT JOIN members USING (version) "
            "WHERE versions.article_id = ?",
            (one,),
        )
        for address in row
        if address
    }
    made_of = {*ids, *map(id_from_url, addresses)}
    for (url,) in catalogue.run("SELECT url FROM fetches"):
        if id_from_url(url) in made_of:
            catalogue.run("DELETE FROM fetches WHERE url = ?", (url,))


def _wipe(catalogue: Catalogue) -> None:
    """What was deleted may stand in free pages and in the journal still."""
    catalogue.run("VACUUM")
    catalogue.run("PRAGMA wal_checkpoint(TRUNCATE)")


def _made_with(home: Home, catalogue: Catalogue) -> MadeWith:
    """What the build that serves was made with, or the newest on record. Raises BuildError."""
    made = made_with(home, catalogue)
    if made is None:
        raise BuildError(f"Nothing was ever indexed in {home.root}.", "Run `dateline index build PATH…` first.")
    return made
