"""Fit the confidence of `assistant/confidence.py`. `python tests/bench/fit_confidence.py TRAIN [FOLDER]`; what it has
indexed is kept in FOLDER, for the next run.

Logistic regression on questions about news that the reader was not trained on: those of calibration_questions.jsonl and
of the articles of news_questions.jsonl and invented_news.jsonl that are held out for choices. Each is asked of an index
of all articles and of a few of them; each that is answered there is asked once more without its article, so that it has
no answer. Right is a ranking of whose first two sentences one answers. Prints the weights, the area under the ROC curve
over left-out articles against each kind of unanswerable question, and the risk at each coverage.
"""

from __future__ import annotations

import datetime
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import reader_news
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.candidates import Candidate, candidates, read
from assistant.confidence import evidence
from assistant.question import analyse
from assistant.reader import Reader, load_reader
from assistant.records import Question
from assistant.retrieval import ranking
from assistant.retrieve import retrieve
from index.embed import Embedder, load_embedder
from index.home import Home
from index.read import read as read_articles
from index.search import Index
from index.update import build_index

CALIBRATION = Path(__file__).with_name("calibration_questions.jsonl")
CHUNKS, FOLDS, TODAY = ranking.CHUNKS, 7, datetime.date(2026, 1, 1)

EVERY = 2
"""Of an article's questions one in so many is asked: there are many more cases than weights."""

FEW = (1, 2, 3, 5, 9, 19)
"""Other articles beside a question's own, where it is asked of a small collection."""


@dataclass(frozen=True)
class Case:
    """A question with what was found for it: `kind` is the question's own, or "withheld"."""

    kind: str
    url: str
    right: bool
    with_reader: dict[str, float]
    without: dict[str, float]


def main() -> None:
    train, embedder, reader = Path(sys.argv[1]), load_embedder(), load_reader()
    _, for_choices, _ = reader_news.stories(train)
    more = reader_news.stories_of(CALIBRATION, train / "gum_news/data.jsonl")
    stories = [*for_choices, *more, *reader_news.invented()[1]]
    with tempfile.TemporaryDirectory() as folder:
        folder = sys.argv[2] if len(sys.argv) > 2 else folder
        index = _index(train, embedder, Path(folder))
        cases = list(_cases(stories, index, embedder, reader))
        index.close()
        (Path(folder) / "cases.json").write_text(json.dumps([asdict(case) for case in cases]))
    right = np.array([bool(case.right) for case in cases])
    kinds = np.array([case.kind for case in cases])
    urls = np.array([case.url for case in cases])
    print(f"{len(cases)} cases, {right.mean():.3f} right")
    for name in ("with_reader", "without"):
        rows = [getattr(case, name) for case in cases]
        names = list(rows[0])
        x = np.array([[row[one] for one in names] for row in rows])
        left_out = _left_out(x, right, urls)
        model = LogisticRegression(C=1.0, max_iter=2000).fit(x, right)
        weights = dict(zip(names, (round(float(w), 2) for w in model.coef_[0]), strict=True))
        print(name, {"constant": round(float(model.intercept_[0]), 2), **weights})
        print("  area under the curve, left-out articles:", round(float(roc_auc_score(right, left_out)), 3))
        for kind in ("missing", "false_premise", "withheld"):
            some = right | (kinds == kind)
            print(f"  against {kind}:", round(float(roc_auc_score(right[some], left_out[some])), 3))
        print("  coverage and risk:", _risk(left_out, right))


def _index(train: Path, embedder: Embedder, folder: Path) -> Index:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "articles.jsonl"
    with file.open("w", encoding="utf-8") as out:
        for name in ("wikinews_1920", "gum_news"):
            for row in map(json.loads, (train / name / "data.jsonl").open(encoding="utf-8")):
                fields = {"id": row["url"], "title": row["title"], "text": row["text"], "published": row["date"]}
                out.write(json.dumps(fields) + "\n")
        for article in (story.article for part in reader_news.invented() for story in part):
            out.write(json.dumps({"id": article.id, "title": article.title, "text": article.text}) + "\n")
    home = Home(folder / "home")
    build_index(home, embedder, read_articles([file]))
    return Index.open(home)


def _cases(stories: list[reader_news.Story], index: Index, embedder: Embedder, reader: Reader) -> Iterator[Case]:
    rng, ids = random.Random(7), [article.id for article in index.articles()]
    for story in stories:
        for asked in story.asked[::EVERY]:
            analysis = analyse(asked.text)
            if not analysis.is_understood:
                continue
            few = [story.article.id, *rng.sample(ids, rng.choice(FEW))]
            for withheld in (False, True) if asked.answerable else (False,):
                for among in ((), tuple(few[1:] if withheld else few)):
                    # Without its own article, what comes next among the chunks takes its place.
                    ranking.CHUNKS = 3 * CHUNKS if withheld else CHUNKS
                    question = Question(asked.text, articles=among)
                    found = retrieve(index, embedder, question, 12 if withheld else 10, TODAY)
                    chunks = [one for one in found.chunks if not withheld or one.article.id != story.article.id]
                    if not chunks:
                        continue
                    ranked = candidates(analysis, chunks[:CHUNKS], embedder)
                    best = read(asked.text, ranked, reader)
                    ends = {story.places[i].span[1] for i in asked.right}
                    yield Case(
                        "withheld" if withheld else asked.kind,
                        story.article.id,
                        not withheld and any(_answers(one, story.article.id, ends) for one in best[:2]),
                        dict(evidence(best, found.searched)),
                        dict(evidence(ranked, found.searched)),
                    )


def _answers(one: Candidate, article_id: str, ends: set[int]) -> bool:
    place = one.place
    return place.article.id == article_id and place.field == "text" and place.span[1] in ends


def _left_out(x: np.ndarray, right: np.ndarray, urls: np.ndarray) -> np.ndarray:
    """The score of each case by weights fitted on other articles."""
    scores, names = np.zeros(len(right)), sorted(set(urls))
    for fold in range(FOLDS):
        inside = np.isin(urls, names[fold::FOLDS])
        model = LogisticRegression(C=1.0, max_iter=2000).fit(x[~inside], right[~inside])
        scores[inside] = model.decision_function(x[inside])
    return scores


def _risk(scores: np.ndarray, right: np.ndarray) -> dict[float, float]:
    """The share of wrong ones among the surest tenths of the cases, by how many tenths those are."""
    order = np.argsort(-scores)
    return {
        tenths / 10: round(1 - float(right[order[: len(order) * tenths // 10]].mean()), 3) for tenths in range(1, 11)
    }


if __name__ == "__main__":
    main()
