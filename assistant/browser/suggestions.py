"""Questions to begin with, made of the articles themselves: who is quoted in them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = r"[^\W\d_a-z][\w’'-]+(?: (?:van|von|de|der|bin|al|el|la|le|da|di))*(?: [^\W\d_a-z][\w’'-]+)"
_SPEECH = r"(?:said|says|stated|told|added|announced|warned)"
_QUOTED = re.compile(rf"[”\",] {_SPEECH} (?:[\w’'-]+ ){{0,3}}?(?P<after>{_NAME})|(?P<before>{_NAME}) {_SPEECH}\b")
_NOT_A_NAME = re.compile(
    r"\b(?:The|A|An|And|But|In|On|At|As|It|He|She|They|We|This|That|Minister|President|Secretary|General|Ministry|Police|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|News|Times|Post|Prime|Foreign|Chief|Department|Council)\b"
)


def suggestions(texts: Iterable[str], most: int) -> list[str]:
    """At most `most` questions on what people said; only full names make one, and none is sure to be answered."""
    names: list[str] = []
    for text in texts:
        for match in _QUOTED.finditer(text[:20_000]):
            name = re.sub(r"['’]s$", "", match["after"] or match["before"])
            # "Putin" after "Vladimir Putin" would ask the same again.
            if not _NOT_A_NAME.search(name) and not any(set(name.split()) & set(known.split()) for known in names):
                names.append(name)
                if len(names) == most:
                    return [f"What did {name} say?" for name in names]
    return [f"What did {name} say?" for name in names]
