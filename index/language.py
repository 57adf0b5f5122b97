"""The language that an article is written in, told from its text (py3langid, whose model comes with it)."""

from __future__ import annotations

_FEWEST_LETTERS = 40
"""Letters below which a text tells no language: names and figures read the same in many."""

_ENOUGH = 3000
"""Characters that tell as much as the whole article."""


def language_of(text: str) -> str | None:
    """The language of `text` as ISO 639-1 has it ("en"); None where the text is too short to tell."""
    start = text[:_ENOUGH]
    if sum(map(str.isalpha, start)) < _FEWEST_LETTERS:
        return None
    import py3langid

    return str(py3langid.classify(start)[0])
