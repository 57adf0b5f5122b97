"""Which build serves where the one that CURRENT names cannot, and how to go back to the one before."""

from __future__ import annotations

import logging
import time

from index.catalogue import Catalogue
from index.errors import BuildError, DatelineError
from index.home import Home
from index.lock import writing
from index.manifest import Manifest
from index.probe import faults
from index.search import Index
from index.update import UpdateReport, put_heads

_log = logging.getLogger(__name__)


def open_previous(home: Home, error: BuildError) -> Index | None:
    """As `previous`; `error` is why the one that CURRENT names does not serve: the log says so, and what to run."""
    index = previous(home)
    if index:
        name = index.manifest.name
        _log.error("%s The build %s from before serves. Run `dateline index repair`.", error.problem, name)
    return index


def previous(home: Home) -> Index | None:
    """The newest build on record, but for the one that CURRENT names, that opens; None where there is none."""
    try:
        names = _others(home)
    except DatelineError:
        return None
    for name in names:
        try:
            return Index(home, Manifest.read(home.build(name)))
        except BuildError:
            continue
    return None


def rollback(home: Home) -> UpdateReport:
    """Let the build from before serve again, and let the next one grow from it. What was removed since stays removed.

    Done twice, it leads back. Raises BusyError, CatalogueError, or BuildError if no build from before is sound.
    """
    began = time.perf_counter()
    with writing(home):
        wrong = []
        for name in _others(home):
            if problems := faults(home, name):
                wrong.append(f"{name}: {problems[0]}")
                continue
            catalogue = Catalogue.open(home.catalogue)
            try:
                before, heads = catalogue.heads(), catalogue.member_heads(name)
                with catalogue.transaction():
                    put_heads(catalogue, heads)
            finally:
                catalogue.close()
            home.set_current(name)
            return UpdateReport(
                added=tuple(one for one in heads if one not in before),
                updated=tuple(one for one in heads if one in before and heads[one].version != before[one].version),
                unchanged=sum(one in before and heads[one].version == before[one].version for one in heads),
                removed=tuple(one for one in before if one not in heads),
                serving=Manifest.read(home.build(name)),
                changed=True,
                seconds=time.perf_counter() - began,
            )
    raise BuildError(
        f"There is no build from before to go back to in {home.root}{': ' if wrong else ''}{'; '.join(wrong)}.",
        "Only the last build is kept; to have other articles, run `dateline index build PATH…`.",
    )


def _others(home: Home) -> list[str]:
    """The builds on record but for the one that CURRENT names, newest first."""
    try:
        current = home.current()
    except BuildError:
        current = None
    catalogue = Catalogue.open(home.catalogue, read_only=True)
    try:
        return [name for name in reversed(catalogue.build_names()) if name != current]
    finally:
        catalogue.close()
