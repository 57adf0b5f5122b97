"""Words of a text as search sees them: folded, without stop words, stemmed. The only module that imports the
stemmer."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from itertools import filterfalse
from typing import Any

WORDS_VERSION = 1
"""Raise it when the same text would give other words: keyword indexes hold them."""

_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+")
# The letter before is looked at last: most places of a text hold no such mark, and are passed over faster.
_POSSESSIVE = re.compile(r"['’](?<=\w['’])[sS]\b")
_SHORT_FORM = re.compile(r"[nN]['’](?<=\w[nN]['’])[tT]\b")

STOP_WORDS = frozenset(
    """a about above after again against all am an and any are as at be because been before being below between both but
    by can could did do does doing don down during each few for from further had has have having he her here hers
    herself
    him himself his how i if in into is it its itself just me more most my myself of off on once only or other our ours
    ourselves out over own s same she should so some such t than that the their theirs them themselves then there these
    they this those through to too under until up us very was we were what when where which while who whom whose why
    will with would you your yours yourself yourselves""".split()
)

_local = threading.local()


def folded(text: str) -> str:
    """`text` in one case and without accents, so that "Waleński" finds "Walenski"; lengths may change."""
    if text.isascii():
        return text.lower()
    return "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", text.casefold())))


def words(text: str) -> list[str]:
    """All words of `text`, folded, in order; "Putin's" gives "putin", "1,200" stays one word."""
    return _WORD.findall(folded(_POSSESSIVE.sub("", _SHORT_FORM.sub(" not", text))))


def stems(text: str) -> list[str]:
    """The stems of the words of `text` that are not stop words, in order, with repetitions."""
    return [_stem(word) for word in words(text) if word not in STOP_WORDS]


@lru_cache(maxsize=4096)
def stem_set(text: str) -> frozenset[str]:
    """The same, each once; kept, for texts that are compared with many others."""
    return frozenset(stems(text))


def stems_of(words: list[str]) -> list[str]:
    """The stem of each of `words`, folded already; for thousands that are looked at once."""
    import Stemmer

    # Without a memory: to make room in a full one takes it longer than to stem.
    return list(map(str, Stemmer.Stemmer("english", 0).stemWords(words)))


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


def _stemmer() -> Any:
    # A PyStemmer object must not be used by two threads at once.
    if not hasattr(_local, "stemmer"):
        import Stemmer

        _local.stemmer = Stemmer.Stemmer("english")
    return _local.stemmer
