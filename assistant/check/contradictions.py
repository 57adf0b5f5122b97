"""What a sentence may not do with the words it cites: another number, name, date or speaker, a negation more or less,
an exchange of who did what. Each function gives True where the sentence cannot stand."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant.check.marks import quoted_words
from assistant.check.speakers import speakers
from assistant.check.tokens import Token, around
from index.words import stems, words

_REACH = 5
"""Content words to each side that tell one use of a word from another."""

_DIRECTIONS = frozenset("from to before after until since above below over under".split())

_OPPOSITES = [
    (frozenset(stems(a)), frozenset(stems(b)))
    for a, b in (
        ("rise rises rose risen raise raises raised increase increased grew grow climbed", "fall falls fell fallen cut "
         "cuts decrease decreased shrank dropped drop lowered lower declined"),
        ("accept accepts accepted approve approved passed pass adopted", "reject rejected rejects refuse refused"),
        ("won win wins winning victory", "lost lose loses losing defeat"),
        ("confirm confirmed confirms admit admitted", "deny denied denies denial"),
        ("sentenced convicted convict sentence guilty", "acquitted acquit cleared innocent"),
        ("open opened opens reopen reopened", "close closed closes shut"),
        ("support supports supported backed back", "oppose opposes opposed"),
        ("allow allows allowed permitted", "ban banned bans forbid forbade prohibited"),
        ("begin began begins start started starts", "end ended ends stop stopped finish finished"),
        ("join joined joins", "leave left leaves quit withdrew"),
        ("fewer less", "more"),
        ("higher larger bigger greater", "lower smaller"),
        ("alive survived survive", "dead died killed die"),
        ("arrested detained arrest", "released freed release"),
        ("hired appointed", "dismissed sacked fired"),
        ("first", "last"),
        ("north northern", "south southern"),
        ("east eastern", "west western"),
    )
]  # fmt: skip
_OPPOSITE_WORDS = (("more", "less"), ("more", "fewer"), ("before", "after"), ("above", "below"), ("up", "down"))
_TIMES = frozenset("last this next".split())
_SPANS = frozenset("year week month quarter decade season summer winter spring autumn weekend".split())


def misquotes(sentence: str, quotes: Sequence[str]) -> bool:
    """Words in quotation marks that do not stand there in a row."""
    held = [words(quote) for quote in quotes]
    return any(not any(_holds(one, run) for one in held) for run in quoted_words(sentence))


def _holds(whole: Sequence[str], run: Sequence[str]) -> bool:
    return any(list(whole[i : i + len(run)]) == list(run) for i in range(len(whole) - len(run) + 1))


def names_another_speaker(sentence: str, quotes: Sequence[str]) -> bool:
    """Somebody is said to say it who is not said to in the quotes."""
    said = [who for quote in quotes for who in speakers(quote)]
    # A citation that is no more than a name tells who "he" is in the others.
    said += [frozenset(stems(quote)) for quote in quotes if len(words(quote)) <= 6]
    return any(not any(who & other for other in said) for who in speakers(sentence))


def has_other_numbers(claim: Sequence[Token], evidence: Sequence[Token]) -> bool:
    """A number that is not there, or is there of something else."""
    numbers = [i for i, token in enumerate(evidence) if token.value is not None]
    for at, token in enumerate(claim):
        if token.value is None:
            continue
        same = [i for i in numbers if evidence[i].value == token.value]
        if not same:
            return True
        if token.before in _DIRECTIONS:
            befores = {evidence[i].before for i in same}
            if befores <= _DIRECTIONS and token.before not in befores:
                return True
        others = [i for i in numbers if evidence[i].value != token.value]
        if others and _closeness(claim, at, evidence, others) > 1.3 * _closeness(claim, at, evidence, same) + 0.05:
            return True
    return False


def has_other_names(claim: Sequence[Token], evidence: Sequence[Token]) -> bool:
    """A name that is there, but where the rest of the words speak of another."""
    shared = {token.stem for token in evidence}
    named = [i for i, token in enumerate(evidence) if token.named]
    for at, token in enumerate(claim):
        if not token.named or token.opens or token.stem not in shared:
            continue
        same = [i for i in named if evidence[i].stem == token.stem]
        others = [
            i for i in named if evidence[i].stem != token.stem and evidence[i].stem not in {t.stem for t in claim}
        ]
        if (
            same
            and others
            and _closeness(claim, at, evidence, others) > 2.0 * _closeness(claim, at, evidence, same) + 0.3
        ):
            return True
    return False


def _closeness(claim: Sequence[Token], at: int, evidence: Sequence[Token], places: Sequence[int]) -> float:
    """How much the words around number `at` of the claim are those around the best of `places` in the evidence."""
    near = around(tuple(claim), at, _REACH)
    best = 0.0
    for i in places:
        there = around(tuple(evidence), i, _REACH)
        best = max(best, sum(weight * there[stem] for stem, weight in near.items() if stem in there))
    return best


def differs_in_negation(claim: Sequence[Token], evidence: Sequence[Token]) -> bool:
    """A word denied here and not there, or there and not here, at its likeliest place in the evidence."""
    for at, token in enumerate(claim):
        places = [i for i, other in enumerate(evidence) if other.stem == token.stem]
        if not places:
            continue
        likest = max(_closeness(claim, at, evidence, [i]) for i in places)
        best = [i for i in places if _closeness(claim, at, evidence, [i]) >= 0.95 * likest]
        if all(evidence[i].denied != token.denied for i in best):
            return True
    return any(token.denied for token in claim) and not any(token.denied for token in evidence)


def says_the_opposite(sentence: str, quotes: Sequence[str], claim: Sequence[Token], evidence: Sequence[Token]) -> bool:
    """A word whose opposite the quotes have in its place."""
    for at, token in enumerate(claim):
        for one, other in _OPPOSITES:
            for mine, theirs in ((one, other), (other, one)):
                if token.stem not in mine:
                    continue
                same = [i for i, there in enumerate(evidence) if there.stem in mine]
                opposite = [i for i, there in enumerate(evidence) if there.stem in theirs]
                if opposite and not same:
                    return True
                if _closeness(claim, at, evidence, opposite) > 1.3 * _closeness(claim, at, evidence, same) + 0.05:
                    return True
    here, there = set(words(sentence)), {word for quote in quotes for word in words(quote)}
    return any(
        a in here and b not in here and b in there and a not in there
        for pair in _OPPOSITE_WORDS
        for a, b in (pair, pair[::-1])
    )


def moves_the_time(sentence: str, quotes: Sequence[str]) -> bool:
    """ "last year" for "this year", or a time that the quotes do not name."""
    return not _times(sentence) <= {time for quote in quotes for time in _times(quote)}


def _times(text: str) -> set[tuple[str, str]]:
    said = words(text)
    return {(a, b) for a, b in itertools.pairwise(said) if a in _TIMES and b in _SPANS}


def has_other_units(claim: Sequence[Token], evidence: Sequence[Token]) -> bool:
    """A number that is there in another unit of its kind: euros for dollars; or without its "percent"."""
    for token in claim:
        same = [there for there in evidence if there.value is not None and there.value == token.value]
        if token.value is None or not same:
            continue
        if token.unit and all(there.unit and there.unit != token.unit for there in same):
            return True
        if all(there.unit == "percent" for there in same) and token.unit != "percent":
            return True
    return False
