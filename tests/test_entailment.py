"""A cross-encoder beside the rules: real ones, tiny, whose weights make them say one thing always."""

from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.check.entailment import EntailmentJudge, load_judge
from assistant.records import Support
from index.errors import ModelError

QUOTE = "Mayor Ada North said the bridge would open on 3 May."
VERBATIM = QUOTE
PARTLY = "Mayor Ada North said the bridge would open on 3 May amid cheers."
CARRIED = "Ada North said the bridge would open on 3 May."
CONTRADICTED = "Ada North said the bridge would open on 4 May."
LABELS = ("contradiction", "entailment", "neutral")

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A folder with a cross-encoder that always says `label`."""

    def made(label: str, labels: tuple[str, ...] = LABELS) -> Path:
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

        vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *string.ascii_lowercase]
        (tmp_path / "vocab.txt").write_text("\n".join(vocabulary))
        config = BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            id2label=dict(enumerate(labels)),
            label2id={name: at for at, name in enumerate(labels)},
        )
        model = BertForSequenceClassification(config)
        with torch.no_grad():
            model.classifier.weight.zero_()
            model.classifier.bias.copy_(torch.tensor([5.0 * (name == label) for name in labels]))
        folder = tmp_path / label
        model.save_pretrained(folder)
        BertTokenizer(str(tmp_path / "vocab.txt")).save_pretrained(folder)
        return folder

    return made


def judged(judge: EntailmentJudge) -> list[Support]:
    return [judge(sentence, [QUOTE]) for sentence in (VERBATIM, CARRIED, PARTLY, CONTRADICTED)]


def test_it_may_raise_what_is_carried_in_part_and_bring_down_what_is_carried(make: Make) -> None:
    yes, partly, no = Support.SUPPORTED, Support.PARTLY, Support.UNSUPPORTED
    assert judged(load_judge(str(make("neutral")))) == [yes, yes, partly, no]
    assert judged(load_judge(str(make("entailment")))) == [yes, yes, yes, no]
    assert judged(load_judge(str(make("contradiction")))) == [yes, no, no, no]


def test_a_model_with_other_labels_or_none_at_all_is_refused(make: Make, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has the labels"):
        load_judge(str(make("good", ("good", "bad", "ugly"))))
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_judge(str(tmp_path / "nothing"))
