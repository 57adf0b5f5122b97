"""What goes wrong while the index is updated: files that fail, errors half-way, a crash. The old build serves on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import newsroom
import pytest
from newsroom import BRIDGE, CHEESE, TRAIN, Watched, builds, held, story, unreadable

import index.build
import index.embed_new
import index.manifest
import index.store
import index.update
from index.embed import Embedder
from index.errors import BuildError
from index.home import Home
from index.keywords import KeywordIndex
from index.probe import PROBER
from index.read import ReadArticle
from index.search import Index
from index.update import add_articles, build_index, remove_articles

home = newsroom.home
watched = newsroom.watched


class Crash(BaseException):
    """The process is killed, as far as the code under test can tell."""


def crash(*args: Any, **options: Any) -> Any:
    raise Crash


class TestAFileThatCannotBeRead:
    def test_keeps_its_last_good_copy_while_a_deleted_one_goes(self, home: Home, embedder: Embedder) -> None:
        build_index(home, embedder, [story("bridge", BRIDGE), story("cheese", CHEESE), story("train", TRAIN)])
        failure = unreadable("/news/bridge.txt")
        report = build_index(home, embedder, [failure, story("train", TRAIN)])
        assert (report.kept, report.removed, report.failures) == (("bridge",), ("cheese",), (failure,))
        assert held(home) == {"bridge": BRIDGE, "train": TRAIN}

    def test_goes_when_it_is_deleted_at_last(self, home: Home, embedder: Embedder) -> None:
        build_index(home, embedder, [story("bridge", BRIDGE), story("train", TRAIN)])
        build_index(home, embedder, [unreadable("/news/bridge.txt"), story("train", TRAIN)])
        assert build_index(home, embedder, [story("train", TRAIN)]).removed == ("bridge",)

    def test_may_be_a_folder_with_all_that_is_in_it(self, home: Home, embedder: Embedder) -> None:
        inside = [story("a", BRIDGE, origin="/news/a.txt"), story("b", CHEESE, origin="/news/2024/b.txt")]
        beside = [story("c", TRAIN, origin="/newsletter/c.txt"), story("d", TRAIN, origin="/news.txt")]
        build_index(home, embedder, [*inside, *beside])
        report = build_index(home, embedder, [unreadable("/news"), story("e", BRIDGE)])
        assert (report.kept, report.removed) == (("a", "b"), ("c", "d"))

    def test_may_be_one_line_of_a_file_of_which_the_rest_is_taken(self, home: Home, embedder: Embedder) -> None:
        file = "/news/week.jsonl"
        build_index(home, embedder, [story("a", BRIDGE, origin=file), story("b", CHEESE, origin=file)])
        report = build_index(home, embedder, [story("a", TRAIN, origin=file), unreadable(file)])
        assert (report.updated, report.kept, report.removed) == (("a",), ("b",), ())
        assert held(home) == {"a": TRAIN, "b": CHEESE}

    def test_stops_no_other_that_is_added(self, home: Home, embedder: Embedder) -> None:
        report = add_articles(home, embedder, [unreadable("/news/a.txt"), story("b", BRIDGE)])
        assert (report.added, len(report.failures)) == (("b",), 1)

    @pytest.mark.parametrize("failures", [["/news/elsewhere.txt"], ["/news/bridge.txt", "/news/cheese.txt"], []])
    def test_changes_nothing_where_there_is_no_other(self, failures: list[str], home: Home, embedder: Embedder) -> None:
        before = build_index(home, embedder, [story("bridge", BRIDGE), story("cheese", CHEESE)])
        report = build_index(home, embedder, map(unreadable, failures))
        assert (report.kept, report.removed, report.changed) == (("bridge", "cheese"), (), False)
        assert report.serving == before.serving
        assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE}


class TestACrash:
    @pytest.fixture
    def built(self, home: Home, watched: Watched) -> str:
        """The build that served before."""
        manifest = build_index(home, watched, [story("bridge", BRIDGE), story("cheese", CHEESE)]).serving
        assert manifest is not None
        watched.embedded.clear()
        return manifest.name

    @pytest.mark.parametrize(
        ("owner", "name"),
        [
            (Home, "set_current"),
            (index.build, "make"),
            (index.manifest.Manifest, "write"),
            (index.store, "write"),
            (KeywordIndex, "build"),
        ],
        ids=["set_current", "make", "manifest", "store", "keywords"],
    )
    def test_between_embedding_and_switching_leaves_the_old_build_and_costs_no_vector(
        self, owner: Any, name: str, built: str, home: Home, watched: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, crash)
            with pytest.raises(Crash):
                build_index(home, watched, [story("bridge", BRIDGE), story("train", TRAIN)])
        assert home.current() == built
        assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE}
        assert watched.embedded == [TRAIN]
        report = build_index(home, watched, [story("bridge", BRIDGE), story("train", TRAIN)])
        assert (report.changed, report.embedded, watched.embedded) == (True, 0, [TRAIN])
        assert held(home) == {"bridge": BRIDGE, "train": TRAIN}
        assert builds(home) == [built, home.current()], "what was left half-made is gone, not the build that served"

    def test_while_embedding_costs_what_was_not_stored_yet(
        self, built: str, home: Home, watched: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(index.embed_new, "_GROUP", 2)
        stories = [story(str(n), f"Train number {n} leaves from the coast.") for n in range(6)]

        def stop(stage: str, done: int, total: int | None) -> None:
            if stage == "embedding" and done == 4:
                raise Crash

        with pytest.raises(Crash):
            build_index(home, watched, stories, progress=stop)
        assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE}
        watched.embedded.clear()
        assert build_index(home, watched, stories).embedded == 4, "the group that was being embedded, and the next"
        assert sorted(watched.embedded) == sorted(one.article.text for one in stories[2:])

    def test_while_reading_leaves_everything_as_it_was(
        self, built: str, home: Home, watched: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(index.update, "_GROUP", 1)

        def broken() -> Iterator[ReadArticle]:
            yield story("bridge", TRAIN)
            raise Crash

        with pytest.raises(Crash):
            build_index(home, watched, broken())
        assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE}
        assert add_articles(home, watched, []).changed is False, "nor does the next build hold what was half read"

    def test_of_a_removal_leaves_the_old_build_without_the_article_and_the_next_run_goes_on(
        self, built: str, home: Home, watched: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Home, "set_current", crash)
            with pytest.raises(Crash):
                remove_articles(home, ["bridge"])
        opened = Index.open(home)
        assert (opened.manifest.name, [one.id for one in opened.articles()]) == (built, ["cheese"])
        opened.close()
        add_articles(home, watched, [story("train", TRAIN)])
        assert held(home) == {"cheese": CHEESE, "train": TRAIN}

    def test_that_comes_again_and_again_leaves_no_litter(
        self, built: str, home: Home, watched: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Home, "set_current", crash)
            for text in (BRIDGE, CHEESE, TRAIN):
                with pytest.raises(Crash):
                    build_index(home, watched, [story("one", text)])
        build_index(home, watched, [story("one", BRIDGE)])
        assert builds(home) == [built, home.current()]


class TestABuildThatIsNotWhole:
    def spoilt(self, part: str) -> Callable[..., Any]:
        """A writer that works and leaves one part of the new build damaged, as a full disk does."""
        write = index.manifest.Manifest.write

        def spoil(manifest: index.manifest.Manifest, folder: Any) -> None:
            write(manifest, folder)
            for file in folder.glob(part):
                file.write_bytes(b"")

        return spoil

    @pytest.mark.parametrize("part", ["rows.npy", "vectors.npy", "keywords/*", "chroma/chroma.sqlite3"])
    def test_never_comes_to_serve(
        self, part: str, home: Home, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_index(home, embedder, [story("bridge", BRIDGE)])
        before = home.current()
        with monkeypatch.context() as patch:
            patch.setattr(index.manifest.Manifest, "write", self.spoilt(part))
            with pytest.raises(BuildError, match="damaged"):
                add_articles(home, embedder, [story("cheese", CHEESE)])
        assert home.current() == before
        assert held(home) == {"bridge": BRIDGE}
        assert add_articles(home, embedder, [story("cheese", CHEESE)]).changed
        assert builds(home) == [before, home.current()]

    def test_holds_too_few_chunks_and_is_thrown_away(
        self, home: Home, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = index.store.write

        def without_the_last(folder: Any, removed: Any, added: Any, url: Any) -> None:
            write(folder, removed, ((numbers[:-1], vectors[:-1]) for numbers, vectors in added), url)

        with monkeypatch.context() as patch:
            patch.setattr(index.store, "write", without_the_last)
            with pytest.raises(BuildError, match=r"its parts hold \[1, 2\] chunks, and its manifest says 2"):
                build_index(home, embedder, [story("bridge", BRIDGE), story("cheese", CHEESE)])
        assert (home.current(), list(home.builds.iterdir())) == (None, [])
        build_index(home, embedder, [story("bridge", BRIDGE)])
        Index.open(home).close()


class TestAGraphThatLeadsNotToEveryChunk:
    SAID = "a search for its chunk 3 does not find it in the vector store"

    def test_is_made_once_more(self, home: Home, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
        build_index(home, embedder, [story("bridge", BRIDGE)])
        tried: list[str] = []
        problems = PROBER.problems

        def first_missed(of: Home, name: str) -> list[str]:
            tried.append(name)
            return [self.SAID] if len(tried) == 1 else problems(of, name)

        monkeypatch.setattr(PROBER, "problems", first_missed)
        add_articles(home, embedder, [story("train", TRAIN)])
        assert held(home) == {"bridge": BRIDGE, "train": TRAIN}
        assert home.current() == tried[1] != tried[0]
        assert not home.build(tried[0]).exists()

    def test_twice_leaves_the_old_build(self, home: Home, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
        build_index(home, embedder, [story("bridge", BRIDGE)])
        monkeypatch.setattr(PROBER, "problems", lambda *_: [self.SAID])
        with pytest.raises(BuildError, match="chunk 3"):
            add_articles(home, embedder, [story("train", TRAIN)])
        assert held(home) == {"bridge": BRIDGE}
