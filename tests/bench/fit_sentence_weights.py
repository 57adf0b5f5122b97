"""Fit what each feature of a candidate sentence counts. `python tests/bench/fit_sentence_weights.py TRAIN`

A softmax over the candidates of each question, on half of the articles of squad_dev; prints the weights, scaled so
that the likeness counts 3, and on the other half how often the first, or one of the first three, holds the answer.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import numpy as np
import torch

from assistant.candidates import WEIGHTS, candidates
from assistant.question import analyse
from index.embed import load_embedder
from index.records import Article, Passage

FITTED = ("likeness", "passage", "around", "kind")
QUESTIONS_PER_ARTICLE, CHUNKS = 40, 8


def main() -> None:
    embedder = load_embedder()
    rng = random.Random(1)
    articles: dict[str, list[dict]] = {}
    for line in (Path(sys.argv[1]) / "squad_dev/data.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        articles.setdefault(row["title"], []).append(row)
    groups: dict[bool, list[tuple[np.ndarray, np.ndarray]]] = {True: [], False: []}
    for number, (title, rows) in enumerate(sorted(articles.items())):
        paragraphs = [
            Article(id=str(i), title=title.replace("_", " "), text=row["context"]) for i, row in enumerate(rows)
        ]
        vectors = embedder.embed_chunks([f"{one.title}\n{one.text}" for one in paragraphs])
        asked = [(i, qa) for i, row in enumerate(rows) for qa in row["qas"] if qa["answerable"]]
        for i, qa in rng.sample(asked, min(QUESTIONS_PER_ARTICLE, len(asked))):
            group = candidates_of(qa, i, paragraphs, vectors, embedder)
            if group:
                groups[number % 2 == 0].append(group)
    weights = fit(groups[True])
    print({name: round(float(3 * w / weights[0]), 2) for name, w in zip(FITTED, weights, strict=True)})
    print("fitted  ", shares(groups[False], weights))
    print("in use  ", shares(groups[False], np.array([WEIGHTS[name] for name in FITTED])))


def candidates_of(qa, right, paragraphs, vectors, embedder):
    """Features, shape (candidates, features), and labels; None where retrieval did not find the paragraph."""
    question = embedder.embed_query(qa["question"])
    scores = vectors @ question
    best = np.argsort(-scores)[:CHUNKS]
    if right not in best:
        return None
    passages = [
        Passage(paragraphs[i], 0, len(paragraphs[i].text), float(scores[i]), {"dense": float(scores[i])}) for i in best
    ]
    spans = [answer["start"] for answer in qa["answers"]]
    found = [one for one in candidates(analyse(qa["question"]), passages, embedder) if one.place.field == "text"]
    labels = np.array(
        [
            one.place.article.id == str(right) and any(one.place.span[0] <= s < one.place.span[1] for s in spans)
            for one in found
        ]
    )
    return (np.array([[one.features[name] for name in FITTED] for one in found]), labels) if labels.any() else None


def fit(groups) -> np.ndarray:
    """The weights that make the answering sentences likeliest."""
    weights = torch.zeros(len(FITTED), requires_grad=True)
    optimizer = torch.optim.Adam([weights], lr=0.05)
    most = max(len(labels) for _, labels in groups)
    features, mask, right = (
        torch.zeros(len(groups), most, len(FITTED)),
        torch.full((len(groups), most), -1e9),
        torch.full((len(groups), most), -1e9),
    )
    for i, (x, y) in enumerate(groups):
        features[i, : len(x)] = torch.tensor(x, dtype=torch.float32)
        mask[i, : len(x)] = 0
        right[i, : len(y)][torch.tensor(y)] = 0
    for _ in range(400):
        likelihood = torch.log_softmax(features @ weights * 10 + mask, dim=1)
        loss = -torch.logsumexp(likelihood + right, dim=1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return weights.detach().numpy()


def shares(groups, weights: np.ndarray) -> dict[str, float]:
    """How often an answering sentence is first, and among the first three."""
    ordered = [y[np.argsort(-(x @ weights))] for x, y in groups]
    return {
        "n": len(ordered),
        "first": float(np.mean([y[0] for y in ordered])),
        "in 3": float(np.mean([y[:3].any() for y in ordered])),
    }


if __name__ == "__main__":
    main()
