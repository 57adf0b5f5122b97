"""Who did it to whom: names and words that stand on the other side of a verb, active and passive told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.check.tokens import Token
from index.calendar_words import NAMES as CALENDAR_NAMES
from index.words import stems

_REACH = 5
_PASSIVE = re.compile(
    r"(?:\b(?:was|were|been|be|is|are|being|got|get|gets)\s+(?:not\s+|\w+ly\s+)?(\w+)\b|\b(\w+(?:ed|en)))"
    r"(?=([^.;,:]{0,60}?)\bby\s+(?!\d|the end\b|the time\b|then\b|\w+ing\b)(\w[\w’'-]*(?:[\s,]+[\w’'-]+){0,6}))",
    re.IGNORECASE,
)
_AGENT_ENDS = re.compile(
    r"\b(?:in|on|at|to|from|with|for|of|after|before|during|over|who|which|that|and|but|while|near|through|as|"
    r"by|because)\b.*|,\s*(?!\w+ \w+$).*",
    re.IGNORECASE | re.DOTALL,
)

_TRANSITIVE = frozenset(stems("accuse charge urge ask threaten order invite fear suspect order want"))
"""Of the words that make a reserve, those that have an object: "said Roe" may stand before or behind what is said."""

_IRREGULAR = {
    **dict.fromkeys(("beat", "beaten"), "beat"),
    **dict.fromkeys(("stole", "stolen"), "steal"),
    **dict.fromkeys(("shot", "shoots"), "shoot"),
    **dict.fromkeys(("bit", "bitten"), "bite"),
    **dict.fromkeys(("took", "taken"), "take"),
    **dict.fromkeys(("gave", "given"), "give"),
    **dict.fromkeys(("chose", "chosen"), "choose"),
    **dict.fromkeys(("wrote", "written"), "write"),
    **dict.fromkeys(("drove", "driven"), "drive"),
    **dict.fromkeys(("saw", "seen"), "see"),
    **dict.fromkeys(("hid", "hidden"), "hide"),
    **dict.fromkeys(("struck", "stricken"), "strike"),
    **dict.fromkeys(("overthrew", "overthrown"), "overthrow"),
}


def exchanges_roles(sentence: str, quotes: Sequence[str], claim: Sequence[Token], evidence: Sequence[Token]) -> bool:
    """Whether around a verb that both have somebody does what is done to them, or the other way round."""
    here = _agents(sentence)
    there: dict[str, frozenset[str]] = {}
    for quote in quotes:
        there |= _agents(quote)
    for at, token in enumerate(claim):
        verb = _verb(token)
        if token.named or token.value is not None or (token.makes_reserve and token.stem not in _TRANSITIVE):
            continue
        for i, other in enumerate(evidence):
            if _verb(other) != verb:
                continue
            if (verb in here) != (verb in there):
                agent, of, place = (here[verb], evidence, i) if verb in here else (there[verb], claim, at)
                if _is_done_to(agent, of, place):
                    return True
            elif verb in here:
                if not here[verb] & there[verb]:
                    return True
            elif here.keys() == there.keys() and (
                _crossed(claim, at, evidence, i) or _reversed(claim, at, evidence, i)
            ):
                return True
    return False


def _verb(token: Token) -> str:
    return _IRREGULAR.get(token.word, token.stem)


@lru_cache(maxsize=2048)
def _agents(text: str) -> dict[str, frozenset[str]]:
    """By whom: the stems of each agent, by the stem of what was done."""
    found = {}
    for match in _PASSIVE.finditer(text):
        word = (match.group(1) or match.group(2)).lower()
        agent = frozenset(stems(_AGENT_ENDS.sub("", match.group(4))))
        if agent:
            found[_IRREGULAR.get(word, (stems(word) or [word])[0])] = agent
    return found


def _is_done_to(agent: frozenset[str], of: Sequence[Token], at: int) -> bool:
    """Whether the agent stands behind an active verb, and not before it."""
    before = {token.stem for token in of[max(0, at - _REACH) : at]}
    behind = {token.stem for token in of[at + 1 : at + 1 + _REACH]}
    telling = agent - (before & behind)
    return bool(telling & behind) and not telling & before


def _crossed(claim: Sequence[Token], at: int, evidence: Sequence[Token], i: int) -> bool:
    """A name that stood left stands right, and one that stood right stands left."""
    left, right = _sides(claim, at)
    before, after = _sides(evidence, i)
    return all(((left & after) - before, (right & before) - after))


def _sides(of: Sequence[Token], at: int) -> tuple[set[str], set[str]]:
    def taken(part: Sequence[Token]) -> set[str]:
        # Days and months stand on either side of anything.
        return {
            token.stem for token in part if token.named and token.value is None and token.word not in CALENDAR_NAMES
        }

    return taken(of[max(0, at - _REACH) : at]), taken(of[at + 1 : at + 1 + _REACH])


def _reversed(claim: Sequence[Token], at: int, evidence: Sequence[Token], i: int) -> bool:
    """The very words beside it exchanged: "a postman bit a dog"."""

    def beside(of: Sequence[Token], place: int) -> tuple[str, str] | None:
        if not 0 < place < len(of) - 1 or len({of[j].clause for j in (place - 1, place, place + 1)}) > 1:
            return None
        return of[place - 1].stem, of[place + 1].stem

    mine, theirs = beside(claim, at), beside(evidence, i)
    return mine is not None and theirs is not None and mine == theirs[::-1] and mine[0] != mine[1]
