"""Whether a text shares a run of words with the benchmarks: what does is left out of training."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from reader_data import Group

LENGTH = 8
"""Words in a run."""

_WORD = re.compile(r"\w+")


def shingles(text: str) -> Iterator[int]:
    """A 64-bit hash of each run of `LENGTH` words, in lower case and without punctuation."""
    words = _WORD.findall(text.lower())
    for at in range(len(words) - LENGTH + 1):
        run = " ".join(words[at : at + LENGTH])
        yield int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), "little")


class Benchmarks:
    """The runs of every string in the benchmarks' .json, .jsonl and .jsonl.gz files; their web pages are HTML, but
    the text of each is in such a file too."""

    def __init__(self, folder: Path) -> None:
        found: list[np.ndarray] = []
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                found += [np.fromiter(shingles(text), np.uint64) for text in texts_in(path)]
        self._runs = np.unique(np.concatenate(found))

    def __len__(self) -> int:
        return len(self._runs)

    def share(self, text: str) -> bool:
        """Whether a run of `text` stands in the benchmarks too."""
        runs = np.fromiter(shingles(text), np.uint64)
        if not len(runs):
            return False
        places = np.minimum(np.searchsorted(self._runs, runs), len(self._runs) - 1)
        return bool((self._runs[places] == runs).any())


def without_shared(groups: Sequence[Group], benchmarks: Benchmarks, name: str) -> list[Group]:
    """`groups` without those of which any text shares a run of words with the benchmarks; says how many those are."""
    kept = [group for group in groups if not any(benchmarks.share(text) for text in texts_of(group))]
    print(
        f"{name}: {len(groups) - len(kept)} of {len(groups)} groups share a run of words with the benchmarks",
        flush=True,
    )
    return kept


def texts_of(group: Group) -> set[str]:
    """Everything that is read of `group`."""
    return {text for one in group for text in (one.pair.question, one.pair.context, one.pair.sentence)}


def texts_in(path: Path) -> Iterator[str]:
    """Every string of a .json, .jsonl or .jsonl.gz file; nothing of any other."""
    if path.name.endswith((".jsonl", ".jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for line in lines:
                yield from _strings(json.loads(line))
    elif path.suffix == ".json":
        yield from _strings(json.loads(path.read_text(encoding="utf-8")))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
