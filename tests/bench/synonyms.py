"""Questions in other words: content words changed for WordNet's synonyms, so that the reader cannot lean on shared
words.

Reads the dictionary files of WordNet 3.0 (Debian's package wordnet-base). A word is changed only for a lemma of its
most
frequent sense, and only where its form is the lemma's own or a regular plural: no other inflection is guessed.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

from index.words import stems

FOLDER = Path("/usr/share/wordnet")
_WORD = re.compile(r"(?<![\w’'-])[a-z]{4,}(?![\w’'-])")


class Synonyms:
    """The synonyms of a word's most frequent sense. Raises FileNotFoundError where the dictionary is not there."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._of: dict[str, list[str]] = {}
        for part in ("noun", "adj", "verb"):
            data = (folder / f"data.{part}").read_bytes()
            for line in (folder / f"index.{part}").read_text(encoding="ascii").splitlines():
                if line.startswith(" "):
                    continue
                lemma, *fields = line.split()
                offset = int(fields[-int(fields[1])])
                # Offset, file, part of speech, then the number of words in hexadecimal, each with its sense's number.
                held = data[offset : data.index(b"\n", offset)].decode("ascii").split()
                words = [held[4 + 2 * i] for i in range(int(held[3], 16))]
                others = [word.lower() for word in words if len(word) > 2 and word.lower() != lemma and word.isalpha()]
                self._of.setdefault(lemma, [word for word in others if not set(stems(word)) & set(stems(lemma))])

    def of(self, word: str) -> list[str]:
        if found := self._of.get(word):
            return found
        if word.endswith("s") and not word.endswith("ss"):
            return [f"{one}s" for one in self._of.get(word[:-1], []) if not one.endswith(("s", "y", "h"))]
        return []

    def reworded(self, question: str, rng: random.Random, share: float = 0.5) -> str:
        """`question` with about `share` of the words that have synonyms changed; names and numbers stay."""

        def other(match: re.Match[str]) -> str:
            word = match.group()
            found = self.of(word) if stems(word) else []
            return rng.choice(found) if found and rng.random() < share else word

        return _WORD.sub(other, question)
