"""Which articles may be searched. Knows the columns of a build's rows, not where they are kept."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.build import timestamp
from index.words import folded

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Filters:
    """Which articles may be searched; what is not given lets all through. Days are inclusive, in UTC; an undated
    article passes `as_of` only. `sources` are outlets, any of them, in any case; `author` is a part of an author's
    name, `language` a code such as "en", `articles` are ids.
    """

    as_of: datetime.date | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    sources: tuple[str, ...] = ()
    author: str | None = None
    language: str | None = None
    articles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def bylined(self) -> bool:
        """Whether `fit` has to be asked of each article."""
        return self.author is not None or self.language is not None or bool(self.articles)

    def mask(self, published: npt.NDArray[np.float64], source: npt.NDArray[np.int32], sources: Sequence[str]) -> Mask:
        """Which rows the days and outlets let through, shape (rows,).

        `published` is in seconds since 1970, NaN where undated; `source` the place of each row's outlet in `sources`.
        """
        mask = np.ones(len(published), dtype=np.bool_)
        # A comparison with NaN is false: "not later than as-of" lets undated articles through, the others do not.
        if self.as_of is not None:
            mask &= ~(published >= _day_after(self.as_of))
        if self.since is not None:
            mask &= published >= timestamp(self.since)
        if self.until is not None:
            mask &= published < _day_after(self.until)
        if self.sources:
            wanted = {folded(one) for one in self.sources}
            mask &= np.isin(source, [place for place, one in enumerate(sources) if folded(one) in wanted])
        return mask

    def fit(self, article_id: str, authors: Sequence[str], language: str | None) -> bool:
        """Whether an article passes by its id, its authors and its language."""
        author, wanted = folded(self.author or ""), folded(self.language or "")
        return (
            (not author or any(author in folded(one) for one in authors))
            and (not wanted or (language is not None and folded(language).split("-")[0] == wanted))
            and (not self.articles or article_id in self.articles)
        )


def _day_after(day: datetime.date) -> float:
    return timestamp(day) + 86_400
