"""What a question asks of the search: outlets, parts, exact words. No index is needed."""

from __future__ import annotations

import datetime

import pytest

from assistant.records import Question
from assistant.retrieval.outlets import is_called, reporting_outlets
from assistant.retrieval.understanding import Understood, understand

OUTLETS = ["BBC News", "Fortune", "Fox News - Health", "Reuters", "The Verge", "cnn.com"]
DAY = datetime.date(2024, 6, 16)


def understood(text: str, **limits: object) -> Understood:
    return understand(Question(text, **limits), OUTLETS, DAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "outlets"),
    [
        ("What did Reuters report about the flood?", ("Reuters",)),
        ("According to the BBC, who resigned?", ("BBC News",)),
        ("Who resigned, as reported by CNN?", ("cnn.com",)),
        ("What does the Fox News article say about sleep?", ("Fox News - Health",)),
        ("What did Reuters and the BBC report about the flood?", ("Reuters", "BBC News")),
        ("Which firm, covered by both Fortune and The Verge, was sued?", ("Fortune", "The Verge")),
    ],
)
def test_an_outlet_whose_reports_are_asked_for_is_understood(question: str, outlets: tuple[str, ...]) -> None:
    assert reporting_outlets(question, OUTLETS) == outlets


@pytest.mark.parametrize(
    "question",
    [
        "Who made a fortune with tulips?",
        "Which company bought the Reuters building?",
        "Was the river on the verge of flooding?",
        "What did the minister report?",
    ],
)
def test_an_outlet_s_name_alone_asks_for_no_reports(question: str) -> None:
    assert reporting_outlets(question, OUTLETS) == ()


@pytest.mark.parametrize("name", ["CNN", "cnn", "cnn.com", " CNN "])
def test_an_outlet_is_called_by_its_address_or_its_name(name: str) -> None:
    assert is_called("cnn.com", name)


def test_two_outlets_are_two_parts() -> None:
    parts = understood("What did Reuters report on the flood, while the BBC article on the dam said what?").parts
    assert [part.outlets for part in parts] == [("Reuters",), ("BBC News",)]


def test_two_people_are_two_parts() -> None:
    parts = understood("What did Ada Brandt and Tom Holt say about the dam?").parts
    assert [part.text for part in parts] == [
        "What did Ada Brandt say about the dam?",
        "What did Tom Holt say about the dam?",
    ]


def test_two_dates_are_two_parts_with_a_window_each() -> None:
    parts = understood("What did the mayor decide on 3 May and on 5 June?").parts
    assert [part.window and part.window.since for part in parts] == [
        datetime.date(2024, 5, 3),
        datetime.date(2024, 6, 5),
    ]


def test_what_the_reader_set_by_hand_goes_before_what_the_words_say() -> None:
    found = understood("What did Reuters report last week?", source="BBC News", since=datetime.date(2024, 1, 1))
    assert found.window is None
    assert found.outlets == ()


def test_a_literal_question_is_searched_as_it_stands() -> None:
    found = understood("What did Reuters report last week?", understand=False)
    assert (found.window, found.outlets, found.parts) == (None, (), ())


def test_words_in_quotation_marks_must_stand_so_but_one_word_is_no_phrase() -> None:
    assert understood("Who said “not a peace plan” of the “offer”?").exact == ("not a peace plan",)
    assert understood('Who said "not a peace plan"?').exact == ("not a peace plan",)


@pytest.mark.parametrize("limits", [{"since": datetime.date(2024, 1, 1)}, {"until": datetime.date(2024, 6, 1)}])
def test_days_set_by_hand_go_before_those_of_any_part_s_words(limits: dict[str, datetime.date]) -> None:
    for text in (
        "Who resigned last week, and where was the flood in 2019?",
        "What did the mayor decide on 3 May and on 5 June?",
        "What did Reuters report last week, and what did the BBC report in May?",
    ):
        assert understood(text).parts, text
        found = understood(text, **limits)
        assert [part.window for part in found.parts if part.window] == [], text


def test_two_dates_are_one_question_where_the_reader_set_the_days_by_hand() -> None:
    assert understood("What did the mayor decide on 3 May and on 5 June?", since=DAY).parts == ()


@pytest.mark.parametrize(
    ("question", "stand_alone"),
    [
        ("Where is the new bridge, and who opened it last week?", True),
        ("What did Ada Brandt and Tom Holt say about the dam?", True),
        ("And did Ada Brandt and Tom Holt vote for the dam?", False),
        ("Whom do Ada Brandt and Tom Holt both blame?", False),
        ("What did the mayor decide on 3 May and on 5 June?", False),
        ("What did Reuters and the BBC report about the flood?", False),
    ],
)
def test_a_part_that_is_worth_an_answer_without_the_other_is_known(question: str, *, stand_alone: bool) -> None:
    assert [part.stands_alone for part in understood(question).parts] == [stand_alone] * 2
