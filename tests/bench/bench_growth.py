"""How an index grows: build time, size, start-up, memory and question time at several sizes, with random vectors.

    python tests/bench/bench_growth.py FOLDER [--sizes 1000,2000,4838,50000] [--home FOLDER [--keep]]

FOLDER holds data/rtqa2022/. Larger corpora are made of its paragraphs, shuffled. Embedding is not measured: the vectors
are random, so that what grows is everything else; questions go through the whole retrieval. One JSON line a size.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np

from index.embed import Embedder, Vectors, load_embedder
from index.home import Home
from index.read import ReadArticle
from index.records import Article
from index.update import add_articles, build_index


class RandomVectors(Embedder):
    """Vectors drawn by lot, and words in place of tokens: three of them to four tokens."""

    def __init__(self, embedder: Embedder) -> None:
        self.__dict__.update(vars(embedder))
        self._lots = np.random.default_rng(0)

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) * 4 // 3 for text in texts]

    def offsets(self, text: str) -> list[tuple[int, int]]:
        return [word.span() for word in re.finditer(r"\S+", text)]

    def embed_chunks(self, texts: Sequence[str], advance: Callable[[int], None] | None = None) -> Vectors:
        drawn = self._lots.normal(size=(len(texts), self.dimension)).astype(np.float32)
        return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


def articles(corpus: Path, size: int) -> Iterator[ReadArticle]:
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    lots = random.Random(0)
    paragraphs = [part for row in rows for part in row["text"].split("\n") if part.strip()]
    for n in range(size):
        if n < len(rows):
            text, title = rows[n]["text"], rows[n].get("title", "")
        else:
            like = rows[n % len(rows)]
            # As many paragraphs as a real article has: its empty lines are none.
            many = sum(1 for line in like["text"].split("\n") if line.strip())
            text = "\n".join(lots.choices(paragraphs, k=max(1, many)))
            title = like.get("title", "")
        day = datetime.date(2022, 1, 1) + datetime.timedelta(days=lots.randrange(365))
        article = Article(id=f"a{n}", text=text, title=title, published=day, source=f"outlet {n % 20}")
        yield ReadArticle(article, f"/corpus/a{n}.txt")


ASK = """
import datetime, json, statistics, sys, time
from pathlib import Path
import bm25s, chromadb, psutil, torch
from assistant.records import Question
from assistant.retrieve import retrieve
from index.embed import load_embedder
from index.home import Home
from index.search import Index
embedder = load_embedder()
embedder.embed_query("warm")
before = psutil.Process().memory_info().rss / 1e6
began, spent = time.perf_counter(), time.process_time()
index = Index.open(Home(Path(sys.argv[1])))
row = {"open_s": round(time.perf_counter() - began, 3), "open_cpu_s": round(time.process_time() - spent, 3)}
today = datetime.date(2022, 12, 31)
began = time.perf_counter()
retrieve(index, embedder, Question("What is reported?"), 10, today)
row["first_s"] = round(time.perf_counter() - began, 3)
limits = {"free": {}, "as_of": {"as_of": datetime.date(2022, 6, 30)}, "month": {"since": datetime.date(2022, 6, 1),
    "until": datetime.date(2022, 6, 30)}, "outlet": {"source": "outlet 3"}}
questions = json.loads(sys.argv[2])
for name, limit in limits.items():
    wall, cpu = [], []
    for question in questions:
        began, spent = time.perf_counter(), time.process_time()
        retrieve(index, embedder, Question(question, **limit), 10, today)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - spent) * 1000)
    wall, cpu = sorted(wall[5:]), sorted(cpu[5:])
    at = int(len(wall) * 0.95)
    row |= {f"{name}_p50_ms": round(statistics.median(wall)), f"{name}_p95_ms": round(wall[at]),
        f"{name}_cpu_p95_ms": round(cpu[at])}
row |= {"memory_mb": round(psutil.Process().memory_info().rss / 1e6), "before_mb": round(before)}
print(json.dumps(row))
"""
"""Opening an index and finding what answers questions, in one process; its memory, before and after, counts the
mapped files that were touched. `cpu`: processor time, which other work on the machine does not lengthen."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="1000,2000,4838,50000")
    parser.add_argument("--home", type=Path)
    parser.add_argument(
        "--keep", action="store_true", help="keep the indexes in --home; one that is there is only asked"
    )
    parser.add_argument("--asked", type=int, default=105)
    options = parser.parse_args()
    if options.keep and not options.home:
        parser.error("--keep needs --home")
    (corpus,) = (options.folder / "data" / "rtqa2022").glob("*.jsonl.gz")
    embedder = RandomVectors(load_embedder())
    for size in map(int, options.sizes.split(",")):
        with folder_of(size, options.home, keep=options.keep) as folder:
            home = Home(Path(folder))
            row = {"articles": size} | ({} if home.current() else grown(home, embedder, corpus, size))
            stored = home.build(home.current() or "")
            row |= {
                "build_mb": round(sum(f.stat().st_size for f in stored.rglob("*") if f.is_file()) / 1e6),
                "catalogue_mb": round(home.catalogue.stat().st_size / 1e6),
                "load": round(os.getloadavg()[0], 1),
            }
            questions = [next(iter(a.article.text.split(".")))[:500] or "news" for a in articles(corpus, options.asked)]
            command = [sys.executable, "-c", ASK, folder, json.dumps(questions)]
            # Threads that wait for each other would count as processor time.
            one = os.environ | {"OMP_NUM_THREADS": "1"}
            asked = subprocess.run(command, capture_output=True, text=True, check=True, env=one)
            print(json.dumps(row | json.loads(asked.stdout)), flush=True)


def folder_of(size: int, home: Path | None, *, keep: bool) -> AbstractContextManager[str]:
    if not keep:
        return tempfile.TemporaryDirectory(dir=home)
    assert home is not None
    folder = home / f"growth-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    return nullcontext(str(folder))


def grown(home: Home, embedder: Embedder, corpus: Path, size: int) -> dict[str, float]:
    """Build, build again with nothing changed, and add one article: the seconds of each."""
    began, spent = time.perf_counter(), time.process_time()
    report = build_index(home, embedder, articles(corpus, size))
    built, built_cpu = time.perf_counter() - began, time.process_time() - spent
    began = time.perf_counter()
    build_index(home, embedder, articles(corpus, size))
    unchanged = time.perf_counter() - began
    began = time.perf_counter()
    add_articles(home, embedder, [ReadArticle(Article(id="one", text="The bridge opened."), "/one.txt")])
    added = time.perf_counter() - began
    assert report.serving is not None
    return {
        "chunks": report.serving.chunks,
        "build_s": round(built, 1),
        "build_cpu_s": round(built_cpu, 1),
        "no_op_s": round(unchanged, 1),
        "add_one_s": round(added, 1),
        "writer_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    main()
