"""A streamed reply taken apart: whole sentences with the keys that they cite. Holds back what may still change."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.generative.context import REFUSAL
from index.sentences import sentence_spans

_KEYS = re.compile(
    r"[\[【［(]{0,2}[\[【［]\s*\^?\d{1,4}(?:\s*(?:[,;]|and|-|–)\s*\d{1,4})*\s*[\]】］][\]】］)]{0,2}(?:†\w*)?"
)
_OPEN = re.compile(r"[\[【［][^\]】］]{0,40}$")
_FENCE = re.compile(r"```[\w-]*")
_BULLET = re.compile(
    r"^\s*(?:[-*•–>#]+|\d{1,2}[.)])\s+|^\s*(?:\*\*)?Answer\s*:\s*(?:\*\*)?|^\s*\(\d{1,2} \w+ \d{4}\)\s*", re.IGNORECASE
)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_ENDS = re.compile(r"[.!?…][”\"’')\]*_]*$")


@dataclass(frozen=True)
class Claim:
    """A sentence that a model wrote, without its markers, and the keys that it cites, known or not."""

    text: str
    keys: tuple[int, ...]

    @property
    def is_refusal(self) -> bool:
        return REFUSAL.casefold() in self.text.casefold()


@dataclass
class Reply:
    """What came so far. `take` gives the sentences that are whole now, `rest` those that are left at its end."""

    _text: str = ""
    _given: int = 0
    _length: int = field(default=0)

    @property
    def characters(self) -> int:
        return self._length

    def take(self, more: str) -> list[Claim]:
        """Those newly whole: behind each of them another has begun."""
        self._text += more
        self._length += len(more)
        if "\n" not in more and not re.search(r"[.!?…\s]", more):
            return []
        shown = _OPEN.sub("", self._text)
        claims = _claims(shown)
        return self._new(claims[:-1])

    def rest(self, *, cut: bool) -> list[Claim]:
        """Those not yet given; where the reply was `cut`, none that does not end as a sentence does."""
        claims = _claims(_OPEN.sub("", self._text) if cut else self._text)
        if cut and claims and not _ENDS.search(claims[-1].text):
            claims.pop()
        return self._new(claims)

    def _new(self, claims: list[Claim]) -> list[Claim]:
        new = claims[self._given :]
        self._given = max(self._given, len(claims))
        return new


def _claims(text: str) -> list[Claim]:
    """The sentences of `text`. A key is of the sentence that it stands in or behind; one before all, of the first."""
    text = _FENCE.sub("", _INVISIBLE.sub("", text))
    plain, marks, at = "", [], 0
    for match in _KEYS.finditer(text):
        plain += text[at : match.start()]
        at = match.end()
        marks.append((len(plain), _numbers(match.group())))
        # "said [1]." leaves no room before the stop; "said. [1] Then" keeps its own.
        if plain.endswith(" ") and re.match(r"[.,;:!?]", text[at : at + 1]):
            plain = plain.rstrip(" ")
            marks[-1] = (len(plain), marks[-1][1])
    plain += text[at:]
    spans = sentence_spans(plain)
    keys: list[list[int]] = [[] for _ in spans]
    for place, numbers in marks:
        of = max((i for i, (start, _) in enumerate(spans) if start < place), default=0)
        if spans:
            keys[of] += numbers
    claims = []
    for (start, end), cited in zip(spans, keys, strict=True):
        words = _BULLET.sub("", plain[start:end]).replace("**", "").replace("`", "").strip()
        if re.search(r"\w", words):
            claims.append(Claim(" ".join(words.split()), tuple(dict.fromkeys(cited))))
    return claims


def _numbers(marker: str) -> list[int]:
    found = [int(number) for number in re.findall(r"\d+", marker)]
    if len(found) == 2 and re.search(r"\d\s*[-–]\s*\d", marker) and 0 < found[1] - found[0] < 20:
        return list(range(found[0], found[1] + 1))
    return found
