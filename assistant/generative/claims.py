"""A model's sentence against the evidence: cited as it said, cited anew if other words carry it, or not carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.check import Judge
from assistant.generative.context import Evidence
from assistant.generative.reply import Claim
from assistant.records import Citation, Sentence, Support
from assistant.speaker import needs_speaker, speaker
from index.words import stems


def cited(claim: Claim, evidence: Sequence[Evidence], judge: Judge) -> Sentence:
    """The claim with the sentence that carries it: one of those it names if one does, else another.

    Two together carry nothing: of "North opened it" and "Hamm paid for it" a model makes "North paid for it", and every
    word of that stands there. Where none carries it, it has those it names (made-up keys left out), or the nearest.
    """
    known = {one.key: one for one in evidence}
    named = [known[key] for key in claim.keys if key in known]
    others = _nearest(claim.text, [one for one in evidence if one not in named])
    best, most = named or others[:1], Support.UNSUPPORTED
    for one in [*named, *others]:
        found = judge(claim.text, one.quotes)
        if found is Support.SUPPORTED:
            return _with_who(Sentence(claim.text, _citations([one]), found), one)
        if found is Support.PARTLY and most is Support.UNSUPPORTED:
            best, most = [one], found
    return Sentence(claim.text, _citations(best), most)


def _with_who(sentence: Sentence, evidence: Evidence) -> Sentence:
    """The sentence with who "he" is before it, as the cited words tell: in an answer the last name may be another's."""
    if not needs_speaker(sentence.text):
        return sentence
    quote = evidence.quotes[0]
    named = speaker(quote, [(0, len(quote))], 0)
    who = evidence.sentence.context or (quote[slice(*named)] if named else None)
    if who is None:
        return replace(sentence, support=Support.PARTLY)
    # The model may have copied who speaks from before the sentence.
    return replace(sentence, text=sentence.text.removeprefix(f"{who}:").strip(), context=who)


def _nearest(text: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Those that share most content words first."""
    said = set(stems(text))
    return sorted(evidence, key=lambda one: -len(said & set(stems(" ".join(one.quotes)))))


def _citations(evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citation for one in evidence for citation in one.sentence.citations))
