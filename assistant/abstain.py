"""Abstention: the words that say why the articles do not answer, what was searched, and what comes nearest."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Mapping

from assistant.mentioned import Mentioned, mentioned
from assistant.records import Answer, Question, Reason
from assistant.retrieval.account import days_by_hand, filters_by_hand, narrowed
from assistant.retrieval.outlets import names_of
from assistant.retrieve import Retrieved
from assistant.shown import shown_date, without_markers
from index.instructions import reported
from index.records import Article
from prompts import load

_MOST_SOURCES = 8
_NEAREST = 3


def abstention(question: Question, reason: Reason, found: Retrieved | None) -> Answer:
    """The answer that declines. `found` is None only where nothing is indexed."""
    return Answer(
        question=question,
        sentences=(),
        passages=found.passages if found else (),
        answerer="none",
        reason=reason,
        words=_words(question, reason, found),
    )


def _words(question: Question, reason: Reason, found: Retrieved | None) -> str:
    said = _mentioned(found) if reason is Reason.TOPIC_ONLY and found is not None else None
    # Where not even the topic's words are there, the words say so; the reason stays what the answerer found.
    told = Reason.NO_EVIDENCE if reason is Reason.TOPIC_ONLY and said is None else reason
    prompt = load(f"abstain-{told.value.replace('_', '-')}")
    values: dict[str, object] = {}
    if found is not None:
        makers = {
            "window": lambda: " ".join([*days_by_hand(question), *filters_by_hand(question)]),
            "span": lambda: _span(found),
            "filters": lambda: " ".join(filters_by_hand(question)),
            "known": lambda: _known(question, found),
            "words": lambda: " and ".join(f"“{phrase}”" for phrase in found.search.exact),
            "searched": lambda: _searched(question, found),
            "nearest": lambda: _nearest(found),
            "mentioned": lambda: said.words if said else "",
        }
        values = {name: makers[name]() for name in prompt.variables}
    # A headline, an outlet or the question itself may hold "[5]"; an abstention cites nothing.
    return without_markers(prompt.render(**values))


def _mentioned(found: Retrieved) -> Mentioned | None:
    """What the nearest articles mention of what is asked: the first that mentions anything."""
    for passage in found.passages[:_NEAREST]:
        if said := mentioned(found.text, reported(f"{passage.article.title}\n{passage.text}")):
            return said
    return None


def _searched(question: Question, found: Retrieved) -> str:
    total = found.index.manifest.articles
    count = f"{found.searched:,} of {total:,} articles" if found.searched != total else _articles(total)
    limits = [*days_by_hand(question), *filters_by_hand(question), *narrowed(found.search)]
    return ", ".join([count, *limits])


def _known(question: Question, found: Retrieved) -> str:
    """What there is instead of what a reader narrowed the search to, the names most like theirs first."""
    if question.source is not None:
        names = {name: outlet for outlet in found.index.manifest.sources for name in names_of(outlet)}
        return _near(question.source, names, f"The outlets are: {_sources(found)}.")
    if question.author is not None:
        names = {name: name for name in found.index.authors()}
        return _near(question.author, names, f"{len(names):,} authors are named in the articles.")
    ids = {one: one for one in found.index.ids()}
    missing = next((one for one in (*question.articles, *question.cluster) if one not in ids), None)
    otherwise = "`dateline articles list` shows all there are."
    return otherwise if missing is None else _near(missing, ids, f"No article has the id “{missing}”; {otherwise}")


def _near(wanted: str, names: Mapping[str, str], otherwise: str) -> str:
    lower = {name.lower(): known for name, known in names.items()}
    near = list(dict.fromkeys(lower[one] for one in difflib.get_close_matches(wanted.lower(), lower, n=3, cutoff=0.6)))
    return f"Did you mean {' or '.join(f'“{one}”' for one in near)}? {otherwise}" if near else otherwise


def _articles(count: int) -> str:
    return "1 article" if count == 1 else f"{count:,} articles"


def _nearest(found: Retrieved) -> str:
    article = found.passages[0].article
    return f"“{article.title or article.id}” ({_origin(article)})"


def _origin(article: Article) -> str:
    return ", ".join(part for part in (article.source, shown_date(article.published)) if part)


def _span(found: Retrieved) -> str:
    span = found.index.span_of_dates()
    if span is None:
        return "no stated date"
    first, last = (shown_date(datetime.datetime.fromtimestamp(seconds, datetime.UTC)) for seconds in span)
    return first if first == last else f"{first} to {last}"


def _sources(found: Retrieved) -> str:
    sources = sorted(found.index.manifest.sources)
    if not sources:
        return "none is stated"
    more = f" and {len(sources) - _MOST_SOURCES} more" if len(sources) > _MOST_SOURCES else ""
    return ", ".join(sources[:_MOST_SOURCES]) + more
