"""A streamed reply taken apart: whole sentences with the keys that they cite. Holds back what may still change."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.generative.context import REFUSAL
from index.sentences import sentence_spans
from index.words import words

_WITHIN = r"[^\[\]【】［］\n]{0,40}"
_GROUP = (
    # "[1 [2]": what was begun and not closed goes with what follows it.
    r"(?:[\[【［]\s*\d{1,4}[\s,;]*(?=[\[【［]))?"
    rf"[\[【［]{{1,2}}{_WITHIN}(?:[\[【［]{_WITHIN}[\]】］]{_WITHIN})*[\]】］]{{1,2}}"
)
_LINK = r"\((?:\w+:|www\.|#|/)[^)\s]{0,300}\)"
_MARKER = rf"(?:\({_GROUP}\)|（{_GROUP}）|{_GROUP}(?:{_LINK})?|(?<![kcm]m)(?<!\bm)[¹²³⁰⁴-⁹]+)"
"""Any group in brackets: of the articles' own, the prompt has none."""

_KEYS = re.compile(
    rf"`?{_MARKER}`?(?:\s*,?\s*`?{_MARKER}`?)*|<think\b[^>]*>.*?(?:</think>|\Z)|</?think>", re.DOTALL | re.IGNORECASE
)
_NOT_CLOSED = re.compile(r"[\[\]【】［］]|\s*\(\s*(?:see|source|cf\.?)?\s*\)")
_LOOSE_MARK = re.compile(r"\s+[“\"‘(]$")
_OPEN = re.compile(r"(?:[\[【［][^\]】］]{0,40}|(?<=[\]】］])\([^)\s]*|<[/a-z]{0,6})$", re.IGNORECASE)
_FENCE = re.compile(r"```[\w-]*")
_BULLET = re.compile(
    r"^\s*(?:[-*•–>#]+|\d{1,2}[.)])\s+|^\s*(?:\*\*)?Answer\s*:\s*(?:\*\*)?|^\s*\(\d{1,2} \w+ \d{4}\)\s*", re.IGNORECASE
)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_UNDER_WAY = 2
"""Words."""

_ENDS = re.compile(r"[.!?…][”\"’')\]*_]*$")
_MAY_GO_ON = re.compile(
    r"(?:\d|\b(?:[A-Za-z]|Mrs?|Ms|Drs?|Prof|St|Gen|Col|Capt|Lt|Sgt|Sen|Rep|Gov|Rev|Hon|Jr|Sr|No|Nos|vs|etc|approx|est|Inc|Ltd|"
    r"Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mt|Ave|pp|al|cf|ca))\.$"
)
"""What ends in a stop and need be no end: "Mr.", "U.S.", "3."."""


@dataclass(frozen=True)
class Claim:
    """A sentence that a model wrote, without its markers, and the keys that it cites, known or not."""

    text: str
    keys: tuple[int, ...]

    @property
    def is_refusal(self) -> bool:
        return words(self.text) == words(REFUSAL)


class Reply:
    """What came so far. `take` gives the sentences that are whole now, `rest` those that are left at its end."""

    def __init__(self) -> None:
        self.characters = 0
        self._text = ""
        """What no sentence was given of yet."""

    def take(self, more: str) -> list[Claim]:
        """Those newly whole: behind each of them another is well under way."""
        self._text += more
        self.characters += len(more)
        if not re.search(r"[\s.!?…]", more):
            return []
        found = _Parsed(_OPEN.sub("", self._text))
        end = max(
            (i for i, span in enumerate(found.spans) if len(found.plain[slice(*span)].split()) > _UNDER_WAY), default=0
        )
        # Of a sentence that has just begun it cannot be told yet whether an opening mark belongs to it.
        claims = found.claims(end)
        if end:
            self._text = self._text[found.origins[found.spans[end][0]] :]
        return claims

    def rest(self, *, cut: bool) -> list[Claim]:
        """Those not yet given; where the reply was `cut`, none that does not end as a sentence does."""
        found = _Parsed(_OPEN.sub("", self._text) if cut else self._text)
        claims = found.claims(len(found.spans))
        self._text = ""
        if cut and claims and (not _ENDS.search(claims[-1].text) or _MAY_GO_ON.search(claims[-1].text)):
            claims.pop()
        return claims


class _Parsed:
    """A text without its markers: `spans` of its sentences, and for each character of `plain` where it came from."""

    def __init__(self, text: str) -> None:
        pieces: list[str] = []
        self.origins: list[int] = []
        self._marks: list[tuple[int, list[int]]] = []
        at = 0
        for match in [*_KEYS.finditer(text), None]:
            until = match.start() if match else len(text)
            # "said [1]." leaves no room before the stop; "said. [1] Then" keeps its own.
            kept = until
            if match and re.match(r"[.,;:!?]", text[match.end() : match.end() + 1]):
                kept = at + len(text[at:until].rstrip(" "))
            pieces.append(text[at:kept])
            self.origins += range(at, kept)
            if match:
                self._marks.append((len(self.origins), _numbers(match.group())))
                at = match.end()
        self.plain = "".join(pieces)
        self.spans = sentence_spans(self.plain)
        for i in range(len(self.spans) - 1):
            start, end = self.spans[i]
            if loose := _LOOSE_MARK.search(self.plain[start:end]):
                # An opening mark belongs to the sentence that it opens.
                self.spans[i], self.spans[i + 1] = (start, start + loose.start()), (end - 1, self.spans[i + 1][1])

    def claims(self, end: int) -> list[Claim]:
        """The first `end` sentences. A key is of the sentence it stands in or behind; one before all, of the first."""
        keys: list[list[int]] = [[] for _ in self.spans]
        for place, numbers in self._marks if self.spans else ():
            keys[max((i for i, (start, _) in enumerate(self.spans) if start < place), default=0)] += numbers
        claims = []
        for (start, stop), cited in list(zip(self.spans, keys, strict=True))[:end]:
            text = _BULLET.sub("", _FENCE.sub("", _INVISIBLE.sub("", self.plain[start:stop])))
            text = " ".join(_NOT_CLOSED.sub("", text).replace("**", "").replace("`", "").split())
            if re.search(r"[^\W\d]", text):
                claims.append(Claim(text, tuple(dict.fromkeys(cited))))
        return claims


def _numbers(markers: str) -> list[int]:
    if markers.startswith("<"):
        return []
    markers = re.sub(r"†[^\]】］]*|(?<=[\]】］])\([^)\s]*\)", "", markers).translate(_RAISED)
    ranges = re.findall(r"(\d+)\s*[-–]\s*(\d+)", markers)
    within = [key for first, last in ranges for key in range(int(first), min(int(last), int(first) + 20) + 1)]
    return [*within, *map(int, re.findall(r"\d+", markers))]
