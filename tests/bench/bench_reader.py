"""What the reader adds to a question's time: `python tests/bench/bench_reader.py BENCH HOME`, nothing else running.

HOME is an index of rtqa2022. The 164 questions of rtqa-small, as of their days, are answered with the reader and
without, in turn, from passages that were found before; the first round is not counted. Prints the milliseconds of
reading the sentences alone, and of the whole answer with and without, at the median and at 95%, by the clock and of
the processor.
"""

from __future__ import annotations

import argparse
import datetime
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.extractive import ExtractiveAnswerer
from assistant.reader import Pair, Reader, Reading, load_reader
from assistant.records import Question
from assistant.retrieve import retrieve
from index.embed import load_embedder
from index.home import Home
from index.search import Index

ROUNDS, MOST_SENTENCES, TODAY = 2, 4, datetime.date(2022, 12, 31)


class Watch:
    """A reader that tells how long it took for each question: milliseconds by the clock and of the processor."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.spent: list[tuple[float, float]] = []
        self.pairs = 0

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        began = now()
        found = self._reader.read(pairs)
        self.spent.append(since(began))
        self.pairs += len(pairs)
        return found


def now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def since(began: tuple[float, float]) -> tuple[float, float]:
    clock, processor = now()
    return 1000 * (clock - began[0]), 1000 * (processor - began[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("home", type=Path)
    options = parser.parse_args()
    lines = (options.bench / "data" / "rtqa-small" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    embedder, watch = load_embedder(), Watch(load_reader())
    index = Index.open(Home(options.home))
    asked = []
    for row in map(json.loads, lines):
        question = Question(row["question"], as_of=datetime.date.fromisoformat(row["as_of"]))
        asked.append((question, retrieve(index, embedder, question, 10, TODAY)))
    spent: dict[str, list[tuple[float, float]]] = {"the answer with the reader": [], "the answer without": []}
    answerers = [ExtractiveAnswerer(embedder, MOST_SENTENCES, watch), ExtractiveAnswerer(embedder, MOST_SENTENCES)]
    for question, found in asked:
        for answerer in answerers:
            answerer.answer(question, found)
    watch.spent, watch.pairs = [], 0
    for _ in range(ROUNDS):
        for question, found in asked:
            for name, answerer in zip(spent, answerers, strict=True):
                began = now()
                answerer.answer(question, found)
                spent[name].append(since(began))
    index.close()
    print(f"{len(asked)} questions, {ROUNDS} rounds, {watch.pairs / len(watch.spent):.1f} sentences read each time")
    for name, figures in ({"reading alone": watch.spent} | spent).items():
        clock, processor = np.percentile(np.array(figures), (50, 95), axis=0).T
        print(f"{name}: median {clock[0]:.0f}, 95% {clock[1]:.0f} ms; processor {processor[0]:.0f}, {processor[1]:.0f}")


if __name__ == "__main__":
    main()
