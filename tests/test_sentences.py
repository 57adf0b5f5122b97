"""Sentences: exact spans, and the ends that news makes hard to see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Sen. Ada North met Dr. A. B. Jones at 5 p.m. on Friday.", "They left."],
        ["The U.S. Senate voted 51-49.", "It was close."],
        ["“We will not stop,” he said.", "“Not now.”"],
        ["She works for Acme Inc. in Washington, D.C. and has two children.", "He does not."],
        ["Prices rose 3.5 percent in Jan. 2024, the Labor Dept. said.", "That was high."],
        ["“I am done. I am leaving,” she said.", "Then she left."],
        ["The vote is at 8 p.m. ET Tuesday.", "Polls close later."],
        ["It cost $1.2 million.", "5 people paid."],
    ],
)
def test_sentences_end_where_a_reader_would_say_so(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_a_line_break_ends_a_sentence() -> None:
    assert sentences("A headline without a stop\n\nThe first words.") == [
        "A headline without a stop",
        "The first words.",
    ]


def test_blank_text_has_no_sentence() -> None:
    assert sentences(" \n\t\n ") == []


@given(st.text())
def test_spans_are_in_order_and_leave_out_nothing_but_white_space(text: str) -> None:
    at, left_out = 0, ""
    for start, end in sentence_spans(text):
        assert at <= start < end <= len(text)
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        left_out += text[at:start]
        at = end
    assert (left_out + text[at:]).strip() == ""
