"""No regular expression of `index` takes more than a moment for a long line, however odd: texts come from strangers."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import index

SECONDS = 5.0
UNITS = (
    *("a", "A", "A.", "Aa-", "a'", "9", "9,", " ", "\n", " a", "A ", "Aa ", "A, ", "9 ", "<", "&", "(", '"', "-", "."),
    *("=", "a@", "Mr. "),
)
LINES = [unit * (240 // len(unit)) + end for unit in UNITS for end in ("", ":", "!", "a")]


def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern of text that a module of `index` holds, by its name."""
    found = {}
    for module in pkgutil.walk_packages(index.__path__, "index."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for at, one in enumerate(value if isinstance(value, tuple | list) else [value]):
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    found[f"{module.name}.{name}.{at}"] = one
    return found


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TimeoutError where the process works longer: the timer counts its own time, and `re` lets it in."""

    def out_of_time(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, out_of_time)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def test_the_patterns_are_found() -> None:
    assert "index.clean.bylines._NAME_WORD.0" in patterns()
    assert len(patterns()) > 40


@pytest.mark.parametrize("name", sorted(patterns()))
def test_none_takes_more_than_a_moment_for_an_odd_line(name: str) -> None:
    pattern = patterns()[name]
    with at_most(SECONDS):
        for line in LINES:
            pattern.fullmatch(line)
            pattern.search(line)
