"""The labelled sentences that the check of support is measured on: tests/data/support_pairs.yaml says what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.check import Judge
from assistant.records import Support

FILE = Path(__file__).parent / "data" / "support_pairs.yaml"
CHANGED_LATER = ("attribution", "modality", "sign", "modifier", "voice")
TRUE = ("verbatim", "shortened", "paraphrased", *(f"kept_{kind}" for kind in CHANGED_LATER))


@dataclass(frozen=True)
class Pair:
    """A sentence, the words it cites, how it came from them, and the number of its quote in the file, from 1."""

    sentence: str
    quote: str
    kind: str
    number: int

    @property
    def is_true(self) -> bool:
        return self.kind in TRUE


def pairs() -> Iterator[Pair]:
    """Every pair of the file, and each quote as a sentence about itself."""
    for number, row in enumerate(yaml.safe_load(FILE.read_text(encoding="utf-8")), 1):
        quote = row.pop("quote")
        for kind, sentence in {"verbatim": quote, **row}.items():
            yield Pair(sentence, quote, kind, number)


@dataclass(frozen=True)
class Accuracy:
    """How many of each kind were told right: true ones called supported, changed ones not."""

    right: Counter[str]
    all: Counter[str]

    @property
    def recall(self) -> float:
        """The share of true sentences that are called supported."""
        return sum(self.right[kind] for kind in TRUE) / sum(self.all[kind] for kind in TRUE)

    @property
    def passed(self) -> float:
        """The share of changed sentences that are called supported."""
        changed = [kind for kind in self.all if kind not in TRUE]
        return 1 - sum(self.right[kind] for kind in changed) / sum(self.all[kind] for kind in changed)

    @property
    def balanced(self) -> float:
        return (self.recall + 1 - self.passed) / 2


def measure(judge: Judge, of: Sequence[Pair]) -> Accuracy:
    right: Counter[str] = Counter()
    for pair in of:
        right[pair.kind] += (judge(pair.sentence, [pair.quote]) is Support.SUPPORTED) == pair.is_true
    return Accuracy(right, Counter(pair.kind for pair in of))
