"""What a sentence may not do with the words it cites: another number, name, date or speaker, a negation more or less,
an exchange of who did what. Each function gives True where the sentence cannot stand."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant.check.speakers import quoted_words, speakers
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
_CHARGES = frozenset(
    stems("accuse accused accuses claim claimed claims allege alleged alleges suspect suspected purported")
)
_REPORTS = _CHARGES | frozenset(stems("said say says deny denied denies charge told according stated report reported"))
_OPEN = frozenset("may might could would should must will shall possible possibly if unless likely expected "
                  "allegedly alleged reportedly suspected wants want hopes event can potential".split())  # fmt: skip


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


def exchanges_roles(claim: Sequence[Token], evidence: Sequence[Token], passive: bool) -> bool:
    """Around a word that both have, a name that stood left stands right, and one that stood right stands left."""
    for at, token in enumerate(claim):
        if token.named or token.value is not None:
            continue
        left, right = _sides(claim, at)
        for i, other in enumerate(evidence):
            if other.stem != token.stem:
                continue
            before, after = _sides(evidence, i)
            crossed = (left & after) - before, (right & before) - after
            if all(crossed) and not passive:
                return True
    return False


def _sides(of: Sequence[Token], at: int) -> tuple[set[str], set[str]]:
    def taken(part: Sequence[Token]) -> set[str]:
        return {token.stem for token in part if token.named and token.value is None}

    return taken(of[max(0, at - _REACH) : at]), taken(of[at + 1 : at + 1 + _REACH])


def drops_the_reserve(sentence: str, quotes: Sequence[str]) -> bool:
    """States as a fact what the quotes only call a claim, a charge, or a thing that may be."""
    evidence = " ".join(quotes)
    here, there = set(stems(sentence)), set(stems(evidence))
    if there & _CHARGES and not here & _REPORTS:
        return True
    return bool(_OPEN & set(words(evidence))) and not _OPEN & set(words(sentence)) and not here & _REPORTS
