"""What a sentence may not leave out or put in though every word of it is cited: who says so, that it is only planned or
possible, "nearly", "former", a cause. Each function gives True where the sentence is carried in part only."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from assistant.check.reserves import Reserve
from assistant.check.speakers import speakers
from assistant.check.tokens import Token, around
from index.words import stems, words

_REACH = 5
_CHARGES = frozenset(
    stems("accuse accused accuses claim claimed claims allege alleged alleges suspect suspected purported")
)
_REPORTS = _CHARGES | frozenset(stems("said say says deny denied denies charge told according stated report reported"))
_OPEN = frozenset("may might could would should must will shall possible possibly if unless likely expected "
                  "allegedly alleged reportedly suspected wants want hopes event can potential".split())  # fmt: skip
_UNFULFILLED = Reserve.FUTURE | Reserve.INTENDED | Reserve.POSSIBLE | Reserve.DEMANDED | Reserve.ATTEMPTED
_ADDED = Reserve.FUTURE | Reserve.DEMANDED

_QUALIFIERS = frozenset(
    "vice former deputy acting ex interim assistant ousted outgoing incoming honorary shadow aspiring retired "
    "late then "
    "opposition rival fake mock false alleged self anti non pro step grand foster adoptive half presumed "
    "failed".split()
)
"""Words before a noun that make it another one; "elect" and "designate" behind it."""

_QUALIFIERS_BEHIND = frozenset("elect designate".split())
_RELATED = frozenset(
    stems(
        "wife husband son daughter brother sister father mother parent parents child children friend ally "
        "allies aide "
        "adviser advisor spokesman spokeswoman spokesperson deputy assistant lawyer attorney widow critic "
        "critics rival "
        "rivals opponent opponents successor predecessor supporter supporters follower followers relative relatives "
        "member members office staff bodyguard driver doctor cousin uncle aunt nephew niece partner fiance "
        "colleague fan fans"
    )
)
_CAUSES = frozenset(
    "because due owing thanks cause caused causes causing lead leads led leading so therefore result "
    "resulting results "
    "prompted prompting forced forcing blamed reason over amid from through hence why triggered killing".split()
)
_CAUSAL = frozenset("because therefore hence owing thanks".split())
_AGAINST = frozenset("despite although though notwithstanding".split())
_LIMITS = frozenset("only all every always entire".split())


def drops_the_reserve(sentence: str, quotes: Sequence[str]) -> bool:
    """States as a fact what the quotes only call a claim, a charge, or a thing that may be."""
    evidence = " ".join(quotes)
    here, there = set(stems(sentence)), set(stems(evidence))
    if there & _CHARGES and not here & _REPORTS:
        return True
    return bool(_OPEN & set(words(evidence))) and not _OPEN & set(words(sentence)) and not here & _REPORTS


def shifts(sentence: str, quotes: Sequence[str], claim: Sequence[Token], evidence: Sequence[Token]) -> bool:
    """Whether the sentence says more, or of another, than the quotes that hold its words."""
    here, there = set(words(sentence)), {word for quote in quotes for word in words(quote)}
    return (
        bool(_LIMITS & here - there)
        or moves_the_reserve(
            claim, evidence, {who for one in (sentence, *quotes) for by in speakers(one) for who in by}
        )
        or moves_the_bound(claim, evidence)
        or drops_a_qualifier(claim, evidence)
        or (bool(here & _CAUSAL) and not there & _CAUSES)
        or (bool(here & _AGAINST) != bool(there & _AGAINST) and bool((here | there) & _CAUSES))
        or answers(sentence, quotes)
    )


def answers(sentence: str, quotes: Sequence[str]) -> bool:
    """ "No, the school is closed": no article's "no"."""
    opening = words(sentence)[:1]
    return (
        opening in (["no"], ["yes"])
        and sentence.lstrip("“\"' ")[len(opening[0]) :][:1] in (",", ".", ":", ";", "!")
        and not any(words(quote)[:1] == opening for quote in quotes)
    )


def moves_the_reserve(claim: Sequence[Token], evidence: Sequence[Token], speaking: Container[str] = ()) -> bool:
    """What is said, planned, tried, demanded or possible told as a fact; or a fact as what will or should be.

    Who is `speaking`, as stems, is no part of what is said.
    """
    for at, token in enumerate(claim):
        if token.makes_reserve or token.stem in speaking or (token.named and not token.opens):
            continue
        best = list(_likest(claim, at, evidence))
        if not best or (token.named and any(there.named and not there.opens for there in best)):
            continue
        if all(there.reserve & ~token.widely for there in best):
            return True
    added = [at for at, token in enumerate(claim) if token.reserve & _ADDED and not token.makes_reserve]
    there = [one for at in added for one in _likest(claim, at, evidence)]
    return bool(there) and not any(one.reserve & _UNFULFILLED for one in there)


def moves_the_bound(claim: Sequence[Token], evidence: Sequence[Token]) -> bool:
    """ "50" for "nearly 50", or the other way round."""
    for token in claim:
        same = [there for there in evidence if there.value is not None and there.value == token.value]
        if token.value is not None and same and all(there.bound != token.bound for there in same):
            return True
    return False


def drops_a_qualifier(claim: Sequence[Token], evidence: Sequence[Token]) -> bool:
    """ "The mayor" for "the former mayor"; "the president" for his wife."""
    said = {token.stem for token in claim}
    named = {token.word for token in claim}
    for token in claim:
        places = [i for i, there in enumerate(evidence) if there.stem == token.stem]
        if places and all(_is_another(evidence, i, said, named, token) for i in places):
            return True
    return False


def _is_another(evidence: Sequence[Token], at: int, said: set[str], named: set[str], token: Token) -> bool:
    there = evidence[at]
    before = evidence[at - 1] if at and evidence[at - 1].clause == there.clause else None
    behind = evidence[at + 1] if at + 1 < len(evidence) and evidence[at + 1].clause == there.clause else None
    if before is not None and before.word in _QUALIFIERS and before.word not in named and not there.before:
        return True
    if behind is not None and behind.word in _QUALIFIERS_BEHIND and behind.word not in named:
        return True
    if there.owns and not token.owns and behind is not None and behind.stem not in said and not behind.before:
        return True
    head = next(
        (evidence[i] for i in range(at - 1, max(-1, at - 5), -1) if evidence[i].stem in _RELATED
         and any(evidence[j].before in ("of", "for", "to") for j in range(i + 1, at + 1))),
        None,
    )  # fmt: skip
    return head is not None and head.clause == there.clause and head.stem not in said


def _likest(claim: Sequence[Token], at: int, evidence: Sequence[Token]) -> Iterator[Token]:
    """The words of the evidence that are this word of the claim; of several, those among the likest words."""
    places = [i for i, there in enumerate(evidence) if there.stem == claim[at].stem]
    near = around(tuple(claim), at, _REACH)
    scores = []
    for i in places:
        there = around(tuple(evidence), i, _REACH)
        scores.append(sum(weight * there[stem] for stem, weight in near.items() if stem in there))
    most = max(scores, default=0.0)
    return (evidence[i] for i, score in zip(places, scores, strict=True) if score >= 0.95 * most)
