"""What happens when a reader asks, and when they open a citation. Knows the session's exchanges, not the page."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from assistant.browser import chat, limits, reader_pane
from assistant.browser.reader_pane import Span
from assistant.records import Answer, Citation, Exchange, Question
from index.errors import DatelineError, UnknownArticleError

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_log = logging.getLogger(__name__)

Exchanges: TypeAlias = tuple[Exchange, ...]

_STOPPED = DatelineError("Stopped before there was an answer.", "Ask again, or ask something else.")
_SO_FAR = "You stopped this answer; what was whole and checked until then is shown."


def ask(assistant: Assistant, before: Exchanges, text: str, typed: limits.Typed) -> Generator[Exchanges]:
    """The conversation as it grows: with the question, then with its answer sentence by sentence, or the error.

    The same object again means that nothing is new: whoever wants to leave may. Closed, it stops a model that writes.
    """
    asked, told = Question(text), None
    try:
        asked = limits.question(text, typed, chat.turns(before))
        grown: Exchanges = (*before, Exchange(asked, is_whole=False))
        yield grown
        with closing(assistant.stream(asked)) as stages:
            for answer in stages:
                if answer is not told:
                    told, grown = answer, (*before, Exchange(asked, answer, is_whole=False))
                yield grown
        yield (*before, Exchange(asked, told))
    except Exception as error:
        yield (*before, Exchange(asked, error=explained(error)))


def stopped(exchanges: Exchanges) -> Exchanges:
    """The conversation whose last answer its reader stopped: with what was checked until then, and a word of that."""
    if not exchanges or exchanges[-1].is_whole:
        return exchanges
    last = exchanges[-1]
    if last.answer is None or last.answer.is_awaited:
        return (*exchanges[:-1], Exchange(last.question, error=_STOPPED))
    return (*exchanges[:-1], Exchange(last.question, replace(last.answer, notes=(*last.answer.notes, _SO_FAR))))


def explained(error: Exception) -> DatelineError:
    """The error as it is shown: our own as they are; of others, which are logged, nothing but that they happened."""
    if isinstance(error, DatelineError):
        return error
    _log.error("Unexpected error", exc_info=error)
    return DatelineError(
        f"Something went wrong inside Dateline ({type(error).__name__}).",
        "Try again; if it stays, the log of the server says more.",
    )


def opened_article(assistant: Assistant, article_id: str) -> str:
    """The reader pane with an article of the list. Raises UnknownArticleError and what `Assistant.article` raises."""
    return reader_pane.pane(assistant.article(article_id))


def opened_citation(assistant: Assistant, exchanges: Exchanges, clicked: Mapping[str, Any]) -> str | None:
    """The reader pane at the words of the clicked chip; None where the click names nothing of this conversation.

    The article is shown as it was when the answer was checked, so the marked words are the quote, whatever came since.
    """
    answer = _answer(exchanges, clicked.get("answer"))
    if answer is None:
        return None
    marker = str(clicked.get("marker"))
    if marker == "nearest" and answer.passages:
        passage = answer.passages[0]
        span = Span("text", passage.start, passage.end)
        note = "The nearest passage is marked. It does not answer the question."
        return reader_pane.pane(passage.article, [span], note=note, style="nearest")
    citation = next((one for one in answer.citations if str(one.marker) == marker), None)
    article = chat.cited_articles(answer).get(citation.article_id) if citation else None
    if citation is None or article is None:
        return None
    others = [one for one in answer.citations if one.article_id == article.id and one.marker != citation.marker]
    note = _changed_since(assistant, citation)
    return reader_pane.pane(article, [_span(citation)], [_span(one) for one in others], note=note)


def _answer(exchanges: Exchanges, number: Any) -> Answer | None:
    """The answer that a browser calls `number`, which is whatever it sent."""
    place = int(number) if str(number).isdecimal() and len(str(number)) < 7 else len(exchanges)
    return exchanges[place].answer if place < len(exchanges) else None


def _span(citation: Citation) -> Span:
    return Span(citation.field, citation.start, citation.end)


def _changed_since(assistant: Assistant, citation: Citation) -> str:
    try:
        now = assistant.article(citation.article_id)
    except UnknownArticleError:
        return "This article was removed from the index after the answer; it is shown as it was cited."
    except DatelineError:
        return ""
    return "" if now.sha256 == citation.sha256 else "This article was changed since; it is shown as it was cited."
