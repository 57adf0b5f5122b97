"""Have answers labelled blind, and count the labels.

    python tests/bench/label_answers.py draw ANSWERS.jsonl ANSWERS.jsonl ARTICLES.jsonl SHEET.jsonl
    python tests/bench/label_answers.py keep SHEET.jsonl LABELS.jsonl
    python tests/bench/label_answers.py

The first takes every answer of the extractive answerer, draws 60 of a language model's and shuffles them; the second
joins the labels into answer_labels.jsonl, the third counts them. ANSWERS are what `dateline ask --batch` writes, of the
extractive answerer and of a language model; of the second, only answers that the model wrote are drawn. ARTICLES is
what `dateline articles export` writes. A line of SHEET holds the question, the answer's sentences and what is around
each quote, not who wrote it. A labeller adds to each line `answers`, "yes", "partly" or "no": whether a reader has what
was asked; and to each sentence `distorts`: whether it says, as it is shown, what the articles cited do not. What is
kept holds ids, offsets and labels, and no text.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

LABELS = Path(__file__).with_name("answer_labels.jsonl")
OF_A_MODEL, SEED = 60, 11
AROUND = 500
"""Characters of the article before and behind a quote."""

PLACE = ("article_id", "field", "start", "end", "article_sha256")


def rows(file: str | Path) -> list[dict]:
    return [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines() if line.strip()]


def write(file: str | Path, lines: list[dict]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    Path(file).write_text(text, encoding="utf-8")


def draw(extractive: str, written: str, articles: str, sheet: str) -> None:
    """Write `sheet`, and beside it the key: which answerer each line is of."""
    lots, drawn = random.Random(SEED), []
    for file, is_model in ((extractive, False), (written, True)):
        answered = [row for row in rows(file) if not row["abstained"]]
        own = [row for row in answered if (row["answerer"] != "extractive") == is_model]
        drawn += lots.sample(own, min(OF_A_MODEL, len(own))) if is_model else own
    lots.shuffle(drawn)
    held = {row["id"]: row for row in rows(articles)}
    write(sheet, [shown(number, row, held) for number, row in enumerate(drawn)])
    write(f"{sheet}.key", [key(number, row) for number, row in enumerate(drawn)])
    print(Counter(row["answerer"] for row in drawn))


def shown(number: int, row: dict, articles: dict[str, dict]) -> dict:
    cited = {one["marker"]: one for one in row["citations"]}

    def evidence(marker: int) -> dict:
        one = cited[marker]
        article = articles[one["article_id"]]
        text = article[one["field"]]
        around = text[max(0, one["start"] - AROUND) : one["end"] + AROUND]
        facts = {"title": article["title"], "published": article["published"], "source": article["source"]}
        return facts | {"quote": one["quote"], "around": around}

    sentences = [
        {"text": one["text"], "context": one["context"], "cited": [evidence(marker) for marker in one["markers"]]}
        for one in row["sentences"]
    ]
    told = {"number": number, "question": row["question"], "as_of": row["as_of"], "answer": row["answer"]}
    return told | {"sentences": sentences}


def key(number: int, row: dict) -> dict:
    cited = {one["marker"]: {name: one[name] for name in PLACE} for one in row["citations"]}
    sentences = [[cited[marker] for marker in one["markers"]] for one in row["sentences"]]
    return {"number": number, "question": row["id"], "answerer": row["answerer"], "sentences": sentences}


def keep(sheet: str, labelled: str) -> None:
    """Join the labels to the key. Raises SystemExit where a label is missing or none that there is."""
    labels, lines = {row["number"]: row for row in rows(labelled)}, []
    for drawn in rows(f"{sheet}.key"):
        label = labels.get(drawn["number"])
        if label is None or label["answers"] not in ("yes", "partly", "no"):
            raise SystemExit(f"Line {drawn['number']} of the sheet has no label.")
        marks = [one["distorts"] for one in label["sentences"]]
        if len(marks) != len(drawn["sentences"]) or not all(isinstance(mark, bool) for mark in marks):
            raise SystemExit(f"Line {drawn['number']} of the sheet: a sentence has no label.")
        both = zip(drawn["sentences"], marks, strict=True)
        lines.append(drawn | {"answers": label["answers"], "sentences": [{"cites": c, "distorts": d} for c, d in both]})
    write(LABELS, lines)


def count() -> None:
    found = rows(LABELS)
    for answerer in sorted({row["answerer"] for row in found}):
        own = [row for row in found if row["answerer"] == answerer]
        marks = [one["distorts"] for row in own for one in row["sentences"]]
        answers = Counter(row["answers"] for row in own)
        told = ", ".join(f"{name} {answers[name]}" for name in ("yes", "partly", "no"))
        print(f"{answerer}: {len(own)} answers: {told}; {sum(marks)} of {len(marks)} sentences distort")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["draw", extractive, written, articles, sheet]:
            draw(extractive, written, articles, sheet)
        case ["keep", sheet, labelled]:
            keep(sheet, labelled)
        case []:
            count()
        case _:
            sys.exit(__doc__)
