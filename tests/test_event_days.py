"""Times told by an event ("before the summit"): its day is looked up among the dated articles, or nothing is taken."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.records import Question, Reach
from assistant.retrieval.account import account
from assistant.retrieval.event_days import event_time
from assistant.retrieve import Retrieved, retrieve
from index.embed import Embedder
from index.home import Home
from index.read import ReadArticle
from index.records import Article
from index.search import Index
from index.update import build_index

TODAY = datetime.date(2024, 9, 20)
NEWS = (
    ("summit", "2024-05-14", "The Lindhafen summit on fishing opened. Ministers of nine countries met for two days."),
    ("summit-end", "2024-05-16", "The Lindhafen summit ended with a treaty on herring, signed by seven ministers."),
    ("before", "2024-05-09", "Minister Ada Brandt promised the fishermen new boats. She leaves for the summit soon."),
    ("after", "2024-08-30", "Taxes on diesel fall for every boat, as the minister told the fishermen in parliament."),
    ("quake", "2024-07-03", "An earthquake shook Osterby at dawn. Twelve houses fell, and the school is closed."),
    ("quake-aid", "2024-07-05", "After the earthquake in Osterby the army brought tents for ninety families."),
    ("match-1", "2024-01-10", "Osterby won the match against Lindhafen by two goals to one."),
    ("match-2", "2024-04-10", "Osterby lost the match against Kalmar by three goals to nil."),
    ("match-3", "2024-07-10", "Osterby drew the match against Visby, and nobody scored."),
)


@pytest.fixture(scope="module")
def index(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    home = Home(tmp_path_factory.mktemp("events") / "home")
    read = (
        ReadArticle(
            Article(id=name, text=text, title=text.split(".")[0], published=datetime.date.fromisoformat(day)),
            f"/news/{name}.txt",
        )
        for name, day, text in NEWS
    )
    build_index(home, embedder, read)
    opened = Index.open(home)
    yield opened
    opened.close()


@pytest.fixture
def find(index: Index, embedder: Embedder):  # type: ignore[no-untyped-def]
    def found(text: str, **limits: object) -> Retrieved:
        return retrieve(index, embedder, Question(text, **limits), 10, TODAY)  # type: ignore[arg-type]

    return found


def test_before_an_event_means_the_days_before_it(find) -> None:  # type: ignore[no-untyped-def]
    asked = "What did the minister promise the fishermen before the Lindhafen summit?"
    found = find(asked)
    window = found.search.window
    assert (window.words, window.event, window.until) == (
        *("before the Lindhafen summit", datetime.date(2024, 5, 14)),
        datetime.date(2024, 5, 14),
    )
    assert window.reach is Reach.HINT
    assert found.passages[0].article.id == "before"
    assert (
        "“before the Lindhafen summit”: by the articles’ dates that was about 14 May 2024, so articles from 30 April "
        "2024 to 14 May 2024 went first." in account(found.search, asked)
    )


def test_after_an_event_means_the_days_after_it(find) -> None:  # type: ignore[no-untyped-def]
    window = find("What did the army bring after the earthquake in Osterby?").search.window
    assert (window.event, window.since) == (datetime.date(2024, 7, 3), datetime.date(2024, 7, 3))


def test_the_day_is_a_hint_that_keeps_nothing_out(find) -> None:  # type: ignore[no-untyped-def]
    found = find("What did the minister promise before the Lindhafen summit?")
    assert "after" in {passage.article.id for passage in found.passages}
    assert found.searched == len(NEWS)


@pytest.mark.parametrize(
    "question",
    [
        "Who scored in Osterby after the match?",  # three matches in half a year
        "What did she say before the election?",  # no article tells of one
        "What was promised after the earthquake?",  # a later one than the as-of day
    ],
)
def test_an_event_whose_day_the_articles_do_not_tell_gives_no_window(find, question: str) -> None:  # type: ignore[no-untyped-def]
    assert find(question, as_of=datetime.date(2024, 5, 31)).search.window is None
    assert find("Who scored in Osterby after the match?").search.window is None


def test_days_set_by_hand_or_said_go_before_an_event_and_it_can_be_switched_off(find) -> None:  # type: ignore[no-untyped-def]
    asked = "What did the minister promise before the Lindhafen summit?"
    assert find(asked, since=datetime.date(2024, 1, 1)).search.window is None
    assert find(asked, understand=False).search.window is None
    assert find("What was promised in August before the summit?").search.window.event is None


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did he promise before the summit?", "before the summit"),
        ("Who resigned after the second round of talks?", "after the second round of talks"),
        ("Who resigned after the Geneva talks?", "after the Geneva talks"),
        ("Which roads closed during the storm?", "during the storm"),
        ("What changed since the 2021 election in Haiti?", "since the 2021 election in Haiti"),
        ("How many fled in the days after the eruption?", "in the days after the eruption"),
        ("Who stood before the court?", None),
        ("Who ran after the bus?", None),
        ("What was named after the fire chief?", None),
        ("Who looked after the children?", None),
        ("What is the match about?", None),
    ],
)
def test_only_a_relation_and_the_name_of_an_event_are_a_time(question: str, words: str | None) -> None:
    told = event_time(question)
    assert (told.words if told else None) == words


def test_of_the_questions_without_a_day_only_those_that_name_an_event_may_get_a_window(find) -> None:  # type: ignore[no-untyped-def]
    file = Path(__file__).parent / "data/time_questions.yaml"
    rows: list[dict[str, Any]] = yaml.safe_load(file.read_text("utf-8"))
    timeless = [row["question"] for row in rows if row.get("none")]
    assert len(timeless) == 60
    told = {question: time.event for question in timeless if (time := event_time(question))}
    assert sorted(told.values()) == ["election in Colombia", "summit"]
    assert [question for question in told if find(question, articles=("quake",)).search.window] == []
