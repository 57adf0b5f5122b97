"""What each stage of a search took, and what it left: for whoever explains a search."""

from __future__ import annotations

import time


class Stages:
    """Adds up milliseconds and counts by stage. All time since it was made belongs to one stage or another."""

    def __init__(self) -> None:
        self.timings_ms: dict[str, float] = {}
        self.counts: dict[str, int] = {}
        self._since = time.perf_counter()

    def ended(self, stage: str) -> None:
        """The time since the last stage ended was `stage`'s; a stage may come more than once."""
        now = time.perf_counter()
        self.timings_ms[stage] = self.timings_ms.get(stage, 0.0) + (now - self._since) * 1000
        self._since = now

    def count(self, **found: int) -> None:
        """Add what was found to the counts of these names."""
        for name, number in found.items():
            self.counts[name] = self.counts.get(name, 0) + number
