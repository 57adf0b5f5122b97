"""Which stretches of a text are not stated as facts, and why: somebody says them, plans them, tries them, demands them,
or they only may be. Rules for English, by trigger and reach; where the reach cannot be told, it is taken too long."""

from __future__ import annotations

import re
from enum import Flag, auto

from assistant.check.marks import QUOTED, plain_marks
from index.sentences import sentence_spans


class Reserve(Flag):
    """Why words are no plain statement of who writes them."""

    NONE = 0
    SAID = auto()
    """Somebody says, believes or charges it."""
    INTENDED = auto()
    ATTEMPTED = auto()
    DEMANDED = auto()
    POSSIBLE = auto()
    FUTURE = auto()


_SAID = (
    r"sa(?:id|ys?|ying)|stat(?:ed|ing)|(?<!member )(?-i:states)|add(?:s|ed|ing)|t(?:ells?|old|elling)|"
    r"conclud(?:es?|ed|ing)|claim(?:s|ed|ing)?|"
    r"announc(?:es?|ed|ing)|explain(?:s|ed|ing)|not(?:es|ed|ing)|emphasi[sz](?:es?|ed|ing)|stress(?:es|ed|ing)|"
    r"argu(?:es?|ed|ing)|warn(?:s|ed|ing|ings)?|writ(?:es|ing)|wrote|repl(?:y|ies|ied)|respond(?:s|ed)|"
    r"insist(?:s|ed|ing)?|declar(?:es?|ed|ing)|believ(?:es?|ed|ing)|belief|admit(?:s|ted|ting)?|reveal(?:s|ed)|"
    r"report(?:s|ed|edly|ing)?|(?:ruled|found)(?= that|\W*$)|accus(?:es?|ed|ing)|accusations?|"
    r"alleg(?:es?|ed|edly|ing|ations?)|suspect(?:s|ed|ing)?|suspicions?|purport(?:s|ed|edly)|thinks?|thought|"
    r"supposed(?:ly)?|"
    r"assum(?:es?|ed|ing)|suggest(?:s|ed|ing|ions?)?|hint(?:s|ed)|rumou?r(?:s|ed)?|speculat(?:es?|ed|ion|ing)|"
    r"fear(?:s|ed)?|doubt(?:s|ed)?|estimat(?:es?|ed)|predict(?:s|ed|ions?)?|forecast(?:s|ed)?|expect(?:s|ed|ing)?|"
    r"call(?:s|ed|ing)|describ(?:es?|ed|ing)|maintain(?:s|ed) that|contend(?:s|ed)|assert(?:s|ed)|testif(?:y|"
    r"ies|ied)|"
    r"dismiss(?:es|ed) as|den(?:y|ies|ied|ying)|seen as|regarded as|considered (?:a|an|the|to)|appear(?:s|"
    r"ed)? (?:to|that)|it (?:appears|seems)|pretend(?:s|ed)?|convinced|in (?:his|her|their|its) view|"
    r"seem(?:s|ed)? to|apparently|allegedly|so-called|charg(?:ed|es?) (?:with|that)|quot(?:es|ed) as|put the|"
    r"agree(?:s|d)? that|told"
)
_SMALL = "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred".split()
_INTENDED = (
    r"plan(?:s|ned|ning)?|intend(?:s|ed|ing)?|intentions?|want(?:s|ed|ing)?|wish(?:es|ed)?|hop(?:es?|ed|ing)|"
    r"aim(?:s|ed|ing)?|"
    r"promis(?:es?|ed|ing)|pledg(?:es?|ed|ing)|vow(?:s|ed|ing)?|propos(?:es?|ed|ing|als?)|threat(?:s|en|ens|"
    r"ened|ening)?|"
    r"offer(?:s|ed|ing)?|consider(?:s|ed|ing)?|mull(?:s|ed|ing)|prepar(?:es?|ed|ing) to|agree(?:s|d)? to|"
    r"decid(?:es?|ed) to|like to|wanna|hopeful|candidates? (?:for|to)|in talks (?:to|on|over|about)|willing|"
    r"ready to|eager to|bid to|schedul(?:es?|ed)|slated"
)
_ATTEMPTED = (
    r"tr(?:y|ies|ied|ying) to|close to (?=\w+ing\b)|on the verge of|attempt(?:s|ed|ing)?|seek(?:s|ing)?|"
    r"sought|struggl(?:es?|ed|ing) to|efforts? to|"
    r"work(?:s|ed|ing)? to|fight(?:s|ing)? to|fought to|campaign(?:s|ed|ing)? (?:to|for)|bids? (?:to|for)|unable to|"
    r"(?:nearly|almost)(?!\s+(?:[\d$€£]|(?:all|every|half|an?|the|none|no|nobody|" + "|".join(_SMALL) + r")\b))"
)
_DEMANDED = (
    r"demand(?:s|ed|ing)?|urg(?:es?|ed|ing)|call(?:s|ed|ing)? (?:for|on)|ask(?:s|ed|ing)?|request(?:s|ed|ing)?|"
    r"(?<!in )order(?:s|ed|ing)?|requir(?:es?|ed|ing)|should|must|ought|need(?:s|ed)? to|needs|ha(?:s|ve|d) to|"
    r"recommend(?:s|ed|ing)?|advis(?:es?|ed|ing)|appeal(?:s|ed|ing)? (?:for|to)|want(?:s|ed)? \w+ to|needn|"
    r"invit(?:es?|ed)|instruct(?:s|ed)?|tell(?:s|ing)? \w+ to|told \w+ to"
)
_POSSIBLE = (
    r"(?-i:may)|might|could|can|possibl[ey]|potential(?:ly)?|perhaps|maybe|probabl[ey]|likely|unlikely|"
    r"whether|either|"
    r"in the event of|in case|(?<!at )risk(?:s|ed|ing)?|supposed|hypothetical(?:ly)?"
)
_FUTURE = (
    r"(?-i:will)|shall|would|(?:is|are|was|were|am) (?:to|due|set|about|going|expected|scheduled|"
    r"planned)(?= )|going to|"
    r"upcoming|planned|future"
)

