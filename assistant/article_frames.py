"""What is asked of articles, and what of the news in them: "How do both papers quote Roe on the toll?" asks what Roe
said on the toll."""

from __future__ import annotations

import re

_OUTLETS = r"(?:news\s*)?(?:articles?|reports?|outlets?|sources?|papers?|newspapers?)"
_EACH = (
    rf"(?:(?:both|each|either|all|every)(?:\s+of)?(?:\s+the)?(?:\s+(?:two|three|four))?|the\s+(?:two|three|four)|"
    rf"the(?:\s+(?:different|various|several|other))?)\s+{_OUTLETS}"
)
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


def of_the_news(question: str) -> str:
    """The question without the words that ask what articles say of it; as it is where nothing else would be left."""
    text = question
    for frame, instead in _FRAMES:
        text = frame.sub(instead, text).strip()
    return text if len(text.split()) > 2 else question
