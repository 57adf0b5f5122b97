"""What the articles say of one thing: the sentence that answers, who else says so, and who says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.candidates import Candidate, Place
from assistant.quoting.corrections import overriding
from assistant.quoting.facts import ABOUT_ONE_THING, Difference, difference, published_on, same_fact, shared
from assistant.quoting.referents import hangs, is_of_somebody_unnamed
from assistant.quoting.statement import Cited, Statement, complete, headline
from assistant.shown import shown_date
from assistant.speaker import speaker_of
from index.embed import Embedder
from index.instructions import reporting_spans
from index.records import Article, Passage

_MOST_OTHERS = 3
"""Further articles cited for one sentence."""

_MOST_DIFFERENT = 2
"""Sentences that say otherwise, beside the one that answers."""

_AS_GOOD = 0.3
"""The share of the best one's probability from which another sentence answers the same question."""


@dataclass(frozen=True)
class Account:
    """Statements about one thing, in the order to show them.

    `disagree`: what to tell where sources say different things at the same time; `latest`: the candidate that replaces
    the one that was chosen, where a later article has another figure; `is_corrected`: a note took its place.
    """

    statements: tuple[Statement, ...]
    chosen: Candidate
    latest: Candidate | None = None
    disagree: str | None = None
    is_corrected: bool = False


def account(chosen: Candidate, ranked: Sequence[Candidate], embedder: Embedder, *, counts: bool) -> Account:
    """What `ranked` holds on what `chosen` says.

    `counts`: the question asks for a number, so that whatever answers it in the same unit is about the same.
    """
    statement = complete(chosen.place)
    articles = list({one.place.article.id: one.place.article for one in [chosen, *ranked]}.values())
    if note := overriding(statement.words, articles):
        return Account((Statement(note, label="Correction"),), chosen, is_corrected=True)
    if statement.context and overriding(statement.context, articles):
        # What was taken back is not repeated to tell what "It" is.
        statement = replace(statement, context=headline(statement.article))
    elsewhere = [*(one for one in ranked if one.place.article.id != chosen.place.article.id), *_reprinted(chosen)]
    different = list(_different(chosen, statement.words, elsewhere, articles, counts))
    backed = replace(statement, others=tuple(_others(statement.words, chosen, elsewhere, embedder)))
    if not different:
        return Account((backed,), chosen)
    told = [(chosen, backed), *((one, complete(one.place)) for one, _ in different)]
    return _in_time(told, denied=any(found.ours is None for _, found in different))


def _others(statement: Cited, chosen: Candidate, elsewhere: Iterable[Candidate], embedder: Embedder) -> Iterator[Cited]:
    """The words of other articles that say the same, one of each."""
    found: set[str] = set()
    for one in elsewhere:
        words = _cited(one)
        if words.article.id not in found and same_fact(statement, words, embedder):
            found.add(words.article.id)
            yield words
        if len(found) == _MOST_OTHERS:
            return


def _reprinted(chosen: Candidate) -> Iterator[Candidate]:
    """The sentences of reprints, which stand behind the article they were found with: editors change some."""
    for copy in chosen.place.passage.copies:
        passage = Passage(copy, 0, len(copy.text), chosen.place.passage.score)
        sentences = reporting_spans(copy.text)
        for at, span in enumerate(sentences):
            if shared(copy.text[slice(*span)], chosen.place.text) >= ABOUT_ONE_THING:
                yield Candidate(Place(passage, "text", span, speaker_of(copy.text, sentences, at)), {}, 0.0)


def _different(
    chosen: Candidate, statement: Cited, elsewhere: Iterable[Candidate], articles: Sequence[Article], counts: bool
) -> Iterator[tuple[Candidate, Difference]]:
    """The sentences that say otherwise, one of each article; what a correction takes back is not said any more."""
    articles_told: set[str] = set()
    if hangs(statement.text):
        # What "Now, only 44% approve" approve of may be another thing.
        return
    for one in elsewhere:
        if len(articles_told) == _MOST_DIFFERENT:
            return
        words = _cited(one)
        if words.article.id in articles_told or one.place.field == "title":
            continue
        if one.place.speaker is None and is_of_somebody_unnamed(words.text, words.article.text):
            continue
        if hangs(words.text):
            continue
        found = difference(statement, words, answers=_answers(chosen, one) if counts else None)
        if found is not None and overriding(words, articles) is None:
            articles_told.add(words.article.id)
            yield one, found


def _answers(chosen: Candidate, other: Candidate) -> tuple[str, str] | None:
    """The words of both that answer the question best, if the other answers it nearly as surely."""
    ours, theirs = chosen.reading, other.reading
    if ours is None or theirs is None or ours.span is None or theirs.span is None:
        return None
    if theirs.probability < _AS_GOOD * ours.probability:
        return None
    return chosen.place.shown[slice(*ours.span)], other.place.shown[slice(*theirs.span)]


def _in_time(told: Sequence[tuple[Candidate, Statement]], *, denied: bool) -> Account:
    """Where one comes last, the latest first and the others dated. Where two come last on one day, or a day is not
    known, each with its outlet. One outlet's denial of another's report is a disagreement whenever it comes."""
    chosen = told[0][0]
    articles = [statement.article for _, statement in told]
    days = [published_on(article) for article in articles]
    several = len({article.source for article in articles}) > 1
    known = [day for day in days if day is not None]
    if len(known) < len(days) or known.count(max(known)) > 1 or (denied and several):
        statements = tuple(replace(statement, label=_outlet(statement.article)) for _, statement in told)
        names = [_name(article) for article in articles]
        said = f"{', '.join(names[:-1])} and {names[-1]}"
        what = "contradict each other" if denied else "give different figures"
        return Account(statements, chosen, disagree=f"The sources disagree: {said} {what}.")
    order = sorted(range(len(told)), key=lambda i: known[i], reverse=True)
    dated = [_outlet(article) if several else f"on {shown_date(article.published)}" for article in articles]
    statements = tuple(
        replace(told[i][1], label=f"{'Earlier' if place else 'Latest'}, {dated[i]}") for place, i in enumerate(order)
    )
    latest = told[order[0]][0]
    return Account(statements, chosen, None if latest is chosen else latest)


def _outlet(article: Article) -> str:
    return f"{_name(article)}, {shown_date(article.published)}"


def _name(article: Article) -> str:
    """What an article is called by: its outlet, else its headline. Brackets would read as markers."""
    name = article.source or f"“{article.title or article.id}”"
    return name.replace("[", "(").replace("]", ")")


def _cited(one: Candidate) -> Cited:
    return Cited(one.place.article, one.place.field, *one.place.span)
