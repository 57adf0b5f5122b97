"""Fit the confidence of `assistant/confidence.py`. `python tests/bench/fit_confidence.py TRAIN`

Logistic regression on the articles of squad_dev that the reader was not trained on: its own questions, answerable
or not, and
questions about other articles. Right is an answer whose best sentence holds an annotated answer.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.candidates import candidates, read
from assistant.confidence import evidence
from assistant.question import analyse
from assistant.reader import load_reader
from index.embed import load_embedder
from index.records import Article, Passage

QUESTIONS_PER_ARTICLE, OTHERS, CHUNKS = 90, 25, 8


def main() -> None:
    embedder, reader, rng = load_embedder(), load_reader(), random.Random(1)
    articles: dict[str, list[dict]] = {}
    for line in (Path(sys.argv[1]) / "squad_dev/data.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        articles.setdefault(row["title"], []).append(row)
    held = sorted(articles)[::8]
    everything = [qa for title in held for row in articles[title] for qa in row["qas"]]
    rows: list[dict[str, float]] = []
    right: list[bool] = []
    groups: list[str] = []
    for title in held:
        paragraphs = [
            Article(id=str(i), title=title.replace("_", " "), text=row["context"])
            for i, row in enumerate(articles[title])
        ]
        vectors = embedder.embed_chunks([f"{one.title}\n{one.text}" for one in paragraphs])
        asked = [(i, qa) for i, row in enumerate(articles[title]) for qa in row["qas"]]
        asked = rng.sample(asked, min(QUESTIONS_PER_ARTICLE, len(asked)))
        asked += [
            (-1, {**qa, "answers": []}) for qa in rng.sample(everything, OTHERS) if qa not in [q for _, q in asked]
        ]
        for i, qa in asked:
            vector, analysis = embedder.embed_query(qa["question"]), analyse(qa["question"])
            if not analysis.is_understood:
                continue
            scores = vectors @ vector
            passages = [
                Passage(paragraphs[k], 0, len(paragraphs[k].text), float(scores[k]), {"dense": float(scores[k])})
                for k in np.argsort(-scores)[:CHUNKS]
            ]
            ranked = read(qa["question"], candidates(analysis, vector, passages, embedder), reader)
            best = ranked[0].place
            rows.append(dict(evidence(analysis, ranked[:2])))
            right.append(
                best.article.id == str(i) and any(best.span[0] <= a["start"] < best.span[1] for a in qa["answers"])
            )
            groups.append(title)
    names = list(rows[0])
    x, y = np.array([[row[name] for name in names] for row in rows]), np.array(right)
    print(len(y), "questions,", round(float(y.mean()), 3), "right")
    for chosen in (names, [name for name in names if name != "reader"]):
        columns = [names.index(name) for name in chosen]
        scores = np.zeros(len(y))
        for title in held:
            inside = np.array([g == title for g in groups])
            model = LogisticRegression(C=1.0, max_iter=1000).fit(x[~inside][:, columns], y[~inside])
            scores[inside] = model.decision_function(x[inside][:, columns])
        model = LogisticRegression(C=1.0, max_iter=1000).fit(x[:, columns], y)
        weights = dict(zip(chosen, (round(float(w), 2) for w in model.coef_[0]), strict=True))
        print("AUC over left-out articles", round(float(roc_auc_score(y, scores)), 3))
        print({"constant": round(float(model.intercept_[0]), 2), **weights})


if __name__ == "__main__":
    main()
