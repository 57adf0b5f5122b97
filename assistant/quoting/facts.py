"""Whether two sentences of different articles tell the same fact, or of one thing say different things."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from assistant.check import deny_each_other, tells_the_same
from assistant.check.tokens import may_count, tokens
from assistant.quoting.figures import Figure, figures, numbered
from assistant.quoting.statement import Cited
from index.calendar_words import NAMES as CALENDAR_NAMES
from index.embed import Embedder, Vectors
from index.records import Article
from index.relative_dates import DateMention, date_mentions
from index.words import stem_set, words

ABOUT_ONE_THING = 0.4
"""The share of the shorter one's content words that two sentences share before they are compared at all."""

_MOST_ALIKE, _FEWEST_ALIKE = 0.7, 4
"""The share, and the number, of the shorter one's content words that the other has if both tell of one figure."""

_NEAR_ALIKE = 2
"""How many of them stand near both figures."""

_SAYS_OTHERWISE = 0.75
"""The share shared before one that denies is taken for a denial of the other."""

_ONE_EVENT = datetime.timedelta(days=45)
"""How far apart articles on one event come out; what is told later is likelier another one."""

_LEAD = 300
"""Characters at the beginning of an article that tell what it is about."""

_NAME = re.compile(r"(?<=[\w,;:’'] )[A-Z][\w’'-]+")


@dataclass(frozen=True)
class Difference:
    """Two figures that one thing is said to have; none where one sentence denies the other."""

    ours: Figure | None = None
    theirs: Figure | None = None


def shared(one: str, other: str) -> float:
    """The share of the shorter one's content words that both have."""
    a, b = stem_set(one), stem_set(other)
    return len(a & b) / max(1, min(len(a), len(b)))


def same_fact(one: Cited, other: Cited, embedder: Embedder) -> bool:
    """Whether `other` may be cited for what `one` says. A recall of winter is not that of summer, in the same words.

    "On Friday" and "yesterday" are compared by the dates they mean, not by their words; everything else as the check of
    every answer compares.
    """
    if shared(one.text, other.text) < ABOUT_ONE_THING or not (_come_together(one, other) and _days_agree(one, other)):
        return False
    if difference(one, other) is not None:
        return False
    a, b = _without_days(one), _without_days(other)
    return tells_the_same(a, b, _cosine(a, b, embedder))


def difference(one: Cited, other: Cited, answers: tuple[str, str] | None = None) -> Difference | None:
    """What `one` says otherwise than `other` of the same thing; None where nothing, or where that is not sure.

    Both must be of one event: close in time, and each naming whom or what the other one names. Two figures are of one
    thing if they have one unit and like words around them, or stand in `answers`, the words of each that answer one
    question. A length of time or an age is compared only there.
    """
    if not _are_of_one_event(one, other):
        return None
    both_count = may_count(one.text) and may_count(other.text)
    if not both_count and shared(one.text, other.text) < _SAYS_OTHERWISE:
        return None
    if numbered(one.text) != numbered(other.text):
        return None
    ours, theirs = figures(one.text), figures(other.text)
    alike = _told_alike(one.text, other.text)
    asked = [{token.value for token in tokens(answer)} - {None} for answer in answers or ()]
    for mine in ours:
        same_unit = [their for their in theirs if their.unit == mine.unit]
        if not same_unit or any(mine.agrees(their) for their in same_unit):
            continue
        their = max(same_unit, key=lambda figure: len(figure.near & mine.near))
        if any(their.agrees(figure) for figure in ours if figure.unit == their.unit):
            continue
        told_alike = alike and len((mine.near & their.near) - {mine.unit}) >= _NEAR_ALIKE and not mine.is_duration
        if told_alike or (asked and mine.value in asked[0] and their.value in asked[1]):
            return Difference(mine, their)
    says_otherwise = (
        not (ours or theirs)
        and alike
        and shared(one.text, other.text) >= _SAYS_OTHERWISE
        and deny_each_other(_without_days(one), _without_days(other))
    )
    return Difference() if says_otherwise else None


def _told_alike(one: str, other: str) -> bool:
    """Whether most words of the shorter sentence, and enough of them, stand in the other one, numbers aside."""
    a, b = ({token.stem for token in tokens(text) if token.value is None} for text in (one, other))
    return len(a & b) >= max(_MOST_ALIKE * min(len(a), len(b)), _FEWEST_ALIKE)


def _are_of_one_event(one: Cited, other: Cited) -> bool:
    """Whether both came out within `_ONE_EVENT` of each other and share a name, and the sentence with fewer names has
    none that the other one, its headline and its article's lead lack."""
    if not _come_together(one, other):
        return False
    ours, theirs = (names(sentence.text) for sentence in (one, other))
    around_ours, around_theirs = (names(_around(sentence)) for sentence in (one, other))
    fewer = ours - around_theirs if len(ours) <= len(theirs) else theirs - around_ours
    return not fewer and bool((ours & around_theirs) | (theirs & around_ours) | (around_ours & around_theirs))


def _come_together(one: Cited, other: Cited) -> bool:
    """Whether their articles came out within `_ONE_EVENT` of each other, as far as both are dated."""
    days = [published_on(sentence.article) for sentence in (one, other)]
    return not (days[0] and days[1] and abs(days[0] - days[1]) > _ONE_EVENT)


def _around(one: Cited) -> str:
    return f"{one.article.title}. {one.article.text[:_LEAD]}\n{one.text}"


@lru_cache(maxsize=4096)
def names(text: str) -> frozenset[str]:
    """Folded words written with a capital, but for those that begin a sentence, and for days and months."""
    found = {word for match in _NAME.finditer(text) for word in words(match.group())}
    return frozenset(word for word in found if len(word) > 2 and word not in CALENDAR_NAMES)


def published_on(article: Article) -> datetime.date | None:
    published = article.published
    return published.date() if isinstance(published, datetime.datetime) else published


def _mentions(one: Cited) -> tuple[DateMention, ...]:
    return date_mentions(one.text, one.article.published)


def _days_agree(one: Cited, other: Cited) -> bool:
    """Whether no day that one tells is another than those the other tells; a sentence without a day fits any."""
    ours, theirs = ([(day.first, day.last) for day in _mentions(sentence)] for sentence in (one, other))
    overlap = any(a[0] <= b[1] and b[0] <= a[1] for a in ours for b in theirs)
    return overlap or not ours or not theirs


def _without_days(one: Cited) -> str:
    text, kept, at = one.text, "", 0
    for day in _mentions(one):
        before = text[at : day.start]
        kept += before.removesuffix(" on ").removesuffix("On ") if before.endswith(("on ", "On ")) else before
        at = day.end
    return " ".join((kept + " " + text[at:]).split())


def _cosine(one: str, other: str, embedder: Embedder) -> Callable[[], float]:
    return lambda: float(_vector(one, embedder) @ _vector(other, embedder))


@lru_cache(maxsize=64)
def _vector(text: str, embedder: Embedder) -> Vectors:
    # One sentence is compared with several.
    vector: Vectors = embedder.embed_chunks([text])[0]
    vector.setflags(write=False)
    return vector
