"""A rerank stage of the default model's own weights, compared: none, sentence by sentence, token by token.

    python tests/bench/bench_rerank.py BENCH --home FOLDER [--half odd]

FOLDER holds an index of rtqa-small or rtqa2022. Each stage gives the ten articles found a second score, from their best
passage: the greatest cosine of one of its sentences with the question, or late interaction over the model's token
vectors (https://arxiv.org/abs/2004.12832: the mean, over the question's tokens, of the greatest cosine with one of the
passage's). It counts by a weight beside the first score. One line for each stage and weight, with the milliseconds of
CPU that the stage takes a question.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.records import Question
from assistant.retrieve import retrieve
from index.embed import Embedder, load_embedder
from index.home import Home
from index.records import Passage
from index.search import Index
from index.sentences import sentence_spans

TODAY = datetime.date(2026, 11, 25)
WEIGHTS = (0.2, 0.5, 1.0, 2.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--half", choices=("odd", "even"), default="odd")
    parser.add_argument("--data", default="rtqa-small")
    options = parser.parse_args()
    embedder, index = load_embedder(), Index.open(Home(options.home))
    lines = (options.bench / "data" / options.data / "questions.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines][options.half == "even" :: 2]
    found = []
    for row in rows:
        if row["gold_doc_ids"]:
            asked = Question(row["question"], datetime.date.fromisoformat(row["as_of"]))
            found.append((set(row["gold_doc_ids"]), retrieve(index, embedder, asked, 10, TODAY)))
    firsts = [np.array([passage.score for passage in one.passages]) for _, one in found]
    golds = [[passage.article.id in gold for passage in one.passages] for gold, one in found]
    _report("none", golds, firsts, 0.0)
    for name, stage in (("sentences", by_sentence), ("tokens", by_token)):
        began = time.process_time()
        seconds = [stage(embedder, one.text, one.question_vector, one.passages) for _, one in found]
        spent = (time.process_time() - began) * 1000 / len(found)
        for weight in WEIGHTS:
            scores = [one + weight * other for one, other in zip(firsts, seconds, strict=True)]
            _report(f"{name}, {weight}", golds, scores, spent)


def by_sentence(embedder: Embedder, text: str, vector: np.ndarray, passages: Sequence[Passage]) -> np.ndarray:
    """The greatest cosine of a sentence of each passage with the question, shape (passages,)."""
    sentences = [[one.text[a:b] for a, b in sentence_spans(one.text)] or [one.text] for one in passages]
    cosines = embedder.embed_chunks([sentence for of_one in sentences for sentence in of_one]) @ vector
    ends = np.cumsum([0, *map(len, sentences)])
    return np.array([cosines[a:b].max() for a, b in itertools.pairwise(ends)])


def by_token(embedder: Embedder, text: str, vector: np.ndarray, passages: Sequence[Passage]) -> np.ndarray:
    """Late interaction of each passage with the question, shape (passages,)."""
    asked = _token_vectors(embedder, [text])[0]
    held = _token_vectors(embedder, [f"{one.article.title}\n{one.text}" for one in passages])
    return np.array([(asked @ one.T).max(axis=1).mean() for one in held])


def _token_vectors(embedder: Embedder, texts: list[str]) -> list[np.ndarray]:
    found = embedder._model.encode(texts, output_value="token_embeddings", show_progress_bar=False)
    arrays = [one.float().cpu().numpy() for one in found]
    return [one / np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-9) for one in arrays]


def _report(name: str, golds: Sequence[Sequence[bool]], scores: Sequence[np.ndarray], spent: float) -> None:
    ranks = []
    for gold, score in zip(golds, scores, strict=True):
        order = np.argsort(-score, kind="stable")
        ranks.append(next((rank for rank, i in enumerate(order) if gold[i]), 99))
    at = np.array(ranks)
    mrr = np.where(at < 10, 1 / (at + 1), 0).mean()
    hits = "  ".join(f"hit@{k} {(at < k).mean():.3f}" for k in (1, 4, 10))
    print(f"{name:16} {hits}  mrr@10 {mrr:.3f}  {spent:.0f} ms of CPU a question ({len(at)} questions)", flush=True)


if __name__ == "__main__":
    main()
