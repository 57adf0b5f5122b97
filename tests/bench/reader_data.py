"""Training pairs for the reader, from data whose licences allow it: groups of one question with sentences and
labels."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from synonyms import Synonyms

from assistant.reader.pairs import Pair
from assistant.speaker import speaker_of
from index.sentences import sentence_spans
from index.words import stems

_NAME = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][a-z]+(?: [A-Z][a-z]+)*\b")


@dataclass(frozen=True)
class Example:
    """A pair, whether the sentence answers, and the characters of the sentence that do; None where they are not
    known."""

    pair: Pair
    answers: bool
    span: tuple[int, int] | None = None


Group = list[Example]


def squad_like(
    path: Path, rng: random.Random, kinds: frozenset[str] = frozenset({"official", "unique"})
) -> dict[str, list[Group]]:
    """Groups by title from nested files: the answering sentence against its neighbours, and the unanswerable
    questions."""
    by_title: dict[str, list[Group]] = {}
    articles: dict[str, list[dict]] = {}
    for line in path.open(encoding="utf-8"):
        row = json.loads(line)
        if "qas" not in row:
            row["qas"] = [{name: row[name] for name in ("question", "answers", "answerable")}]
        articles.setdefault(row.get("title") or row["context"][:40], []).append(row)
    for title, rows in articles.items():
        shown = title.replace("_", " ") if any(row.get("title") for row in rows) else ""
        paragraphs = [sentences_of(row["context"]) for row in rows]
        names = sorted({name for row in rows for name in _NAME.findall(row["context"])})
        flat = [(p, i) for p, held in enumerate(paragraphs) for i in range(len(held))]
        bags = {place: set(stems(paragraphs[place[0]][place[1]][1])) for place in flat}
        groups = by_title.setdefault(title, [])
        for p, row in enumerate(rows):
            for qa in row["qas"]:
                group = _group(qa, p, paragraphs, shown, bags, flat, names, rng, kinds)
                if group:
                    groups.append(group)
    return by_title


def _group(qa, p, paragraphs, title, bags, flat, names, rng, kinds) -> Group:
    question, asked = qa["question"], set(stems(qa["question"]))
    near = sorted(((len(asked & bags[x]), rng.random(), x) for x in flat), reverse=True)

    def pair(place: tuple[int, int], asks: str = question) -> Pair:
        held = paragraphs[place[0]]
        before = held[place[1] - 1][1] if place[1] else ""
        return Pair(asks, held[place[1]][1], context_of(title, before, rng))

    if not qa["answerable"]:
        own = [x for _, _, x in near if x[0] == p][:2]
        return [Example(pair(x), False) for x in own]
    answers = [a for a in qa["answers"] if a.get("start") is not None]
    if not answers:
        return []
    start, end = answers[0]["start"], answers[0]["start"] + len(answers[0]["text"])
    at = next(
        (i for i, (offset, text) in enumerate(paragraphs[p]) if offset <= start and end <= offset + len(text)), None
    )
    if at is None:
        return []
    offset, text = paragraphs[p][at]
    span = (start - offset, end - offset)
    known = qa.get("offset", "official") in kinds
    group = [Example(pair((p, at)), True, span if known else None)]
    texts = [a["text"].lower() for a in answers]
    others = [x for _, _, x in near if x != (p, at) and not any(t in paragraphs[x[0]][x[1]][1].lower() for t in texts)]
    own = [x for x in others if x[0] == p][:1]
    group += [Example(pair(x), False) for x in {*own, *others[:2]}]
    if known and rng.random() < 0.35:
        group.append(Example(Pair(question, without_span(text, span, rng), group[0].pair.context), False))
    swapped = _swapped(question, text, names, rng) if rng.random() < 0.4 else None
    if swapped:
        group.append(Example(pair((p, at), swapped), False))
    return group


def without_span(sentence: str, span: tuple[int, int], rng: random.Random, also: tuple[str, ...] = ()) -> str:
    """The sentence with its answer taken out, or something in its place that answers nothing."""
    filler = rng.choice(["", "it", "that", "some", "they", *also])
    return re.sub(r"\s+", " ", f"{sentence[: span[0]]}{filler}{sentence[span[1] :]}").strip()


def _swapped(question: str, sentence: str, names: list[str], rng: random.Random) -> str | None:
    """The question about somebody else: a name in it changed for one that the sentence does not hold."""
    held = [name for name in _NAME.findall(question)]
    others = [name for name in rng.sample(names, min(8, len(names))) if name not in sentence and name not in question]
    if not held or not others:
        return None
    return question.replace(rng.choice(held), others[0], 1)


def selqa(path: Path, rng: random.Random) -> Iterator[Group]:
    """Natural questions with the sentences of one article, labelled."""
    for line in path.open(encoding="utf-8"):
        row = json.loads(line)
        asked = set(stems(row["question"]))
        held = list(zip(row["candidates"], ["", *row["candidates"]], strict=False))
        right = row["answer_idx"]
        wrong = sorted(set(range(len(held))) - set(right), key=lambda i: -len(asked & set(stems(held[i][0]))))
        take = right[:1] + wrong[:2]
        yield [
            Example(Pair(row["question"], held[i][0], context_of(row.get("title", ""), held[i][1], rng)), i in right)
            for i in take
        ]


def nqg(path: Path, rng: random.Random, most: int) -> Iterator[Group]:
    """Lower-cased questions with the sentence that answers, against the sentences beside it in the file."""
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    for i in rng.sample(range(2, len(rows) - 3), most):
        row = rows[i]
        group = [Example(Pair(_tidy(row["question"]), _tidy(row["sentence"])), True)]
        other = next(
            (rows[j]["sentence"] for j in (i + 2, i - 2, i + 3) if rows[j]["sentence"] != row["sentence"]), None
        )
        if other:
            group.append(Example(Pair(_tidy(row["question"]), _tidy(other)), False))
        yield group


def qamr(folder: Path, rng: random.Random, most: int, *, near: bool = False) -> Iterator[Group]:
    """Questions on single sentences of news and encyclopedia, against one that shares words; `near`: against one of the
    same text, too, and at times against the sentence without its answer."""
    texts = dict(line.rstrip("\n").split("\t") for line in (folder / "wiki-sentences.tsv").open(encoding="utf-8"))
    rows = [
        row
        for name in ("dev.tsv", "test.tsv")
        for row in csv.reader((folder / name).open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE)
    ]
    ids = sorted(texts)
    bags = {id: set(stems(texts[id])) for id in ids}
    beside: dict[str, list[str]] = {}
    for id in ids:
        beside.setdefault(_text_of(id), []).append(id)
    rng.shuffle(rows)
    for row in rows[:most]:
        tokens = texts[row[0]].split()
        try:
            answer = [int(i) for i in row[6].split()]
        except ValueError:
            continue
        text, offsets = _detokenised(tokens)
        span = (offsets[min(answer)][0], offsets[max(answer)][1]) if answer and max(answer) < len(tokens) else None
        asked = set(stems(row[5]))
        if re.search(r"\b(?:someone|something|somebody)\b", row[5]):
            continue
        span = span if span and max(answer) - min(answer) + 1 == len(answer) else None
        group = [Example(Pair(row[5], text), True, span)]
        for some in (*([beside[_text_of(row[0])]] if near else ()), rng.sample(ids, 300)):
            if others := [id for id in some if id != row[0]]:
                other = max(others, key=lambda id: len(asked & bags[id]))
                group.append(Example(Pair(row[5], _detokenised(texts[other].split())[0]), False))
        if near and span and rng.random() < 0.2:
            group.append(Example(Pair(row[5], without_span(text, span, rng)), False))
        yield group


def _text_of(id: str) -> str:
    """Which text a sentence's id says it is of."""
    return ":".join(id.split(":")[:3])


