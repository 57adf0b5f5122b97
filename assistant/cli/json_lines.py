"""JSON lines to a file, or to standard output where the file is called `-`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.contract import json_line
from index.errors import DatelineError

_REMEDY = "Give --out a file in a folder that is there and that you may write to."


def print_json(row: Mapping[str, Any]) -> None:
    """One JSON object on one line of standard output, as UTF-8 whatever the terminal speaks."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.stdout.write(json_line(row) + "\n")


def require_writable(out: Path) -> None:
    """Raises DatelineError if `out` cannot be written, without touching what it holds."""
    if str(out) == "-":
        return
    if out.is_dir():
        raise DatelineError(f"{out} cannot be written: it is a folder.", _REMEDY)
    if not out.parent.is_dir():
        raise DatelineError(f"{out} cannot be written: there is no folder {out.parent}.", _REMEDY)
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise DatelineError(f"{out} cannot be written: permission denied.", _REMEDY)


@contextmanager
def json_lines(out: Path) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """To write rows with; each is on disk when it was written, so that a long run can be watched.

    Raises DatelineError if `out` cannot be written.
    """
    if str(out) == "-":
        yield print_json
        return
    with _named(out):
        # A lone surrogate has no UTF-8; the escape put in its place is the one that JSON has for it.
        file = out.open("w", encoding="utf-8", errors="backslashreplace", newline="\n", buffering=1)

    def write(row: Mapping[str, Any]) -> None:
        with _named(out):
            file.write(json_line(row) + "\n")

    try:
        yield write
    finally:
        with _named(out):
            file.close()


@contextmanager
def _named(out: Path) -> Iterator[None]:
    """Say which file it is that cannot be written."""
    try:
        yield
    except OSError as error:
        raise DatelineError(f"{out} cannot be written: {error.strerror}.", _REMEDY) from error
