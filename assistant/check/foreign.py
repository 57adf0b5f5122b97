"""Whether a text is in a language that the rules do not read: they are English, and miss "nicht" and "selon" alike."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from index.words import STOP_WORDS, folded, words

_SHARED = frozenset("a am an as at do has he i in is me no on so to was you her".split())
"""Small English words that other languages write alike."""

_SHARED = frozenset("a am an as at do has he i in is me no on so to was you her".split())
"""Small English words that other languages write alike."""

_ENGLISH = (STOP_WORDS | frozenset("said says not also one new first last year".split())) - _SHARED
_FOREIGN = (
    frozenset(
        folded(
            "der und ist nicht ein eine einen einem einer eines mit zum zur auf für dem sich auch wird wurde wurden "
            "werden "
            "sind hat haben nach bei aus kein keine keinen nie nein "
            "les une un au aux et est sont dans pour pas par sur avec qui que été elle ils ne selon ont sera "
            "jamais aucun "
            "las se fue una uno según pero muy su sus más será nunca ningún "
            "lo gli della dello delle dei che è sono stato stata nel nella alla ed "
            "een niet en op voor zijn werd door geen naar "
            "não uma foi com seu sua ao "
            "och att det som på är inte har från ett og af ikke til blev ble "
            "nie jest się że został oraz"
        ).split()
    )
    - STOP_WORDS
)
"""Small words of other European languages; none that English has, or that is part of names in English texts."""


@lru_cache(maxsize=4096)
def is_foreign(text: str) -> bool:
    """Whether most of the letters of `text` are not Latin, or more of its small words are foreign than English."""
    letters = [letter for letter in text if letter.isalpha()]
    strange = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if letters and 2 * strange > len(letters):
        return True
    held = words(text)
    foreign = sum(word in _FOREIGN for word in held)
    return foreign > sum(word in _ENGLISH for word in held)
