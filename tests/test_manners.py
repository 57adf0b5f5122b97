"""Which day "on Friday" is, told beside the quote and never as its words."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from assistant.manners import dated, with_age
from assistant.records import Citation, Role, Sentence, Support
from index.records import Article

FRIDAY = datetime.date(2024, 6, 14)


def told(
    text: str,
    published: datetime.date | None = FRIDAY,
    said: str | None = None,
    context: str | None = None,
    title: str = "",
) -> str:
    """The sentence as it is shown, quoted from an article of that day; `said` is a language model's for it."""
    body = f"{context} said so. {text}" if context else text
    article = Article(id="a", title=title, text=body, published=published)
    start = article.text.index(text)
    cited = [Citation(1, "a", "text", start, len(article.text), text, article.sha256)]
    cited += [Citation(2, "a", "text", 0, len(context), context, article.sha256)] if context else []
    sentence = dated(Sentence(said or text, tuple(cited), Support.SUPPORTED, context), {"a": article})
    assert sentence.text == (said or text), "the quote stays as it is"
    whole = "".join(words for role, words in sentence.pieces if role is not Role.OURS)
    assert whole.endswith(sentence.text), "what is not ours is the article's"
    return "".join(words for _, words in sentence.pieces)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("North resigned on Friday.", "North resigned on Friday [14 June 2024]."),
        ("North resigned yesterday in Ley.", "North resigned yesterday [13 June 2024] in Ley."),
        ("North will go on Monday.", "North will go on Monday [17 June 2024]."),
        ("It fell last week.", "It fell last week [3–9 June 2024]."),
        ("It fell last month.", "It fell last month [May 2024]."),
        ("It fell last year.", "It fell last year [in 2023]."),
        ("On Friday, yes, on Friday she left.", "On Friday [14 June 2024], yes, on Friday she left."),
        ("North resigned on Friday, June 14.", "North resigned on Friday, June 14."),
        ("North resigned on June 14.", "North resigned on June 14."),
        ("Over the past three years it fell.", "Over the past three years it fell."),
    ],
)  # fmt: skip
def test_a_day_in_words_is_given_its_date_once(text: str, expected: str) -> None:
    assert told(text) == expected


def test_a_day_of_another_year_is_given_its_year() -> None:
    assert told("It ended on December 30.", datetime.date(2024, 1, 5)) == "It ended on December 30 [30 December 2023]."


def test_an_undated_article_gives_none() -> None:
    assert told("North resigned on Friday.", None) == "North resigned on Friday."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The river fell on Friday.", "The river fell on Friday [14 June 2024]."),
        ("The river rose on Wednesday.", "The river rose on Wednesday [12 June 2024]."),
        ("The river fell on Tuesday.", "The river fell on Tuesday."),
        ("The river fell yesterday.", "The river fell yesterday."),
        ("The river rose last week.", "The river rose last week."),
    ],
)
def test_on_a_page_that_is_written_on_for_days_only_days_that_stay_the_same_are_told(text: str, expected: str) -> None:
    assert told(text, title="Flood in Lindhafen, live updates: quays closed") == expected


def test_no_addition_reads_as_a_marker() -> None:
    assert "[2023]" not in told("It fell last year, and it rose this year.")


def test_days_in_direct_speech_are_told_unless_it_was_spoken_at_another_time() -> None:
    assert told("“We go on Tuesday,” North said.").startswith("“We go on Tuesday [11 June 2024]")
    assert told("“We will go on Monday,” North said on Friday.").startswith("“We will go on Monday [17 June 2024]")
    assert told("“We will go on Monday,” North said last month.") == (
        "“We will go on Monday,” North said last month [May 2024]."
    )


def test_a_language_models_sentence_gets_the_day_that_its_quote_means() -> None:
    assert told("Mayor North resigned on Friday over a loan.", said="North resigned on Friday.") == (
        "North resigned on Friday [14 June 2024]."
    )
    assert told("Mayor North resigned on Friday over a loan.", said="North resigned.") == "North resigned."


def test_who_speaks_is_told_with_when_unless_the_sentence_tells_it() -> None:
    assert told("“We will,” she added.", context="North") == "North [reported 14 June 2024]: “We will,” she added."
    assert (
        told("“We will,” she added on Friday.", context="North")
        == "North: “We will,” she added on Friday [14 June 2024]."
    )


def test_what_an_article_said_long_before_the_others_is_told_with_its_day() -> None:
    texts = {
        "new": "The mill is closed.",
        "near": "It is for sale.",
        "old": "It has 40 hands.",
        "undated": "It is big.",
    }
    days = {"new": FRIDAY, "near": FRIDAY - datetime.timedelta(4), "old": datetime.date(2021, 3, 1), "undated": None}
    articles = {name: Article(id=name, text=text, published=days[name]) for name, text in texts.items()}
    sentences = [
        Sentence(text, (Citation(n, name, "text", 0, len(text), text, articles[name].sha256),), Support.SUPPORTED)
        for n, (name, text) in enumerate(texts.items(), 1)
    ]
    assert [one.label for one in with_age(sentences, articles)] == [None, None, "Reported on 1 March 2021", None]
    assert [one.label for one in with_age(sentences[2:], articles)] == [None, None], "alone it is as of its own day"
    latest = replace(sentences[2], label="Earlier, on 1 March 2021")
    assert with_age([sentences[0], latest], articles)[1] == latest
