"""Where the shortest answer stands among the sentences shown, so that every face sets off the same words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.records import Answer, Citation, Highlight, Role, Sentence
from index.records import Field

_SEVERAL = re.compile(
    r"\b(?:which|what)\s+(?:(?:two|three|four|five|six|other|new)\s+)*(?:(?-i:[A-Z])\w+\s+)?"
    r"(?!(?:was|does|has)\b)[a-z]+(?<![sui])s\b"
    r"|\bwho\s+(?:are|were)\b",
    re.IGNORECASE,
)
"""Asks for several: "which regions", "who were"."""

_NAME = r"[A-Z][\w’'-]*(?:\.\w+)*"
_ITEM = rf"{_NAME}(?:\s+(?:(?:of|the|of the)\s+)?{_NAME})*"
_ITEMS = rf"(?:,\s+(?:the\s+)?{_ITEM})*"
_AND_THE_LAST = rf"{_ITEMS},?\s+and\s+(?:the\s+)?{_ITEM}"
_ITEMS_BEFORE = re.compile(rf"{_ITEM}{_ITEMS},?\s+(?:and\s+)?(?:the\s+)?$")
_ITEMS_BEHIND = re.compile(_AND_THE_LAST)
_LIST = re.compile(_ITEM + _AND_THE_LAST)

_LONGEST_LIST = 300
"""Characters of a list before the words found, and behind them: a headline may be a list without end."""


@dataclass(frozen=True)
class Found:
    """The very words of an article that answer shortest: `article.part(field)[start:end]`."""

    article_id: str
    field: Field
    start: int
    end: int


def whole_list(question: str, sentence: str, start: int, end: int) -> tuple[int, int]:
    """The characters of the list of names that `start` to `end` are a part of, where the question asks for several; as
    they are where there is none."""
    if not _SEVERAL.search(question):
        return start, end
    nearest = max(0, start - _LONGEST_LIST)
    before = _ITEMS_BEFORE.search(sentence[nearest:start])
    behind = _ITEMS_BEHIND.match(sentence[end : end + _LONGEST_LIST])
    first, last = nearest + before.start() if before else start, end + behind.end() if behind else end
    return (first, last) if _LIST.fullmatch(sentence[first:last]) else (start, end)


def placed(short: str, sentences: Sequence[Sentence], found: Found | None = None) -> Highlight | None:
    """Where `short` stands: in a sentence that quotes the words `found`, else where it first stands as whole words.

    None where it stands nowhere. A number is no part of a longer one: "12" does not stand in "2012" or "12.5".
    """
    for number, sentence in enumerate(sentences) if found else ():
        if (at := _quoted(short, sentence, found)) is not None:
            return Highlight(number, "text", at, at + len(short))
        if short == sentence.context and any(_is(one, found) for one in sentence.citations):
            return Highlight(number, "context", 0, len(short))
    left = r"(?<!\w)(?<!\d[.,])" if short[:1].isalnum() else ""
    right = r"(?!\w)(?![.,]\d)" if short[-1:].isalnum() else ""
    whole = re.compile(left + re.escape(short) + right)
    for number, sentence in enumerate(sentences) if short else ():
        if match := whole.search(sentence.text):
            return Highlight(number, "text", *match.span())
        if short == sentence.context:
            return Highlight(number, "context", 0, len(short))
    return None


def _is(citation: Citation, found: Found | None) -> bool:
    place = (citation.article_id, citation.field, citation.start, citation.end)
    return found is not None and place == (found.article_id, found.field, found.start, found.end)


def _quoted(short: str, sentence: Sentence, found: Found | None) -> int | None:
    """Where the words `found` begin in a sentence that is a quote which holds them."""
    for one in sentence.citations if found else ():
        if not found or (one.article_id, one.field) != (found.article_id, found.field):
            continue
        at = found.start - one.start
        if at >= 0 and len(one.quote) == len(sentence.text) and sentence.text[at : at + len(short)] == short:
            return at
    return None


def beginning(answer: Answer, end: int) -> Answer:
    """`answer` as far as its first `end` sentences go."""
    begun = replace(answer, sentences=answer.sentences[:end])
    is_there = begun.short_at is not None and begun.short_at.sentence < end
    return begun if is_there else replace(begun, short_answer=None, short_at=None)


def set_off(sentence: Sentence, highlight: Highlight | None) -> Iterator[tuple[Role, str, str, str]]:
    """The pieces of `sentence`: the role of each, and its words before, in and behind the highlighted ones.

    `highlight`: None where it is in another sentence.
    """
    passed = dict.fromkeys(Role, 0)
    # The bracket before what tells of whom is none of its words.
    passed[Role.CONTEXT] = 0 if sentence.is_speaker else -1
    for role, words in sentence.pieces:
        start = end = 0
        if highlight is not None and role.value == highlight.part:
            start, end = (min(max(0, place - passed[role]), len(words)) for place in (highlight.start, highlight.end))
        passed[role] += len(words)
        yield (role, words[:start], words[start:end], words[end:]) if start < end else (role, words, "", "")
