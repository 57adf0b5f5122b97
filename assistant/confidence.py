"""How sure the assistant is that chosen sentences answer a question, 0 to 1: a logistic function of a few features."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from assistant.candidates import Candidate
from assistant.question import Analysis
from index.words import words

# Fitted as tests/bench/fit_confidence.py does, on questions about articles of Wikinews that the reader was not trained
# on (docs/reader.md). The constants alone were set afterwards, on rtqa-small's odd lines: they are where the threshold
# of 0.5 lies (as fitted, -3.34 and -4.28).
WITH_READER: Mapping[str, float] = {
    "constant": -2.64,
    "reader": 0.82,
    "rivals": -0.33,
    "likeness": 2.56,
    "coverage": 0.34,
    "around": 1.37,
    "passage": 3.25,
    "speaker": -0.12,
    "missing_names": -0.22,
    "missing_numbers": 0.26,
}
WITHOUT_READER: Mapping[str, float] = {
    "constant": -3.64,
    "likeness": 2.85,
    "coverage": 0.63,
    "around": 1.51,
    "passage": 3.10,
    "speaker": -0.08,
    "missing_names": -0.40,
    "missing_numbers": -0.09,
}

_RIVALS = 5
"""How many sentences beside the best are looked at: where many answer a little, none does."""


def confidence(analysis: Analysis, ranked: Sequence[Candidate], searched: int, similarity: float) -> float:
    """The probability that the first of `ranked`, best first and not empty, answer. `searched` articles were looked at;
    `similarity` is the cosine with the question of the one of the first two that is most like it."""
    features = evidence(analysis, ranked, searched, similarity)
    weights = WITHOUT_READER if ranked[0].reading is None else WITH_READER
    total = weights["constant"] + sum(weight * features[name] for name, weight in weights.items() if name in features)
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))


def evidence(analysis: Analysis, ranked: Sequence[Candidate], searched: int, similarity: float) -> Mapping[str, float]:
    """What speaks for and against an answer: of the best sentence, and of the first two where either will do. The best
    of many articles looks good by chance, so how many were `searched` counts too, as a logarithm."""
    best, first = ranked[0], ranked[:2]
    around = " ".join(f"{one.place.article.title} {one.place.passage.text} {one.place.context or ''}" for one in first)
    there = set(words(around))
    rivals = [one.reading.logit for one in ranked[1 : 1 + _RIVALS] if one.reading]
    return {
        "reader": best.reading.logit if best.reading else 0.0,
        "rivals": float(np.logaddexp.reduce(rivals)) if rivals else 0.0,
        "likeness": best.features["likeness"],
        "coverage": best.features["coverage"],
        "around": best.features["around"],
        "passage": best.features["passage"],
        "speaker": max(one.features["speaker"] for one in first),
        "missing_names": float(sum(name not in there for name in analysis.names)),
        "missing_numbers": float(sum(number not in around for number in analysis.numbers)),
        "similarity": similarity,
        "searched": math.log(max(1, searched)),
    }
