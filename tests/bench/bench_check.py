"""Measure the check of support on the labelled pairs, by kind and half. `python tests/bench/bench_check.py [NLI-MODEL]`

Needs no data from outside. An argument that is a folder with a config.json is taken for a CrossEncoder; the folder
that `make bench` gives is not.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support_pairs import measure, pairs

from assistant.check import Judge, support
from assistant.check.entailment import load_judge
from assistant.check.words_alike import words_alike
from index.embed import load_embedder


def main() -> int:
    alike = words_alike(load_embedder())
    judges: dict[str, Judge] = {"rules alone": support, "rules and embeddings": partial(support, similarity=alike)}
    if len(sys.argv) > 1 and (Path(sys.argv[1]) / "config.json").is_file():
        judges["with NLI"] = load_judge(sys.argv[1], alike)
    for name, judge in judges.items():
        for half in ("all", "odd", "even"):
            held = [pair for pair in pairs() if half == "all" or pair.number % 2 == (half == "odd")]
            began = time.perf_counter()
            accuracy = measure(judge, held)
            each = (time.perf_counter() - began) / len(held) * 1000
            kinds = ", ".join(f"{kind} {accuracy.right[kind]}/{count}" for kind, count in accuracy.all.items())
            print(
                f"{name}, {half}: {len(held)} pairs, balanced accuracy {accuracy.balanced:.3f}, true ones supported "
                f"{accuracy.recall:.3f}, changed ones supported {accuracy.passed:.3f}, {each:.1f} ms each"
            )
            print(f"    {kinds}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
