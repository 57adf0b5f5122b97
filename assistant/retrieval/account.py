"""What a reader is told of a search: how the question was understood, which days and outlets it was narrowed to."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.records import Question, Reach, Search, Window
from assistant.shown import shown_date


def account(search: Search, question: str) -> list[str]:
    """Sentences that say what was searched for other than the bare words of `question`; none where nothing was."""
    return list(_sentences(search, question))


def narrowed(search: Search) -> list[str]:
    """What the words of the question narrowed the search to, as a list of limits."""
    window = search.window if search.window_used and search.window and search.window.reach is Reach.FILTER else None
    return [
        *([f"{days(window)} (“{window.words}”)"] if window else []),
        *([f"from {_listed(search.outlets)}"] if search.outlets and search.outlets_used else []),
    ]


def days_by_hand(question: Question) -> list[str]:
    """The days that the reader set, as a list of one limit, or of none."""
    last = min((day for day in (question.until, question.as_of) if day), default=None)
    if question.since and last:
        return [f"from {shown_date(question.since)} to {shown_date(last)}"]
    if question.since:
        return [f"since {shown_date(question.since)}"]
    return [f"up to {shown_date(last)}"] if last else []


def filters_by_hand(question: Question) -> list[str]:
    """What else the reader narrowed the search to, as a list of limits."""
    stories = " or ".join(f"“{one}”" for one in question.cluster)
    return [
        *([f"from “{question.source}”"] if question.source else []),
        *([f"by “{question.author}”"] if question.author else []),
        *([f"in the language “{question.language}”"] if question.language else []),
        *([f"among {len(question.articles)} chosen"] if question.articles else []),
        *([f"{stories} or a reprint"] if question.cluster else []),
    ]


def days(window: Window) -> str:
    """The days of a window in words: "from 6 June 2022 to 12 June 2022"."""
    if window.since == window.until:
        return f"on {shown_date(window.since)}"
    if window.since and window.until:
        return f"from {shown_date(window.since)} to {shown_date(window.until)}"
    return f"from {shown_date(window.since)} on" if window.since else f"up to {shown_date(window.until)}"


def _sentences(search: Search, question: str) -> Iterator[str]:
    typed = question
    for wrong, right in search.corrected:
        typed = typed.replace(wrong, right)
    if search.text != typed:
        yield f"Understood as: {search.text}" + (f" ({search.rewritten_by})" if search.rewritten_by else "")
    if search.rewrite_note:
        yield search.rewrite_note
    if search.corrected:
        yield f"Searched for {_listed(tuple(f'“{right}” instead of “{wrong}”' for wrong, right in search.corrected))}."
    if (window := search.window) is not None:
        if not search.window_used:
            yield f"No article is {days(window)} (“{window.words}”), so all days were searched."
        elif window.reach is Reach.FILTER:
            yield f"Searched {days(window)} (“{window.words}”)."
        elif window.event is not None:
            told = f"by the articles’ dates that was about {shown_date(window.event)}"
            yield f"“{window.words}”: {told}, so articles {days(window)} went first."
        else:
            yield f"Articles {days(window)} (“{window.words}”) went first."
    elif search.latest:
        yield f"The newest articles went first (“{search.latest}”)."
    if search.outlets:
        named = _listed(search.outlets)
        yield (
            f"Searched only {named}."
            if search.outlets_used
            else f"{named} had nothing there, so all outlets were searched."
        )
    for name, found in search.parts:
        if not found:
            yield f"Nothing was found for “{name}”."


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
