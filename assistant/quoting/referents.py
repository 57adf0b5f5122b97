"""What a sentence speaks of that says only "It", "This" or "The move": so that it can be told beside it."""

from __future__ import annotations

import re

from assistant.check.marks import QUOTED, plain_marks
from index.calendar_words import NAMES as CALENDAR_NAMES
from index.words import STOP_WORDS, folded

SHORT_BEFORE = 30
"""Words of what is told before a sentence, so that it is understood."""

_CONNECTIVE = r"(?:(?:But|And|Yet|So|Still|However|Meanwhile|Instead|Later|Then|Now),?\s+)?"
_BOTH = r"[Bb]oth\b(?!\s+[A-Z])(?![^.;]*\b[A-Z][\w’'-]*,? and (?:[a-z]+ ){0,3}[A-Z])"
"""Not of "Both sides, Volta and Rheia", who have their names."""

_POINTS_BACK = re.compile(
    rf"{_CONNECTIVE}(?:[Ii]t|[Ii]ts|[Tt]his|[Tt]hat|[Tt]hese|[Tt]hose|{_BOTH}|[Ss]uch|"
    r"[Hh]e|[Ss]he|[Tt]hey|[Hh]is|[Hh]er|[Tt]heir)\b"
)
_EMPTY_IT = re.compile(
    rf"{_CONNECTIVE}[Ii]t(?:['’]s|\s+(?:is|was|remains|remained|seems|seemed|appears|appeared|became|would be|will be|"
    r"has been|takes|took|may be|might be))\b"
    r"[^.,;]{0,60}?\b(?:that|whether|if|how|why|when|where|who|to|for)\b"
    r"|[Tt]hat (?:said|is why)\b|[Tt]hose (?:who|in|of|with|from)\b|[Tt]hat (?:of|which)\b"
)
"""An "it" that stands for what follows: "It is not clear whether …"."""

_WITHIN = re.compile(
    # "Officials subsequently said": of "He was arrested and subsequently charged" the sentence itself tells.
    r"^\W*(?:[\w’'-]+\s+){0,4}(?:subsequently|thereafter|afterwards)\b"
    r"|^\W*(?:Additionally|Moreover|Furthermore|In addition),"
    r"|(?<!\ba )(?<!\ban )\b(?:much|far|even|still) (?:bigger|larger|smaller|higher|lower|greater)\b(?!.*\bthan\b)"
    r"|\blike th(?:at|is|ese|ose)(?=\s*[.,;]|\s+(?:is|are|was|were)\b)"
    r"|^[^\d]*\bthat (?:number|figure|total|amount)(?=\s+(?:is|was|has|had|will|would|could|may|rose|fell|grew)\b)"
)
"""Words within a sentence that only what stands before it gives a meaning: "that number is closer to 40"."""

_HANGS = re.compile(
    r"^\W*(?:Now|Then|By then|At that point),[^A-Z]*$|^\W*(?:Since then\b(?!-)|At the time,)"
    r"|^[^,;]*\b(?:say|says|said|saying|think|thinks|believe|feel|do|does|did|doing) the same(?=\s*[.;])"
    r"|^[Tt]he same (?:is|was|goes|went|holds)\b"
    r"|^[^,;]*\bat the time(?=\s*[.;])"
)
"""The same, and no headline does."""

_I = re.compile(
    r"(?:^|[^\w\s]\s*|\b(?!(?:phase|type|class|stage|title|part|division|level|interstate)\b)[a-z]\w*\s+)I\b(?![.-])"
    r"|(?:^|[.!?:;]\s+)(?:My|We|Our)\b(?!\s+[A-Z])|\b(?:my|we|our)\b"
)
"""Outside quotation marks somebody says so who is asked, or the author. No "I" of "Artemis I"."""

_EVENTS = (
    "move|decision|announcement|ruling|verdict|attack|incident|agreement|deal|measures?|ban|plans?|proposals?|"
    "statement|remarks|comments|vote|visit|meeting|strike|blast|explosion|accident|crash|fire|finding|findings|"
    "discovery|appointment|resignation|closure|change|changes|policy|order|bill|offer|request|warning|event|"
    "law(?! (?:firm|school|student|professor|enforcement))|"
    "results?|figures?|case|news|step|cuts?|rise|increase|delay|suspension|aim|goal|purpose|objective|intention|motive"
)
_KINDS = (
    "(?:two|three|four)(?: (?:[a-z]+s|men|women|people|children))?|pair|couple|trio|city|town|village|country|state|"
    "region|company|firm|group|team|club|agency|school|hospital|store|airline|museum|man|woman|boy|girl|suspect|"
    "victims?|driver|pilot|actor|actress|singer|author"
)
_DOES = (
    "is|was|are|were|has|had|have|will|would|can|could|may|might|must|did|does|said|says|told|tells|announced|plans|"
    "planned|wants|wanted|expects|expected|explained|added|reported|declined|refused|agreed|voted|decided|received|"
    "reached|became|remains|remained|began|opened|closed|died|survived|fled|escaped|suffered|won|lost|made|makes|sued|"
    "filed|launched|accounted|met|lives?|lived|denied|denies|warned|warns"
)
_NOT_TOLD_OF = r"of|on|in|at|to|by|for|from|that|between|with|against|over|after|into|about|around|under|near|who|whom"
_EVENT = re.compile(
    rf"{_CONNECTIVE}[Tt]he\s+(?:(?:new|latest|same|proposed|primary|main|stated|ultimate|overall)\s+)?"
    rf"(?:(?P<event>{_EVENTS})(?:,\s|\s+(?!(?:{_NOT_TOLD_OF})\b)[a-z])"
    rf"|(?P<kind>{_KINDS})\s+(?:(?:also|now|later|then|still|since|subsequently)\s+)?(?:{_DOES})\b)"
)
"""An event, or a body or somebody, called by no more than what kind it is: "The decision drew …", "The city said …",
not "The decision to close …", "The city council …"."""

