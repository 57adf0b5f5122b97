"""Sentences that speak to a machine instead of reporting: text in an article is evidence, never instruction.

Such a sentence is no candidate for an answer and comes into no prompt. Quoted in an article about such attacks it is
direct speech, and stays.
"""

from __future__ import annotations

import re

from assistant.check.marks import QUOTED

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_WRITES = (
    "explain|describe|discuss|summari[sz]e|translate|draft|compose|generate|create|write|outline|list|calculate|convert|"
    "rewrite|rephrase|imagine|pretend"
)
"""What a machine that writes is told to do, as the first word of a sentence."""

_CHANGES = (
    "replace|rearrange|modify|change|include|insert|add|append|begin|start|end|finish|give|make|encode|provide|"
    "enhance|use"
)
"""What it may be told to do to its answer."""

_MACHINES = r"(?:ai|assistants?|chatbots?|language models?|llms?|bots?)"
_TO_A_MACHINE = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.]{0,40}\b"
    r"(?:instructions?|prompts?|rules|guidelines|context|above|articles?|passages?|sources?)\b"
    r"|\b(?:system|developer) (?:prompt|message|instructions?)\b"
    rf"|\byou are (?:now |no longer )?(?:an? |the )?(?:helpful |unrestricted |evil )?{_MACHINES}\b"
    rf"|\b(?:dear|attention|hey|note to(?: the)?|message to(?: the)?) (?:an? |all )?{_MACHINES}\b"
    r"|\bas an? (?:ai|chatbot|language model|llm)\b"
    rf"|\b{_MACHINES}\s*[:,]\s*(?:please|you|ignore|always|never|say|answer|respond|reply)\b"
    r"|^\W*(?:please )?(?:always |now |only |instead,? )*"
    r"(?:answer|respond|reply|say|output|print|write|tell the (?:user|reader))\b"
    r"[^.]{0,60}\b(?:instead|exactly|only|that|with|following|question|user|reader)\b"
    r"|^\W*(?:new|important|updated) instructions?\b"
    rf"|^\W*(?:please |now |instead,? |then |also )*(?:{_WRITES}|{_CHANGES})\b.{{0,160}}?"
    r"\byour (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?|outputs?)\b"
    rf"|^\W*(?:please )?(?:{_WRITES})\s+(?:an?|the|me|us|how|what|why|which|some|three|five|ten)\b"
    r"(?!.*\b(?:says?|said|tells?|told|advis\w+|urg\w+)\b)"
    r"|<\|?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?INST\]",
    re.IGNORECASE,
)


def speaks_to_a_machine(sentence: str) -> bool:
    """Whether the sentence, outside direct speech, tells a machine what to do; invisible characters hide nothing."""
    return bool(_TO_A_MACHINE.search(QUOTED.sub(" – quoted ", _INVISIBLE.sub("", sentence))))
