"""What the embedding model loses in int8: cosines of the same chunks, and what retrieval finds of rtqa-small.

    python tests/bench/bench_int8.py FOLDER [--plain HOME] [--int8 HOME]

FOLDER holds data/rtqa-small/; the two homes are made where they are not there yet. Needs the extra `fast`.
"""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path

import numpy as np

from assistant.records import Question
from assistant.retrieve import retrieve
from index.catalogue import Catalogue
from index.embed import Dtype, Embedder, load_embedder
from index.home import Home
from index.read import read
from index.search import Index
from index.update import build_index

TODAY = datetime.date(2026, 11, 25)


def opened(folder: Path, home: Path, dtype: Dtype) -> tuple[Index, Embedder]:
    embedder = load_embedder(dtype=dtype)
    if not home.exists():
        build_index(Home(home), embedder, read([folder / "data/rtqa-small/corpus.jsonl.gz"]))
    return Index.open(Home(home)), embedder


def cosines(one: Path, other: Path) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """The cosine of each vector that both catalogues hold."""
    found = []
    for home in (one, other):
        catalogue = Catalogue.open(Home(home).catalogue, read_only=True)
        rows = catalogue.run("SELECT key, vector FROM vectors")
        found.append({key: np.frombuffer(vector, dtype=np.float16).astype(np.float32) for key, vector in rows})
        catalogue.close()
    both = sorted(found[0].keys() & found[1].keys())
    return np.array([found[0][key] @ found[1][key] for key in both], dtype=np.float32)


def figures(index: Index, embedder: Embedder, questions: list[dict[str, object]], half: str) -> dict[str, float]:
    """hit@1, @4, @10 and mrr@10 of the articles that answer; each question as of its day."""
    ranks = []
    for n, row in enumerate(questions, 1):
        if not row["gold_doc_ids"] or (half == "odd" and n % 2 == 0) or (half == "even" and n % 2 == 1):
            continue
        as_of = datetime.date.fromisoformat(str(row["as_of"]))
        found = retrieve(index, embedder, Question(str(row["question"]), as_of=as_of), 10, TODAY)
        ids = [passage.article.id for passage in found.passages]
        ranks.append(min((ids.index(one) for one in row["gold_doc_ids"] if one in ids), default=None))
    hits = {f"hit@{k}": float(np.mean([rank is not None and rank < k for rank in ranks])) for k in (1, 4, 10)}
    return hits | {"mrr@10": float(np.mean([0.0 if rank is None else 1 / (rank + 1) for rank in ranks]))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plain", type=Path, default=Path("dateline-bench/rtqa-small"))
    parser.add_argument("--int8", type=Path, default=Path("dateline-bench/rtqa-small-int8"))
    options = parser.parse_args()
    homes: dict[Dtype, Path] = {"auto": options.plain, "int8": options.int8}
    held = {dtype: opened(options.folder, home, dtype) for dtype, home in homes.items()}
    alike = cosines(options.plain, options.int8)
    low, middle = np.percentile(alike, [1, 50])
    print(f"cosine of {len(alike)} chunks: mean {alike.mean():.4f}, median {middle:.4f}, 1% below {low:.4f}")
    lines = (options.folder / "data/rtqa-small/questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    ways = {
        "plain": (held["auto"][0], held["auto"][1]),
        "int8": (held["int8"][0], held["int8"][1]),
        "index in int8, questions not": (held["int8"][0], held["auto"][1]),
    }
    for name, (index, embedder) in ways.items():
        for half in ("odd", "even", "all"):
            row = figures(index, embedder, questions, half)
            print(f"{name:30} {half:5} " + "  ".join(f"{key} {value:.3f}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