_TRIGGERS = tuple(
    (reserve, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for reserve, words in (
        (Reserve.SAID, _SAID),
        (Reserve.INTENDED, _INTENDED),
        (Reserve.ATTEMPTED, _ATTEMPTED),
        (Reserve.DEMANDED, _DEMANDED),
        (Reserve.POSSIBLE, _POSSIBLE),
        (Reserve.FUTURE, _FUTURE),
    )
)
_WHOLE = (
    (Reserve.SAID, re.compile(r"\baccording to\b|\bas reported by\b|\bin the words of\b", re.IGNORECASE)),
    (Reserve.POSSIBLE, re.compile(r"\b(?:if|unless|provided that)\b", re.IGNORECASE)),
)
"""What holds for all of its part of a sentence."""

_BEHIND = re.compile(
    r"(?:\s+by\b[^,;]*|\s+(?:Mr|Ms|Dr)\b.*)?\s*(?:$|[,.;!?”\"]|(?:on|in|at|to|during|after|before|as|by|"
    r"through|from|late|early|yesterday|"
    r"today|earlier|later|this|last|via|while|when|and|of)\b)"
)
"""What follows a verb of speech that stands behind what is said: nothing, or when and where and to whom."""

_TELLS = re.compile(r"t(?:old|ells?)|inform", re.IGNORECASE)
_ASKS_MORE = re.compile(r"\s+(?:that|whether|how|why)\b")
_OPENS_LOOSELY = re.compile(
    r"\W*(?:in|on|at|after|before|by|during|since|when|while|until|earlier|later|with|for|from|as|to|over|"
    r"under|(?:last|this)\s+\w+(?:day|week|month|year|morning|evening))\b",
    re.IGNORECASE,
)
"""How an adverbial before "Roe said" begins, which is not what Roe said."""

_ENDS_SPEECH = re.compile(
    r",?\s+(?:but|while|although|whereas)\s+(?!that\b)|,\s+(?:citing|rejecting|quoting|dismissing|referring)\b"
)
_ENDS_PLAN = re.compile(
    r",?\s+(?:but|while|although|whereas|after|before|because|until|since|when|who|which)\b|,\s+citing\b"
    r"|,\s+and\s+(?=(?:the|a|an|its|his|her|their|it|he|she|they)\b|[A-Z])"
)
_SPEAKER = re.compile(
    r",[”\"]?\s+(?:[\w’'.-]+\s+){0,7}?(?:said|says|told|announced|stated|added|according to|reported|wrote|"
    r"explained|warned)\b",
)
"""Who says it, behind it, is no part of what is planned."""

_MODAL = re.compile(r"should|must|ought|need|ha[sd]|have", re.IGNORECASE)
_ENDS_RELATIVE = re.compile(r",")
_RELATIVE = re.compile(r"\b(?:who|which)\s+(?:\w+\s+){0,2}$")
_PART = re.compile(r"[^;]+")
_SPOKEN_WORDS = 4
"""Words in quotation marks, from which on they are somebody's speech and no title."""


Stretch = tuple[int, int, Reserve, bool]


def reserves(text: str) -> list[Stretch]:
    """The stretches of `text` that are reserved, as (start, end, why, wide); they may overlap.

    `wide`: they are the subject of what is planned, which itself is a fact. Where `why` is NONE stands the word that
    makes a reserve.
    """
    found: list[Stretch] = []
    marked = plain_marks(text)
    for start, end in sentence_spans(text):
        if text[start:end].rstrip("”\"’' ").endswith("?"):
            found.append((start, end, Reserve.POSSIBLE, False))
        for part in _PART.finditer(text, start, end):
            found += _of_part(marked, part.start(), part.end())
    for match in QUOTED.finditer(marked):
        if len(match.group().split()) >= _SPOKEN_WORDS:
            found.append((match.start(), match.end(), Reserve.SAID, False))
    return found


def _of_part(text: str, start: int, end: int) -> list[Stretch]:
    found: list[Stretch] = []
    for reserve, pattern in _WHOLE:
        if pattern.search(text, start, end):
            found.append((start, end, reserve, False))
    for reserve, pattern in _TRIGGERS:
        for match in pattern.finditer(text, start, end):
            found.append((*match.span(), Reserve.NONE, False))
            why = reserve
            if reserve is Reserve.DEMANDED and not _MODAL.match(match.group()):
                why |= Reserve.SAID  # Who demands something says so, too.
            if reserve is not Reserve.SAID:
                found.append((_clause(text, start, match.start()), match.start(), why, True))
            behind = _stands_behind(text, start, match, end) if Reserve.SAID in why else None
            if behind is not None:
                found.append((start, behind, why, False))
            if behind is None or not _is_all(text, start, behind):
                found.append((match.end(), _reach(text, match, end, reserve), why, False))
                if reserve is Reserve.SAID:
                    found.append((match.end(), end, why, True))
    return found


def _clause(text: str, start: int, at: int) -> int:
    """Where the clause begins that holds place `at`."""
    return max([start, *(text.rfind(sign, start, at) + 1 for sign in ",:“”")])


def _reach(text: str, trigger: re.Match[str], end: int, reserve: Reserve) -> int:
    """How far to the right the trigger holds."""
    ends = _ENDS_SPEECH if reserve is Reserve.SAID else _ENDS_PLAN
    if _RELATIVE.search(text, max(0, trigger.start() - 40), trigger.start()):
        ends = _ENDS_RELATIVE
    stops = [ends.search(text, trigger.end(), end)]
    if reserve is not Reserve.SAID:
        stops.append(_SPEAKER.search(text, trigger.end(), end))
    return min((stop.start() for stop in stops if stop), default=end)


def _stands_behind(text: str, start: int, trigger: re.Match[str], end: int) -> int | None:
    """Where what is said ends if it stands before the verb: "…, the agency announced on Monday", "…, said Roe"."""
    before = text[start : trigger.start()]
    behind = text[trigger.end() : end]
    cut = max(before.rfind(","), before.rfind("”"), before.rfind('"'), before.rfind("?"))
    if cut < 0 or not before[:cut].strip() or _ASKS_MORE.match(behind):
        return None
    who = before[cut + 1 :]
    told = _TELLS.match(trigger.group()) and not re.search(r"\bthat\b", behind)
    stands = not who.strip() or (len(who.split()) <= 8 and bool(told or _BEHIND.match(behind)))
    return start + cut if stands else None


def _is_all(text: str, start: int, cut: int) -> bool:
    """Whether all that is said stands before the verb: not so of "In April, Roe said …", "Roe, the mayor, said …"."""
    return text[cut] != "," or not (_OPENS_LOOSELY.match(text, start) or "," in text[start:cut])
