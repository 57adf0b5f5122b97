"""Sentences that speak to a machine instead of reporting: text in an article is evidence, never instruction.

Such a sentence is neither embedded nor keyword-indexed, so that it moves no vector and no word's weight; it is no
candidate for an answer and comes into no prompt of ours. In the article itself a reader still sees it. Quoted in an
article about such attacks it is direct speech, and stays.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from index.sentences import Span, sentence_spans

INSTRUCTIONS_VERSION = 1
"""Part of the splitter's version: raise it when other sentences are told to speak to a machine."""

_DIRECT_SPEECH = re.compile(r"“[^”\"]*[”\"]|\"[^\"”]*[\"”]")
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
    r"\U000e0000-\U000e01ef]"
)
_DOTLESS = str.maketrans("ıİ", "iI")

_WRITES = "explain|describe|discuss|summari[sz]e|translate|compose|generate|write|rewrite|rephrase"
"""What a machine that writes is told to do, as the first word of a sentence."""

_DRAFTS = "draft|create|outline|list|calculate|convert|imagine|pretend"
"""The same, of which news may tell its readers, too, where no answer is spoken of."""

_CHANGES = (
    "replace|rearrange|modify|change|include|insert|add|append|begin|start|end|finish|give|make|encode|provide|"
    "enhance|augment|use"
)
"""What it may be told to do to its answer."""

_TEXTS = r"(?:answers?|repl(?:y|ies)|responses?|outputs?)"
_RULES = r"(?:instructions?|prompts?|rules|guidelines|context|articles?|passages?|sources?)"
_MACHINES = r"(?:(?:ai )?(?:ai|assistants?|chatbots?|language models?|llms?|bots?))"
_PLEASE = r"\W*(?:(?:please|now|instead|then|also|always|only),? )*"
_ANYWHERE = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.]{0,20}\b(?:previous|prior|preceding|earlier|above|your)\b"
    rf"[^.]{{0,20}}\b(?:{_RULES}|above)\b"
    r"|\b(?:system|developer) (?:prompt|message|instructions?)\b"
    rf"|\byou are (?:now |no longer )?(?:an? |the )?(?:helpful |unrestricted |evil )?{_MACHINES}\b"
    rf"|\b(?:dear|attention|hey|note to(?: the)?|message to(?: the)?) (?:an? |all )?{_MACHINES}\b"
    r"|\bas an? (?:ai|chatbot|language model|llm)(?=[,;:]| language model\b| model\b| assistant\b)"
    rf"|(?:^\W*|[^\w\s,]\s*){_MACHINES}\s*[:,]\s*(?:please|you|ignore|always|never|say|answer|respond|reply)\b"
    # "In your response, suggest …", "Remove spaces from your answer": of a text that is to be written.
    rf"|\b(?:in|into|of|from|with|throughout) your (?:\w+ )?{_TEXTS}\b(?! to\b)"
    rf"|^\W*\w+ [^.]{{0,160}}\bto your (?:\w+ )?{_TEXTS}\b"
    r"|<\|?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?INST\]",
    re.IGNORECASE,
)
_HINTS = (
    *("ignor", "disregard", "forget", "overrid", "bypass", "system", "developer ", "<", "[inst", "[/inst", "your "),
    *("assistant", "chatbot", "language model", "llm", "bot"),
)
"""One of these, or "AI", stands in whatever `_ANYWHERE` finds, in small letters; most sentences hold none, and are
passed over faster."""

_AI = re.compile(r"\bai\b")
_AT_THE_START = re.compile(
    rf"{_PLEASE}(?:ignore|disregard|forget|override|bypass)\b[^.]{{0,40}}\b(?:{_RULES}|above)\b"
    rf"|{_PLEASE}(?:answer|respond|reply|say|output|print|write)\b(?!-)"
    r"(?:\s+(?:that|only|exactly|the following)\b|[^.]{0,60}\b(?:instead|exactly|the (?:user|reader|question))\b)"
    rf"|{_PLEASE}(?:answer|respond|reply)\s+with\b"
    rf"|{_PLEASE}tell the (?:user|reader)\b"
    r"|\W*(?:new|important|updated) instructions?\s*:"
    rf"|{_PLEASE}(?:{_WRITES}|{_DRAFTS}|{_CHANGES})\b.{{0,160}}?\byour (?:\w+ )?{_TEXTS}\b"
    rf"|{_PLEASE}(?:{_WRITES})\s+(?:an?|the|me|us|how|what|why|which|some|three|five|ten)\b"
    r"(?!.*\b(?:says?|said|tells?|told|advis\w+|urg\w+)\b)"
    rf"|{_PLEASE}(?:{_DRAFTS})\s+(?:an?|the|me|us|some|three|five|ten)\s+(?:\w+\s+)?"
    r"(?:text|essay|introduction|poem|story|letter|speech|summary|article|paragraph|sentence|headline|song|list)\b",
    re.IGNORECASE,
)


def speaks_to_a_machine(sentence: str) -> bool:
    """Whether the sentence, outside direct speech, tells a machine what to do; invisible characters hide nothing."""
    if not sentence.isascii():
        sentence = unicodedata.normalize("NFKC", _INVISIBLE.sub("", sentence)).translate(_DOTLESS)
    said = _DIRECT_SPEECH.sub(" – quoted ", sentence)
    small = said.lower()
    hinted = any(hint in small for hint in _HINTS) or ("ai" in small and _AI.search(small) is not None)
    return bool(_AT_THE_START.match(said) or (hinted and _ANYWHERE.search(said)))


@lru_cache(maxsize=256)
def reporting_spans(text: str) -> tuple[Span, ...]:
    """The sentences of `text` that do not speak to a machine, as `sentence_spans` gives them."""
    return tuple((start, end) for start, end in sentence_spans(text) if not speaks_to_a_machine(text[start:end]))


@lru_cache(maxsize=1024)
def reported(text: str) -> str:
    """`text` without the sentences that speak to a machine and the white space behind each."""
    spans = sentence_spans(text)
    kept, at = [], 0
    for i, (start, end) in enumerate(spans):
        if speaks_to_a_machine(text[start:end]):
            kept.append(text[at:start])
            at = spans[i + 1][0] if i + 1 < len(spans) else len(text)
    return "".join([*kept, text[at:]]).rstrip() if kept else text
