"""`reader = false`: similarity chooses, no network is loaded, and how sure an answer is goes by weights of its own."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from newsroom import BRIDGE, CHEESE, TRAIN, story

from assistant.assistant import Assistant
from assistant.candidates import candidates
from assistant.confidence import WITH_READER, WITHOUT_READER, evidence
from assistant.question import analyse
from assistant.records import Question
from assistant.settings import Settings
from index.embed import Embedder

ASKED = Question("When did the harbour bridge of Lindhafen open?")


@pytest.fixture(scope="module")
def home(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    made = Assistant(Settings(home=folder), embedder)
    made.build([story("bridge", BRIDGE), story("cheese", CHEESE), story("train", TRAIN)])
    return folder


def test_the_setting_decides_whether_sentences_are_read(home: Path, embedder: Embedder) -> None:
    """The short answer is the reader's alone, so it tells which of the two answered."""
    read = Assistant(Settings(home=home), embedder).ask(ASKED)
    unread = Assistant(Settings(home=home, reader=False), embedder).ask(ASKED)
    assert "opened on Monday" in read.text
    assert "opened on Monday" in unread.text
    assert read.short_answer is not None
    assert unread.short_answer is None


def test_without_it_nothing_of_it_is_loaded(home: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ImportError):
        Assistant(Settings(home=home), embedder).ask(ASKED)
    assert not Assistant(Settings(home=home, reader=False), embedder).ask(ASKED).abstained


def test_without_it_the_threshold_is_compared_with_weights_of_its_own(home: Path, embedder: Embedder) -> None:
    def asked(below: float) -> bool:
        """Whether it abstains."""
        return Assistant(Settings(home=home, reader=False, abstain_below=below), embedder).ask(ASKED).abstained

    found = Assistant(Settings(home=home), embedder).retrieve(ASKED)
    assert found is not None
    analysis = analyse(found.text)
    ranked = candidates(analysis, found.chunks, embedder)
    features = {"constant": 1.0, **evidence(ranked, found.searched)}

    def sure(weights: Mapping[str, float]) -> float:
        return 1 / (1 + math.exp(-sum(weight * features.get(name, 0.0) for name, weight in weights.items())))

    own, other = sure(WITHOUT_READER), sure(WITH_READER)
    assert abs(own - other) > 0.0005, "the two cannot be told apart with this question"
    assert not asked(own - 0.0002)
    assert asked(own + 0.0002)
