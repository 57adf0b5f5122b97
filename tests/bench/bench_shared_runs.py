"""Does what is trained on share eight words in a row with the benchmarks? `python bench_shared_runs.py BENCH [TRAIN]`

Looks at the training texts of this folder, and with TRAIN at everything that train_reader.py would train on: prints how
many groups are left out because they share a run, then looks whether what is left is clean. Ends with 1 and names the
files, but not the words, where it is not.

The runs are compared as words here, not as the hashes that `shingles.py` leaves out by, and the other way round: those
of the training texts are kept, and the benchmarks are read past them. So a mistake of the one is seen by the other.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from reader_data import Example, Group
from reader_news import HARD, INVENTED, QUESTIONS, NewsPairs, before, invented, stories
from shingles import LENGTH, Benchmarks, texts_in, texts_of, without_shared

from assistant.reader.pairs import Pair

Named = Mapping[str, Iterable[Group]]


def runs(text: str) -> Iterator[str]:
    """Every run of `LENGTH` words, in lower case and without punctuation."""
    words = re.sub(r"\W+", " ", text.lower()).split()
    for at in range(len(words) - LENGTH + 1):
        yield " ".join(words[at : at + LENGTH])


def shared(groups: Named, benchmarks: Path) -> dict[str, set[str]]:
    """The files of `benchmarks` that share a run with any text of `groups`, by the name of those groups."""
    ours: defaultdict[str, set[str]] = defaultdict(set)
    for name, some in groups.items():
        for text in {text for group in some for text in texts_of(group)}:
            for run in runs(text):
                ours[run].add(name)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted(path for path in benchmarks.rglob("*") if path.is_file()):
        for text in texts_in(path):
            for run in runs(text):
                for name in ours.get(run, ()):
                    found[name].add(str(path.relative_to(benchmarks)))
    return dict(found)


def left(groups: Named, benchmarks: Path) -> dict[str, list[Group]]:
    """`groups` as train_reader.py leaves them; prints how many it leaves out."""
    known = Benchmarks(benchmarks)
    return {name: without_shared(list(some), known, name) for name, some in groups.items()}


def written() -> dict[str, list[Group]]:
    """What of this folder is trained on, by file: each question, and each sentence of the invented articles with its
    headline and the sentence before, as the reader reads them."""
    groups: dict[str, list[Group]] = {INVENTED.name: []}
    for file in (QUESTIONS, HARD):
        asked = [one["question"] for line in file.open(encoding="utf-8") for one in json.loads(line)["questions"]]
        groups[file.name] = [[Example(Pair(question, ""), False)] for question in asked]
    for story in invented()[0]:
        groups[INVENTED.name] += [[Example(Pair(one.text, ""), False)] for one in story.asked]
        for place in story.places:
            context = ". ".join(filter(None, [story.article.title, before(place)]))
            groups[INVENTED.name].append([Example(Pair("", place.shown, context), False)])
    return groups


def trained_on(train: Path) -> dict[str, list[Group]]:
    """Everything that train_reader.py trains on, of news one pass."""
    from reader_mixes import general
    from train_reader import SEED

    from index.embed import load_embedder

    rng = random.Random(SEED)
    groups = {"general": general(train, rng)[0]}
    news = NewsPairs([*stories(train)[0], *invented()[0]], load_embedder())
    return groups | {"news": list(news.groups(rng))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path)
    parser.add_argument("train", type=Path, nargs="?", help="the training data; without it only what is in this folder")
    options = parser.parse_args()
    groups = written()
    if options.train:
        groups |= trained_on(options.train)
    else:
        print("what is trained on beside this folder's texts was not looked at: give TRAIN too")
    kept = left(groups, options.bench)
    found = shared(kept, options.bench)
    for name, some in kept.items():
        files = (
            f"share {LENGTH} words in a row with {', '.join(sorted(found[name]))}" if name in found else "share none"
        )
        print(f"{name}: the {len(some)} groups that are left {files}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
