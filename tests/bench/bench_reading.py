"""How fast articles are read, and in how much memory. `python bench_reading.py BENCH`

HTML: the 181 pages of BENCH/data/article-extraction, three times over, with no process of their own, one and two. Plain
articles: short ones written here, as .txt files and as one .jsonl.gz. Memory: the peak of a process that reads a
.jsonl.gz of 1,000, 10,000 and 100,000 of them, and forgets each; what Python and the imports take is in it.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SENTENCE = "The mayor of Lindhafen resigned on Friday after the council published its audit of harbour contract {n}."
_PEAK = """
import resource, sys
from pathlib import Path
from index.read import read
count = sum(1 for _ in read([Path(sys.argv[1])], processes=int(sys.argv[2])))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def text_of(n: int) -> str:
    return "\n\n".join(SENTENCE.format(n=f"{n}.{part}") for part in range(8))


def write_lines(path: Path, count: int) -> Path:
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as stream:
        for n in range(count):
            stream.write(json.dumps({"id": f"a{n}", "title": f"Contract {n}", "text": text_of(n)}) + "\n")
    return path


def seconds_to_read(path: Path, processes: int) -> tuple[int, float]:
    """Articles read, and the seconds from the first article to the last, without what starting takes."""
    from index.read import read

    reading = read([path], processes=processes)
    next(reading)
    began = time.perf_counter()
    count = sum(1 for _ in reading)
    return count, time.perf_counter() - began


def main() -> int:
    pages = sorted((Path(sys.argv[1]) / "data" / "article-extraction" / "html").glob("*.html.gz"))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("html", "txt"):
            (root / name).mkdir()
        for copy in range(3):
            for page in pages:
                (root / "html" / f"{copy}-{page.name}").write_bytes(page.read_bytes())
        for n in range(5000):
            (root / "txt" / f"{n}.txt").write_text(f"Contract {n}\n\n{text_of(n)}", encoding="utf-8")
        lines = write_lines(root / "10000.jsonl.gz", 10_000)
        for label, path in (
            ("HTML pages", root / "html"),
            (".txt articles", root / "txt"),
            (".jsonl.gz articles", lines),
        ):
            for processes in (0, 1, 2):
                count, seconds = seconds_to_read(path, processes)
                print(f"{label:<18} {processes} processes  {count / seconds:8.1f} a second", flush=True)
        for count in (1_000, 10_000, 100_000):
            path = write_lines(root / f"{count}.jsonl.gz", count)
            done = subprocess.run(
                [sys.executable, "-c", _PEAK, str(path), "0"], capture_output=True, text=True, check=True
            )
            read, peak = done.stdout.split()
            print(f"{int(read):>7,} short articles   peak {int(peak):,} MB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
