"""What is asked of articles, and what of the news in them: "How do both papers quote Roe on the toll?" asks what Roe
said on the toll."""

from __future__ import annotations

import re

_ARTICLES = r"(?:news\s*)?(?:articles?|reports?|outlets?|sources?|papers?|newspapers?)"
_EACH = (
    r"(?:(?:(?:both|each|either|all|every)(?:\s+of)?(?:\s+the)?(?:\s+(?:two|three|four))?"
    rf"|the\s+(?:two|three|four|different|various|several|other))\s+{_ARTICLES}|the\s+(?:articles?|outlets|papers))"
)
"""The report, or a paper, may be one that the articles tell of."""

_DOES = r"(?:do|does|did|have|has)"
_FRAMES = (
    # "…, according to each of the two articles"
    (re.compile(rf",?\s*\b(?:according to|as told by|in the words of)\s+{_EACH}\b,?", re.IGNORECASE), ""),
    # "How do both papers quote Roe on …", "What does each article have Roe saying about …"
    (
        re.compile(
            rf"^(?:how|what)\s+{_DOES}\s+{_EACH}\s+(?:quote|cite|have|report)\s+(?P<who>\S+(?:\s+\S+){{0,5}}?)\s+"
            r"(?:as\s+)?(?:saying\s+)?(?P<about>about|on|of)\b",
            re.IGNORECASE,
        ),
        r"What did \g<who> say \g<about>",
    ),
    # "What do the two articles say Roe wants …"
    (re.compile(rf"^(?P<what>\w+)\s+(?i:{_DOES}\s+{_EACH}\s+(?:say|report|write|claim))\s+(?=[A-Z])"), r"\g<what> "),
)
_OUTLETS = r"(?:news\s*)?(?:outlets|papers|newspapers)"
_EACH_ARTICLE = re.compile(
    r"\b(?:both|each|either|the two|all)\b[^.?!]{0,20}\b(?:articles?|reports?|outlets?|sources?|papers?)\b"
    r"|\bevery\s+(?:news\s*)?(?:outlet|paper|newspaper|article|report)\b"
    rf"|\b(?:the|different|various|several|other)\s+{_OUTLETS}\b(?!\s+(?:that|which|who)\b)[^.?!]{{0,20}}\b(?:say|said|report|reported|write|wrote|tell|told"
    r"|describe|described|cover|covered|differ|agree|disagree)\b"
    rf"|\bacross\s+(?:the\s+|different\s+|several\s+)?(?:{_OUTLETS}|sources)\b",
    re.IGNORECASE,
)
_ONE_THING = re.compile(r"\b(?:in|by|from|to)\s+both\b", re.IGNORECASE)


def asks_each_article(text: str) -> bool:
    """Whether the question wants what every article says, not one answer."""
    return bool(_EACH_ARTICLE.search(text))


def asks_several_outlets(text: str) -> bool:
    """Whether the passages to answer from should be several outlets'. "Who is mentioned in both articles?" asks for one
    thing, wherever it stands."""
    return asks_each_article(text) and not _ONE_THING.search(text)


def of_the_news(question: str) -> str:
    """The question without the words that ask what articles say of it; as it is where nothing else would be left."""
    text = question
    for frame, instead in _FRAMES:
        text = frame.sub(instead, text).strip()
    return text if len(text.split()) > 2 else question