_OPENERS = frozenset("another every many most few several other others".split())
"""Words that are no name where they open a sentence, also where the text has them nowhere else."""

_NO_NAME = frozenset("i he she it they".split()) | CALENDAR_NAMES
"""Written with a capital, and nobody's name."""

_NUMBER = re.compile(rf"{_CONNECTIVE}(?:(?P<both>{_BOTH})|[Tt]he\s+(?P<number>two|three|four)\b(?!-))")
_COUNTS = {"two": 2, "three": 3, "four": 4}
_IN_BRACKETS = re.compile(r"\([^()]*\)")

_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_NAME = re.compile(r"\b[A-Z][\w’'-]*(?:\s+(?:of(?:\s+the)?\s+|de\s+|van\s+|von\s+)?[A-Z][\w’'-]*)*")
_PLACED = re.compile(r"\b(?:in|at|near)\s+(?:the\s+)?$", re.IGNORECASE)


def points_back(sentence: str) -> bool:
    """Whether the sentence opens with a word, or holds one, that only the sentence before it gives a meaning.

    Direct speech is left to who speaks: its "this" may be what lies before the speaker's eyes.
    """
    outside = QUOTED.sub(" – ", plain_marks(sentence))
    if event(sentence) or _WITHIN.search(outside) or _HANGS.search(outside) or _I.search(outside):
        return True
    return bool(_POINTS_BACK.match(sentence)) and not _EMPTY_IT.match(sentence)


def hangs(sentence: str) -> bool:
    """Whether only the sentence before gives it a meaning, and no headline can: "Now, 40% say the same"."""
    return bool(_HANGS.search(QUOTED.sub(" – ", plain_marks(sentence))))


def how_many(sentence: str) -> int:
    """How many a sentence tells of that calls them "The two companies" or "Both"; 1 where it does not count them."""
    found = _NUMBER.match(sentence)
    return 1 if found is None else 2 if found.group("both") else _COUNTS[found.group("number")]


def named(part: str, text: str) -> int:
    """How many bear names in a `part` of `text`: "the Bank of England" is one, "Smith" is John Smith, and where it was
    ("In Berlin") and what stands in brackets tell of others. A sentence's first word is a name where it never stands in
    `text` with a small letter."""
    found: set[tuple[str, ...]] = set()
    for sentence in re.split(r"(?<=[.!?])\s+", _IN_BRACKETS.sub("", part)):
        for match in _NAME.finditer(sentence):
            words, before = [word for word in _WORD.findall(match.group()) if word[0].isupper()], match.start()
            while words and folded(words[0]) in _NO_NAME | STOP_WORDS | _OPENERS:
                before = sentence.index(words[0], before) + len(words[0]) + 1
                words = words[1:]
            is_first = before == match.start() and not sentence[:before].strip()
            if is_first and len(words) == 1 and _has_small(words[0], text):
                continue
            if words and not _PLACED.search(sentence[:before]):
                found.add(tuple(folded(word) for word in words))
    return sum(not any(set(one) < set(other) for other in found) for one in found)


def _has_small(word: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", text))


def is_that(sentence: str) -> bool:
    """Whether it opens with "That's" or "This is", which is all that stands before it."""
    return bool(re.match(r"(?:That|This)(?:['’]s|\s+(?:is|was))\b", sentence))


def names_nothing(sentence: str, text: str) -> bool:
    """Whether nobody and nothing has a name in a sentence of `text`, so that it may be about anything.

    Its first word is a name where it never stands there with a small letter.
    """
    found = _WORD.findall(sentence)
    if not found or any(word[0].isupper() and folded(re.split("[’']", word)[0]) not in _NO_NAME for word in found[1:]):
        return False
    return found[0].lower() in STOP_WORDS | _OPENERS or _has_small(found[0], text)


def is_of_somebody_unnamed(sentence: str, text: str) -> bool:
    """Whether a sentence of `text` tells of "she" and has no name: "She is 19 years old" may be said of anybody."""
    return names_nothing(sentence, text) and bool(re.search(r"\b(?:[Hh]e|[Ss]he)\b", sentence))


def adds(sentence: str) -> bool:
    """Whether it says "also" of what its own article told before."""
    return bool(re.search(r"\b(?:also|too(?=[.,;])|as well(?=[.,;]))", sentence))


def event(sentence: str) -> str | None:
    """The word that a sentence calls what was told of before by: "move" for "The move drew …", "city"."""
    found = _EVENT.match(sentence)
    return (found.group("event") or found.group("kind")) if found else None
