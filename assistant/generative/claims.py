"""A model's sentence against the evidence: cited as it said, cited anew if other words carry it, or not carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from assistant.check import Judge
from assistant.generative.context import Evidence
from assistant.generative.reply import Claim
from assistant.records import Citation, Sentence, Support
from assistant.speaker import needs_speaker, speaker
from index.words import stems

_PAIRS_OF = 4
"""Of how many of the nearest sentences two together may carry a claim."""


def cited(claim: Claim, evidence: Sequence[Evidence], judge: Judge) -> Sentence:
    """The claim with the fewest citations that carry it: of those it names if they do, else of others.

    Where none carry it, it has those it names (made-up keys left out), or the nearest, and the support they give.
    """
    known = {one.key: one for one in evidence}
    named = [known[key] for key in claim.keys if key in known]
    others = _nearest(claim.text, [one for one in evidence if one not in named])
    tried = [[one] for one in named] + ([named] if len(named) > 1 else [])
    tried += [[one] for one in others]
    near = _nearest(claim.text, [*named, *others])[:_PAIRS_OF]
    tried += [list(pair) for pair in combinations(near, 2)]
    best, most = named or near[:1], Support.UNSUPPORTED
    for some in tried:
        found = judge(claim.text, [quote for one in some for quote in one.quotes])
        if found is Support.SUPPORTED:
            return _with_who(Sentence(claim.text, _citations(some), found), some)
        if found is Support.PARTLY and most is Support.UNSUPPORTED:
            best, most = some, found
    return Sentence(claim.text, _citations(best), most)


def _with_who(sentence: Sentence, evidence: Sequence[Evidence]) -> Sentence:
    """The sentence with who "he" is before it, as the cited words tell: in an answer the last name may be another's."""
    if not needs_speaker(sentence.text):
        return sentence
    for one in evidence:
        quote = one.quotes[0]
        named = speaker(quote, [(0, len(quote))], 0)
        who = one.sentence.context or (quote[slice(*named)] if named else None)
        if who:
            # The model may have copied who speaks from before the sentence.
            return replace(sentence, text=sentence.text.removeprefix(f"{who}:").strip(), context=who)
    return replace(sentence, support=Support.PARTLY)


def _nearest(text: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Those that share most content words first."""
    said = set(stems(text))
    return sorted(evidence, key=lambda one: -len(said & set(stems(" ".join(one.quotes)))))


def _citations(evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citation for one in evidence for citation in one.sentence.citations))
