"""Retrieval on the benchmarks: articles found, with and without a day, what each signal brings, and the time it takes.

    python tests/bench/bench_retrieval.py BENCH [--homes FOLDER] [--ablation]

Indexes rtqa2022 and multihop into FOLDER (dateline-bench) where they are not there yet, which takes most of the time.
Prints a line of figures for the odd lines, which settings were chosen on, for the even ones and for all.
"""

from __future__ import annotations

import argparse
import datetime
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.records import Question
from assistant.retrieval import ranking, scoring
from assistant.retrieve import retrieve
from index.embed import Embedder, load_embedder
from index.home import Home
from index.read import read
from index.search import Index
from index.update import build_index

TODAY = datetime.date(2026, 11, 25)
"""The day of a question that states none: years after the articles, so that nothing is fresh."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path)
    parser.add_argument("--homes", type=Path, default=Path("dateline-bench"))
    parser.add_argument("--ablation", action="store_true")
    options = parser.parse_args()
    embedder = load_embedder()
    news = _index(embedder, options.bench / "data/rtqa2022/corpus.jsonl.gz", options.homes / "rtqa2022")
    questions = [q for q in _lines(options.bench / "data/rtqa2022/questions.jsonl")]
    print("rtqa2022, 164 gold questions")
    _both_ways(news, embedder, questions)
    if options.ablation:
        for name in [*scoring.WEIGHTS, "more chunks"]:
            with _without(name):
                print(f"without {name}")
                _both_ways(news, embedder, questions)
    print("60 questions about the past (past_questions.jsonl)")
    past = _lines(Path(__file__).parent / "past_questions.jsonl")
    _both_ways(news, embedder, past)
    hops = _index(embedder, options.bench / "data/multihop/corpus.jsonl", options.homes / "multihop")
    print("multihop")
    for understand in (True, False):
        _report(
            "understood" if understand else "as bare words",
            _lines(options.bench / "data/multihop/questions.jsonl"),
            lambda row, understand=understand: _found(hops, embedder, Question(row["question"], understand=understand)),
        )
    _times(news, embedder, [q for q in questions if q["gold_doc_ids"]])


def _both_ways(index: Index, embedder: Embedder, questions: Sequence[dict]) -> None:
    _report(
        "with as-of",
        questions,
        lambda row: _found(index, embedder, Question(row["question"], datetime.date.fromisoformat(row["as_of"]))),
    )
    _report("without as-of", questions, lambda row: _found(index, embedder, Question(row["question"])))


def _found(index: Index, embedder: Embedder, question: Question) -> list[str]:
    return [passage.article.id for passage in retrieve(index, embedder, question, 10, TODAY).passages]


def _report(name: str, questions: Sequence[dict], find: Callable[[dict], list[str]]) -> None:
    """hit@1, @4, @10, mrr@10, recall@10, map@10, as score.py has them."""
    rows: list[tuple[int, np.ndarray]] = []
    for i, row in enumerate(questions):
        gold = set(row.get("gold_doc_ids") or [])
        if not gold:
            continue
        found = find(row)
        at = [rank for rank, article in enumerate(found) if article in gold]
        first = at[0] if at else 99
        precision = sum((k + 1) / (rank + 1) for k, rank in enumerate(at)) / min(len(gold), 10)
        figures = [first < 1, first < 4, first < 10, 1 / (first + 1) if at else 0, len(at) / len(gold), precision]
        rows.append((i, np.array(figures, dtype=float)))
    for half, chosen in (("odd", (0,)), ("even", (1,)), ("all", (0, 1))):
        mean = np.mean([figures for i, figures in rows if i % 2 in chosen], axis=0)
        named = zip(("hit@1", "hit@4", "hit@10", "mrr@10", "recall@10", "map@10"), mean, strict=True)
        print(f"  {name:14} {half:5}", "  ".join(f"{one} {value:.3f}" for one, value in named), flush=True)


def _times(index: Index, embedder: Embedder, questions: Sequence[dict]) -> None:
    """Times of whole searches, and as a ratio of what a dense query alone takes in the same run: embed, nearest ten."""
    alone = []
    for row in questions:
        began = time.perf_counter()
        index.nearest(embedder.embed_query(row["question"]), 10)
        alone.append((time.perf_counter() - began) * 1000)
    dense = float(np.median(alone[5:]))
    print(
        f"  a dense query alone: {dense:.0f} ms at the median, {np.percentile(alone[5:], 95):.0f} ms at 95%", flush=True
    )
    days = [datetime.date.fromisoformat(row["as_of"]) for row in questions]
    for name, asked in (
        ("no limits", [Question(row["question"]) for row in questions]),
        ("two letters exchanged", [Question(_misspelt(row["question"])) for row in questions]),
        ("as-of", [Question(row["question"], day) for row, day in zip(questions, days, strict=True)]),
        (
            "as-of, 30 days, outlet",
            [
                Question(row["question"], day, since=day - datetime.timedelta(30), source=index.manifest.sources[0])
                for row, day in zip(questions, days, strict=True)
            ],
        ),
    ):
        spent = []
        for question in asked:
            began = time.perf_counter()
            retrieve(index, embedder, question, 10, TODAY)
            spent.append((time.perf_counter() - began) * 1000)
        p50, p95 = np.percentile(spent[5:], [50, 95])
        print(
            f"  {name}: {p50:.0f} ms at the median, {p95:.0f} ms at 95% ({len(index):,} chunks), "
            f"{p50 / dense:.1f} times a dense query",
            flush=True,
        )


def _misspelt(question: str) -> str:
    """The question with the middle letters of its longest word exchanged."""
    word = max(question.split(), key=len)
    at = len(word) // 2
    return question.replace(word, f"{word[: at - 1]}{word[at]}{word[at - 1]}{word[at + 1 :]}")


class _without:
    """The weight of one signal at 0, to see what it brings."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._weights, self._more = scoring.WEIGHTS, ranking.MORE
        if self._name == "more chunks":
            ranking.MORE = 0.0
        else:
            scoring.WEIGHTS = {**self._weights, self._name: 0.0}

    def __exit__(self, *_: object) -> None:
        scoring.WEIGHTS, ranking.MORE = self._weights, self._more


def _index(embedder: Embedder, corpus: Path, folder: Path) -> Index:
    home = Home(folder)
    if home.current() is None:
        build_index(home, embedder, read([corpus]))
    return Index.open(home)


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.open(encoding="utf-8")]


if __name__ == "__main__":
    main()
