"""Follow-ups without a language model, on CANARD's dialogues. `python tests/bench/bench_follow_ups.py TRAIN`

TRAIN holds canard_dev/. Compares the stems of a rewriting with those of the one that people wrote: precision, recall,
F1, and the share of the stems that people added which are there. Dialogues are split in two by their order: the first
half chose the method, the second did not.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np

from assistant.records import Turn
from assistant.retrieval.follow_up import self_contained
from index.words import stems


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    path = parser.parse_args().train / "canard_dev/data.jsonl"
    if not path.is_file():
        parser.error(f"there is no {path}")
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    half = {id: i % 2 for i, id in enumerate(sorted({row["QuAC_dialog_id"] for row in rows}))}
    for name, rewrite in (("as asked", lambda row: row["Question"]), ("rewritten", _rewritten)):
        for part in (0, 1):
            asked = [row for row in rows if half[row["QuAC_dialog_id"]] == part and row["Question_no"] > 1]
            figures = np.mean([_compared(rewrite(row), row) for row in asked], axis=0)
            named = zip(("precision", "recall", "F1", "added"), figures, strict=True)
            print(f"{name}, half {part}:", "  ".join(f"{one} {value:.3f}" for one, value in named))


def _rewritten(row: dict) -> str:
    title, section, *said = row["History"]
    turns = [Turn("user", title), Turn("assistant", section)]
    turns += [Turn("assistant" if i % 2 else "user", words) for i, words in enumerate(said)]
    return self_contained(row["Question"], turns)


def _compared(rewriting: str, row: dict) -> tuple[float, float, float, float]:
    ours, theirs = Counter(stems(rewriting)), Counter(stems(row["Rewrite"]))
    same = (ours & theirs).total()
    added = set(theirs) - set(stems(row["Question"]))
    kept = len(added & set(ours)) / len(added) if added else 1.0
    if not same:
        return 0.0, 0.0, 0.0, kept
    return same / ours.total(), same / theirs.total(), 2 * same / (ours.total() + theirs.total()), kept


if __name__ == "__main__":
    main()
