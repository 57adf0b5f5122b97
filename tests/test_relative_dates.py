"""What days a text speaks of: resolved against the day it was published, or left alone where two could be meant."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Article
from index.relative_dates import date_mentions, dates_of

FRIDAY = datetime.date(2024, 6, 14)
WEDNESDAY = datetime.date(2024, 6, 12)


def found(text: str, day: datetime.date = FRIDAY) -> dict[str, str]:
    return {mention.words: mention.iso for mention in date_mentions(text, day)}


def test_the_week_of_a_sunday_is_left_open() -> None:
    sunday = datetime.date(2024, 6, 16)
    assert found("What to expect this week, and what was decided last week, or on Friday.", sunday) == {
        "Friday": "2024-06-14"
    }


@pytest.mark.parametrize(
    ("text", "words", "iso"),
    [
        ("The mayor resigned on Friday.", "Friday", "2024-06-14"),
        ("The mayor resigned on Thursday evening.", "Thursday evening", "2024-06-13"),
        ("The audit came out Monday.", "Monday", "2024-06-10"),
        ("The council will vote on Monday.", "Monday", "2024-06-17"),
        ("The vote is scheduled for Saturday.", "Saturday", "2024-06-15"),
        ("The vote, she said, will be held on Tuesday.", "Tuesday", "2024-06-18"),
        ("The mayor will go, she said on Tuesday.", "Tuesday", "2024-06-11"),
        ("On Monday, the council will vote.", "Monday", "2024-06-17"),
        ("On Monday, the council said it will vote.", "Monday", "2024-06-10"),
        ("Early on Monday the mayor resigned.", "Monday", "2024-06-10"),
        ("The audit must be handed in by Monday.", "Monday", "2024-06-17"),
        ("The council was to vote on Monday.", "Monday", None),
        ("They meet on a Monday in spring, and most Tuesdays.", "Monday", None),
        ("The September 6 attack is in the report.", "September 6", None),
        ("The fair will open on September 6.", "September 6", "2024-09-06"),
        ("She told it in a Monday interview.", "Monday", "2024-06-10"),
        ("She spoke yesterday in the hall.", "yesterday", "2024-06-13"),
        ("The gates close tonight.", "tonight", "2024-06-14"),
        ("It rained last night.", "last night", "2024-06-13"),
        ("They meet tomorrow.", "tomorrow", "2024-06-15"),
        ("It was signed last week.", "last week", "2024-06-03/2024-06-09"),
        ("It was signed earlier this week.", "earlier this week", "2024-06-10/2024-06-14"),
        ("It begins next month.", "next month", "2024-07-01/2024-07-31"),
        ("Prices rose last year.", "last year", "2023-01-01/2023-12-31"),
        ("Over the last year or so, prices rose.", "last year", None),
        ("It was signed three days ago.", "three days ago", "2024-06-11"),
        ("It was signed two weeks ago.", "two weeks ago", "2024-05-27/2024-06-02"),
        ("It was signed a month ago.", "a month ago", "2024-05-01/2024-05-31"),
        ("It was signed one week ago.", "one week ago", "2024-06-03/2024-06-09"),
        ("It rained over the past 18 months.", "over the past 18 months", "2022-12-14/2024-06-14"),
        ("It rained in the past 10 days.", "in the past 10 days", "2024-06-04/2024-06-14"),
        ("The mayor resigned on June 11.", "June 11", "2024-06-11"),
        ("The mayor resigned on 11 June in the hall.", "11 June", "2024-06-11"),
        ("The fair opens on Jan. 3 in the hall.", "Jan. 3", None),
        ("The mayor resigned on Dec. 30, the council said.", "Dec. 30", None),
    ],
)
def test_words_are_resolved_against_the_articles_own_date(text: str, words: str, iso: str | None) -> None:
    assert found(text) == ({words: iso} if iso else {})


@pytest.mark.parametrize(
    ("text", "is_sure"),
    [
        ("The mayor resigned on Tuesday.", True),
        ("The mayor resigned on Monday.", False),
        ("The mayor resigned on Saturday.", False),
        ("The mayor will resign on Saturday.", True),
        ("The mayor resigned last Friday.", True),
        ("The mayor resigned two weeks ago.", True),
    ],
)
def test_a_day_of_the_week_is_not_sure_where_the_next_one_is_nearer(text: str, is_sure: bool) -> None:
    assert [mention.is_sure for mention in date_mentions(text, FRIDAY)] == [is_sure]


def test_a_day_of_the_month_is_the_nearest_across_the_years_end() -> None:
    assert found("It closed on December 30.", datetime.date(2024, 1, 5)) == {"December 30": "2023-12-30"}


@pytest.mark.parametrize(
    ("text", "day", "iso"),
    [
        ("It was signed last Friday.", WEDNESDAY, "2024-06-07"),
        ("It was signed last Monday.", WEDNESDAY, None),
        ("It was signed last Wednesday.", WEDNESDAY, "2024-06-05"),
        ("They meet next Monday.", WEDNESDAY, "2024-06-17"),
        ("They meet next Friday.", WEDNESDAY, None),
        ("They meet this Friday.", WEDNESDAY, "2024-06-14"),
    ],
)
def test_last_and_next_give_a_day_only_where_no_other_could_be_meant(
    text: str, day: datetime.date, iso: str | None
) -> None:
    assert list(found(text, day).values()) == ([iso] if iso else [])


@pytest.mark.parametrize(
    "text",
    [
        "The law of June 14, 2019 holds.",
        "It was passed on 3 May 2021.",
        "It was passed on 14 Oct. 2021.",
        "It rained in June.\n\n3 ships came.",
        "A few days ago it rained.",
        "The score was 3-1 in the 14th minute.",
        "It opened on June 31.",
        "They may 5 times try.",
        "Black Friday-like sales went on.",
        "Shops opened early for Black Friday, the Sunday Times wrote.",
        "The sun shone on the monday market.",
    ],
)
def test_what_is_no_relative_date_is_left_alone(text: str) -> None:
    assert found(text) == {}


def test_a_text_without_a_date_of_its_own_resolves_nothing() -> None:
    assert date_mentions("The mayor resigned on Friday.", None) == ()


def test_a_time_with_zone_counts_as_the_day_that_it_states() -> None:
    late = datetime.datetime(2024, 6, 14, 23, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=-5)))
    article = Article(id="a", text="The mayor resigned today.", published=late)
    assert [mention.iso for mention in dates_of(article)] == ["2024-06-14"]


WORDS = st.sampled_from(
    "on Friday|last Monday|June 31|in the past 999 years|999 years ago|next year|will|said|.|Feb. 29|tomorrow".split(
        "|"
    )
)


@given(st.lists(WORDS | st.text(max_size=5)).map(" ".join), st.dates())
def test_of_any_text_each_span_holds_its_words_and_each_stretch_runs_forward(text: str, day: datetime.date) -> None:
    for mention in date_mentions(text, day):
        assert text[mention.start : mention.end] == mention.words
        assert mention.first <= mention.last
