"""Sentences that speak to a machine instead of reporting: text in an article is evidence, never instruction.

Such a sentence is neither embedded nor keyword-indexed, so that it moves nothing in retrieval; it is no candidate for
an answer and comes into no prompt. In the article itself a reader still sees it. Quoted in an article about such
attacks it is direct speech, and stays.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index.sentences import Span, sentence_spans

INSTRUCTIONS_VERSION = 1
"""Part of the splitter's version: raise it when other sentences are told to speak to a machine."""

_DIRECT_SPEECH = re.compile(r"“[^”\"]*[”\"]|\"[^\"”]*[\"”]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_WRITES = (
    "explain|describe|discuss|summari[sz]e|translate|draft|compose|generate|create|write|outline|list|calculate|convert|"
    "rewrite|rephrase|imagine|pretend"
)
"""What a machine that writes is told to do, as the first word of a sentence."""

_CHANGES = (
    "replace|rearrange|modify|change|include|insert|add|append|begin|start|end|finish|give|make|encode|provide|"
    "enhance|augment|use"
)
"""What it may be told to do to its answer."""

_MACHINES = r"(?:ai|assistants?|chatbots?|language models?|llms?|bots?)"
_ANYWHERE = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.]{0,40}\b"
    r"(?:instructions?|prompts?|rules|guidelines|context|above|articles?|passages?|sources?)\b"
    r"|\b(?:system|developer) (?:prompt|message|instructions?)\b"
    rf"|\byou are (?:now |no longer )?(?:an? |the )?(?:helpful |unrestricted |evil )?{_MACHINES}\b"
    rf"|\b(?:dear|attention|hey|note to(?: the)?|message to(?: the)?) (?:an? |all )?{_MACHINES}\b"
    r"|\bas an? (?:ai|chatbot|language model|llm)\b"
    rf"|\b{_MACHINES}\s*[:,]\s*(?:please|you|ignore|always|never|say|answer|respond|reply)\b"
    # "In your response, suggest …", "Remove spaces from your answer": of a text that is to be written.
    r"|\b(?:in|into|of|to|from|with|throughout) your (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?|outputs?)\b"
    r"|<\|?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?INST\]",
    re.IGNORECASE,
)
_HINTS = (
    *("ignor", "disregard", "forget", "overrid", "bypass", "system ", "developer ", "<", "[inst", "[/inst", "your "),
    *(" ai", "(ai", "-ai", "assistant", "chatbot", "language model", "llm", "bot"),
)
"""One of these stands in whatever `_ANYWHERE` finds, in small letters and behind a blank; most sentences hold none, and
are passed over faster."""

_AT_THE_START = re.compile(
    r"\W*(?:please )?(?:always |now |only |instead,? )*"
    r"(?:answer|respond|reply|say|output|print|write|tell the (?:user|reader))\b"
    r"[^.]{0,60}\b(?:instead|exactly|only|that|with|following|question|user|reader)\b"
    r"|\W*(?:new|important|updated) instructions?\b"
    rf"|\W*(?:please |now |instead,? |then |also )*(?:{_WRITES}|{_CHANGES})\b.{{0,160}}?"
    r"\byour (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?|outputs?)\b"
    rf"|\W*(?:please )?(?:{_WRITES})\s+(?:an?|the|me|us|how|what|why|which|some|three|five|ten)\b"
    r"(?!.*\b(?:says?|said|tells?|told|advis\w+|urg\w+)\b)",
    re.IGNORECASE,
)


def speaks_to_a_machine(sentence: str) -> bool:
    """Whether the sentence, outside direct speech, tells a machine what to do; invisible characters hide nothing."""
    said = _DIRECT_SPEECH.sub(" – quoted ", _INVISIBLE.sub("", sentence))
    small = f" {said.lower()}"
    return bool(_AT_THE_START.match(said) or (any(hint in small for hint in _HINTS) and _ANYWHERE.search(said)))


@lru_cache(maxsize=256)
def reporting_spans(text: str) -> tuple[Span, ...]:
    """The sentences of `text` that do not speak to a machine, as `sentence_spans` gives them."""
    return tuple((start, end) for start, end in sentence_spans(text) if not speaks_to_a_machine(text[start:end]))


@lru_cache(maxsize=1024)
def reported(text: str) -> str:
    """`text` without the sentences that speak to a machine and the white space behind each: what it would be if they
    had never been put there."""
    spans = sentence_spans(text)
    kept, at = [], 0
    for i, (start, end) in enumerate(spans):
        if speaks_to_a_machine(text[start:end]):
            kept.append(text[at:start])
            at = spans[i + 1][0] if i + 1 < len(spans) else len(text)
    return "".join([*kept, text[at:]]).rstrip() if kept else text
