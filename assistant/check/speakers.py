"""Who is said to say something: the words before or after a verb of speech."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.check.marks import outside_quotes
from index.words import stems

_VERBS = (
    "said|says|say|stated|states|added|adds|told|tells|concluded|concludes|claimed|claims|announced|announces|explained|"
    "explains|noted|notes|emphasized|emphasised|stressed|argued|argues|warned|warns|wrote|writes|replied|responded|"
    "insisted|declared|believes|believed|admitted|denied|denies|promised|reported|reports|ruled|accused|accuses|called|"
    "revealed|found|demanded|vowed|urged|pledged"
)
_WORD = r"[\w’'-]+"
_FEW = rf"(?P<who>{_WORD}(?:\s+{_WORD}){{0,4}})"
_MORE = rf"(?P<who>{_WORD}(?:\s+{_WORD}){{0,6}})"

# What follows the verb or "by", in the order looked for; each match is blanked, so that the next cannot misread it.
_BEHIND = (
    re.compile(rf"\b(?:was|were|been|is|are|be)\s+(?:\w+ly\s+)?(?:{_VERBS})\b(?:\s+by\s+{_FEW})?"),
    re.compile(rf"\b(?:{_VERBS})\s+by\s+{_MORE}"),
    re.compile(rf"\b[Aa]ccording to {_MORE}"),
)
_ASIDE = re.compile(rf"{_FEW},[^,”\"]{{1,60}},\s+(?:{_VERBS})\b")
_AFTER = re.compile(rf"[,”\"]\s+(?:{_VERBS})\s+{_MORE}")
_BEFORE = re.compile(rf"{_FEW}\s+(?:also\s+|later\s+|then\s+|has\s+|had\s+)?(?:{_VERBS})\b")

_ENDS = re.compile(
    r"\b(?:on|at|in|to|during|after|before|when|that|but|while|with|for|of|as|about|had|has|the|by)\b.*", re.DOTALL
)
_BEGINS = re.compile(r"\b(?:that|which|and|but|while|the|to|on|in|at|of)\b")
_NOBODY = (
    "that who which this it he she we they you there statement report later also still officials told reporters monday "
    "tuesday wednesday thursday friday saturday sunday"
)


@lru_cache(maxsize=4096)
def speakers(text: str) -> tuple[frozenset[str], ...]:
    """The stems of each speaker named outside direct speech; none where it is only "he"."""
    outside = outside_quotes(text)
    found: list[str] = []
    for pattern in _BEHIND:
        for match in list(pattern.finditer(outside)):
            found.append(_up_to_its_end(match.group("who") or ""))
            outside = outside[: match.start()] + " " * len(match.group()) + outside[match.end() :]
    for match in list(_ASIDE.finditer(outside)):
        found.append(_BEGINS.split(match.group("who"))[-1])
        outside = outside[: match.start()] + " " * len(match.group()) + outside[match.end() :]
    found += [_up_to_its_end(match.group("who")) for match in _AFTER.finditer(outside)]
    # "on Tuesday the mayor said": what stands before the last small word is no part of who speaks.
    found += [_BEGINS.split(match.group("who"))[-1] for match in _BEFORE.finditer(outside)]
    nobody = set(stems(_NOBODY))
    named = (frozenset(stems(who)) - nobody for who in found)
    return tuple(dict.fromkeys(who for who in named if who))


def _up_to_its_end(who: str) -> str:
    """The first of these words that name somebody: "the UN envoy on Monday" names "UN envoy"."""
    return _ENDS.sub("", re.sub(r"^(?:the|a|an)\s+", "", who))
