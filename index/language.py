"""The language that an article is written in, told from its text (py3langid, whose model comes with it)."""

from __future__ import annotations

import re

_FEWEST_LETTERS = 40
"""Letters below which a text tells no language: names and figures read the same in many."""

_ENOUGH = 1000
"""Characters that tell as much as the whole article, in less than half the time of 3,000 (docs/reading.md)."""

_ENGLISH_MODELS = (
    r"(?:.*/)?(?:all-(?:minilm|mpnet|distilroberta|roberta)|multi-qa-(?:minilm|mpnet|distilbert)|msmarco-"
    r"|paraphrase-(?:minilm|mpnet|albert)|bge-(?:small|base|large)-en|e5-(?:small|base|large)(?:-v2)?$"
    r"|gte-(?:small|base|large)|gtr-t5|sentence-t5|nomic-embed-text-v1|mxbai-embed-large|snowflake-arctic-embed-(?:xs|s|m|l)(?:-v1\.5)?$).*"
)


def language_of(text: str) -> str | None:
    """The language of `text` as ISO 639-1 has it ("en"); None where the text is too short to tell."""
    start = text[:_ENOUGH]
    if sum(map(str.isalpha, start)) < _FEWEST_LETTERS:
        return None
    import py3langid

    return str(py3langid.classify(start)[0])


def load_model() -> None:
    """Load the model, which takes half a second, before an article waits for it."""
    language_of("nobody waits for this sentence, " * 2)


def knows_english_alone(model: str) -> bool:
    """Whether the embedding model of that name was trained on English alone; of a name that is not known, no."""
    return re.fullmatch(_ENGLISH_MODELS, model, re.IGNORECASE) is not None
