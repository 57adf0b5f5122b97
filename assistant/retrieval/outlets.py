"""The outlets whose reports a question asks for ("what did Reuters report …"), of those that the index knows.

An outlet's name alone is not enough, since outlets make news themselves and their names are words: it must stand with a
word of reporting ("according to", "reported", "article"), or beside another outlet that does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from index.words import folded

_REPORTS = r"(?:articles?|reports?|reporting|stor(?:y|ies)|coverage|pieces?|accounts?|interviews?)"
_VERBS = (
    r"(?:report|say|said|write|wrote|writes|publish|cover|claim|describ|suggest|mention|highlight|portray|discuss|stat(?:e|ed|es|ing)\b"
    r"|note|reveal|tell|told|identif|attribut|indicat|provid|characteri[sz]|present)"
)
_BEFORE = re.compile(
    rf"(?:\baccording\s+to|\b(?:reported|published|covered|mentioned|described|discussed|stated|highlighted|featured|written|told)\s+(?:both\s+)?(?:by|in|on|to)"
    rf"|\b{_REPORTS}\s+(?:\w+\s+){{0,3}}?(?:from|by|in|on|of|published\s+(?:by|in|on))|\bas\s+per)\s+(?:both\s+)?(?:an?\s+|the\s+)?$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"^(?:['’]s?)?(?:\s*(?:,|\band|\bor)\s+(?:the\s+)?(?-i:[A-Z])[\w.]*(?:\s(?-i:[A-Z])[\w.]*){{0,2}})*\s*(?:,\s*)?(?:(?:has|have|had|also|both|that|which|who|news)\s+)*(?:\w+\s+)?(?:{_VERBS}\w*|{_REPORTS}\b)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\s+[|–—-]\s+.*$")
_DOMAIN = re.compile(r"^(?:www\.|edition\.|amp\.)?([\w-]+)(?:\.[\w-]+)*\.[a-z]{2,}$", re.IGNORECASE)


def reporting_outlets(question: str, outlets: Iterable[str]) -> tuple[str, ...]:
    """The outlets among `outlets` whose reports `question` asks for, by their known names, in the order they are
    named."""
    found: list[tuple[int, int, str]] = []
    for outlet in outlets:
        match = _pattern(outlet).search(question)
        if match:
            found.append((match.start(), match.end(), outlet))
    # Of names within one another ("Fox", "Fox News") the longest is meant; outlets of one name ("Fox News - Health")
    # all are.
    found = [one for one in found if not any(_within(one, other) for other in found)]
    spans = sorted({one[:2] for one in found})
    asked = [bool(_BEFORE.search(question[:start]) or _AFTER.search(question[end:])) for start, end in spans]
    if any(asked):  # "… as reported by A, while B …": beside an outlet that is asked for, another one is too
        asked = [
            one or question[start:end] != question[start:end].lower()
            for one, (start, end) in zip(asked, spans, strict=True)
        ]
    wanted = {span for span, is_asked in zip(spans, asked, strict=True) if is_asked}
    return tuple(outlet for start, end, outlet in sorted(found) if (start, end) in wanted)


def outlet_name(outlet: str) -> str:
    """The outlet of a section: "Fox News" for "Fox News - Health"."""
    return _SUFFIX.sub("", outlet)


def without_outlets(text: str, outlets: Iterable[str]) -> str:
    """`text` without the names of `outlets`: articles seldom hold their own outlet's name."""
    for outlet in outlets:
        text = _pattern(outlet).sub(" ", text)
    return text


def is_called(outlet: str, name: str) -> bool:
    """Whether `name`, as a reader types it, means `outlet`: "CNN" and "cnn.com" do."""
    return folded(name.strip()) in {folded(one) for one in (*names_of(outlet), outlet_name(outlet))}


def _within(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    return other[0] <= one[0] and one[1] <= other[1] and (one[1] - one[0]) < (other[1] - other[0])


def names_of(outlet: str) -> tuple[str, ...]:
    """What an outlet is called in prose: "cnn.com" is CNN, "Fox News - Health" Fox News."""
    names = [outlet, _SUFFIX.sub("", outlet)]
    if domain := _DOMAIN.match(names[-1]):
        names.append(domain[1].replace("-", " "))
    names += [name[:-5] for name in names if re.fullmatch(r"[A-Z]{2,5} News", name)]
    names += [name[4:] for name in names if name.lower().startswith("the ")]
    return tuple(dict.fromkeys(name for name in names if len(folded(name)) > 1))


@lru_cache(maxsize=10_000)
def _pattern(outlet: str) -> re.Pattern[str]:
    forms = "|".join(re.escape(name) for name in sorted(names_of(outlet), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:the\s+)?(?:{forms})(?![\w-])", re.IGNORECASE)
