"""Index rtqa-small, ask its questions and its unanswerable ones, and score them. `python bench_rtqa_small.py BENCH`

BENCH holds data/rtqa-small/ and score.py. Prints what score.py says of all questions and of the even ones.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    bench = Path(sys.argv[1])
    data = bench / "data" / "rtqa-small"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        began = time.perf_counter()
        dateline("index", "build", data / "corpus.jsonl.gz", home=home)
        print(f"index_s {time.perf_counter() - began:.1f}")
        for name in ("questions", "null"):
            dateline("ask", "--batch", data / f"{name}.jsonl", "--out", home / f"{name}.out.jsonl", home=home)
        dateline("articles", "export", "--out", home / "articles.jsonl", home=home)
        for half in ((), ("--half", "even")):
            print(" ".join(half) or "all")
            subprocess.run(
                [
                    *(sys.executable, bench / "score.py", "--questions", data / "questions.jsonl"),
                    *("--answers", home / "questions.out.jsonl", "--null", home / "null.out.jsonl"),
                    *("--articles", home / "articles.jsonl", *half),
                ],
                check=True,
            )
    return 0


def dateline(*arguments: str | Path, home: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "assistant.cli", *map(str, arguments), "--home", str(home / "data")], check=True
    )


if __name__ == "__main__":
    sys.exit(main())
