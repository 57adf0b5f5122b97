"""The whole path with the real model and a real index: asked, answered or declined, and every citation checked."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.check import is_exact
from assistant.errors import QuestionError
from assistant.extractive import ExtractiveAnswerer
from assistant.question import LONGEST_QUESTION
from assistant.reader import Pair, Reading
from assistant.records import Answer, Question, Reason, Search, Turn
from assistant.retrieve import Retrieved
from assistant.settings import Settings
from index.embed import Embedder
from index.read import ReadArticle, read
from index.records import Article, Passage

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
DAY = datetime.date(2025, 3, 4)


@pytest.fixture(scope="module")
def assistant(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over the seeds and one invented article with an outlet and a date."""
    made = Assistant(Settings(home=tmp_path_factory.mktemp("home")), embedder)
    bridge = Article(
        id="bridge",
        title="Lindhafen opens its new bridge",
        text="The mayor of Lindhafen, Ada North, opened the new bridge on Monday. It cost 41 million crowns.\n\n"
        "“Nobody will miss the ferry,” she said. Lorries may not use it before June.",
        published=DAY,
        source="The Ley Courier",
    )
    made.build([*read([SEEDS]), ReadArticle(bridge, "memory")])
    return made


def all_exact(answer: Answer) -> bool:
    articles = {passage.article.id: passage.article for passage in answer.passages}
    return all(is_exact(citation, articles.get(citation.article_id)) for citation in answer.citations)


def test_an_answer_is_cited_word_for_word(assistant: Assistant) -> None:
    answer = assistant.ask(Question("How much did the new bridge in Lindhafen cost?"))
    assert not answer.abstained
    assert "41 million crowns" in answer.text
    assert answer.citations
    assert all_exact(answer)
    assert all(f"{marker}" in answer.text for sentence in answer.sentences for marker in sentence.markers)


def test_who_speaks_is_named_and_cited_where_the_sentence_says_only_she(assistant: Assistant) -> None:
    answer = assistant.ask(Question("What did Ada North say about the ferry?"))
    said = next(sentence for sentence in answer.sentences if "ferry" in sentence.text)
    assert said.context == "Ada North"
    assert [citation.quote for citation in said.citations] == [said.text, "Ada North"]


def test_sentences_stand_in_reading_order_and_never_twice(assistant: Assistant) -> None:
    answer = assistant.ask(Question("What does Putin demand of Ukraine before negotiations?"))
    places = [
        (s.citations[0].article_id, s.citations[0].field != "title", s.citations[0].start) for s in answer.sentences
    ]
    articles = list(dict.fromkeys(place[0] for place in places))
    assert places == sorted(places, key=lambda place: (articles.index(place[0]), place[1:]))
    assert len(set(places)) == len(places)


def test_an_answer_grows_by_checked_sentences(assistant: Assistant) -> None:
    *partial, whole = list(assistant.stream(Question("What did Stoltenberg say about Putin's proposal?")))
    assert [len(one.sentences) for one in partial] == list(range(1, len(whole.sentences)))
    assert all(one.sentences == whole.sentences[: len(one.sentences)] and all_exact(one) for one in partial)


@pytest.mark.parametrize(
    ("question", "reason", "said"),
    [
        (Question("Who is the president of France?"), Reason.NO_EVIDENCE, "searched 3 articles"),
        (Question("???"), Reason.NOT_UNDERSTOOD, "Ask in a whole sentence"),
        (
            Question("Who opened the bridge?", since=datetime.date(2030, 1, 1)),
            Reason.OUTSIDE_TIME,
            "since 1 January 2030",
        ),
        (Question("Who opened the bridge?", source="The Moon Times"), Reason.FILTERED_OUT, "The Ley Courier"),
    ],
)
def test_an_abstention_says_why_and_what_was_searched(
    assistant: Assistant, question: Question, reason: Reason, said: str
) -> None:
    answer = assistant.ask(question)
    assert answer.reason is reason
    assert said in answer.text
    assert not answer.citations


def test_a_short_question_that_is_no_follow_up_is_answered_by_itself(assistant: Assistant) -> None:
    text, before = "Which regions must the troops leave?", [Turn("user", "Who won the Tour de France?")]
    answer = assistant.ask(Question(text, history=tuple(before)))
    assert not answer.abstained
    assert answer.search is not None
    assert answer.search.text == text
    assert answer.notes[0].startswith("Taken as a follow-up, the articles do not say")
    assert answer.question.history == tuple(before)
    assert list(answer.timings_ms) == ["as follow-up", "retrieve", "answer"]


@pytest.mark.parametrize("text", ["Did he say why?", "And the wine that was sold?", "Why?"])
def test_what_leans_on_the_conversation_is_not_asked_by_itself(text: str, assistant: Assistant) -> None:
    before = [Turn("user", "Who won the Tour de France?")]
    answer = assistant.ask(Question(text, history=tuple(before)))
    assert "as follow-up" not in answer.timings_ms


def test_a_question_of_its_own_with_a_misspelt_word_is_not_asked_twice(assistant: Assistant) -> None:
    before = [Turn("user", "Who won the Tour de France?")]
    answer = assistant.ask(
        Question("Who in Lindhafen discovered diamonds in the negotiatons of 1850?", history=tuple(before))
    )
    assert answer.abstained
    assert answer.search is not None
    assert answer.search.corrected == (("negotiatons", "negotiations"),)
    assert "as follow-up" not in answer.timings_ms


