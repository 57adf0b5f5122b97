"""A data folder and the embedding model that it was made with: never mixed, and moved over only when asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import newsroom
import numpy as np
import pytest
import tiny_model
from newsroom import BRIDGE, CHEESE, TRAIN, Watched, builds, held, story
from tiny_model import save_tiny_model

from index.embed import DEFAULT_MODEL, Embedder, load_embedder
from index.errors import BuildError, FingerprintError
from index.home import Home
from index.search import Index, require_same_weights
from index.update import add_articles, build_index, remove_articles

home = newsroom.home
watched = newsroom.watched
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny

STORIES = [story("bridge", BRIDGE, title="Bridge opens"), story("cheese", CHEESE)]


@pytest.fixture
def built(home: Home, watched: Watched) -> str:
    """The build that serves, made with the default model."""
    build_index(home, watched, STORIES)
    watched.embedded.clear()
    name = home.current()
    assert name is not None
    return name


def test_another_model_is_refused_by_name_with_both_ways_out(built: str, home: Home, tiny: Embedder) -> None:
    for update in (build_index, add_articles):
        with pytest.raises(FingerprintError) as caught:
            update(home, tiny, [story("train", TRAIN)])
        assert repr(DEFAULT_MODEL) in caught.value.problem
        assert "'tiny'" in caught.value.problem
        assert repr(DEFAULT_MODEL) in caught.value.remedy
        assert "--reembed" in caught.value.remedy
    assert home.current() == built
    assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE}


def test_a_question_is_not_embedded_with_another_model(built: str, home: Home, tiny: Embedder) -> None:
    index = Index.open(home)
    with pytest.raises(FingerprintError, match="'tiny'"):
        require_same_weights(index.manifest, tiny)
    index.close()


def test_the_same_weights_under_another_name_are_the_same_model(
    home: Home, tiny: Embedder, tiny_folder: Path, tmp_path: Path
) -> None:
    build_index(home, tiny, STORIES)
    renamed = Watched(load_embedder(str(shutil.copytree(tiny_folder, tmp_path / "renamed"))))
    assert renamed.name == "renamed"
    add_articles(home, renamed, [story("train", TRAIN)])
    assert all(text in TRAIN for text in renamed.embedded), "nothing else was embedded"
    assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE, "train": TRAIN}
    other = load_embedder(str(save_tiny_model(tmp_path / "other", seed=1)))
    assert other.name == "tiny"
    with pytest.raises(FingerprintError):
        add_articles(home, other, [])


def test_reembed_moves_everything_over(built: str, home: Home, tiny: Embedder, watched: Watched) -> None:
    moving = Watched(tiny)
    report = build_index(home, moving, [*STORIES, story("train", TRAIN)], reembed=True)
    assert (report.added, report.unchanged, report.changed) == (("train",), 2, True)
    assert report.serving is not None
    assert report.embedded == len(moving.embedded) == report.serving.chunks
    assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE, "train": TRAIN}
    index = Index.open(home)
    assert index.manifest.recipe == tiny.recipe
    vector = tiny.embed_query(BRIDGE)
    rows = index.nearest(vector, len(index))
    assert len(rows) == report.serving.chunks
    assert index.cosines(vector, rows) == pytest.approx(np.sort(index.cosines(vector, rows))[::-1], abs=0.001)
    index.close()
    assert builds(home) == [built, home.current()]
    with pytest.raises(FingerprintError, match="'tiny'"):
        add_articles(home, watched, STORIES)


def test_what_was_embedded_before_serves_again_after_moving_back(
    built: str, home: Home, tiny: Embedder, watched: Watched
) -> None:
    build_index(home, tiny, STORIES, reembed=True)
    report = build_index(home, watched, STORIES, reembed=True)
    assert (report.embedded, watched.embedded, report.changed) == (0, [], True)
    assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE}


def test_reembed_with_the_model_in_use_does_nothing(built: str, home: Home, watched: Watched) -> None:
    report = build_index(home, watched, STORIES, reembed=True)
    assert (report.changed, report.embedded, watched.embedded) == (False, 0, [])


def test_a_kept_article_moves_over_too(built: str, home: Home, tiny: Embedder) -> None:
    failing = newsroom.unreadable("/news/bridge.txt")
    report = build_index(home, tiny, [failing, story("cheese", CHEESE)], reembed=True)
    assert report.kept == ("bridge",)
    assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE}


def test_a_move_that_was_cut_short_never_makes_a_build_without_chunks(
    built: str, home: Home, tiny: Embedder, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Home, "set_current", None)
        with pytest.raises(TypeError):
            build_index(home, tiny, [*STORIES, story("train", TRAIN)], reembed=True)
    assert home.current() == built
    with pytest.raises(BuildError, match="1 of 2 articles were not embedded") as caught:
        remove_articles(home, ["bridge"])
    assert "dateline index build" in caught.value.remedy
    # The old build goes on serving, and a removal stands above all builds.
    assert [article.id for article in Index.open(home).articles()] == ["cheese"]
    assert build_index(home, watched, [*STORIES, story("train", TRAIN)]).embedded == 1
    assert held(home) == {"bridge": BRIDGE, "cheese": CHEESE, "train": TRAIN}
