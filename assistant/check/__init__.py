"""The check of the one promise. Every answer passes through `checked`, whoever wrote it, whoever shows it.

Exact: the quote stands in the article at the offsets. Support: the quotes carry the sentence.

support.py         the decision: supported, partly, unsupported
tokens.py          a text as content words: stems, numbers, what is denied, what is reserved
amounts.py         signs, units, and bounds of numbers
marks.py           quotation marks of any kind, and the words in them
speakers.py        who is said to say something
reserves.py        what is said, planned, tried, demanded or possible, and no plain fact
contradictions.py  other numbers, units, names, times; a negation more or less
roles.py           who did what to whom
shifts.py          what carries it in part only: a reserve, a bound, "former" left out
foreign.py         texts in languages that these rules do not read
entailment.py      a natural-language-inference model beside the rules, by setting
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from assistant.check.support import denies, deny_each_other, support, tells_the_same
from assistant.records import Citation, Sentence, Support
from assistant.shown import without_markers
from index.records import Article
from index.words import folded

__all__ = ["Judge", "checked", "denies", "deny_each_other", "is_exact", "support", "tells_the_same"]

Judge: TypeAlias = Callable[[str, Sequence[str]], Support]
"""Whether quotes carry a sentence; `support` is the default one."""

_WORST_FIRST = (Support.UNSUPPORTED, Support.PARTLY, Support.SUPPORTED)


def is_exact(citation: Citation, article: Article | None) -> bool:
    """Whether the quote is not empty and stands at the offsets of that very text."""
    if article is None or article.id != citation.article_id or article.sha256 != citation.sha256:
        return False
    part = article.part(citation.field)
    in_bounds = 0 <= citation.start < citation.end <= len(part)
    return in_bounds and part[citation.start : citation.end] == citation.quote


def checked(
    sentences: Sequence[Sentence], articles: Mapping[str, Article], judge: Judge = support, *, mark: bool = False
) -> tuple[Sentence, ...]:
    """Those of `sentences` that may be shown, their markers counted anew from 1.

    Each has the worse of the support that it came with and that which is found.
    A citation that is not exact is dropped. A sentence goes with it if no citation is left, if the citations left
    do not hold the words of its context, or if they do not carry it at all. With `mark` the last are kept, marked
    as unsupported.
    """
    kept: list[Sentence] = []
    markers: dict[tuple[str, str, int, int], int] = {}
    for sentence in sentences:
        exact = [c for c in sentence.citations if is_exact(c, articles.get(c.article_id))]
        quotes = [citation.quote for citation in exact]
        # Who wrote it may know what its words alone do not tell: that nobody says who "he" is.
        found = min(sentence.support, judge(sentence.text, quotes), key=_WORST_FIRST.index)
        if not exact or (found is Support.UNSUPPORTED and not mark) or not _holds_context(sentence.context, quotes):
            continue
        numbered = []
        for citation in exact:
            place = (citation.article_id, citation.field, citation.start, citation.end)
            numbered.append(replace(citation, marker=markers.setdefault(place, len(markers) + 1)))
        kept.append(replace(_unmarked(sentence), citations=tuple(numbered), support=found))
    return tuple(kept)


def _unmarked(sentence: Sentence) -> Sentence:
    """The sentence with no number in brackets but its markers, in any of its parts."""
    context = None if sentence.context is None else without_markers(sentence.context)
    label = sentence.label
    if label is not None:
        # It is shown in brackets of its own.
        label = f"“{label}”" if without_markers(f"[{label}]").startswith("(") else without_markers(label)
    additions = tuple(replace(one, words=without_markers(one.words)) for one in sentence.additions)
    return replace(sentence, text=without_markers(sentence.text), context=context, label=label, additions=additions)


def _holds_context(context: str | None, quotes: Sequence[str]) -> bool:
    return context is None or any(folded(context) in folded(quote) for quote in quotes)
