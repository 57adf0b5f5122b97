"""The check of the one promise. Every answer passes through `checked`, whoever wrote it, whoever shows it.

Exact: the quote stands in the article at the offsets. Support: the quotes carry the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.records import Citation, Sentence, Support
from index.records import Article
from index.words import folded, stems, words

_NEGATIONS = frozenset(
    "no not never none nobody nothing neither nor without cannot deny denies denied refuse refuses refused reject "
    "rejects rejected unlikely".split()
)
_NUMBER = re.compile(r"\d[\d.,]*")
_NAME = re.compile(r"(?<![.!?:“\"]\s)(?<!^)(?<![“\"'‘])\b[A-Z][\w’'-]+")
_PARTLY_ABOVE = 0.5
_SUPPORTED_ABOVE = 0.8


def is_exact(citation: Citation, article: Article | None) -> bool:
    """Whether the quote is not empty and stands at the offsets of that very text."""
    if article is None or article.id != citation.article_id or article.sha256 != citation.sha256:
        return False
    part = article.part(citation.field)
    in_bounds = 0 <= citation.start < citation.end <= len(part)
    return in_bounds and part[citation.start : citation.end] == citation.quote


def support(sentence: str, quotes: Sequence[str]) -> Support:
    """Whether `quotes` carry `sentence`.

    Words that stand in a quote as they are, are supported. Otherwise every number and name must be in the quotes
    and negations
    must agree, or it is unsupported; then the share of its content words found there decides.
    """
    evidence = " ".join(quotes)
    if " ".join(words(sentence)) and f" {' '.join(words(sentence))} " in f" {' '.join(words(evidence))} ":
        return Support.SUPPORTED
    known = set(words(evidence))
    exact = {number.rstrip(".,") for number in _NUMBER.findall(evidence)}
    if any(number.rstrip(".,") not in exact for number in _NUMBER.findall(sentence)):
        return Support.UNSUPPORTED
    if any(word not in known for name in _NAME.findall(sentence) for word in words(name)):
        return Support.UNSUPPORTED
    if bool(_NEGATIONS & set(words(sentence))) != bool(_NEGATIONS & known):
        return Support.UNSUPPORTED
    said, held = set(stems(sentence)), set(stems(evidence))
    share = len(said & held) / len(said) if said else 0.0
    if share >= _SUPPORTED_ABOVE:
        return Support.SUPPORTED
    return Support.PARTLY if share >= _PARTLY_ABOVE else Support.UNSUPPORTED


def checked(sentences: Sequence[Sentence], articles: Mapping[str, Article]) -> tuple[Sentence, ...]:
    """Those of `sentences` that may be shown, each with the support found, their markers counted anew from 1.

    A citation that is not exact is dropped. A sentence goes with it if no citation is left, if the citations left
    do not hold the
    words of its context, or if they do not carry it at all.
    """
    kept: list[Sentence] = []
    markers: dict[tuple[str, str, int, int], int] = {}
    for sentence in sentences:
        exact = [c for c in sentence.citations if is_exact(c, articles.get(c.article_id))]
        quotes = [citation.quote for citation in exact]
        found = support(sentence.text, quotes)
        if not exact or found is Support.UNSUPPORTED or not _holds_context(sentence.context, quotes):
            continue
        numbered = []
        for citation in exact:
            place = (citation.article_id, citation.field, citation.start, citation.end)
            numbered.append(replace(citation, marker=markers.setdefault(place, len(markers) + 1)))
        kept.append(replace(sentence, citations=tuple(numbered), support=found))
    return tuple(kept)


def _holds_context(context: str | None, quotes: Sequence[str]) -> bool:
    return context is None or any(folded(context) in folded(quote) for quote in quotes)
