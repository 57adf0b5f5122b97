"""A model's sentence against the evidence: cited as it said, cited anew if other words carry it, or not carried; and
then what it was drawn from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.check import Judge
from assistant.generative.context import Numbered
from assistant.generative.reply import Claim
from assistant.records import Citation, Sentence, Support
from assistant.speaker import needs_speaker, opens_with_speech, speaker
from index.words import stems, words

_WORD = re.compile(r"\w[\w’'.,-]*")
_DRAWN_FROM = 0.7
"""The share of what a claim says beyond the question, from which on it was drawn from the sentence that holds it."""


def cited(claim: Claim, evidence: Sequence[Numbered], judge: Judge) -> Sentence:
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


def drawn_from(claim: Claim, question: str, evidence: Sequence[Numbered]) -> Sentence | None:
    """The sentence, in the articles' own words, that holds what `claim` says beyond the question.

    A small model answers with "11,000 signatures", or completes that with the question's words, which no article may
    carry. Of those that hold it best the first that the claim names; None where none holds most of it, with every name
    and number, or where the claim only repeats the question.
    """
    own = set(stems(claim.text)) - set(stems(question))
    if not own:
        return None
    said = _WORD.findall(claim.text)
    # A capital may only begin the sentence.
    telling = [word for i, word in enumerate(said) if word[0].isdigit() or (i and word[0].isupper())]
    strict = own & set(stems(" ".join(telling)))
    best, most = None, 0.0
    for one in sorted(evidence, key=lambda one: one.key not in claim.keys):
        held = set(stems(" ".join([one.sentence.context or "", *one.quotes])))
        share = len(own & held) / len(own)
        if strict <= held and share >= _DRAWN_FROM and share > most:
            best, most = one.alone, share
    return best


def _with_who(sentence: Sentence, evidence: Numbered) -> Sentence:
    """The sentence with who "he" is before it, as the cited words tell: in an answer the last name may be another's."""
    if not needs_speaker(sentence.text):
        return sentence
    quote = evidence.quotes[0]
    span = speaker(quote, [(0, len(quote))], 0)
    who = evidence.sentence.context or (quote[slice(*span)] if span else None)
    if who is None:
        return replace(sentence, support=Support.PARTLY)
    # The model may have copied who speaks from before the sentence.
    named, colon, rest = sentence.text.partition(": ")
    copied = bool(colon) and set(words(named)) <= set(words(who))
    text = rest if copied else sentence.text
    return replace(sentence, text=text, context=who, is_speaker=opens_with_speech(text))


def _nearest(text: str, evidence: Sequence[Numbered]) -> list[Numbered]:
    """Those that share most content words first."""
    said = set(stems(text))
    return sorted(evidence, key=lambda one: -len(said & set(stems(" ".join(one.quotes)))))


def _citations(evidence: Sequence[Numbered]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citation for one in evidence for citation in one.sentence.citations))
