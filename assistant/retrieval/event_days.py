"""Times told by an event ("before the summit", "after the earthquake in Osterby"): the event's day, looked up.

A question says when an event was by naming it, and the articles say when it was by their dates: news of it comes out
on the day and in the days after. So the dated passages that hold the event's words, and answer best, are looked at.
Where most of them came out close together, their first day is the event's. Where they are spread over the index's days
the event is a kind of thing, or was many times, and nothing is taken from it.

The event's name must be one of a closed list of nouns: "before the court", "after the fact" and "during the game plan"
are no times. That the day is a guess makes its window a hint, never a filter.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from assistant.records import Reach, Window
from index.embed import Embedder
from index.filters import Mask
from index.search import Index
from index.words import stems

_LOOKED_AT = 12
"""Passages, each the best of its article."""

_CANDIDATES = 100
_WITHIN_DAYS = 10
"""Days in which most of what is told of an event comes out."""

_SHARE = 0.6
"""The share of the passages, by their scores, that must lie in those days."""

_KEYWORD = 0.5
"""What the event's words count beside its meaning."""

_AROUND_DAYS = 14
"""Days before or after an event that a question means by "before" and "after"."""

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class EventTime:
    """The words of a question that tell a time by an event: "before the Geneva summit"."""

    words: str
    relation: str
    event: str


def event_time(question: str) -> EventTime | None:
    """The time that `question` tells by an event; None where it tells none. Needs no index."""
    match = _phrase().search(question)
    if match is None:
        return None
    relation = " ".join(match["relation"].lower().split())
    return EventTime(" ".join(match.group().split()), relation, " ".join(match["event"].split()))


def event_window(
    index: Index, embedder: Embedder, time: EventTime, question: str, today: datetime.date, allowed: Mask | None
) -> Window | None:
    """The days that `time` means, the event looked up among the `allowed` rows; None where its day is not known.

    `question` is the whole of it, which tells of which earthquake is spoken.
    """
    day = event_day(index, embedder, time.event, question, allowed)
    if day is None or day > today:
        return None
    around = datetime.timedelta(days=_AROUND_DAYS)
    match time.relation:
        case "before" | "ahead of" | "prior to" | "until" | "leading up to":
            since, until = day - around, day
        case "during":
            since, until = day - _DAY, day + 3 * _DAY
        case "since":
            since, until = day, max(today, day)
        case _:
            since, until = day, min(day + around, max(today, day))
    return Window(since, until, time.words, Reach.HINT, day)


def event_day(
    index: Index, embedder: Embedder, event: str, question: str, allowed: Mask | None
) -> datetime.date | None:
    """The day that the articles' dates give `event`; None where none holds its words, or their dates are spread."""
    named = list(dict.fromkeys(stems(event)))
    holds: Mask = np.ones(len(index), dtype=np.bool_) if allowed is None else allowed.copy()
    for stem in named:
        held = np.zeros(len(index), dtype=np.bool_)
        held[index.rows_with(stem)] = True
        holds &= held
    rows = np.flatnonzero(holds)
    rows = rows[np.isfinite(index.published(rows))]
    if not named or not len(rows):
        return None
    words = index.keyword_scores(question)[rows]
    scores = index.cosines(embedder.embed_query(question), rows) + _KEYWORD * words / max(float(words.max()), 1e-9)
    order = np.argsort(-scores, kind="stable")[:_CANDIDATES]
    _, first = np.unique(index.versions(rows[order]), return_index=True)
    best = order[np.sort(first)][:_LOOKED_AT]
    weights = np.maximum(scores[best], 0.0) ** 2
    days = np.floor(index.published(rows[best]) / 86_400)
    # The ten days that hold most of what is told: those that begin with one of the days.
    inside = (days[None, :] >= days[:, None]) & (days[None, :] < days[:, None] + _WITHIN_DAYS)
    mass = inside @ weights
    at = int(np.lexsort((days, -np.round(mass, 6)))[0])
    if mass[at] < _SHARE * float(weights.sum()):
        return None
    return datetime.date.fromordinal(datetime.date(1970, 1, 1).toordinal() + int(days[at]))


_EVENTS = (
    r"summits?|talks|negotiations|conference|congress|election|elections|vote|referendum|ballot|primary|runoff|poll"
    r"|earthquake|quake|tsunami|eruption|flood|floods|flooding|storm|storms|hurricane|cyclone|typhoon|tornado|blizzard"
    r"|heatwave|drought|avalanche|landslide|wildfires?|fires?|blaze|explosions?|blasts?|bombing|attacks?|invasion|shooting"
    r"|massacre|siege|raid|hijacking|crash|collision|collapse|derailment|shipwreck|sinking|spill|outage|blackout|outbreak"
    r"|trial|verdict|ruling|sentencing|hearing|inquest|arrest|arrests|assassination|murder|death|funeral|burial"
    r"|resignation|inauguration|coronation|jubilee|wedding|ceremony|premiere|debate|speech|address|visit"
    r"|final|semi-?final|match|tournament|olympics|games|world\s+cup|super\s+bowl|grand\s+prix|marathon|race|derby"
    r"|strikes?|walkout|protests?|demonstrations?|march|riots?|coup|revolution|uprising|ceasefire|truce|armistice|treaty"
    r"|merger|takeover|acquisition|bankruptcy|launch|landing|recall|evacuation|lockdown|festival|fair|exhibition|eclipse"
)
"""Nouns of what happens on a day, or begins on one."""

_RELATION = (
    r"before|ahead\s+of|prior\s+to|leading\s+up\s+to|until|after|following|since|during|in\s+the\s+wake\s+of"
    r"|in\s+the\s+(?:days|hours|week|weeks)\s+(?:after|following)|(?:the\s+)?(?:day|morning|week)\s+after"
)

# Compiled at first use, since importing does no work.


@cache
def _phrase() -> re.Pattern[str]:
    """A relation, an article, at most three words, and the name of an event, which ends the clause or goes on with a
    place: "after the second earthquake in Osterby"."""
    return re.compile(
        rf"\b(?P<relation>(?i:{_RELATION}))\s+(?:the|this|that|last\s+(?:week|month|year)['’]s|(?:his|her|their|its))\s+"
        rf"(?P<event>(?:[\w’'-]+\s+){{0,3}}?(?i:{_EVENTS})"
        rf"(?:\s+(?:in|at|of|on|near|between|against)\s+(?:the\s+)?[A-Z][\w’'-]*(?:\s+(?:and\s+)?[A-Z][\w’'-]*){{0,3}})?)"
        rf"(?=\s*(?:[?.,;!]|$|\b(?:and|but|did|does|do|was|were|is|are|has|have|had|what|who|when|where|why|how|which|to|in|by"
        rf"|for|with|from|last|that|began|took)\b))"
    )