def test_refused_both_ways_a_question_is_shown_as_the_follow_up_it_was_taken_for(assistant: Assistant) -> None:
    before = [Turn("user", "Who won the Tour de France?")]
    answer = assistant.ask(Question("How many bottles of wine were sold?", history=tuple(before)))
    assert answer.abstained
    assert answer.search is not None
    assert answer.search.text == "How many bottles of wine were sold (Tour de France, won)?"
    assert answer.notes == ()
    assert "as follow-up" in answer.timings_ms


def test_an_abstention_names_the_nearest_article(assistant: Assistant) -> None:
    answer = assistant.ask(Question("How many ferries sank in Lindhafen last winter?"))
    assert answer.abstained
    assert answer.passages[0].article.id == "bridge"
    assert "“Lindhafen opens its new bridge” (The Ley Courier, 4 March 2025)" in answer.text


def test_limits_are_kept(assistant: Assistant) -> None:
    asked = Question("Who opened the new bridge in Lindhafen?")
    assert not assistant.ask(replace(asked, as_of=DAY, since=DAY, until=DAY, source="the ley courier")).abstained
    early = assistant.ask(replace(asked, as_of=DAY - datetime.timedelta(days=1)))
    assert "bridge" not in {passage.article.id for passage in early.passages}
    assert "nato-ukraine-respond" in {passage.article.id for passage in early.passages}, (
        "undated: found under any as-of"
    )


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (Question(" \n"), "empty"),
        (Question("a" * 50_000), f"50,000 characters; at most {LONGEST_QUESTION:,}"),
        (Question("Who?", since=DAY, until=datetime.date(2020, 1, 1)), "No day lies from 2025-03-04 to 2020-01-01"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(assistant: Assistant, question: Question, problem: str) -> None:
    with pytest.raises(QuestionError, match=problem):
        assistant.ask(question)


def test_a_question_of_two_thousand_words_in_one_line_is_answered_or_declined(assistant: Assistant) -> None:
    assert assistant.ask(Question(("bridge " * 400)[:LONGEST_QUESTION])).text


def test_nothing_indexed_is_said(embedder: Embedder, tmp_path: Path) -> None:
    answer = Assistant(Settings(home=tmp_path / "none"), embedder).ask(Question("Who opened the bridge?"))
    assert answer.reason is Reason.NOTHING_INDEXED
    assert "Add articles" in answer.text


def test_an_article_added_is_answered_from_at_once(embedder: Embedder, tmp_path: Path) -> None:
    assistant = Assistant(Settings(home=tmp_path), embedder)
    assistant.build(read([SEEDS]))
    asked = Question("Who won the regatta in Lindhafen?")
    assert assistant.ask(asked).abstained
    text = "Mira Holt of Ley won the regatta in Lindhafen on Sunday, ahead of 30 other boats."
    assistant.add([ReadArticle(Article(id="regatta", title="Holt wins the Lindhafen regatta", text=text), "memory")])
    assert "Mira Holt" in assistant.ask(asked).text
    assistant.remove(["regatta"])
    assert assistant.ask(asked).abstained


@pytest.fixture(scope="module")
def answerer(embedder: Embedder) -> ExtractiveAnswerer:
    return ExtractiveAnswerer(embedder, 4)


@settings(max_examples=25)
@given(st.text(min_size=1, max_size=400), st.text(max_size=40))
def test_whatever_the_text_every_citation_stands_in_it(
    answerer: ExtractiveAnswerer, embedder: Embedder, text: str, title: str
) -> None:
    article = Article(id="any", title=title, text=f"{text} The bridge was opened on Monday.")
    passage = Passage(article, 0, len(article.text), 0.5, {"dense": 0.5})
    question = Question("When was the bridge opened?")
    vector = embedder.embed_query(question.text)
    search = Search(question.text)
    found = Retrieved(question.text, vector, (passage,), (passage,), 1, None, search)  # type: ignore[arg-type]
    draft = answerer.answer(question, found)
    assert all(is_exact(citation, article) for sentence in draft.sentences for citation in sentence.citations)


class _Sure:
    """A reader to whom every sentence that names a judge answers."""

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        return [Reading(3.0 if "Judge" in pair.sentence else -3.0, None) for pair in pairs]


@pytest.mark.parametrize("length", [3, 40])
def test_what_hangs_on_the_sentence_before_is_told_with_it_or_not_at_all(length: int, embedder: Embedder) -> None:
    before = f"In spring the council planned a higher toll{' and more' * length}."
    text = f"Judge Ada North ended the dam toll of Ley.\n\n{before} Judge Jan Roe stopped that plan at the time."
    article = Article(id="toll", title="Toll of the Ley dam has ended", text=text)
    passage = Passage(article, 0, len(text), 0.5, {"dense": 0.5})
    question = "Which judge ended the dam toll of Ley?"
    found = Retrieved(question, embedder.embed_query(question), (passage,), (passage,), 1, None, Search(question))  # type: ignore[arg-type]
    draft = ExtractiveAnswerer(embedder, 4, _Sure()).answer(Question(question), found)
    assert "North" in draft.sentences[0].text
    assert [one.context for one in draft.sentences if "Roe" in one.text] == ([before] if length == 3 else [])
