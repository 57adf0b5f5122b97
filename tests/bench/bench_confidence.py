"""What is refused at each threshold, and how much days count: `bench_confidence.py BENCH HOME WITHHELD [--fit]`.

HOME is an index of rtqa2022, or of rtqa-small and what past_questions.jsonl asks about; WITHHELD one of rtqa-withheld.
Their questions, those about events of 2026 and those about the past are answered with nothing refused. Prints the area
under the curve, answered against each kind of unanswerable question, and for each threshold what is refused and how
many of the 164 answers hold the gold words, of the odd lines, the even ones and all. With --fit also what `of_days` and
`near` of assistant/confidence.py would be: `near` by logistic regression on the odd lines with all else as it is,
`of_days` where three quarters of those withheld there are refused.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from assistant.contract import question_from
from assistant.extractive import ExtractiveAnswerer
from assistant.manners import dated
from assistant.reader import Pair, Reader, Reading, load_reader
from assistant.retrieve import retrieve
from index.embed import load_embedder
from index.home import Home
from index.search import Index

PAST = Path(__file__).with_name("past_questions.jsonl")
TODAY, MOST_SENTENCES, WITHHELD_REFUSED = datetime.date(2026, 11, 28), 4, 0.75
HALVES = {"odd": slice(0, None, 2), "even": slice(1, None, 2), "all": slice(None)}


@dataclass(frozen=True)
class Asked:
    """A question: the logits of its confidence, with the days it is of and without; how far those tell the articles
    apart, and how near the article of its best sentence is to them (NaN where undated); whether its answer holds the
    gold words."""

    logit: float
    without_days: float
    told_apart: float
    near: float
    holds: bool


class Remembering:
    """A reader that reads nothing twice."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._read: dict[Pair, Reading] = {}

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        new = [pair for pair in pairs if pair not in self._read]
        self._read |= dict(zip(new, self._reader.read(new), strict=True))
        return [self._read[pair] for pair in pairs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("home", type=Path, help="a data folder with rtqa2022 or rtqa-small")
    parser.add_argument("withheld", type=Path, help="a data folder with rtqa-withheld")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--without-reader", action="store_true")
    options = parser.parse_args()
    data, embedder = options.bench / "data", load_embedder()
    reader = None if options.without_reader else Remembering(load_reader())
    answerer = ExtractiveAnswerer(embedder, MOST_SENTENCES, reader)
    holds = holding(options.bench / "score.py")

    def asked(home: Path, file: Path) -> list[Asked]:
        index = Index.open(Home(home))
        found = []
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            question = question_from(row)
            passages = retrieve(index, embedder, question, 10, TODAY)
            draft = answerer.answer(question, passages)
            without_days = answerer.answer(question, replace(passages, told_apart=0.0)).confidence
            best = draft.best and draft.best.citations[-1].article_id
            shown = (dated(sentence, passages.articles) for sentence in draft.sentences)
            said = " ".join("".join(piece for _, piece in sentence.pieces) for sentence in shown)
            found.append(
                Asked(
                    logit(draft.confidence),
                    logit(without_days),
                    passages.told_apart,
                    next(
                        (
                            one.signals["date"]
                            for one in passages.chunks
                            if one.article.id == best and one.article.published is not None
                        ),
                        math.nan,
                    ),
                    any(holds(said, gold) for gold in row.get("answers") or ()),
                )
            )
        index.close()
        return found

    sets = {
        "gold": asked(options.home, data / "rtqa-small" / "questions.jsonl"),
        "withheld": asked(options.withheld, data / "rtqa-withheld" / "null.jsonl"),
        "2026": asked(options.home, data / "rtqa2022" / "null.jsonl"),
        "past": asked(options.home, PAST),
    }
    for days in (False, True):
        show(sets, days=days)
    if options.fit:
        fit(sets["gold"][HALVES["odd"]], sets["withheld"][HALVES["odd"]])


def show(sets: Mapping[str, Sequence[Asked]], *, days: bool) -> None:
    print("with the days of a question" if days else "without them")
    for half, lines in HALVES.items():
        logits = {
            name: np.array([one.logit if days else one.without_days for one in found[lines]])
            for name, found in sets.items()
        }
        gold, holds = logits["gold"], np.array([one.holds for one in sets["gold"][lines]])
        areas = {name: area(gold, logits[name]) for name in ("withheld", "2026")}
        print(
            f"{half}: area under the curve, answered against withheld {areas['withheld']:.3f}, 2026 {areas['2026']:.3f}"
        )
        for threshold in np.arange(1, 10) / 10:
            least = math.log(threshold / (1 - threshold))
            refused = {name: float((found < least).mean()) for name, found in logits.items()}
            held = float((holds & (gold >= least)).mean())
            print(f"  {threshold:.1f} refused: {', '.join(f'{name} {one:.3f}' for name, one in refused.items())}; "
                  f"answer holds the gold words {held:.3f}")  # fmt: skip


def fit(gold: Sequence[Asked], withheld: Sequence[Asked]) -> None:
    known = [[one for one in found if not math.isnan(one.near)] for found in (gold, withheld)]
    cases = [*known[0], *known[1]]
    answered = np.repeat([1.0, 0.0], [len(known[0]), len(known[1])])
    logits = np.array([one.without_days for one in cases])
    features = np.array([[one.told_apart, one.told_apart * one.near] for one in cases])

    def loss(weights: np.ndarray) -> float:
        total = logits + features @ weights
        return float(np.mean(np.logaddexp(0, total) - answered * total))

    of_days, near = minimize(loss, [0.0, 0.0]).x
    print(f"as fitted: of_days {of_days:.2f}, near {near:.2f}")
    near = round(near, 1)
    for of_days in np.arange(0, -4, -0.01):
        days = [0.0 if math.isnan(one.near) else one.told_apart * (of_days + near * one.near) for one in withheld]
        if np.mean([one.without_days + more < 0 for one, more in zip(withheld, days, strict=True)]) >= WITHHELD_REFUSED:
            print(f"of_days {of_days:.2f}, near {near}")
            return


def area(answered: np.ndarray, unanswerable: np.ndarray) -> float:
    labels = np.r_[np.ones(len(answered)), np.zeros(len(unanswerable))]
    return float(roc_auc_score(labels, np.r_[answered, unanswerable]))


def logit(probability: float) -> float:
    inside = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))


def holding(score: Path) -> Callable[[str, str], bool]:
    """Whether an answer holds gold words, as the benchmark's own score.py decides."""
    spec = importlib.util.spec_from_file_location("score", score)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.holds


if __name__ == "__main__":
    main()
