"""numpy's files read one at a time: their headers are parsed with `ast`, which in CPython 3.11 can fail when two
threads of a process parse at once ("AST constructor recursion depth mismatch")."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np

one_at_a_time = threading.RLock()
"""To be held by whatever else has numpy read files: bm25s does."""


def load_array(file: Path, *, mapped: bool = False) -> np.ndarray[Any, np.dtype[Any]]:
    """The array in `file`, mapped into memory where asked. Raises OSError or ValueError."""
    with one_at_a_time:
        found: np.ndarray[Any, np.dtype[Any]] = np.load(file, mmap_mode="r" if mapped else None)
        return found
