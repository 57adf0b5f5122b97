"""The check against labelled sentences: it may not get worse than when docs/answers.md was written."""

from __future__ import annotations

from collections import Counter
from functools import partial

from support_pairs import CHANGED_LATER, measure, pairs

from assistant.check import support
from assistant.check.words_alike import words_alike
from assistant.records import Support
from index.embed import Embedder


def test_the_set_is_large_enough_to_tell() -> None:
    held = list(pairs())
    assert len(held) >= 300
    assert len({(pair.sentence, pair.quote) for pair in held}) == len(held)
    changed = {"number", "name", "negated", "date", "speaker", "beyond", *CHANGED_LATER}
    assert {pair.kind for pair in held if not pair.is_true} == changed
    counts = Counter(pair.kind for pair in held)
    assert all(counts[kind] + counts[f"kept_{kind}"] >= 20 for kind in CHANGED_LATER)


def test_the_check_tells_carried_sentences_from_changed_ones(embedder: Embedder) -> None:
    judge = partial(support, similarity=words_alike(embedder))
    for remainder in (0, 1):
        half = measure(judge, [pair for pair in pairs() if pair.number % 2 == remainder])
        assert half.balanced >= 0.92, half
        assert half.passed <= 0.01, half


def test_without_a_model_no_more_changed_sentences_pass() -> None:
    accuracy = measure(support, list(pairs()))
    assert accuracy.passed <= 0.01
    assert accuracy.balanced >= 0.9


def test_a_check_that_carries_everything_is_seen_to_be_worthless() -> None:
    accuracy = measure(lambda sentence, quotes: Support.SUPPORTED, list(pairs()))
    assert accuracy.balanced == 0.5
    assert accuracy.passed == 1.0
