"""A reader that a larger one teaches: what it learns from, and what it is drawn to."""

from __future__ import annotations

import itertools
import random
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import CharDelimiterSplit, PreTokenizer
from tokenizers.processors import TemplateProcessing

from assistant.reader import Pair
from assistant.reader.pairs import PairTokenizer

PAIR = Pair("who", "Ada-North won")


@pytest.fixture
def teach(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "bench"))
    return import_module("teach_reader")


@pytest.mark.parametrize("steps", [1, 7, 250, 333])
def test_each_batch_that_the_teacher_has_read_is_learnt_from_twice(teach: ModuleType, steps: int) -> None:
    asked: list[list[int]] = []

    def teacher(batch: list[int]) -> str:
        asked.append(batch)
        return f"said of {batch}"

    sources = {kind: ([i] for i in itertools.count(1000 * k)) for k, kind in enumerate(teach.SHARES)}
    found = list(teach.lessons(sources, teacher, steps, random.Random(1)))
    assert len(found) == steps
    assert all(said == f"said of {batch}" for batch, said in found)
    times = [sum(batch == other for other, _ in found) for batch in asked]
    assert set(times) <= {1, 2}
    assert times.count(1) == steps % 2


def test_what_differs_from_the_teacher_is_drawn_to_it(teach: ModuleType) -> None:
    said = (torch.tensor([-9.0, 3.0]), torch.tensor([[[1.0, 0.0], [0.0, 2.0]]] * 2))
    same = (torch.tensor([-teach.SURE - 2, 3.0], requires_grad=True), said[1].clone().requires_grad_(True))
    other = (torch.tensor([teach.SURE + 2, 1.0], requires_grad=True), torch.zeros(2, 2, 2, requires_grad=True))
    least, more = teach.taught_loss(*same, said), teach.taught_loss(*other, said)
    assert least < more
    least.backward()
    assert same[0].grad is not None
    assert same[1].grad is not None
    assert same[0].grad.abs().max() == 0, "surer than sure teaches nothing"
    assert same[1].grad.abs().max() < 1e-6
    more.backward()
    assert other[0].grad is not None
    assert other[1].grad is not None
    assert other[0].grad[0] > 0, "sure of the contrary"
    assert other[0].grad[1] < 0, "a step down the gradient raises the logit"
    assert other[1].grad[1, 0, 0] < 0 < other[1].grad[1, 1, 0], "and moves the span's beginning to the first word"


def words_of(splitter: PreTokenizer, first: int) -> PairTokenizer:
    """A tokenizer of whole words between what `splitter` cuts at, numbered from `first`."""
    names = ["[CLS]", "[SEP]", "[UNK]", "who", "Ada-North", "won", "Ada", "North"]
    tokenizer = Tokenizer(WordLevel({name: first + i for i, name in enumerate(names)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = splitter
    marks = [("[CLS]", first), ("[SEP]", first + 1)]
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=marks)
    return PairTokenizer(tokenizer)


def test_the_teacher_reads_the_same_words_by_its_own_numbers_and_refuses_others(
    teach: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    network = import_module("reader_network").build_network({"model_type": "mpnet", "vocab_size": 20, **small})
    blanks, hyphens = CharDelimiterSplit(" "), CharDelimiterSplit("-")
    example = import_module("reader_data").Example(PAIR, True, (0, 9))
    batch = [(example, words_of(blanks, 0)([PAIR])[0])]
    scores, spans = teach.Teacher(network, words_of(blanks, 10))(batch)
    assert scores.shape == (1,)
    assert spans.shape == (1, len(batch[0][1].ids), 2)
    assert not scores.requires_grad
    with pytest.raises(ValueError, match="cuts words in other places"):
        teach.Teacher(network, words_of(hyphens, 10))(batch)
