"""When an article was published, by whom, and in which outlet."""

from __future__ import annotations

import datetime

import pytest
from newsroom import story

from assistant.assistant import Assistant
from assistant.imprint import Asks, asks
from assistant.records import Question, Reason, Turn
from assistant.settings import Settings
from index.embed import Embedder


@pytest.fixture(scope="module")
def assistant(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    made = Assistant(Settings(home=tmp_path_factory.mktemp("home")), embedder)
    bridge = story(
        "bridge",
        "The mayor of Lindhafen, Ada North, opened the new bridge on Monday. It cost 41 million crowns.",
        title="Lindhafen opens its new bridge",
        published=datetime.datetime(2025, 3, 4, 18, 7),
        source="The Ley Courier",
        authors=("Jan Roe", "Mia Sand"),
    )
    ferry = story(
        "ferry", "The ferry to Lindhafen was late for the third day.", title="Ferry late once more in Lindhafen"
    )
    made.build([bridge, ferry])
    return made


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("When was the article about the new bridge published?", "Published on 4 March 2025, 18:07"),
        ("What is the date of the article on Lindhafen's bridge?", "Published on 4 March 2025, 18:07"),
        ("Who wrote the article about the bridge that opens?", "Written by Jan Roe, Mia Sand"),
        ("Which newspaper published the article about the new bridge?", "Published by The Ley Courier"),
    ],
)
def test_what_a_record_tells_stands_before_the_headline(assistant: Assistant, question: str, label: str) -> None:
    answer = assistant.ask(Question(question))
    (said,) = answer.sentences
    assert (said.text, said.label) == ("Lindhafen opens its new bridge", label)
    (citation,) = answer.citations
    assert (citation.article_id, citation.field, citation.quote) == ("bridge", "title", said.text)
    assert f"[{label}] {said.text}" in answer.text


@pytest.mark.parametrize(
    "question", ["When was the article about the new bridge published?", "Who wrote that article?"]
)
def test_a_conversation_tells_which_article_only_where_the_question_does_not(
    assistant: Assistant, question: str
) -> None:
    turns = (Turn("user", "What did Ada North open in Lindhafen?"), Turn("assistant", "The new bridge of Lindhafen."))
    answer = assistant.ask(Question(question, history=turns))
    assert [one.text for one in answer.sentences] == ["Lindhafen opens its new bridge"]


@pytest.mark.parametrize(
    "question",
    [
        "When was the article about the ferry published?",  # it states no day
        "When was the article about the moon landing published?",  # there is none
        "Who wrote the article about the late ferry?",
    ],
)
def test_what_no_record_tells_is_not_told(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(Question(question))
    assert answer.abstained
    assert answer.reason is Reason.TOPIC_ONLY


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("When did the bridge open, according to the article?", None),
        ("When was the report on the bridge's safety published?", None),
        ("Who wrote the letter?", None),
        ("On what date was that article posted?", Asks.PUBLISHED),
        ("when was the news story about the ferry published", Asks.PUBLISHED),
        ("Who wrote the story that won the prize?", None),
    ],
)
def test_what_articles_tell_of_is_no_question_about_an_article(question: str, what: Asks | None) -> None:
    assert asks(question) is what
