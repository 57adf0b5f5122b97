"""The check of the one promise. Every answer passes through `checked`, whoever wrote it, whoever shows it.

Exact: the quote stands in the article at the offsets. Support: the quotes carry the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.records import Citation, Sentence, Support
from index.records import Article
from index.sentences import sentence_spans
from index.words import STOP_WORDS, folded, stems, words

_NEGATIONS = frozenset(
    "no not never none nobody nothing neither nor without cannot deny denies denied refuse refuses refused reject "
    "rejects rejected unlikely".split()
)
_NUMBER = re.compile(r"\d[\d.,]*")
_NAME = re.compile(r"(?<![.!?:“\"]\s)(?<!^)(?<![“\"'‘])\b[A-Z][\w’'-]+")
_LIKE_A_MARKER = re.compile(r"\[(\d+(?:,\s*\d+)*)\]")
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

    What one quote says in whole sentences, word for word, is supported. Otherwise every number and name must be in the
    quotes and negations must agree, or it is unsupported; then the share of its content words found there decides.
    """
    said_words = words(sentence)
    if said_words and any(said_words == run for quote in quotes for run in _runs_of_sentences(quote)):
        return Support.SUPPORTED
    evidence = " ".join(quotes)
    known = set(words(evidence))
    exact = {number.rstrip(".,") for number in _NUMBER.findall(evidence)}
    if any(number.rstrip(".,") not in exact for number in _NUMBER.findall(sentence)):
        return Support.UNSUPPORTED
    names = [*_NAME.findall(sentence), *_first_name(sentence)]
    if any(word not in known for name in names for word in words(name)):
        return Support.UNSUPPORTED
    if bool(_NEGATIONS & set(words(sentence))) != bool(_NEGATIONS & known):
        return Support.UNSUPPORTED
    said, held = set(stems(sentence)), set(stems(evidence))
    share = len(said & held) / len(said) if said else 0.0
    if share >= _SUPPORTED_ABOVE:
        return Support.SUPPORTED
    return Support.PARTLY if share >= _PARTLY_ABOVE else Support.UNSUPPORTED


def _runs_of_sentences(quote: str) -> Iterator[list[str]]:
    """The words of each run of whole sentences of `quote`."""
    held = [words(quote[start:end]) for start, end in sentence_spans(quote)]
    for first in range(len(held)):
        run: list[str] = []
        for one in held[first:]:
            run = [*run, *one]
            yield run


def _first_name(sentence: str) -> list[str]:
    """The first word where it may be a name: it has a capital, and is none of the words that open any sentence."""
    match = re.match(r"[“\"'‘]?([A-Z][\w’'-]+)", sentence)
    return [match.group(1)] if match and folded(match.group(1)) not in STOP_WORDS else []


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
        # A number in brackets that the article itself holds would read as a marker.
        text = _LIKE_A_MARKER.sub(r"(\1)", sentence.text)
        kept.append(replace(sentence, text=text, citations=tuple(numbered), support=found))
    return tuple(kept)


def _holds_context(context: str | None, quotes: Sequence[str]) -> bool:
    return context is None or any(folded(context) in folded(quote) for quote in quotes)
