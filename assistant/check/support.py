"""Whether quotes carry a sentence: words, numbers, names, negations and speakers compared, no model needed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from assistant.check import contradictions as contradiction
from assistant.check.foreign import is_foreign
from assistant.check.roles import exchanges_roles
from assistant.check.shifts import drops_the_reserve, shifts
from assistant.check.tokens import Token, tokens
from assistant.records import Support
from index.sentences import sentence_spans
from index.words import stems, words

Similarity: TypeAlias = Callable[[str, Sequence[str]], Sequence[float]]
"""The cosine of a word with each of others."""

_SAYS = frozenset(
    stems(
        "said say says saying state stated states add adds added tell tells told report reports reported announce "
        "announced according note noted emphasize emphasized emphasised stress stressed declare declared explain "
        "explained remark call called speak spoke spoken statement mention mentioned"
    )
)
"""Verbs of speech stand for each other; who speaks is compared apart."""

_LIGHT = frozenset(
    stems(
        "also make makes made take takes taken took have has had having be being been go goes gone went come comes "
        "came do does done get got give gave given become became according around about some approximately nearly "
        "almost just later early main mainly most mostly entirely completely fully however meanwhile then while both "
        "still already"
    )
)
"""Words that add next to nothing."""

_SIGNS = re.compile(r"[€£$¥₹₽%°]|(?<![\w.,)])[-−–](?=\d)|[?]")
"""What changes a sentence though its words stay."""

_PARTLY_ABOVE = 0.5
"""The share of content words above which a sentence that the quotes do not carry is carried in part."""

_LIKE = 0.75
"""The cosine of two sentences that tell the same in part in other words."""

_SAME = 0.85
"""The cosine above which two words mean the same: "entirely" and "completely" have .82, "soldiers" and "troops" .89."""


def support(sentence: str, quotes: Sequence[str], similarity: Similarity | None = None) -> Support:
    """Whether `quotes` carry `sentence`.

    What one quote says in whole sentences, word for word, is supported. What the quotes contradict, or names, numbers
    and quoted words that they lack, make it unsupported. Then every content word must be found there, or one that means
    the same: the embedding model tells by `similarity`; without it, only the same stem counts.
    """
    if is_verbatim(sentence, quotes):
        return Support.SUPPORTED
    claim = tokens(sentence)
    evidence = tuple(token for quote in quotes for token in tokens(quote))
    if not claim or not evidence:
        return Support.UNSUPPORTED
    missing = _missing(claim, evidence)
    # What is told fast comes first: most sentences that are compared share little, and looking for contradictions
    # takes long, for synonyms longer.
    if similarity is None and _share(claim, missing) < _PARTLY_ABOVE:
        return Support.UNSUPPORTED
    if _contradicts(sentence, quotes, claim, evidence):
        return Support.UNSUPPORTED
    missing = [i for i in missing if not _has_synonym(claim[i], evidence, similarity)]
    if _share(claim, missing) < _PARTLY_ABOVE:
        return Support.UNSUPPORTED
    if is_foreign(sentence) or any(is_foreign(quote) for quote in quotes):
        # What the rules would see in English, a denial left out or who says so, they do not see here.
        return Support.PARTLY
    shifted = missing or drops_the_reserve(sentence, quotes) or shifts(sentence, quotes, claim, evidence)
    return Support.PARTLY if shifted else Support.SUPPORTED


def tells_the_same(one: str, other: str, alike: Callable[[], float]) -> bool:
    """Whether `other`, by another author, tells the fact that `one` tells, so that it may be cited for it too.

    Numbers, names, speakers and denials must agree, and neither may state what the other calls a claim. Then it must
    carry it wholly, or most of its words, with `alike()`, the cosine of the two, at least `_LIKE`.
    """
    found = support(one, [other])
    if found is Support.UNSUPPORTED or drops_the_reserve(one, [other]) or drops_the_reserve(other, [one]):
        return False
    return found is Support.SUPPORTED or alike() >= _LIKE


def denies(one: str, other: str) -> bool:
    """Whether `other` denies something that `one` says or asks without denying it, or the other way round."""
    return contradiction.differs_in_negation(tokens(one), tokens(other))


def deny_each_other(one: str, other: str) -> bool:
    """Whether one of two sentences about the same thing denies what the other states, or says the opposite."""
    a, b = tokens(one), tokens(other)
    return (
        denies(one, other)
        or contradiction.says_the_opposite(one, [other], a, b)
        or contradiction.says_the_opposite(other, [one], b, a)
    )


def is_verbatim(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether one quote says it in whole sentences, word for word."""
    if any(sentence == quote for quote in quotes):
        return bool(words(sentence))
    said = words(sentence)
    # `words` knows neither "-" nor "$", nor marks that make a report direct speech.
    signs = Counter(_SIGNS.findall(sentence))
    return (
        bool(said)
        and any(
            said == run and signs == Counter(_SIGNS.findall(whole))
            for quote in quotes
            for run, whole in _runs_of_sentences(quote)
        )
        and not contradiction.misquotes(sentence, quotes)
    )


def _has_synonym(token: Token, evidence: Sequence[Token], similarity: Similarity | None) -> bool:
    """Whether a word of the evidence means the same. A name has none, nor a word that may be one."""
    if similarity is None or token.named or token.value is not None:
        return False
    others = sorted({other.word for other in evidence if not other.named and other.value is None})
    return bool(others) and max(similarity(token.word, others)) >= _SAME


def _contradicts(sentence: str, quotes: Sequence[str], claim: tuple[Token, ...], evidence: tuple[Token, ...]) -> bool:
    known = _all_words(quotes)
    if any(token.named and not token.opens and token.value is None and token.word not in known for token in claim):
        return True
    return (
        contradiction.misquotes(sentence, quotes)
        or contradiction.names_another_speaker(sentence, quotes)
        or contradiction.has_other_numbers(claim, evidence)
        or contradiction.has_other_names(claim, evidence)
        or contradiction.differs_in_negation(claim, evidence)
        or contradiction.says_the_opposite(sentence, quotes, claim, evidence)
        or contradiction.moves_the_time(sentence, quotes)
        or contradiction.has_other_units(claim, evidence)
        or exchanges_roles(sentence, quotes, claim, evidence)
    )


def _share(claim: Sequence[Token], missing: Sequence[int]) -> float:
    return 1 - len(missing) / len(claim)


def _missing(claim: Sequence[Token], evidence: Sequence[Token]) -> list[int]:
    """The numbers of the claim's words that the evidence lacks."""
    held = {token.stem for token in evidence}
    spoken = bool(held & _SAYS)
    values = {token.value for token in evidence}
    return [
        i
        for i, token in enumerate(claim)
        if token.stem not in held
        and not (token.value is not None and token.value in values)
        and token.stem not in _LIGHT
        and not (spoken and token.stem in _SAYS)
    ]


def _all_words(quotes: Sequence[str]) -> set[str]:
    return {word for quote in quotes for word in words(quote)}


def _runs_of_sentences(quote: str) -> Iterator[tuple[list[str], str]]:
    """The words of each run of whole sentences of `quote`, and the run itself."""
    spans = sentence_spans(quote)
    held = [words(quote[start:end]) for start, end in spans]
    for first in range(len(held)):
        run: list[str] = []
        for last in range(first, len(held)):
            run = [*run, *held[last]]
            yield run, quote[spans[first][0] : spans[last][1]]
