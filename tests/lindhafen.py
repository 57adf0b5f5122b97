"""Invented news of a town called Lindhafen: sentences, headlines and pages for tests to clean, read and index."""

from __future__ import annotations

from pathlib import Path

SEEDS = Path(__file__).parent.parent / "seeds"

TITLE = "Mayor of Lindhafen resigns over harbour contracts"
PROSE = "The mayor of Lindhafen resigned on Friday after the council published its audit."
MORE = "She told reporters that the harbour contracts had been awarded in good faith."
LEAD = "The opposition is calling for an early vote after three contracts were questioned."


def page(*lines: str) -> str:
    return "\n".join(lines)
