"""The scores of chunks for a question: by meaning, by words, by headline, by place and by date.

The weights were chosen on the odd lines of rtqa2022 (tests/bench/bench_retrieval.py); docs/retrieval.md gives the
figures and what each signal brings.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.records import Reach, Window
from index.embed import Vectors
from index.filters import Mask
from index.search import Index, RowNumbers, Scores
from index.words import stems

WEIGHTS: Mapping[str, float] = {"dense": 1.0, "keyword": 0.6, "headline": 0.3, "lead": 0.2, "date": 0.35}
"""What each signal counts; all but the cosine are scaled to 0…1."""

SPOKEN_OF = 0.1
"""What a follow-up's chunk counts more where the conversation has cited its article: of what is found about as well,
that goes first which the answers so far were from. Set by hand; a good chunk scores about 1.5."""

_CANDIDATES = 200
"""Chunks taken from each of the two searches before they are scored together."""

_HEADLINES = 150
"""Chunks, the best by all other signals, whose articles' headlines are looked at."""

_LEAD_LENGTH = 2_400
"""Characters after which a chunk's place in its article counts 1/e as much as the first: news tells the news first."""

_FRESH_DAYS = 30.0
"""After how many days an article is 1/e as fresh."""

_NEAR_DAYS = 7.0
"""How many days outside a window an article is 1/e as near."""

_SAID = 1.5
"""How much more the date counts where the question says so: "last week", "the latest"."""

_SECONDS = 86_400.0

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DatePrior:
    """How near an article's publication is to what a question wants, 0…1: to the days of `window`, else to `today`.

    An article without a date gets 0.
    """

    today: datetime.date
    window: Window | None = None
    latest: bool = False

    @property
    def weight(self) -> float:
        is_said = self.latest or (self.window is not None and self.window.reach is Reach.PREFER)
        return WEIGHTS["date"] * (_SAID if is_said else 1.0)

    def of(self, published: Array) -> Array:
        """`published` in seconds since 1970, NaN where undated; one value for each."""
        fresh = _decay(np.maximum(_midnight(self.today) + _SECONDS - published, 0), _FRESH_DAYS)
        if self.window is None:
            return fresh
        before = 0.0 if self.window.since is None else _midnight(self.window.since) - published
        after = 0.0 if self.window.until is None else published - _midnight(self.window.until) - _SECONDS
        distance = np.maximum(np.maximum(before, after), np.where(np.isnan(published), np.nan, 0))
        inside = _decay(distance, _NEAR_DAYS)
        return inside if self.window.reach is Reach.PREFER else np.maximum(inside, fresh)


def prior_of(today: datetime.date, window: Window | None, latest: bool) -> DatePrior:
    """Of a question asked on `today`. What goes on until today is told of best by what is fresh; days that end before,
    but begin nowhere, are no wish for the oldest: freshness counts up to their end."""
    if window is not None and (window.until is None or window.until >= today):
        window = None
    elif window is not None and window.since is None:
        today, window = window.until or today, None
    return DatePrior(today, window, latest)


@dataclass(frozen=True)
class Scored:
    """Rows of the index with their signals by name and their total, all of shape (rows,).

    `by_meaning` and `by_words`: how many of the rows each of the two searches found.
    """

    rows: RowNumbers
    signals: Mapping[str, Scores]
    total: Scores
    by_meaning: int
    by_words: int

    def at(self, i: int) -> dict[str, float]:
        return {name: float(values[i]) for name, values in self.signals.items()}


def score(
    index: Index,
    vector: Vectors,
    text: str,
    allowed: Mask | None,
    prior: DatePrior,
    candidates: int = _CANDIDATES,
    spoken_of: Mask | None = None,
) -> Scored:
    """The chunks that may answer `text`, whose embedding is `vector`, of those allowed; in no order.

    `spoken_of`: the rows of articles that go first where they are found about as well, shape (rows of the index,).
    """
    keyword = index.keyword_scores(text)
    if allowed is not None:
        keyword = np.where(allowed, keyword, 0).astype(np.float32)
    most = min(candidates, len(keyword))
    by_keyword = np.argpartition(-keyword, most - 1)[:most]
    by_keyword, nearest = by_keyword[keyword[by_keyword] > 0], index.nearest(vector, candidates, allowed)
    rows = np.union1d(nearest, by_keyword).astype(np.int64)
    signals: dict[str, Scores] = {
        "dense": index.cosines(vector, rows),
        "keyword": keyword[rows] / np.float32(max(float(keyword.max(initial=0)), 1e-9)),
        "lead": np.exp(-index.starts(rows) / _LEAD_LENGTH).astype(np.float32),
        "date": prior.of(index.published(rows)).astype(np.float32),
    }
    weights = {**WEIGHTS, "date": prior.weight}
    total = sum((weights[name] * values for name, values in signals.items()), np.zeros(len(rows), np.float32))
    signals["headline"] = _headlines(index, text, rows, total)
    total = total + weights["headline"] * signals["headline"]
    if spoken_of is not None:
        signals["conversation"] = spoken_of[rows].astype(np.float32)
        total = total + SPOKEN_OF * signals["conversation"]
    return Scored(rows, signals, total.astype(np.float32), len(nearest), len(by_keyword))


def _headlines(index: Index, text: str, rows: RowNumbers, total: Scores) -> Scores:
    """The share of the question's words, by their rarity, that the headline holds; 0 past the best rows by `total`."""
    found = np.zeros(len(rows), dtype=np.float32)
    asked = list(dict.fromkeys(stems(text)))
    if not asked:
        return found
    rarity = index.rarity(asked)
    rarity = rarity / max(float(rarity.sum()), 1e-9)
    shares: dict[str, float] = {}
    for i in np.argsort(-total, kind="stable")[:_HEADLINES]:
        article = index.span(int(rows[i]))[0]
        if article.id not in shares:
            held = set(stems(article.title))
            shares[article.id] = float(sum(weight for stem, weight in zip(asked, rarity, strict=True) if stem in held))
        found[i] = shares[article.id]
    return found


def _decay(distance: Array, days: float) -> Array:
    return np.nan_to_num(np.exp(-distance / (days * _SECONDS)), nan=0.0)


def _midnight(day: datetime.date) -> float:
    return datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC).timestamp()
