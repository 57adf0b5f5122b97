"""How sure the assistant is that chosen sentences answer a question, 0 to 1: a logistic function of a few features."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from assistant.candidates import Candidate

# Fitted by tests/bench/fit_confidence.py, on questions about news that the reader was not trained on (docs/reader.md).
# The constants were set afterwards, on rtqa2022's odd lines: they are where the threshold of 0.5 lies (as fitted, -2.52
# and -4.05). So were `of_days` and `near`, as those questions have no days: by tests/bench/bench_confidence.py --fit.
WITH_READER: Mapping[str, float] = {
    "constant": -2.22,
    "reader": 0.5,
    "likeness": 1.11,
    "around": 0.41,
    "passage": 5.37,
    "searched": -0.41,
    "of_days": -1.43,
    "near": 3.6,
}
WITHOUT_READER: Mapping[str, float] = {
    "constant": -3.35,
    "likeness": 3.89,
    "around": 0.43,
    "passage": 4.02,
    "searched": -0.37,
    "of_days": -1.61,
    "near": 3.0,
}


def confidence(ranked: Sequence[Candidate], searched: int, told_apart: float = 0.0) -> float:
    """The probability that the first of `ranked`, best first and not empty, answer; `searched` articles were looked
    at, which the days of the question tell apart so far, 0 to 1."""
    features = evidence(ranked, searched, told_apart)
    weights = WITHOUT_READER if ranked[0].reading is None else WITH_READER
    total = weights["constant"] + sum(weight * features[name] for name, weight in weights.items() if name in features)
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))


def evidence(ranked: Sequence[Candidate], searched: int, told_apart: float = 0.0) -> Mapping[str, float]:
    """What speaks for and against an answer. The best of many articles looks good by chance, so how many were
    `searched` counts, as a logarithm; and that the question's rare words stand `around` tells the more, the more
    articles might have held them. What is asked as of a day, or about a week in March, an article of about then
    answers: how `near` to it the best sentence's came out counts, so far as that tells the articles apart."""
    best, many = ranked[0], math.log(max(1, searched))
    features = {name: best.features[name] for name in ("likeness", "passage")}
    if best.reading:
        features["reader"] = best.reading.logit
    near = best.place.passage.signals.get("date")
    if told_apart and near is not None and best.place.article.published is not None:
        features |= {"of_days": told_apart, "near": told_apart * near}
    return features | {"around": best.features["around"] * many, "searched": many}
