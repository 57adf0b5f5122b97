"""Why there is no answer: what the articles mention of the question, and what they do not."""

from __future__ import annotations

import pytest

from assistant.mentioned import mentioned


@pytest.mark.parametrize(
    ("question", "passage", "expected"),
    [
        (
            "Who attended the summit in Ley?",
            "They spoke of the summit in Ley.",
            "mention “the summit in Ley”, not who attended",
        ),
        (
            "When did the mayor of Ley resign?",
            "The mayor of Ley spoke.",
            "mention “the mayor of Ley”, not when, and have nothing on “resign”",
        ),
        ("Did the ministry approve it?", "The ministry met.", "mention “the ministry”, but have nothing on “approve”"),
        ("Was the mill insured?", "Was the mill insured?", "mention “the mill insured”, not whether that is so"),
        ("What did North say about the mill?", "North met.", "mention “North”, not what, and have nothing on “mill”"),
    ],
)  # fmt: skip
def test_topic_and_gap_are_told_in_the_questions_own_words(question: str, passage: str, expected: str) -> None:
    found = mentioned(question, passage)
    assert found
    assert found.words == expected


@pytest.mark.parametrize("question", ["Who won the regatta?", "???", "When?"])
def test_a_passage_on_something_else_mentions_nothing(question: str) -> None:
    assert mentioned(question, "The mayor of Ley spoke.") is None
