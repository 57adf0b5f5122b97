"""Words in quotation marks, which must stand so: what such a question leaves as it was, in the index that it asks."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np
import pytest
from newsroom import BRIDGE, CHEESE, TRAIN, story

import index.build
from assistant.records import Question, Reason
from assistant.retrieve import Retrieved, retrieve
from index.embed import Embedder
from index.errors import BuildError
from index.filters import Filters
from index.home import Home
from index.search import Index
from index.update import build_index, remove_articles

DAY = datetime.date(2024, 6, 20)
TEXTS = {"bridge": BRIDGE, "cheese": CHEESE, "train": TRAIN}
STORIES = [story(name, text, published=DAY) for name, text in TEXTS.items()]
NOWHERE = "Who called it “the worst cheese of the century”?"


@pytest.fixture(scope="module")
def opened(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index that is open, as a server has it, from which an article was removed; no newer one could be made."""
    home = Home(tmp_path_factory.mktemp("exact") / "home")
    build_index(home, embedder, STORIES)
    one = Index.open(home)

    def fails(*_: object) -> None:
        raise BuildError("The disk is full.", "Make room.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.build, "make", fails)
        with pytest.raises(BuildError):
            remove_articles(home, ["train"])
    yield one
    one.close()


@pytest.fixture
def ask(opened: Index, embedder: Embedder):  # type: ignore[no-untyped-def]
    def asked(text: str, **limits: object) -> Retrieved:
        return retrieve(opened, embedder, Question(text, **limits), 10, DAY)  # type: ignore[arg-type]

    return asked


def ids(found: Retrieved) -> set[str]:
    return {passage.article.id for passage in found.passages}


@pytest.mark.parametrize("limits", [{}, {"as_of": DAY}], ids=["no limits", "as-of"])
def test_the_nearest_are_listed_where_the_words_stand_nowhere(ask, limits) -> None:  # type: ignore[no-untyped-def]
    found = ask(NOWHERE, **limits)
    assert found.empty_because is Reason.NO_SUCH_WORDS
    assert found.chunks == ()
    assert ids(found) == {"bridge", "cheese"}


def test_they_take_nothing_from_the_next_question(ask) -> None:  # type: ignore[no-untyped-def]
    assert ids(ask("Who won the “national prize”?")) == {"cheese"}
    assert ask(NOWHERE).empty_because is Reason.NO_SUCH_WORDS
    assert ids(ask("What opened on Monday?", understand=False)) == {"bridge", "cheese"}


def test_nobody_can_change_which_rows_an_index_shows(opened: Index) -> None:
    shown = opened.allowed(Filters())
    assert shown is not None
    with pytest.raises(ValueError, match="read-only"):
        shown &= np.zeros(len(shown), dtype=np.bool_)


def test_other_forms_and_other_orders_of_the_words_are_not_those(embedder: Embedder, tmp_path) -> None:  # type: ignore[no-untyped-def]
    texts = {
        "one": "A baby was saved from the mill. The river bridge was closed.",
        "many": "Many babies were born that year. The bridge over the river was closed.",
        "accents": "The Café Müller on the quay has closed.",
    }
    home = Home(tmp_path / "home")
    build_index(home, embedder, [story(name, text) for name, text in texts.items()])
    opened = Index.open(home)

    def found(text: str) -> set[str]:
        return ids(retrieve(opened, embedder, Question(text), 10, DAY))

    assert found("Who saved “a baby”?") == {"one"}
    assert found("What of the “river bridge”?") == {"one"}
    said = retrieve(opened, embedder, Question(f"Who said “{' '.join(['bridge'] * 60)}”?"), 10, DAY)
    assert said.empty_because is Reason.NO_SUCH_WORDS
    assert found("Where is “cafe muller”?") == {"accents"}
    opened.close()


@pytest.fixture
def long(embedder: Embedder, tmp_path) -> Iterator[tuple[Index, int]]:  # type: ignore[no-untyped-def]
    """An index with an article of several chunks, and the number of the last sentence of the first of them. Another
    article has other forms of the words that follow each other there."""
    text = " ".join(f"Sentence number {n} of this article tells of matter {n}." for n in range(100, 180))
    home = Home(tmp_path / "home")
    build_index(home, embedder, [story("long", text)])
    opened = Index.open(home)
    _, _, end = opened.span(0)
    last = int(text[:end].rstrip(".").split()[-1])
    assert last < 179, "The article has several chunks."
    opened.close()
    build_index(home, embedder, [story("long", text), story("forms", f"It tells of {last} sentences and numbers.")])
    opened = Index.open(home)
    yield opened, last
    opened.close()


def test_words_across_the_end_of_a_chunk_are_found(long: tuple[Index, int], embedder: Embedder) -> None:
    """Also where a chunk of another article holds other forms of them in a row."""
    opened, last = long
    asked = f"Who wrote “{last} Sentence number {last + 1}”?"
    assert ids(retrieve(opened, embedder, Question(asked), 10, DAY)) == {"long"}
    asked = f"Who wrote “{last} Sentence number”?"
    rows = np.arange(len(opened))
    assert len(opened.in_a_row([str(last), "sentenc", "number"], rows)), "a chunk of other forms"
    assert ids(retrieve(opened, embedder, Question(asked), 10, DAY)) == {"long"}
