"""How an index grows: build time, size, start-up, memory and question time at several sizes, with random vectors.

    python tests/bench/bench_growth.py FOLDER [--sizes 1000,2000,4838,50000] [--home FOLDER]

FOLDER holds data/rtqa2022/. Larger corpora are made of its paragraphs, shuffled. Embedding is not measured: the vectors
are random, so that what grows is everything else. One JSON line a size.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from index.embed import Embedder, Vectors, load_embedder
from index.home import Home
from index.read import ReadArticle
from index.records import Article
from index.update import add_articles, build_index


class RandomVectors(Embedder):
    """The real model's splitting, and vectors drawn by lot."""

    def __init__(self, embedder: Embedder) -> None:
        self.__dict__.update(vars(embedder))
        self._lots = np.random.default_rng(0)

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
            text = "\n".join(lots.choices(paragraphs, k=max(1, like["text"].count("\n") + 1)))
            title = like.get("title", "")
        yield ReadArticle(Article(id=f"a{n}", text=text, title=title), f"/corpus/a{n}.txt")


ASK = """
import json, resource, statistics, sys, time
from pathlib import Path
import numpy as np
from index.home import Home
from index.search import Index
import bm25s, chromadb
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
began = time.perf_counter()
index = Index.open(Home(Path(sys.argv[1])))
opened = time.perf_counter() - began
lots = np.random.default_rng(1)
seconds = []
for question in json.loads(sys.argv[2]):
    vector = lots.normal(size=384).astype(np.float32)
    vector /= np.linalg.norm(vector)
    began = time.perf_counter()
    index.nearest(vector, 200)
    index.keyword_scores(question)
    seconds.append((time.perf_counter() - began) * 1000)
seconds = sorted(seconds[5:])
print(json.dumps({"open_s": round(opened, 3), "p50_ms": round(statistics.median(seconds), 1),
    "p95_ms": round(seconds[int(len(seconds) * 0.95)], 1),
    "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), "before_mb": round(before)}))
"""
"""Dense and keyword search of one process; its peak memory with mapped files that were touched."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="1000,2000,4838,50000")
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    (corpus,) = (options.folder / "data" / "rtqa2022").glob("*.jsonl.gz")
    embedder = RandomVectors(load_embedder())
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory(dir=options.home) as folder:
            home = Home(Path(folder))
            began = time.perf_counter()
            report = build_index(home, embedder, articles(corpus, size))
            built = time.perf_counter() - began
            began = time.perf_counter()
            build_index(home, embedder, articles(corpus, size))
            unchanged = time.perf_counter() - began
            began = time.perf_counter()
            add_articles(home, embedder, [ReadArticle(Article(id="one", text="The bridge opened."), "/one.txt")])
            added = time.perf_counter() - began
            questions = [next(iter(a.article.text.split("."))) for a in articles(corpus, 205)]
            asked = subprocess.run(
                [sys.executable, "-c", ASK, folder, json.dumps(questions)], capture_output=True, text=True, check=True
            )
            assert report.serving is not None
            stored = home.build(home.current() or "")
            row = {
                "articles": size,
                "chunks": report.serving.chunks,
                "build_s": round(built, 1),
                "no_op_s": round(unchanged, 1),
                "add_one_s": round(added, 1),
                "build_mb": round(sum(f.stat().st_size for f in stored.rglob("*") if f.is_file()) / 1e6),
                "catalogue_mb": round(home.catalogue.stat().st_size / 1e6),
                "writer_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
                **json.loads(asked.stdout),
            }
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
