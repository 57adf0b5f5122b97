"""Dense search: the store's answer, and every vector compared where that is better or the store cannot be asked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

from index import store
from index.dense import DenseSearch
from index.embed import Vectors
from index.store import VectorStore

COUNT, DIMENSION = 3_000, 32


@pytest.fixture(scope="module")
def vectors() -> npt.NDArray[np.float16]:
    drawn = np.random.default_rng(0).normal(size=(COUNT, DIMENSION))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float16)


@pytest.fixture(scope="module")
def opened(vectors: npt.NDArray[np.float16], tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorStore]:
    folder = tmp_path_factory.mktemp("build") / "chroma"
    numbers = [2 * row + 1 for row in range(COUNT)]  # as the catalogue numbers chunks: rising, with gaps
    store.write(folder, [], iter([(numbers, vectors.astype(np.float32))]))
    held = VectorStore.open(folder)
    yield held
    held.close()


def asked(n: int) -> Vectors:
    vector = np.random.default_rng(100 + n).normal(size=DIMENSION).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def search(opened: VectorStore, vectors: npt.NDArray[np.float16], exact_most: int) -> DenseSearch:
    return DenseSearch("build", opened, vectors, 2 * np.arange(COUNT) + 1, exact_most=exact_most)


def test_of_many_allowed_chunks_the_store_finds_nearly_all_of_the_nearest(
    opened: VectorStore, vectors: npt.NDArray[np.float16]
) -> None:
    allowed = np.arange(COUNT) % 3 != 0
    exact, quick = search(opened, vectors, COUNT), search(opened, vectors, 100)
    shared = []
    for n in range(20):
        rows = quick.nearest(asked(n), 50, allowed)
        assert len(rows) == 50
        assert allowed[rows].all()
        shared.append(len(np.intersect1d(rows, exact.nearest(asked(n), 50, allowed))) / 50)
    assert np.mean(shared) > 0.9


def test_where_what_is_allowed_lies_far_from_the_question_every_one_of_it_is_compared(
    opened: VectorStore, vectors: npt.NDArray[np.float16]
) -> None:
    cosines = vectors.astype(np.float32) @ asked(0)
    allowed = cosines < np.median(cosines)  # nothing of what the store finds
    rows = search(opened, vectors, 100).nearest(asked(0), 50, allowed)
    assert rows.tolist() == search(opened, vectors, COUNT).nearest(asked(0), 50, allowed).tolist()
    assert len(rows) == 50


def test_a_large_store_is_not_counted_when_it_is_opened(
    opened: VectorStore, vectors: npt.NDArray[np.float16], monkeypatch: pytest.MonkeyPatch
) -> None:
    dense = search(opened, vectors, COUNT)
    assert dense.stored() == {COUNT}
    numbers = 2 * np.arange(COUNT) + 1
    large = DenseSearch("build", opened, vectors, numbers, tried_most=COUNT - 1)
    assert large.counted() == {COUNT}  # as the trial of a build does
    monkeypatch.setattr(opened, "count", lambda: pytest.fail("it takes the longer the more there are"))
    assert len(dense.nearest(asked(0), 50, None)) == 50
    assert large.stored() == set()


def test_of_more_than_there_are_all_are_found(opened: VectorStore, vectors: npt.NDArray[np.float16]) -> None:
    assert len(search(opened, vectors, COUNT).nearest(asked(0), COUNT + 10, None)) == COUNT


def test_cosines_are_the_same_in_blocks(
    opened: VectorStore, vectors: npt.NDArray[np.float16], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = np.array([7, 3, 2_999, 3, 0])
    dense = search(opened, vectors, COUNT)
    whole = dense.cosines(asked(1), rows)
    monkeypatch.setattr("index.dense._BLOCK", 2)
    np.testing.assert_allclose(dense.cosines(asked(1), rows), whole, rtol=1e-6)
    np.testing.assert_allclose(whole, vectors[rows].astype(np.float32) @ asked(1), rtol=1e-6)
    assert len(dense.cosines(asked(1), rows[:0])) == 0
