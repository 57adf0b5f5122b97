"""The time that a question's words name: 160 fixed questions, written before and apart from the code."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.records import Reach
from assistant.retrieval.time_words import time_words
from index.calendar_words import days_of

QUESTIONS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "data/time_questions.yaml").read_text("utf-8")
)
TIMED = [row for row in QUESTIONS if not row.get("none")]
DAY = datetime.date(2022, 6, 16)


def test_the_window_is_right_for_at_least_95_of_100_questions() -> None:
    wrong = []
    for row in TIMED:
        window = time_words(row["question"], row["asked"]).window
        if window is None or (window.since, window.until) != (row["since"], row["until"]):
            wrong.append((row["question"], window))
    assert len(TIMED) == 100
    assert len(wrong) <= 5, wrong


def test_a_question_without_a_time_gets_no_window() -> None:
    timeless = [row for row in QUESTIONS if row.get("none")]
    found = [row["question"] for row in timeless if time_words(row["question"], row["asked"]).window]
    assert len(timeless) == 60
    # One is known to be taken for a day: a series that is called like a weekday.
    assert len(found) <= 1, found


@pytest.mark.parametrize(
    ("question", "reach"),
    [
        ("What happened since Monday?", Reach.FILTER),
        ("What was said before 3 June 2022?", Reach.FILTER),
        ("What happened last week?", Reach.PREFER),
        ("What did she say on 14 June?", Reach.PREFER),
        ("Which films came out in 2019?", Reach.HINT),
        ("What happened this week?", Reach.HINT),
        ("What was decided on Tuesday?", Reach.HINT),
    ],
)
def test_open_bounds_filter_days_that_are_over_go_first_and_the_rest_is_a_hint(question: str, reach: Reach) -> None:
    window = time_words(question, DAY).window
    assert window is not None
    assert window.reach is reach


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("on 6/14/2022", "2022-06-14", "2022-06-14"),
        ("on 14/6/2022", "2022-06-14", "2022-06-14"),
        ("on 5/5/2022", "2022-05-05", "2022-05-05"),
        ("between 6/13/2022 and 6/15/2022", "2022-06-13", "2022-06-15"),
        ("in the past 48 hours", "2022-06-14", "2022-06-16"),
        ("over the last few hours", "2022-06-15", "2022-06-16"),
        ("since the start of the year", "2022-01-01", None),
        ("since the beginning of this month", "2022-06-01", None),
        ("at the start of the week", "2022-06-13", "2022-06-14"),
        ("at the end of last year", "2021-09-01", "2021-12-31"),
        ("by the end of last month", None, "2022-05-31"),
    ],
)
def test_days_in_figures_hours_and_ends_of_stretches_are_understood(
    words: str, since: str | None, until: str | None
) -> None:
    window = time_words(f"What happened in Osterby {words}?", DAY).window
    assert window is not None
    shown = [day and day.isoformat() for day in (window.since, window.until)]
    assert (shown, window.words) == ([since, until], words)


@pytest.mark.parametrize(
    "words",
    [
        "on 6/7/2022",  # the seventh of June or the sixth of July
        "on 13/13/2022",
        "in the last 48 hours of the siege",
        "at the start of the race",
        "at the end of the year",
        "overnight",
    ],
)
def test_what_may_be_two_days_or_is_to_come_or_says_how_is_no_window(words: str) -> None:
    assert time_words(f"What happened in Osterby {words}?", DAY).window is None


def test_two_times_are_two_windows() -> None:
    found = time_words("What did he say on 3 May and on 5 May?", DAY)
    assert found.window is not None
    assert found.other is not None
    assert (found.window.since, found.other.since) == (datetime.date(2022, 5, 3), datetime.date(2022, 5, 5))


def test_the_latest_is_no_window_but_is_told() -> None:
    found = time_words("What is the latest on the strike?", DAY)
    assert found.window is None
    assert found.latest == "the latest"


@pytest.mark.parametrize("words", ["30 February 2022", "29 February 2021", "the 45th of May", "", "soon"])
def test_what_is_no_day_of_the_calendar_is_none(words: str) -> None:
    assert days_of(words, DAY) is None


@given(st.text(max_size=200), st.dates(min_value=datetime.date(1, 1, 1), max_value=datetime.date(9999, 12, 31)))
def test_no_text_and_no_day_makes_it_fail(text: str, day: datetime.date) -> None:
    window = time_words(text, day).window
    if window is not None and window.since and window.until:
        assert window.since <= window.until


@given(
    st.sampled_from(["last week", "3 weeks ago", "in March", "yesterday", "past 90 days", "last winter", "Q3 2021"]),
    st.dates(min_value=datetime.date(1, 1, 1), max_value=datetime.date(9999, 12, 31)),
)
def test_at_the_edges_of_the_calendar_there_is_a_window_or_none(words: str, day: datetime.date) -> None:
    window = time_words(f"What happened {words}?", day).window
    assert window is None or window.since is None or window.until is None or window.since <= window.until
