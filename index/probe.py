"""Trying a build in a process of its own, before it comes to serve: a damaged graph can end the process that opens it.

The process is started early, so that it loads its libraries while the build is being made, and tries each build in a
child of its own. Run as a module it reads one request a line, `{"home", "build", "thorough"}`, and answers each with a
line `{"problems": [...]}`.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

from index import keywords, store
from index.catalogue import Catalogue
from index.chunks import SPLITTER_VERSION, embedded_text
from index.dense import TRIED_MOST
from index.embed import Vectors
from index.errors import BuildError
from index.home import Home
from index.manifest import Manifest
from index.search import Index

_SAMPLE = 20
"""Chunks whose vectors are compared and that are asked for."""

_ALIKE = 0.999
"""The least cosine of a chunk's vector in the store with the same in the catalogue: float32 against float16."""

_ITSELF = 0.99999
"""The least cosine of a chunk's vector with itself, or with one that could stand for it."""

_ASKED_FOR = (5, 200, 1000)
"""How many chunks a search asks for until it finds one: the store's search is approximate, but looks the wider the more
are asked for. What the widest misses no way in its graph leads to."""

MISSED = "does not find it in the vector store"
"""What is wrong with a graph that no way leads to a chunk of, though all are there."""

_LARGE = 200_000
"""Chunks above which the widest search may miss a few of a sound graph's: of forty of a million vectors drawn by lot it
missed one. There a miss leads to a larger sample, of which not more than the share `_MAY_BE_MISSED` may be."""

_LARGER_SAMPLE, _MAY_BE_MISSED = 200, 0.05

_OFF = 0.002
"""How much a cosine may differ that the store gives from the exact one."""

_IDLE_SECONDS = 60
_LONGEST_SECONDS = 1800


