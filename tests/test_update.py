"""What an editor does to the index, with a real Chroma and the real model: build, add, update, remove."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace

import newsroom
import numpy as np
import pytest
from newsroom import BRIDGE, CHEESE, TRAIN, Watched, builds, held, story

from index.embed import Embedder
from index.errors import UnknownArticleError
from index.home import Home
from index.search import Index
from index.update import add_articles, build_index, remove_articles

home = newsroom.home
watched = newsroom.watched


class TestBuilding:
    def test_makes_the_index_hold_these_articles_and_no_others(self, home: Home, watched: Watched) -> None:
        first = build_index(home, watched, [story("bridge", BRIDGE), story("cheese", CHEESE)])
        assert (first.added, first.updated, first.removed, first.unchanged) == (("bridge", "cheese"), (), (), 0)
        assert (first.changed, first.embedded, len(watched.embedded)) == (True, 2, 2)
        assert first.serving is not None
        assert (first.serving.articles, first.serving.chunks, first.serving.name) == (2, 2, home.current())
        second = build_index(home, watched, [story("train", TRAIN), story("bridge", BRIDGE)])
        assert (second.added, second.updated, second.removed, second.unchanged) == (("train",), (), ("cheese",), 1)
        assert held(home) == {"bridge": BRIDGE, "train": TRAIN}

    def test_of_nothing_where_nothing_is_makes_no_build(self, home: Home, embedder: Embedder) -> None:
        report = build_index(home, embedder, [])
        assert (report.serving, report.changed) == (None, False)
        assert held(home) == {}

    def test_tells_how_far_it_is(self, home: Home, embedder: Embedder) -> None:
        told: list[tuple[str, int, int | None]] = []
        build_index(
            home,
            embedder,
            [story(str(n), f"{CHEESE} It is the prize number {n}.") for n in range(3)],
            progress=lambda stage, done, total: told.append((stage, done, total)),
        )
        assert [stage for stage, _, _ in told] == sorted((stage for stage, _, _ in told), key=STAGES.index)
        for stage in STAGES:
            done = [(done, total) for one, done, total in told if one == stage]
            assert [one for one, _ in done] == sorted(one for one, _ in done)
            assert done[-1][0] == 3
            assert done[-1][1] == (None if stage == "reading" else 3), "all but the first tell how much is left"


STAGES = ["reading", "embedding", "storing", "probing"]


class TestAdding:
    def test_keeps_the_rest(self, home: Home, embedder: Embedder) -> None:
        assert add_articles(home, embedder, [story("bridge", BRIDGE)]).added == ("bridge",)
        report = add_articles(home, embedder, [story("cheese", CHEESE)])
        assert (report.added, report.unchanged, report.removed, report.embedded) == (("cheese",), 0, (), 1)
        assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE}

    def test_an_article_of_the_same_id_is_an_update(self, home: Home, watched: Watched) -> None:
        build_index(home, watched, [story("bridge", BRIDGE), story("cheese", CHEESE)])
        watched.embedded.clear()
        report = add_articles(home, watched, [story("bridge", TRAIN)])
        assert (report.added, report.updated, report.unchanged) == ((), ("bridge",), 0)
        assert watched.embedded == [TRAIN]
        assert held(home) == {"bridge": TRAIN, "cheese": CHEESE}

    def test_what_is_there_already_makes_no_new_build_and_embeds_nothing(self, home: Home, watched: Watched) -> None:
        stories = [story("bridge", BRIDGE, title="Bridge opens"), story("cheese", CHEESE)]
        built = build_index(home, watched, stories)
        watched.embedded.clear()
        for report in (
            build_index(home, watched, stories),
            build_index(home, watched, stories[::-1]),
            add_articles(home, watched, stories[:1]),
            add_articles(home, watched, []),
        ):
            assert (report.changed, report.updated, report.embedded) == (False, (), 0)
            assert report.serving == built.serving
        assert (watched.embedded, len(builds(home))) == ([], 1)

    def test_an_article_from_another_file_is_the_same_article(self, home: Home, watched: Watched) -> None:
        build_index(home, watched, [story("bridge", BRIDGE, origin="/news/a.txt")])
        report = build_index(home, watched, [story("bridge", BRIDGE, origin="/news/b.txt")])
        assert (report.changed, report.unchanged, report.removed) == (False, 1, ())


class TestWhatIsEmbeddedOnce:
    def test_serves_when_only_the_date_or_the_outlet_changes_and_the_change_shows(
        self, home: Home, watched: Watched
    ) -> None:
        build_index(home, watched, [story("bridge", BRIDGE, title="Bridge opens"), story("cheese", CHEESE)])
        watched.embedded.clear()
        day = datetime.date(2024, 6, 14)
        dated = story("bridge", BRIDGE, title="Bridge opens", published=day, source="The Lindhafen Post")
        report = add_articles(home, watched, [dated])
        assert (report.updated, report.embedded, report.changed, watched.embedded) == (("bridge",), 0, True, [])
        index = Index.open(home)
        assert index.article("bridge") == dated.article
        assert index.manifest.sources == ("The Lindhafen Post",)
        assert np.count_nonzero(~np.isnan(index.published(np.arange(2)))) == 1
        index.close()

    def test_is_embedded_anew_under_another_headline(self, home: Home, watched: Watched) -> None:
        build_index(home, watched, [story("bridge", BRIDGE, title="Bridge opens")])
        add_articles(home, watched, [story("bridge", BRIDGE, title="Ferries stay")])
        assert watched.embedded == [f"Bridge opens\n{BRIDGE}", f"Ferries stay\n{BRIDGE}"]

    def test_serves_again_when_its_text_comes_back(self, home: Home, watched: Watched) -> None:
        for text in (BRIDGE, CHEESE):
            build_index(home, watched, [story("bridge", text)])
        build_index(home, watched, [story("train", TRAIN)])
        watched.embedded.clear()
        report = build_index(home, watched, [story("bridge", BRIDGE)])
        assert (report.added, report.embedded, watched.embedded) == (("bridge",), 0, [])
        assert held(home) == {"bridge": BRIDGE}

    def test_serves_every_article_with_the_same_words(self, home: Home, watched: Watched) -> None:
        report = build_index(home, watched, [story(name, BRIDGE) for name in ("one", "two", "three")])
        assert (len(report.added), report.embedded, watched.embedded) == (3, 1, [BRIDGE])
        assert held(home) == dict.fromkeys(("one", "two", "three"), BRIDGE)


class TestAnIdThatComesTwice:
    def test_with_different_text_is_reported_and_the_first_is_kept(self, home: Home, embedder: Embedder) -> None:
        report = build_index(
            home,
            embedder,
            [
                story("bridge", BRIDGE, origin="/news/a.txt"),
                story("bridge", CHEESE, origin="/news/b.txt"),
                story("train", TRAIN),
            ],
        )
        assert held(home) == {"bridge": BRIDGE, "train": TRAIN}
        (failure,) = report.failures
        assert (failure.origin, failure.where) == ("/news/b.txt", "/news/b.txt")
        assert "'bridge' comes twice" in failure.problem
        assert "/news/a.txt" in failure.problem
        assert failure.remedy

    def test_with_the_same_text_is_no_matter(self, home: Home, embedder: Embedder) -> None:
        report = build_index(home, embedder, [story("bridge", BRIDGE), story("bridge", BRIDGE, origin="/news/b.txt")])
        assert (report.added, report.failures) == (("bridge",), ())

    def test_in_two_runs_is_an_update(self, home: Home, embedder: Embedder) -> None:
        add_articles(home, embedder, [story("bridge", BRIDGE, origin="/news/a.txt")])
        report = add_articles(home, embedder, [story("bridge", CHEESE, origin="/news/b.txt")])
        assert (report.updated, report.failures) == (("bridge",), ())

    def test_holds_back_no_other_article_of_that_file_from_leaving(self, home: Home, embedder: Embedder) -> None:
        file = "/news/week.jsonl"
        build_index(home, embedder, [story("bridge", BRIDGE, origin=file), story("cheese", CHEESE, origin=file)])
        report = build_index(
            home, embedder, [story("bridge", BRIDGE, origin=file), story("bridge", TRAIN, origin=file)]
        )
        assert (report.removed, report.kept, len(report.failures)) == (("cheese",), (), 1)


class TestRemoving:
    def test_takes_out_these_and_no_others(self, home: Home, embedder: Embedder) -> None:
        build_index(home, embedder, [story("bridge", BRIDGE), story("cheese", CHEESE), story("train", TRAIN)])
        report = remove_articles(home, ["bridge", "train", "bridge"])
        assert (report.removed, report.changed) == (("bridge", "train"), True)
        assert held(home) == {"cheese": CHEESE}

    def test_the_last_one_leaves_an_index_that_finds_nothing(self, home: Home, embedder: Embedder) -> None:
        build_index(home, embedder, [story("bridge", BRIDGE)])
        remove_articles(home, ["bridge"])
        assert held(home) == {}
        index = Index.open(home)
        assert (len(index), index.articles(), index.span_of_dates()) == (0, [], None)
        assert index.nearest(embedder.embed_query("bridge"), 5).tolist() == []
        assert index.keyword_scores("bridge").tolist() == []
        index.close()
        assert add_articles(home, embedder, [story("bridge", BRIDGE)]).embedded == 0
        assert held(home) == {"bridge": BRIDGE}

    def test_an_unknown_id_is_refused_and_removes_nothing(self, home: Home, embedder: Embedder) -> None:
        build_index(home, embedder, [story("bridge", BRIDGE), story("cheese", CHEESE)])
        serving = home.current()
        with pytest.raises(UnknownArticleError, match="'Bridge', 'nobody'; nothing was removed"):
            remove_articles(home, ["bridge", "Bridge", "nobody"])
        assert home.current() == serving
        assert add_articles(home, embedder, []).changed is False, "nor will the next build lack it"
        assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE}


def test_the_build_before_stays_on_disk_and_older_ones_go(home: Home, embedder: Embedder) -> None:
    made = []
    for text in (BRIDGE, CHEESE, TRAIN, BRIDGE):
        made.append(build_index(home, embedder, [story("one", text)]).serving)
        names = [one.name for one in made if one]
        assert builds(home) == names[-2:]
        assert home.current() == names[-1]


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_edits_the_index_is_what_a_build_from_scratch_would_be(
    seed: int, home: Home, embedder: Embedder
) -> None:
    chance = random.Random(seed)
    texts = [BRIDGE, CHEESE, TRAIN, f"{BRIDGE} {TRAIN}", f"{CHEESE}\n\n{BRIDGE * 12}"]
    expected: dict[str, str] = {}
    for _ in range(10):
        some = {str(chance.randrange(6)): chance.choice(texts) for _ in range(chance.randint(1, 4))}
        gone = chance.sample(sorted(expected), min(len(expected), 2))
        match chance.choice(["build", "add", "add", "remove"]):
            case "build":
                build_index(home, embedder, [story(name, text) for name, text in some.items()])
                expected = some
            case "add":
                add_articles(home, embedder, [story(name, text) for name, text in some.items()])
                expected |= some
            case "remove" if gone:
                remove_articles(home, gone)
                expected = {name: text for name, text in expected.items() if name not in gone}
        assert held(home) == expected
    scratch = replace(home, root=home.root.with_name("scratch"))
    build_index(scratch, embedder, [story(name, text) for name, text in expected.items()])
    found, wanted = shown(home, embedder), shown(scratch, embedder)
    assert list(found) == list(wanted)
    assert list(found.values()) == [pytest.approx(scores, abs=0.005) for scores in wanted.values()]


def shown(home: Home, embedder: Embedder) -> dict[tuple[str, int, int], tuple[float, float]]:
    """The cosine and the keyword score of every chunk for one question, by (article, start, end)."""
    question = "When did the ferries win the prize for the coast?"
    index = Index.open(home)
    vector = embedder.embed_query(question)
    rows = index.nearest(vector, len(index))
    assert sorted(rows.tolist()) == list(range(len(index))), "the vector store holds every row once"
    cosines, words = index.cosines(vector, rows), index.keyword_scores(question)
    found = {}
    for row, cosine in zip(rows.tolist(), cosines, strict=True):
        article, start, end = index.span(row)
        found[article.id, start, end] = (float(cosine), float(words[row]))
    index.close()
    return dict(sorted(found.items()))
