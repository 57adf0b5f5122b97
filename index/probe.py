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
from index.chunks import embedded_text
from index.embed import Vectors
from index.filters import Filters
from index.home import Home
from index.manifest import Manifest
from index.search import Index

_SAMPLE = 20
"""Chunks whose vectors are compared and that are asked for."""

_ALIKE = 0.999
"""The least cosine of a chunk's vector in the store with the same in the catalogue: float32 against float16."""

_MISSED = 0.2
"""The part of the questions that may miss their chunk; a damaged graph misses nearly all."""

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


def _differences(index: Index, catalogue: Catalogue, manifest: Manifest, thorough: bool) -> list[str]:
    """Where the build differs from the catalogue: in a sample of its chunks, or in every one."""
    found: list[str] = []
    rows = np.arange(len(index))
    if not len(rows):
        return found
    sample = np.array(sorted(random.Random(manifest.name).sample(range(len(rows)), min(_SAMPLE, len(rows)))))
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
    shown = index.allowed(Filters())
    asked = [row for row in sample.tolist() if shown is None or shown[row]]  # removed chunks are not to be found
    unanswered = [problem for row in asked for problem in _unanswered(index, row)]
    # The store's search is approximate, and misses a few where many chunks are nearly alike.
    return found if len(unanswered) <= _MISSED * len(sample) else unanswered[:1]


def _unanswered(index: Index, row: int) -> list[str]:
    """A question with a known answer: a chunk's own vector and words must find it, or one just like it."""
    vector = index.vectors(np.array([row]))[0]
    nearest = index.nearest(vector / max(float(np.linalg.norm(vector)), 1e-12), 5)
    if index.cosines(vector, nearest).max(initial=0) < _ALIKE * float(vector @ vector):
        return [f"a search for its chunk {row} does not find it in the vector store"]
    article, start, end = index.span(row)
    scores = index.keyword_scores(embedded_text(article.title, article.text[start:end]))
    if scores.any() and scores[row] < 0.5 * scores.max():
        return [f"a search for the words of its chunk {row} does not find it"]
    return []


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
