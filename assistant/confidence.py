"""How sure the assistant is that chosen sentences answer a question, 0 to 1: a logistic function of a few features."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from assistant.candidates import Candidate
from assistant.question import Analysis
from index.words import words

# Set by hand: at 0.5 about six in a hundred answerable questions of rtqa2022's odd lines are refused, and almost nine
# in ten about events of another year (docs/answers.md). The regression of tests/bench/fit_confidence.py on SQuAD's
# questions separated less well: AUC .982 against .990 on rtqa-small's odd lines, .811 against .854 on the seeds.
WITH_READER = {
    "constant": -8.6,
    "reader": 1.0,
    "cosine": 6.0,
    "around": 3.0,
    "coverage": 1.5,
    "kind": 1.0,
    "speaker": 3.0,
    "missing_names": -2.0,
    "missing_numbers": -1.0,
}
WITHOUT_READER = {**WITH_READER, "constant": -10.1, "reader": 0.0, "kind": 2.5}


def confidence(analysis: Analysis, chosen: Sequence[Candidate]) -> float:
    """The probability that `chosen`, best first and not empty, answers."""
    features = evidence(analysis, chosen)
    weights = WITHOUT_READER if chosen[0].reading is None else WITH_READER
    total = weights["constant"] + sum(weights[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))


def evidence(analysis: Analysis, chosen: Sequence[Candidate]) -> Mapping[str, float]:
    """What speaks for and against an answer: of the best sentence, and of all chosen where any one will do."""
    best = chosen[0]
    around = " ".join(f"{one.place.article.title} {one.place.passage.text} {one.place.context or ''}" for one in chosen)
    there = set(words(around))
    return {
        "reader": best.reading.logit if best.reading else 0.0,
        "cosine": best.features["cosine"],
        "around": best.features["around"],
        "coverage": best.features["coverage"],
        "kind": max(one.features["kind"] for one in chosen),
        "speaker": max(one.features["speaker"] for one in chosen),
        "missing_names": float(sum(name not in there for name in analysis.names)),
        "missing_numbers": float(sum(number not in around for number in analysis.numbers)),
    }