def discourse(path: Path, rng: random.Random, most: int) -> Iterator[Group]:
    """Why, how and when of single news sentences, against a sentence of the same file that shares words."""
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    bags = [set(stems(row["context"])) for row in rows]
    for i in rng.sample(range(len(rows)), min(most, len(rows))):
        text, qa = rows[i]["context"], rows[i]["qas"][0]
        if not qa["answers"] or len(text) > 600:
            continue
        start, length = qa["answers"][0]["start"], len(qa["answers"][0]["text"])
        asked = set(stems(qa["question"]))
        some = [j for j in rng.sample(range(len(rows)), 300) if rows[j]["context"] != text]
        other = max(some, key=lambda j: len(asked & bags[j]))
        yield [
            Example(Pair(qa["question"], text), True, (start, start + length)),
            Example(Pair(qa["question"], rows[other]["context"]), False),
        ]


def reworded(groups: Iterable[Group], synonyms: Synonyms, rng: random.Random) -> Iterator[Group]:
    """Groups whose question can be put in other words, so put; a fifth of them in lower case."""
    for group in groups:
        if not group:
            continue
        asked = group[0].pair.question
        other = synonyms.reworded(asked, rng, 0.7)
        if other != asked:
            other = other.lower() if rng.random() < 0.2 else other
            yield [replace(one, pair=replace(one.pair, question=other)) for one in group if one.pair.question == asked]


