"""Searching a build: the nearest chunks, the words, and which articles a filter lets through."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import newsroom
import numpy as np
import pytest
from newsroom import BRIDGE, CHEESE, TRAIN, story

from index.embed import Embedder
from index.errors import BuildError, UnknownArticleError
from index.filters import Filters
from index.home import Home
from index.search import Index
from index.update import build_index

home = newsroom.home

DAY = datetime.date(2024, 6, 14)
NEXT = DAY + datetime.timedelta(days=1)


def zone(hours: int) -> datetime.timezone:
    return datetime.timezone(datetime.timedelta(hours=hours))


PUBLISHED = {
    "undated": None,
    "long ago": datetime.date(1969, 7, 20),
    "day before": datetime.datetime(2024, 6, 13, 23, 59, 59),
    "date": DAY,
    "first moment": datetime.datetime(2024, 6, 14, tzinfo=datetime.UTC),
    "no zone": datetime.datetime(2024, 6, 14, 23, 59, 59),
    "already next day there": datetime.datetime(2024, 6, 15, 0, 30, tzinfo=zone(2)),
    "still that day there": datetime.datetime(2024, 6, 14, 23, 30, tzinfo=zone(-5)),
    "midnight after": datetime.datetime(2024, 6, 15),
    "next date": NEXT,
}
"""The fourth to the seventh are of 14 June 2024 in UTC, those below are later."""
THAT_DAY, LATER = list(PUBLISHED)[3:7], list(PUBLISHED)[7:]
SOURCES = {"date": "The Lindhafen Post", "no zone": "THE LINDHAFEN POST", "next date": "Café Osterby", "undated": "AFP"}
TEXTS = [BRIDGE, CHEESE, TRAIN]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Index]:
    """An index of articles with all kinds of dates, a chunk or more each."""
    home = Home(tmp_path_factory.mktemp("search"))
    stories = [
        story(
            name,
            f"{TEXTS[n % 3]} Reporter number {n} was there, {name}.\n\n" + " ".join([TEXTS[(n + 1) % 3]] * (n * 3)),
            title=f"Story {n}",
            published=published,
            source=SOURCES.get(name),
        )
        for n, (name, published) in enumerate(PUBLISHED.items())
    ]
    build_index(home, embedder, stories)
    opened = Index.open(home)
    yield opened
    opened.close()


def let_through(index: Index, filters: Filters) -> list[str]:
    """The articles of which `filters` let every chunk through; of no article some."""
    mask = index.allowed(filters)
    assert mask is not None
    assert mask.shape == (len(index),)
    names = {True: set[str](), False: set[str]()}
    for row, allowed in enumerate(mask.tolist()):
        names[allowed].add(index.span(row)[0].id)
    assert not names[True] & names[False]
    return [name for name in PUBLISHED if name in names[True]]


class TestFilters:
    def test_that_ask_for_nothing_are_none(self, index: Index) -> None:
        assert index.allowed(Filters()) is None
        assert not Filters()
        assert Filters(sources=("",))

    def test_as_of_a_day_let_through_what_was_published_until_its_end_and_what_is_undated(self, index: Index) -> None:
        assert let_through(index, Filters(as_of=DAY)) == [name for name in PUBLISHED if name not in LATER]
        assert let_through(index, Filters(as_of=NEXT)) == list(PUBLISHED)
        assert let_through(index, Filters(as_of=datetime.date(1900, 1, 1))) == ["undated"]

    def test_since_a_day_let_through_what_was_published_from_its_start(self, index: Index) -> None:
        assert let_through(index, Filters(since=DAY)) == [*THAT_DAY, *LATER]
        assert let_through(index, Filters(since=datetime.date(2025, 1, 1))) == []

    def test_until_a_day_let_through_what_was_published_to_its_end(self, index: Index) -> None:
        assert let_through(index, Filters(until=DAY)) == ["long ago", "day before", *THAT_DAY]

    def test_hold_all_at_once(self, index: Index) -> None:
        assert let_through(index, Filters(since=DAY, until=DAY)) == THAT_DAY
        assert let_through(index, Filters(since=NEXT, as_of=DAY)) == []
        assert let_through(index, Filters(until=DAY, sources=("the lindhafen post",))) == ["date", "no zone"]

    @pytest.mark.parametrize(
        ("source", "names"),
        [
            ("The Lindhafen Post", ["date", "no zone"]),
            ("the lindhafen post", ["date", "no zone"]),
            ("cafe osterby", ["next date"]),
            ("Lindhafen", []),
            ("", []),
        ],
    )
    def test_of_an_outlet_know_no_case_and_no_accents(self, index: Index, source: str, names: list[str]) -> None:
        assert let_through(index, Filters(sources=(source,))) == names


class TestTheNearestChunks:
    QUESTIONS = ("When did the harbour bridge open?", "Who won a prize for cheese?", "sleeping cars", "reporter 7")

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_are_those_of_the_highest_cosines(self, question: str, index: Index, embedder: Embedder) -> None:
        vector = embedder.embed_query(question)
        found = index.nearest(vector, 5)
        cosines = index.cosines(vector, np.arange(len(index)))
        assert index.cosines(vector, found) == pytest.approx(np.sort(cosines)[::-1][:5], abs=0.001)

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_are_the_same_from_the_vector_store_as_under_a_filter_that_lets_all_through(
        self, question: str, index: Index, embedder: Embedder
    ) -> None:
        vector = embedder.embed_query(question)
        everything = index.allowed(Filters(as_of=datetime.date(2100, 1, 1)))
        assert everything is not None
        assert everything.all()
        stored, exact = index.nearest(vector, 8), index.nearest(vector, 8, everything)
        assert index.cosines(vector, stored) == pytest.approx(index.cosines(vector, exact), abs=0.001)
        assert index.span(int(stored[0])) == index.span(int(exact[0]))

    def test_have_the_cosines_of_their_own_words(self, index: Index, embedder: Embedder) -> None:
        vector = embedder.embed_query("harbour bridge")
        for row in (0, len(index) - 1):
            article, start, end = index.span(row)
            words = f"{article.title}\n{article.text[start:end]}"
            assert index.cosines(vector, np.array([row]))[0] == pytest.approx(
                embedder.embed_chunks([words])[0] @ vector, abs=0.005
            )

    def test_under_a_filter_are_the_best_of_those_let_through(self, index: Index, embedder: Embedder) -> None:
        vector = embedder.embed_query("When did the harbour bridge open?")
        allowed = index.allowed(Filters(since=DAY, until=DAY))
        assert allowed is not None
        found = index.nearest(vector, 3, allowed)
        assert allowed[found].all()
        assert (
            index.cosines(vector, found).min() >= np.partition(index.cosines(vector, np.flatnonzero(allowed)), -3)[-3]
        )
        assert index.nearest(vector, 3, np.zeros(len(index), dtype=np.bool_)).tolist() == []

    def test_are_no_more_than_there_are(self, index: Index, embedder: Embedder) -> None:
        vector = embedder.embed_query("bridge")
        assert sorted(index.nearest(vector, 10_000).tolist()) == list(range(len(index)))
        assert index.nearest(vector, 0).tolist() == []

    def test_are_the_same_from_many_threads(self, index: Index, embedder: Embedder) -> None:
        vectors = [embedder.embed_query(question) for question in self.QUESTIONS] * 10

        def ask(n: int) -> tuple[list[int], str, float]:
            rows = index.nearest(vectors[n], 3)
            scores = index.keyword_scores(self.QUESTIONS[n % 4])
            return rows.tolist(), index.span(int(rows[0]))[0].id, float(scores.max())

        alone = [ask(n) for n in range(4)]
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(ask, range(40))) == alone * 10


class TestKeywordScores:
    def test_are_highest_where_the_rare_word_stands_and_none_without_a_shared_word(self, index: Index) -> None:
        scores = index.keyword_scores("Which reporter was the number 7?")
        assert scores.shape == (len(index),)
        assert index.span(int(scores.argmax()))[0].id == list(PUBLISHED)[7]
        assert not index.keyword_scores("zeppelin").any()
        assert not index.keyword_scores("").any()
        assert not index.keyword_scores("who was the of and").any(), "stop words are no words"

    @pytest.mark.parametrize("question", ["cheeses", "CHEESE", "Cheese's", "chèese"])
    def test_know_no_case_no_accents_and_no_endings(self, question: str, index: Index) -> None:
        assert index.keyword_scores(question) == pytest.approx(index.keyword_scores("cheese"))
        assert index.keyword_scores(question).any()

    def test_of_a_word_without_a_stem_are_none(self, index: Index) -> None:
        assert index.frequencies(["", "nosuchword"]).tolist() == [0, 0]
        assert index.rows_with("").tolist() == []

    def test_find_words_of_the_headline(self, index: Index) -> None:
        assert (index.keyword_scores("story") > 0).all()


class TestRows:
    def test_hold_every_sentence_of_every_article_once(self, index: Index) -> None:
        spans: dict[str, list[tuple[int, int]]] = {}
        for row in range(len(index)):
            article, start, end = index.span(row)
            assert article == index.article(article.id)
            spans.setdefault(article.id, []).append((start, end))
        assert sorted(spans) == sorted(PUBLISHED)
        assert max(map(len, spans.values())) > 1
        for name, found in spans.items():
            text, at = index.article(name).text, 0
            for start, end in sorted(found):
                assert text[at:start].strip() == ""
                at = end
            assert text[at:].strip() == ""

    def test_tell_their_article_and_its_date(self, index: Index) -> None:
        rows = np.arange(len(index))
        versions = index.versions(rows)
        articles = [index.span(row)[0].id for row in rows.tolist()]
        assert len(set(zip(versions.tolist(), articles, strict=True))) == len(set(articles)) == len(PUBLISHED)
        dates = dict(zip(articles, index.published(rows).tolist(), strict=True))
        assert np.isnan(dates["undated"])
        assert dates["date"] == dates["first moment"] == datetime.datetime(2024, 6, 14, tzinfo=datetime.UTC).timestamp()
        assert dates["long ago"] < 0
        assert index.span_of_dates() == (dates["long ago"], dates["still that day there"])

    def test_an_article_that_is_not_there_is_named(self, index: Index) -> None:
        with pytest.raises(UnknownArticleError, match="'nobody'") as caught:
            index.article("nobody")
        assert "dateline articles list" in caught.value.remedy

    def test_articles_come_by_id(self, index: Index) -> None:
        assert [article.id for article in index.articles()] == sorted(PUBLISHED)


def test_where_nothing_was_built_there_is_nothing_to_open(home: Home) -> None:
    with pytest.raises(BuildError, match="Nothing is indexed") as caught:
        Index.open(home)
    assert "dateline index build" in caught.value.remedy
    assert not home.root.exists()


def test_where_every_article_is_undated_there_is_no_span_of_dates(home: Home, embedder: Embedder) -> None:
    build_index(home, embedder, [story("bridge", BRIDGE)])
    index = Index.open(home)
    assert index.span_of_dates() is None
    index.close()
