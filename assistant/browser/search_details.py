"""How a question was searched for, as HTML: what was understood of it, and on request why each article ranks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.browser import wording
from assistant.records import Answer, Search
from assistant.retrieval.account import account
from assistant.retrieval.course import course, signals_of
from index.records import Passage

_SIGNALS = {
    "rerank": ("Reranker", "What the reranker gives the passage; where there is one, it decides"),
    "dense": ("Meaning", "How near the passage is in meaning: the cosine of the embeddings"),
    "keyword": ("Words", "The words it shares with the question, by BM25"),
    "headline": ("Headline", "The share of the question’s words that stand in the headline"),
    "lead": ("Lead", "How early the passage stands in its article"),
    "date": ("Date", "How near it was published to what the question wants"),
    "conversation": ("Cited", "Whether an answer of this conversation has cited the article"),
}


def understood(answer: Answer) -> str:
    """What was understood of the question beyond its bare words; nothing where nothing was."""
    if answer.search is None:
        return ""
    sentences = account(answer.search, answer.question.text)
    shown = "".join(f'<p class="aside understood">{escape(sentence)}</p>' for sentence in sentences)
    return shown + (_off(answer) if _took_from_its_words(answer.search) else "")


def _took_from_its_words(search: Search) -> bool:
    return bool(search.window or search.outlets or search.latest or search.corrected)


def _off(answer: Answer) -> str:
    """A button that asks again, taking nothing from the question's own words."""
    return (
        f'<p class="aside understood"><button type="button" class="literal" data-event="ask_literally" '
        f'data-question="{escape(answer.question.text)}">Search the words as they stand</button></p>'
    )


def details(answer: Answer) -> str:
    """A fold with the limits set by hand, the counts, times and signals of the search."""
    if answer.search is None:
        return ""
    told = "".join(f'<p class="aside">{escape(said)}</p>' for said in course(answer.search, answer.question))
    table = _table(answer.passages) if answer.passages else ""
    return f'\n  <details class="search"><summary>How this was searched</summary>{told}{table}</details>'


def _table(passages: Sequence[Passage]) -> str:
    signals = signals_of(passages)
    named = (_SIGNALS.get(name, (name, "")) for name in signals)
    heads = "".join(f'<th scope="col" title="{escape(title)}">{escape(name)}</th>' for name, title in named)
    rows = "".join(
        f'<tr><th scope="row">{wording.title(passage.article)}<br><span class="source-origin">'
        f"{wording.origin(passage.article)}{_copies(passage)}</span></th><td>{passage.score:.2f}</td>"
        + "".join(f"<td>{_value(passage, name)}</td>" for name in signals)
        + "</tr>"
        for passage in passages
    )
    return f"""
    <div class="search-table" tabindex="0" role="region" aria-label="Why each article ranks"><table>
      <thead><tr><th scope="col">Article</th><th scope="col">Score</th>{heads}</tr></thead><tbody>{rows}</tbody>
    </table></div>"""


def _value(passage: Passage, signal: str) -> str:
    return f"{passage.signals[signal]:.2f}" if signal in passage.signals else ""


def _copies(passage: Passage) -> str:
    """Where else the story stands: " · also in Reuters, The Post"."""
    outlets = dict.fromkeys(copy.source or copy.title or copy.id for copy in passage.copies)
    return f" · also in {escape(', '.join(outlets))}" if outlets else ""
