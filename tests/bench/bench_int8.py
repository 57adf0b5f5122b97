"""What the embedding model loses in int8: cosines of the same chunks, and what retrieval finds of rtqa-small.

    python tests/bench/bench_int8.py FOLDER [--plain HOME] [--int8 HOME]

FOLDER holds data/rtqa-small/; the two homes are made where they are not there yet. Needs the extra `fast`.
"""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path
from typing import Any

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
    """The cosine of the vectors of each chunk that both catalogues hold."""
    found = []
    for home in (one, other):
        catalogue = Catalogue.open(Home(home).catalogue, read_only=True)
        rows = catalogue.run(
            "SELECT article_id, start, end, vector FROM chunks JOIN versions USING (version) "
            "JOIN vectors ON key = vector_key"
        )
        found.append({tuple(place): np.frombuffer(v, dtype=np.float16).astype(np.float32) for *place, v in rows})
        catalogue.close()
    both = sorted(found[0].keys() & found[1].keys())
    return np.array([found[0][key] @ found[1][key] for key in both], dtype=np.float32)


def ranks(index: Index, embedder: Embedder, questions: list[dict[str, Any]]) -> dict[int, int | None]:
    """Where the first article that answers stands, from 0, by line; None past the tenth. Asked as of its day."""
    places: dict[int, int | None] = {}
    for n, row in enumerate(questions, 1):
        if not row["gold_doc_ids"]:
            continue
        as_of = datetime.date.fromisoformat(str(row["as_of"]))
        found = retrieve(index, embedder, Question(str(row["question"]), as_of=as_of), 10, TODAY)
        ids = [passage.article.id for passage in found.passages]
        places[n] = min((ids.index(one) for one in row["gold_doc_ids"] if one in ids), default=None)
    return places


def figures(places: list[int | None]) -> dict[str, float]:
    """hit@1, @4, @10 and mrr@10."""
    hits = {f"hit@{k}": float(np.mean([place is not None and place < k for place in places])) for k in (1, 4, 10)}
    return hits | {"mrr@10": float(np.mean([0.0 if place is None else 1 / (place + 1) for place in places]))}


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
        places = ranks(index, embedder, questions)
        for half, left_out in (("odd", 0), ("even", 1), ("all", None)):
            row = figures([place for n, place in places.items() if n % 2 != left_out])
            print(f"{name:30} {half:5} " + "  ".join(f"{key} {value:.3f}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
