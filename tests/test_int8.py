"""The embedding model in int8: nearly the same vectors, the same fingerprint, and a word about what it needs."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from lindhafen import LEAD, MORE, PROSE, TITLE
from newsroom import BRIDGE, CHEESE, TRAIN, story

from assistant.assistant import Assistant
from assistant.likeness import likeness
from assistant.records import Question
from assistant.settings import Settings
from index.embed import Embedder, load_embedder
from index.errors import ModelError

TEXTS = [BRIDGE, CHEESE, TRAIN, PROSE, MORE, LEAD, TITLE, " ".join([PROSE] * 40)]


@pytest.fixture(scope="module")
def quick() -> Embedder:
    if find_spec("openvino") is None and not os.environ.get("CI"):
        pytest.skip(
            "OpenVINO is not installed: in Dateline's folder, .venv/bin/pip install -c constraints.txt -e '.[fast]'."
        )
    return load_embedder(dtype="int8")


def test_vectors_are_nearly_those_of_the_same_weights_in_float32(quick: Embedder) -> None:
    full = load_embedder(dtype="float32")
    vectors = quick.embed_chunks(TEXTS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    cosines = (vectors * full.embed_chunks(TEXTS)).sum(axis=1)
    assert 0.98 < cosines.mean() < 0.9999, "it is not float32 under another name"
    assert cosines.min() > 0.96
    assert int(np.argmax(vectors[:3] @ quick.embed_query("Who made the best cheese?"))) == 1


def test_the_fingerprint_is_that_of_the_weights(quick: Embedder, embedder: Embedder) -> None:
    assert (quick.dtype, quick.recipe) == ("int8", replace(embedder.recipe, dtype="int8"))


def test_a_text_gives_the_same_vector_in_any_batch_and_from_several_threads(quick: Embedder) -> None:
    alone = [quick.embed_query(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(quick.embed_query, TEXTS))
    assert min(float(a @ b) for a, b in zip(alone, together, strict=True)) > 0.9999
    assert (quick.embed_chunks(TEXTS) * np.stack(alone)).sum(axis=1).min() > 0.99


def test_words_are_as_alike_as_in_float32(quick: Embedder) -> None:
    full = load_embedder(dtype="float32")
    question = "Which dairy made the best cheese?"
    assert likeness(question, TEXTS, quick) == pytest.approx(likeness(question, TEXTS, full), abs=1e-6)
    assert int(np.argmax(likeness(question, TEXTS[:3], quick))) == 1


def test_a_question_is_answered_by_an_index_in_int8(quick: Embedder, tmp_path: Path) -> None:
    assistant = Assistant(Settings(home=tmp_path, embedding_dtype="int8"), quick)
    assistant.build([story("bridge", BRIDGE), story("cheese", CHEESE), story("train", TRAIN)])
    answer = assistant.ask(Question("Which prize did a dairy in Osterby win?"))
    assert not answer.abstained
    assert "the national prize for its blue cheese" in answer.text
    assert {citation.article_id for citation in answer.citations} == {"cheese"}


def test_without_openvino_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(ModelError, match=r"OpenVINO is not installed.*pip install -c constraints.txt -e '\.\[fast\]'"):
        load_embedder(dtype="int8")
