"""What a question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.article_frames import asks_each_article, asks_several_outlets, of_the_news
from assistant.question import Kind, analyse, parts


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Who opened the bridge?", Kind.PERSON),
        ("When does it open?", Kind.TIME),
        ("On which day did the ferry sink?", Kind.TIME),
        ("In which city was it built?", Kind.PLACE),
        ("Where was it built?", Kind.PLACE),
        ("How many people crossed it?", Kind.NUMBER),
        ("Why was it closed?", Kind.REASON),
        ("What did the mayor say about the toll?", Kind.STATEMENT),
        ("Is it safe?", Kind.OTHER),
    ],
)
def test_the_kind_of_answer_is_seen(text: str, kind: Kind) -> None:
    assert analyse(text).kind is kind


def test_whoever_must_have_said_it_is_seen() -> None:
    assert analyse("What did Ada North say about the bridge?").speaker == {"ada", "north"}
    assert analyse("What does the transport ministry claim?").speaker == {"transport", "ministri"}
    assert analyse("Who said the bridge was safe?").speaker == frozenset()


def test_names_are_words_with_a_capital_that_do_not_only_begin_the_question() -> None:
    assert analyse("Who told Ada North about Ley?").names == ("ada", "north", "ley")
    assert analyse("Did Ley flood?").names == ("ley",)
    assert analyse("WHO TOLD ADA?").names == ()


def test_a_question_of_stop_words_only_is_not_understood() -> None:
    assert not analyse("What is it that they are?").is_understood
    assert not analyse("???").is_understood


def test_a_question_of_two_parts_is_taken_apart() -> None:
    assert parts("Where is the new bridge, and who opened it last week?") == [
        "Where is the new bridge",
        "who opened it last week?",
    ]
    assert parts("Who designed the bridge and the tower?") == ["Who designed the bridge and the tower?"]


def test_a_question_about_every_article_is_seen() -> None:
    assert asks_each_article("What do the two articles say of the toll?")
    assert asks_each_article("How does each outlet describe it?")
    assert not asks_each_article("What did both ministers say?")


@pytest.mark.parametrize(
    "question",
    [
        "What do the outlets say about the flood?",
        "What do the two articles say of the toll?",
        "How does each outlet describe it?",
        "How did the various newspapers cover the trial?",
        "How does the story differ across outlets?",
        "What does every paper report of the toll?",
    ],
)
def test_what_several_outlets_say_is_asked_of_each(question: str) -> None:
    assert asks_each_article(question)
    assert asks_several_outlets(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who sold the two newspapers?",
        "Which papers did the ministers sign?",
        "Who signed the papers that the court put aside?",
        "What did the minister say about the outlets of the river?",
        "Which club is mentioned in both articles?",
    ],
)
def test_outlets_and_papers_that_are_only_spoken_of_are_not_asked(question: str) -> None:
    assert not asks_several_outlets(question)


@given(st.text())
def test_any_text_can_be_taken_apart(text: str) -> None:
    assert analyse(text).text == text
    assert parts(text)


@pytest.mark.parametrize(
    ("question", "news"),
    [
        ("Who met Roe, according to each of the two articles?", "Who met Roe?"),
        ("According to both papers, who met Roe?", "who met Roe?"),
        ("How do the two articles quote Ada North on the toll?", "What did Ada North say on the toll?"),
        ("What does each outlet have North saying about the toll?", "What did North say about the toll?"),
        ("What do the two articles say Lindhafen wants to do?", "What Lindhafen wants to do?"),
        ("What do the two articles say of the toll?", "What do the two articles say of the toll?"),
        ("Who wrote to both papers?", "Who wrote to both papers?"),
        ("Who was at fault, according to the report?", "Who was at fault, according to the report?"),
        ("Who was at fault, according to the article?", "Who was at fault?"),
        ("What did Roe say about the report?", "What did Roe say about the report?"),
    ],
)
def test_what_is_asked_of_articles_is_read_as_a_question_about_the_news(question: str, news: str) -> None:
    assert of_the_news(question) == news