class Prober:
    """A process that tries builds. Safe to use from several threads; it ends by itself when it is idle."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Have the process load its libraries while the caller does other things."""
        with self._lock:
            self._running()

    def problems(self, home: Home, build: str, *, thorough: bool = False) -> list[str]:
        """What is wrong with `build`, in clauses without a full stop; none where it may serve."""
        request = json.dumps({"home": str(home.root.absolute()), "build": build, "thorough": thorough}) + "\n"
        with self._lock:
            for _ in range(2):
                process = self._running()
                assert process.stdin is not None
                assert process.stdout is not None
                try:
                    process.stdin.write(request.encode())
                    process.stdin.flush()
                    answer = process.stdout.readline()
                except BrokenPipeError:
                    answer = b""
                if answer:
                    found: list[str] = json.loads(answer)["problems"]
                    return found
                self._process = None  # it had just gone for being idle, or was killed: once more
        return ["the process that tries it ended without a word"]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            source = str(Path(__file__).resolve().parents[1])
            path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))
            self._process = subprocess.Popen(
                [sys.executable, "-m", "index.probe"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": path},
                start_new_session=True,  # Ctrl-C is for the process that writes
            )
        return self._process


PROBER = Prober()
"""The one of this process; it starts nothing until it is used."""


def problems(home: Home, build: str, *, thorough: bool = False) -> list[str]:
    """Try `build` in this process, which a damaged one may end. As `Prober.problems`."""
    found: list[str] = []
    try:
        manifest = Manifest.read(home.build(build))
        index = Index(home, manifest)
    except Exception as error:
        return [getattr(error, "problem", str(error)).rstrip(".")]
    catalogue = None
    try:
        catalogue = Catalogue.open(home.catalogue, read_only=True)
        found += _differences(index, catalogue, manifest, thorough)
    except Exception as error:
        found.append(getattr(error, "problem", f"{type(error).__name__}: {error}").rstrip("."))
    finally:
        index.close()
        if catalogue:
            catalogue.close()
    return found


def faults(home: Home, build: str) -> list[str]:
    """What is wrong with a build that has lain for a while, in clauses: every file is read before it is tried."""
    try:
        damaged = Manifest.read(home.build(build)).damaged(home.build(build), thorough=True)
    except BuildError as error:
        return [error.problem.rstrip(".")]
    return [f"{damaged[0]} is not what was written"] if damaged else PROBER.problems(home, build)


def _differences(index: Index, catalogue: Catalogue, manifest: Manifest, thorough: bool) -> list[str]:
    """Where the build differs from the catalogue: in a sample of its chunks, or in every one."""
    found: list[str] = []
    rows = np.arange(len(index))
    if not len(rows):
        return found
    # A smaller one was counted when it was opened.
    if len(rows) > TRIED_MOST and (held := index.dense.counted()) - {len(rows)}:
        return [f"the vector store holds {min(held)} chunks, and the manifest says {len(rows)}"]
    lots = random.Random(manifest.name)
    sample = np.array(sorted(lots.sample(range(len(rows)), min(_SAMPLE, len(rows)))))
    for some in np.array_split(rows, len(rows) // 2000 + 1) if thorough else [sample]:
        numbers = index.numbers(some)
        kept = catalogue.vectors(numbers, manifest.recipe.dimension)
        stored = index.stored_vectors(some)
        if stored is None:
            return [*found, "the vector store lacks chunks"]
        if not np.array_equal(index.vectors(some), kept):
            return [*found, "vectors.npy holds other vectors than the catalogue"]
        if (_cosines(kept, stored) < _ALIKE).any():
            return [*found, "the vector store holds other vectors than the catalogue"]
    missed = [row for row in sample.tolist() if not _is_found(index, row)]
    if missed and len(rows) > _LARGE:
        more = lots.sample(range(len(rows)), min(_LARGER_SAMPLE, len(rows)))
        missed = missed if sum(not _is_found(index, row) for row in more) > _MAY_BE_MISSED * len(more) else []
    if missed:
        found.append(f"a search for its chunk {missed[0]} {MISSED}")
    # Of a build by another splitter what was left out of its chunks' words is not known here.
    for row in sample.tolist() if manifest.recipe.splitter == SPLITTER_VERSION else ():
        found += _other_words(index, row)
    return found[:1]


def _is_found(index: Index, row: int) -> bool:
    """A question with a known answer: whether a chunk's own vector finds it, or one that is the same, at the distance
    that it has.

    Distances are compared, not which chunk it is: of many alike any may come first. Raises BuildError where the store
    gives a distance that is none.
    """
    vector = index.vectors(np.array([row]))[0]
    length = float(np.linalg.norm(vector))
    if not length:
        return True
    exact = np.zeros(0)
    for k in _ASKED_FOR:
        rows, said = index.stored_nearest(vector / length, k)
        exact = _cosines(np.broadcast_to(vector, (len(rows), len(vector))), index.vectors(rows))
        if np.abs(exact - said).max(initial=0) > _OFF:
            raise BuildError("the vector store gives wrong distances", "")
        if exact.max(initial=0) >= _ITSELF:
            return True
    # More that are alike than the widest search looks at hide one another, and that is no damage.
    return bool(exact.min(initial=1) >= _ALIKE)


def _other_words(index: Index, row: int) -> list[str]:
    """What is wrong where a chunk's own words do not give it the score that they make."""
    article, start, end = index.span(row)
    if index.has_words(row, embedded_text(article.title, article.text[start:end])):
        return []
    return [f"its keyword index holds other words, or other scores, for its chunk {row} than the catalogue"]


def _cosines(a: Vectors, b: Vectors) -> Any:
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.einsum("ij,ij->i", a, b) / np.maximum(lengths, 1e-12)


def _serve() -> None:
    # What a build is opened with, loaded before the build is there.
    store.load_library()
    keywords.load_library()
    while select.select([sys.stdin], [], [], _IDLE_SECONDS)[0] and (line := sys.stdin.readline()):
        print(json.dumps({"problems": _tried(json.loads(line))}), flush=True)


def _tried(request: dict[str, Any]) -> list[str]:
    """What a child that tries the build says, or how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(_LONGEST_SECONDS)
        found = problems(Home(Path(request["home"])), request["build"], thorough=request["thorough"])
        with os.fdopen(writing, "w") as answer:
            json.dump(found, answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    if status == 0:
        return [str(problem) for problem in json.loads(said)]
    code = os.waitstatus_to_exitcode(status)
    how = f"signal {-code}, {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return [f"opening it ended the process that tried it ({how})"]


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # who asked was killed meanwhile
        _serve()