def said(path: Path, rng: random.Random, most: int) -> Iterator[Group]:
    """Questions of what somebody said, made from news: the sentence, against the same question about somebody else."""
    groups: list[Group] = []
    for line in path.open(encoding="utf-8"):
        row = json.loads(line)
        text, spans = row["text"], sentence_spans(row["text"])
        found = []
        for at, (start, end) in enumerate(spans):
            who = speaker_of(text, spans, at)
            if who and 40 < end - start < 400:
                found.append((at, text[start:end], text[who[0] : who[1]], who[0] >= start))
        names = sorted({name for _, _, name, _ in found})
        for at, sentence, name, inside in found:
            topic = [word for word in re.findall(r"[A-Za-z][a-z]{3,}", sentence) if stems(word) and word not in name]
            others = [one for one in names if not set(one.split()) & set(name.split()) and one not in sentence]
            if len(topic) < 3:
                continue
            about = " ".join(rng.sample(topic, 2)).lower()
            shown = sentence if inside else f"{name}: {sentence}"
            before = text[spans[at - 1][0] : spans[at - 1][1]] if at else ""
            asks = rng.choice(["What did {} say about {}?", "What does {} say on {}?", "what has {} said about the {}"])
            context = context_of(row["title"], before, rng)
            group = [Example(Pair(asks.format(name, about), shown, context), True)]
            if others:
                group.append(Example(Pair(asks.format(rng.choice(others), about), shown, context), False))
            other = rng.choice(found)
            if other[0] != at and other[2] != name:
                group.append(
                    Example(
                        Pair(asks.format(name, about), other[1] if other[3] else f"{other[2]}: {other[1]}", context),
                        False,
                    )
                )
            groups.append(group)
    yield from rng.sample(groups, min(most, len(groups)))


def sentences_of(text: str) -> list[tuple[int, str]]:
    return [(start, text[start:end]) for start, end in sentence_spans(text)]


def context_of(title: str, before: str, rng: random.Random) -> str:
    """The headline and the sentence before, each left out at times, so that the reader needs neither."""
    parts = [part for part, keep in ((title, 0.8), (before, 0.7)) if part and rng.random() < keep]
    return ". ".join(parts)


_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "``": "“", "''": "”"}


def _detokenised(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Tokens as running text, with the characters of each."""
    text, offsets = "", []
    for token in tokens:
        shown = _BRACKETS.get(token, token)
        glue = not text or re.match(r"[.,;:?!)”%]|'s$|n't$|'", shown) or text[-1:] in "(“$"
        text += shown if glue else f" {shown}"
        offsets.append((len(text) - len(shown), len(text)))
    return text, offsets


def _tidy(text: str) -> str:
    return re.sub(r"\s+([.,;:?!)])", r"\1", text.strip())
