"""Typing errors: a word of the question that no article holds, and a near one that they do.

A word is left alone where an article holds it, or where the embedding model's vocabulary has it whole, for then it is
spelt right and merely not there. Candidates are the words one error away (a letter dropped, doubled or added, put for
another, or two in each other's place), of long words two errors away; of those that the articles hold, the one that
stands beside the question's other words is taken. The way is Norvig's, https://norvig.com/spell-correct.html.
"""

from __future__ import annotations

import math
import re
import string
from collections.abc import Iterable

import numpy as np

from index.embed import Embedder
from index.search import Index, Scores
from index.words import STOP_WORDS, folded, stems, stems_of

_SHORTEST = 4
"""Letters: of a shorter word half the vocabulary is near."""

_LONG = 8
"""Letters from which on two errors are looked for."""

_SHORTEST_NAME = 6
"""Letters of a name: of a shorter one, the near word is as likely another name."""

_MOST_UNKNOWN = 3
"""Words that no article holds, beside which at least as many must be held: else the question is in another language."""

_CANDIDATES = 12
_LOOKED_AT = 5
"""Chunks in which a word is looked for as it is written."""

_PUT_FOR_ANOTHER = 0.7
"""What a word counts in which a letter was put for another: "Micron" for "Macron" is more often meant."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")


def corrected(index: Index, embedder: Embedder, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """`text` with its misspelt words as the articles spell them, and which those are, as typed and as searched for.
    Words in quotation marks, which must stand so, are never touched."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    content = [match for match in _WORD.finditer(text) if folded(match.group()) not in STOP_WORDS]
    held = _held(index, [match.group() for match in content])
    unknown = [
        match
        for match, is_held in zip(content, held, strict=True)
        if not is_held and not any(start <= match.start() < end for start, end in quoted)
    ]
    if not unknown or len(unknown) > max(_MOST_UNKNOWN, sum(held)):
        return text, ()
    others = index.keyword_scores(text)
    found: dict[str, str] = {}
    for match in unknown:
        typed = match.group()
        is_name = typed[:1].isupper() and not text.isupper() and bool(text[: match.start()].strip(" “\"'‘("))
        if typed in found or len(typed) < (_SHORTEST_NAME if is_name else _SHORTEST):
            continue
        if embedder.count([folded(typed)]) != [1] and (
            near := _near(index, embedder, folded(typed), others, is_name=is_name)
        ):
            found[typed] = near
    return with_corrections(text, found.items()), tuple(found.items())


def with_corrections(text: str, corrections: Iterable[tuple[str, str]]) -> str:
    """`text` with each word as typed in the place of which another is searched for."""
    for typed, near in corrections:
        text = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", near, text)
    return text


def _held(index: Index, words: list[str]) -> list[bool]:
    """Of each word whether an article holds its stem; of one that has none, as it is no word to search for, too."""
    stem = [next(iter(stems(word)), "") for word in words]
    return [not one or count > 0 for one, count in zip(stem, index.frequencies(stem), strict=True)]


def _near(index: Index, embedder: Embedder, typed: str, others: Scores, *, is_name: bool) -> str | None:
    """The word of the articles that is meant by `typed`, as they write it, or another form of it that the embedding
    model knows whole; None where none is near. A name in which a letter is put for another is another name."""
    for near in (_once, _twice):
        variants = {word: weight for word, weight in near(typed).items() if weight == 1.0 or not is_name}
        fits: dict[str, float] = {}
        by_stem: dict[str, float] = {}
        forms: dict[str, list[str]] = {}
        for stem, (word, weight) in zip(stems_of(list(variants)), variants.items(), strict=True):
            by_stem[stem] = max(by_stem.get(stem, 0.0), weight)
            forms.setdefault(stem, []).append(word)
        for stem, count in zip(by_stem, index.frequencies(list(by_stem)).tolist(), strict=True):
            if count:
                beside = float(np.sort(others[index.rows_with(stem)])[-3:].mean())
                fits[stem] = by_stem[stem] * (beside + 0.1 * math.log1p(count))
        for stem in sorted(fits, key=lambda stem: -fits[stem])[:_CANDIDATES]:
            written = _as_written(index, stem, typed)
            if written is not None and (not is_name or written[:1].isupper()):
                return written
            known = [form for form in forms[stem] if embedder.count([form]) == [1]]
            if known and not is_name:
                return known[0]
    return None


def _as_written(index: Index, stem: str, typed: str) -> str | None:
    """A word of that stem in an article, near `typed` as it stands there; without a capital where one has none."""
    forms: set[str] = set()
    for row in index.rows_with(stem)[:_LOOKED_AT].tolist():
        article, start, end = index.span(row)
        held = set(_WORD.findall(f"{article.title} {article.text[start:end]}"))
        forms |= {word for word in held if word[:1].lower() in (typed[:1], stem[:1]) and stems(word) == [stem]}
    errors = {word: _distance(typed, folded(word)) for word in forms}
    near = [word for word, count in errors.items() if count <= (2 if len(typed) >= _LONG else 1)]
    return min(near, key=lambda word: (errors[word], not word.islower(), word), default=None)


def _once(word: str) -> dict[str, float]:
    """What is one error away from `word`, and what it counts."""
    found = {
        word[:i] + letter + word[i + 1 :]: _PUT_FOR_ANOTHER
        for i in range(len(word))
        for letter in string.ascii_lowercase
    }
    return found | dict.fromkeys([*_shorter(word), *_exchanged(word), *_longer(word)], 1.0)


def _twice(word: str) -> dict[str, float]:
    """What is two errors away from a long `word`, one of them a letter too many or two exchanged, and neither a letter
    put for another: all other pairs are a quarter of a million words."""
    if len(word) < _LONG:
        return {}
    firsts = dict.fromkeys([*_shorter(word), *_exchanged(word)])
    seconds = (near for first in firsts for near in (*_shorter(first), *_exchanged(first), *_longer(first)))
    return dict.fromkeys(seconds, 1.0)


def _shorter(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def _exchanged(word: str) -> list[str]:
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]


def _longer(word: str) -> list[str]:
    return [word[:i] + letter + word[i:] for i in range(len(word) + 1) for letter in string.ascii_lowercase]


def _distance(one: str, other: str) -> int:
    """How many errors apart two words are, by optimal string alignment: neighbours exchanged are one error."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(row[-1] + 1, rows[-1][j] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
