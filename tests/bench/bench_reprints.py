"""How well reprints are told from other articles on the same event. `python tests/bench/bench_reprints.py BENCH`

Every fourth article with at least six paragraphs, whose text stands in the collection once, gets an edited copy in each
of the ways below, in one of eight other outlets. All originals and all copies of one kind are clustered together by
`index.clusters.assign`, so what is not a copy is the rest of the collection: several articles on each event, by outlets
that follow the same weeks. A pair is right where both are of the same original. Pairs of two originals are judged by
runs of eight words, with sets, not signatures: two of one outlet that share 70% of all their runs, and two of different
outlets of which the shorter shares half of its runs, are copies that the corpus itself holds, and are left out; their
number is printed. All others are wrong, follow-ups and daily newsletters of one outlet too.

The edits draw from a fixed seed. Odd and even: the place of the original among those that were edited.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

from index import clusters
from index.catalogue import Catalogue
from index.dates import parse_published
from index.records import Article

RUN = 8


def articles(bench: Path) -> Iterator[Article]:
    for name, opened in (("rtqa2022/corpus.jsonl.gz", gzip.open), ("multihop/corpus.jsonl", open)):
        with opened(bench / "data" / name, "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                yield Article(
                    id=row["id"],
                    text=row["text"],
                    title=row.get("title") or "",
                    published=parse_published(row["published"]) if row.get("published") else None,
                    source=row.get("source"),
                )


def paragraphs(text: str) -> list[str]:
    return [one for one in re.split(r"\n+", text) if one.strip()]


def headline(article: Article, chance: random.Random, others: list[str]) -> str:
    return f"{chance.choice(others)[:80]}\n\n{article.text}"


def byline(article: Article, chance: random.Random, others: list[str]) -> str:
    return f"By Jane Roe and John Doe, Lindhafen Wire\n\n{article.text}\n\nReporting by Jane Roe; editing by John Doe"


def cut(article: Article, chance: random.Random, others: list[str]) -> str:
    """40% of the paragraphs taken out, here and there."""
    return "\n\n".join(one for one in paragraphs(article.text) if chance.random() > 0.4)


def shortened(article: Article, chance: random.Random, others: list[str]) -> str:
    """The second half taken off, as an outlet does that prints the lead."""
    found = paragraphs(article.text)
    return "\n\n".join(found[: (len(found) + 1) // 2])


def rewritten(article: Article, chance: random.Random, others: list[str]) -> str:
    """30% of the sentences are others' altogether: no word of a rewritten one is taken to stay."""
    sentences = re.split(r"(?<=[.!?])\s+", article.text)
    return " ".join(chance.choice(others) if chance.random() < 0.3 else one for one in sentences)


def everything(article: Article, chance: random.Random, others: list[str]) -> str:
    """Another headline and byline, a quarter of the paragraphs cut, 15% of the sentences rewritten."""
    kept = "\n\n".join(one for one in paragraphs(article.text) if chance.random() > 0.25)
    sentences = [chance.choice(others) if chance.random() < 0.15 else one for one in re.split(r"(?<=[.!?])\s+", kept)]
    return f"{chance.choice(others)[:80]}\n\nBy Jane Roe\n\n{' '.join(sentences)}"


EDITS: list[Callable[[Article, random.Random, list[str]], str]] = [
    *(headline, byline, cut, shortened, rewritten, everything)
]


def runs(text: str) -> set[int]:
    words = re.findall(r"\w+", text.lower())
    return {hash(tuple(words[i : i + RUN])) for i in range(len(words) - RUN + 1)}


def same_by_runs(a: Article, b: Article) -> bool:
    left, right = runs(a.text), runs(b.text)
    if a.source == b.source:
        return len(left & right) >= 0.7 * max(1, len(left | right))
    return len(left & right) >= 0.5 * max(1, min(len(left), len(right)))


def main(bench: Path) -> None:
    corpus = list(articles(bench))
    chance = random.Random(7)
    others = [one for article in corpus[::7] for one in re.split(r"(?<=[.!?])\s+", article.text) if 40 < len(one) < 300]
    times = Counter(one.text for one in corpus)  # the same words under many headlines are a notice, no story
    edited = [one for one in corpus if len(paragraphs(one.text)) >= 6 and times[one.text] == 1][::4]
    print(f"{len(corpus)} articles; {len(edited)} of them edited; {len(others)} sentences to put in")
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Catalogue.open(Path(folder) / "catalogue.sqlite")
        with catalogue.transaction():
            originals = [catalogue.put(one) for one in corpus]
        began = time.process_time()
        alone = clusters.assign(catalogue, originals)
        signed = time.process_time()
        clusters.assign(catalogue, originals)
        again = time.process_time() - signed
        print(f"CPU seconds: signatures and clusters {signed - began:.1f}, clusters again {again:.2f}")
        sizes = defaultdict(int)
        for cluster in alone.values():
            sizes[cluster] += 1
        found = sum(size for size in sizes.values() if size > 1)
        print(f"unedited: {found} articles in {sum(size > 1 for size in sizes.values())} clusters")
        known: dict[tuple[int, int], bool] = {}
        by_version = {version: article for version, article in zip(originals, corpus, strict=True)}
        version_of = {article.id: version for version, article in zip(originals, corpus, strict=True)}
        for edit in EDITS:
            with catalogue.transaction():
                pairs = []
                for one in edited:
                    copy = Article(
                        id=f"{one.id} {edit.__name__}",
                        text=edit(one, chance, others),
                        source=f"{chance.randrange(8)}.test",
                    )
                    pairs.append((version_of[one.id], catalogue.put(copy)))
            measure(catalogue, edit.__name__, originals, pairs, known, by_version)
        catalogue.close()
    print(f"pairs of the corpus' own that were judged: {len(known)}, copies by their runs: {sum(known.values())}")


def measure(
    catalogue: Catalogue,
    name: str,
    originals: list[int],
    pairs: list[tuple[int, int]],
    known: dict[tuple[int, int], bool],
    by_version: dict[int, Article],
) -> None:
    cluster = clusters.assign(catalogue, [*originals, *(copy for _, copy in pairs)])
    story = {version: version for version in originals} | {copy: original for original, copy in pairs}
    halves = {original: at % 2 for at, (original, _) in enumerate(pairs)}
    members = defaultdict(list)
    for version, number in cluster.items():
        members[number].append(version)
    right, wrong = [0, 0], [0, 0]
    for some in members.values():
        for a, b in combinations(some, 2):
            left, other = sorted((story[a], story[b]))
            if left == other:
                right[halves[left]] += 1
                continue
            if (left, other) not in known:
                known[left, other] = same_by_runs(by_version[left], by_version[other])
            if not known[left, other]:
                wrong[halves.get(left, halves.get(other, 0))] += 1
    count = [sum(half == side for half in halves.values()) for side in (0, 1)]
    shown = []
    for label, sides in (("odd", (0,)), ("even", (1,)), ("all", (0, 1))):
        hit, miss = sum(right[i] for i in sides), sum(wrong[i] for i in sides)
        precision, recall = hit / max(1, hit + miss), hit / max(1, sum(count[i] for i in sides))
        shown.append(f"{label} {precision:.4f} {recall:.4f}")
    print(f"{name:<11} precision, recall: {'; '.join(shown)}; wrong pairs {sum(wrong)}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
