"""How sure an answer is: where a question says its days, an article of about then answers more surely than an old
one."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.extractive import ExtractiveAnswerer
from assistant.reader import Reader, load_reader
from assistant.records import Question
from assistant.retrieve import retrieve
from index.embed import Embedder
from index.home import Home
from index.read import ReadArticle
from index.records import Article
from index.search import Index
from index.update import build_index

DAY = datetime.date(2024, 5, 14)
YEARS_LATER = DAY + datetime.timedelta(days=900)
FLOOD = Article(
    id="flood",
    title="The Ley floods Osterby",
    text="The river Ley rose over its quay in Osterby. Ninety houses stood in water after the river flooded the town.",
    published=DAY,
)
OTHERS = tuple(
    Article(id=f"other-{year}", title=title, text=f"{title}. {text}", published=datetime.date(year, 8, 3))
    for year, title, text in (
        (2019, "Lindhafen opens its ferry", "The ferry to the island cost four million euros."),
        (2021, "A cheese from Osterby wins", "The dairy of Osterby won the national prize with a blue cheese."),
        (2023, "Kestrel sells its tram", "The town of Kestrel sold its last tram to a museum."),
    )
)
ASKED = Question("How many houses in Osterby stood in water?")

Sure = Callable[..., float]


@pytest.fixture(scope="module", params=[True, False], ids=["with reader", "without"])
def reader(request: pytest.FixtureRequest) -> Reader | None:
    return load_reader() if request.param else None


@pytest.fixture(scope="module")
def index(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    home = Home(tmp_path_factory.mktemp("confidence") / "home")
    build_index(home, embedder, [ReadArticle(one, f"/news/{one.id}.txt") for one in (FLOOD, *OTHERS)])
    opened = Index.open(home)
    yield opened
    opened.close()


@pytest.fixture
def sure(embedder: Embedder, reader: Reader | None, tmp_path: Path) -> Sure:
    answerer = ExtractiveAnswerer(embedder, 4, reader)

    def confidence(articles: Sequence[Article], question: Question, today: datetime.date = DAY) -> float:
        home = Home(tmp_path / "home")
        build_index(home, embedder, [ReadArticle(article, f"/news/{article.id}.txt") for article in articles])
        index = Index.open(home)
        try:
            return answerer.answer(question, retrieve(index, embedder, question, 10, today)).confidence
        finally:
            index.close()

    return confidence


def test_as_of_its_day_an_article_answers_more_surely_than_as_of_years_later(sure: Sure) -> None:
    archive = (FLOOD, *OTHERS)
    fresh, plain, old = (
        sure(archive, replace(ASKED, as_of=day)) for day in (DAY + datetime.timedelta(days=1), None, YEARS_LATER)
    )
    assert fresh > plain > old


def test_days_in_the_question_s_words_count_as_much_as_an_as_of(sure: Sure) -> None:
    in_may, in_june = (
        replace(ASKED, text="How many houses in Osterby stood in water in May?"),
        datetime.date(2024, 6, 20),
    )
    understood, literal = (sure((FLOOD, *OTHERS), replace(in_may, understand=said), in_june) for said in (True, False))
    assert understood > literal


@pytest.mark.parametrize(
    "question",
    [
        Question("How many houses in Osterby stood in water since 2022?", as_of=YEARS_LATER),
        Question("How many houses in Osterby stood in water in March 2018?", as_of=YEARS_LATER),
        replace(ASKED, as_of=YEARS_LATER, articles=("flood", "other-2019")),
    ],
    ids=["open", "of which there is none", "chosen by hand"],
)
def test_old_is_held_against_no_article_that_is_of_the_days_asked_or_was_chosen(
    index: Index, embedder: Embedder, question: Question
) -> None:
    assert retrieve(index, embedder, question, 10, DAY).told_apart == 0
    assert retrieve(index, embedder, replace(ASKED, as_of=YEARS_LATER), 10, DAY).told_apart > 0.9


def test_an_old_article_that_answers_is_surer_than_a_fresh_one_that_does_not(sure: Sure) -> None:
    other = Question("Who won the election of the mayor in Osterby?", as_of=DAY)
    archive = (FLOOD, *OTHERS)
    assert sure(archive, replace(ASKED, as_of=YEARS_LATER)) > sure(archive, other)


def test_that_an_article_is_of_the_day_says_nothing_where_all_are(sure: Sure) -> None:
    assert sure((FLOOD,), replace(ASKED, as_of=DAY)) == pytest.approx(sure((FLOOD,), ASKED), abs=0.01)


def test_where_no_day_is_said_an_archive_is_as_good_as_today_s_news(sure: Sure) -> None:
    assert sure((FLOOD, *OTHERS), ASKED) == pytest.approx(sure((FLOOD, *OTHERS), ASKED, YEARS_LATER))


def test_what_has_no_date_is_neither_fresh_nor_old(sure: Sure) -> None:
    undated = (replace(FLOOD, published=None), *OTHERS)
    assert sure(undated, replace(ASKED, as_of=DAY)) == pytest.approx(sure(undated, ASKED))
