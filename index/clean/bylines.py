"""Who wrote an article, and for whom, from the lines that say so: "By Jane Roe", "Jane Roe, The Examiner"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_AGENCIES = (
    "reuters|afp|ap|associated press|the associated press|agence france-presse|bloomberg|bloomberg news|upi|dpa|pa|pap"
    "|pa media|press association|tass|ria novosti|interfax|ukrinform|xinhua|kyodo|kyodo news|yonhap|ansa|efe|ians|pti"
    "|ani|anadolu|anadolu agency|bbc|bbc news|cnn|thomson reuters foundation|reuters staff|prnewswire|pr newswire"
    "|business wire|globe newswire|canadian press|the canadian press|european pravda|polish press agency"
)
AGENCIES = frozenset(_AGENCIES.split("|"))
"""News agencies and outlets that stand in a line by themselves, in lower case."""

_OUTLETS = (
    "news times post press herald tribune journal gazette guardian observer examiner agency daily telegraph chronicle"
    " radio tv television media magazine courier mirror independent dispatch monitor newswire pravda newspaper weekly"
    " broadcasting"
)
_COMMON = (
    "world politics business sport sports opinion technology science health culture travel economy house nations union"
    " east north south council parliament ministry government president minister senate congress court party"
    " monday tuesday wednesday thursday friday saturday sunday january february march april june july august september"
    " october november december breaking latest live update updates exclusive analysis explained explainer editorial"
    " republic kingdom states street city cape saudi tel hong buenos los las san sri costa new united war peace summit"
    " climate change read share story stories more about us home video watch contact privacy policy the a an and of in"
    " on at to for with from by is are as after before over under why how what who when where key points top related"
    " public police army navy air force security foreign affairs national international general"
)
_PARTICLE = "de da di du del della dos van von der den ter bin ibn al el la le af av zu y e"
_OUTLET_WORDS = frozenset(_OUTLETS.split())
_NO_NAMES = _OUTLET_WORDS | frozenset(_COMMON.split())
_PARTICLES = frozenset(_PARTICLE.split())
_NAME_WORD = re.compile(r"[^\W\d_]+(?:[’'.-][^\W\d_]+)*[’'.-]?")
_PARTS = re.compile(r"\s*(?:[,;&|/]|\band\b|\bwith\b)\s*", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:correspondent|reporter|editor|journalist|writer|columnist|analyst|producer|staff|bureau chief|desk"
    r"|contributor|chief)\b",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
_BY = re.compile(
    r"(?:by|(?:written|reported|story|report|article|text|words|analysis|posted|published)\s+by"
    r"|(?P<label>authors?|by|written by|words|text|reporters?)\s*:)\s+(?P<rest>\S.*)",
    re.IGNORECASE,
)
_REPORTING = re.compile(r"\(?reporting by (?P<rest>[^;.()]+)", re.IGNORECASE)
_PLACE = re.compile(r"\s+(?:in|from)\s+[^\W\d_]\S*(?:[ ,]+[^\W\d_]\S*){0,3}$")
_FOR = re.compile(r"\s+(?:for|of|at)\s+(?P<outlet>(?:the\s+)?[A-Z].*)$", re.IGNORECASE)


@dataclass(frozen=True)
class Byline:
    """What a byline states: the authors' names as written, and the outlet where it names one."""

    authors: tuple[str, ...] = ()
    outlet: str | None = None


def is_person(name: str) -> bool:
    """Whether `name` has the form of one person's name: two to five capitalised words, none of them a common one."""
    words = name.split()
    if not 2 <= len(words) <= 5 or any(not _NAME_WORD.fullmatch(word) for word in words):
        return False
    if any(word.lower().strip(".") in _NO_NAMES for word in words):
        return False
    names = [word for word in words if word not in _PARTICLES]
    if len(names) < 2 or not words[-1][0].isupper() or any(not word[0].isupper() for word in names):
        return False
    if all(word.isupper() for word in names):
        return any(len(word) > 3 for word in names)
    # A word in capitals among others is an abbreviation ("NATO Summit"), unless it is an initial ("J. K. Rowe").
    return not any(word.isupper() and len(word.replace(".", "")) > 2 for word in names)


def persons(value: str) -> tuple[str, ...]:
    """The names in a list of persons' names and nothing else; empty where anything else is in it."""
    parts = [part for part in _PARTS.split(value.strip(" .")) if part]
    if len(parts) > 8 or not all(map(is_person, parts)):
        return ()
    return tuple(dict.fromkeys(parts))


def bare_names(line: str) -> tuple[str, ...]:
    """As `persons`, but strict enough for a line that nothing but its place marks as a byline."""
    names = persons(line)
    short = all(sum(word not in _PARTICLES and "." not in word for word in name.split()) <= 3 for name in names)
    return names if short and not line.endswith(".") else ()


def is_agency(value: str) -> bool:
    """Whether `value` names a news agency that everybody takes from."""
    return value.strip(" .()").lower() in AGENCIES


def is_outlet(value: str) -> bool:
    """Whether `value` has the form of an outlet's name."""
    words = value.lower().split()
    if not words or len(words) > 6:
        return False
    return is_agency(value) or not _OUTLET_WORDS.isdisjoint(words) or bool(_DOMAIN.fullmatch(value))


def is_role(line: str) -> bool:
    """Whether the line says what an author is ("Political correspondent, Brussels") and nothing else."""
    return len(line.split()) <= 7 and bool(_ROLE.search(line)) and line[-1] not in ".!?:"


def read_byline(line: str, *, marked: bool = True) -> Byline | None:
    """What a byline says; None for any other line. `marked`: only where a word such as "By" or "Author:" opens it."""
    value, label = line.strip(), False
    if match := _BY.fullmatch(value):
        value, label = match["rest"], bool(match["label"])
    elif marked:
        return None
    value = " ".join(word for word in value.split() if "@" not in word).rstrip(" .,")
    outlet: str | None = None
    if (found := _FOR.search(value)) and is_outlet(found["outlet"]):
        value, outlet = value[: found.start()], found["outlet"]
    elif not is_outlet(value):
        value = _PLACE.sub("", value)
    authors: list[str] = []
    for part in (_PLACE.sub("", part) for part in _PARTS.split(value)):
        if is_outlet(part):
            outlet = outlet or (part.removesuffix(" Staff") if is_agency(part) else part)
        elif is_person(part) or (label and part[:1].isupper() and len(part.split()) <= 3):  # "Author: Voltaire"
            authors.append(part)
        elif not is_role(part or " ."):
            return None
    return Byline(tuple(dict.fromkeys(authors)), outlet)


def reported_by(line: str) -> tuple[str, ...]:
    """The names in an agency's closing line, "(Reporting by Jane Roe in Kyiv; editing by John Doe)"; else empty."""
    match = _REPORTING.match(line)
    byline = read_byline(match["rest"], marked=False) if match else None
    return byline.authors if byline else ()
