"""Which rows of a build may be searched: by day, outlet, author, language, article and story."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from index.build import Rows, timestamp
from index.words import folded

Mask = npt.NDArray[np.bool_]

Bylines: TypeAlias = Mapping[int, tuple[str, tuple[str, ...], str | None]]
"""The article id, authors and language of each version."""

_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Filters:
    """Which articles may be searched; what is not given lets all through. Days are inclusive, in UTC; an undated
    article passes `as_of` only. `sources` are outlets, any of them, in any case; `author` is a part of an author's
    name, `language` a code such as "en", `articles` are ids; `cluster` are ids too, and let through those articles and
    their reprints.
    """

    as_of: datetime.date | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    sources: tuple[str, ...] = ()
    author: str | None = None
    language: str | None = None
    articles: tuple[str, ...] = ()
    cluster: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()


class Columns:
    """What filters look at of a build's rows, each a column of its own: of the rows as they lie in their file, a
    comparison of one field reads all of them."""

    def __init__(self, rows: Rows, clusters: npt.NDArray[np.int64], outlets: Sequence[str]) -> None:
        self.published = np.ascontiguousarray(rows["published"])
        self.versions = np.ascontiguousarray(rows["version"])
        self.clusters = np.ascontiguousarray(clusters)
        self._sources = np.ascontiguousarray(rows["source"])
        self._outlets = [folded(outlet) for outlet in outlets]

    def mask(self, filters: Filters, bylines: Callable[[], Bylines]) -> Mask:
        """Which rows `filters` let through, shape (rows,). `bylines` is asked only where a filter needs it."""
        published = self.published
        mask = np.ones(len(published), dtype=np.bool_)
        # A comparison with NaN is false: "not later than as-of" lets undated articles through, the others do not.
        if filters.as_of is not None:
            mask &= ~(published >= _day_after(filters.as_of))
        if filters.since is not None:
            mask &= published >= timestamp(filters.since)
        if filters.until is not None:
            mask &= published < _day_after(filters.until)
        if filters.sources:
            wanted = {folded(source) for source in filters.sources}
            mask &= np.isin(self._sources, [i for i, outlet in enumerate(self._outlets) if outlet in wanted])
        if filters.author is not None or filters.language is not None or filters.articles:
            mask &= np.isin(self.versions, _versions(filters, bylines()))
        if filters.cluster:
            named = [version for version, (article_id, _, _) in bylines().items() if article_id in filters.cluster]
            mask &= np.isin(self.clusters, self.clusters[np.isin(self.versions, named)])
        return mask


def _versions(filters: Filters, bylines: Bylines) -> list[int]:
    author, language = folded(filters.author or ""), folded(filters.language or "")
    return [
        version
        for version, (article_id, authors, said) in bylines.items()
        if (not author or any(author in folded(one) for one in authors))
        and (not language or (said is not None and folded(said).split("-")[0] == language))
        and (not filters.articles or article_id in filters.articles)
    ]


def _day_after(day: datetime.date) -> float:
    return timestamp(day) + _DAY_SECONDS
