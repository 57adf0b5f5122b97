"""The reader: what it ships is what it says, and it tells a sentence that answers from one that does not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant import candidates
from assistant.candidates import MOST_READ, READ, Candidate, Place, read
from assistant.reader import Pair, Reader, Reading, load_reader, open_session
from assistant.reader.weights import FOLDER, read_files
from index.errors import ModelError
from index.records import Article, Passage
from index.sentences import sentence_spans


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def test_a_sentence_that_answers_is_told_from_its_neighbours(reader: Reader) -> None:
    question = "When was the new bridge in Lindhafen opened?"
    sentences = [
        "The ferry across the Ley had run for ninety years.",
        "The new bridge in Lindhafen was opened on 4 March 2025 by the mayor, Ada North.",
        "Lorries may not use it before June.",
    ]
    readings = reader.read([Pair(question, sentence, "Lindhafen opens its new bridge") for sentence in sentences])
    assert max(range(3), key=lambda i: readings[i].logit) == 1
    span = readings[1].span
    assert span is not None
    assert "4 March 2025" in sentences[1][span[0] : span[1]]


def test_readings_do_not_depend_on_what_else_is_read(reader: Reader) -> None:
    pairs = [Pair("Who opened it?", f"The mayor opened it{' again' * i}.") for i in range(12)]
    together = reader.read(pairs)
    alone = [reader.read([pair])[0] for pair in pairs]
    assert [one.logit for one in together] == [one.logit for one in alone]


# Made with onnx.helper: the product (MatMulInteger) of "a", uint8 of shape (1, 8), and an int8 matrix of 8 × 4 that is
# 127 everywhere.
PRODUCT = (
    b'\x08\x08:t\n\x18\n\x01a\n\x01b\x12\x01y"\rMatMulInteger\x12\x01g*+\x08\x08\x08\x04\x10\x03B\x01bJ '
    + bytes([127] * 32)
    + b"Z\x13\n\x01a\x12\x0e\n\x0c\x08\x02\x12\x08\n\x02\x08\x01\n\x02\x08\x08"
    + b"b\x13\n\x01y\x12\x0e\n\x0c\x08\x06\x12\x08\n\x02\x08\x01\n\x02\x08\x04B\x04\n\x00\x10\n"
)


def test_products_of_small_integers_do_not_overflow_on_any_processor() -> None:
    (product,) = open_session(PRODUCT).run(None, {"a": np.full((1, 8), 255, np.uint8)})
    assert product.tolist() == [[8 * 255 * 127] * 4]


class Counting:
    """A reader that only counts what it is given."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        self.pairs += pairs
        return [Reading(0.0, None)] * len(pairs)


@pytest.mark.parametrize(("words_each", "fewest", "most"), [(8, READ, READ), (90, 5, READ - 1)])
def test_of_long_sentences_fewer_are_read(words_each: int, fewest: int, most: int) -> None:
    text = " ".join(f"The gate {i} of the dam was {'slowly ' * words_each}closed." for i in range(40))
    article = Article(id="dam", text=text, title="The gates of the Ley dam")
    found = Passage(article, 0, len(text), 1.0)
    ranked = [Candidate(Place(found, "text", span, None), {}, 1.0) for span in sentence_spans(text)]
    counting = Counting()
    left = read("When were the gates closed?", ranked, counting)
    assert fewest <= len(left) <= most
    assert [pair.sentence for pair in counting.pairs] == [one.place.text for one in ranked[: len(left)]]
    assert sum(pair.length for pair in counting.pairs) <= MOST_READ


def test_one_sentence_is_read_however_long_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST_READ", 1)
    article = Article(id="dam", text="The gates were closed. Nobody said why.", title="The Ley dam")
    found = Passage(article, 0, len(article.text), 1.0)
    ranked = [Candidate(Place(found, "text", span, None), {}, 1.0) for span in sentence_spans(article.text)]
    assert len(read("When?", ranked, Counting())) == 1


def test_pairs_of_any_length_are_read(reader: Reader) -> None:
    readings = reader.read([Pair("", "", ""), Pair("word " * 500, "word " * 500, "word " * 500)])
    assert readings[0].span is None
    assert all(0 <= one.probability <= 1 for one in readings)
    assert reader.read([]) == []


def test_the_weights_shipped_are_small_and_their_hash_is_checked(tmp_path: Path) -> None:
    assert (FOLDER / "reader.onnx").stat().st_size <= 25_000_000
    folder = Path(shutil.copytree(FOLDER, tmp_path / "reader"))
    raw = bytearray((folder / "reader.onnx").read_bytes())
    raw[-1] ^= 1
    (folder / "reader.onnx").write_bytes(raw)
    with pytest.raises(ModelError, match=r"weights .* SHA-256 is .*, not"):
        read_files(folder)
    (folder / "config.json").unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        read_files(folder)


def shipped_with(tmp_path: Path, config: str) -> Path:
    """The folder that is shipped, with another config.json."""
    folder = Path(shutil.copytree(FOLDER, tmp_path / "reader"))
    (folder / "config.json").write_text(config, encoding="utf-8")
    return folder


CONFIG = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ([], "no JSON object"),
        ("text", "no JSON object"),
        ({"temperature": 0.8}, "states no SHA-256 of its weights"),
        ({**CONFIG, "sha256": 7}, "states no SHA-256 of its weights"),
        ({**CONFIG, "tokenizer_sha256": None}, "states no SHA-256 of its tokenizer"),
        ({"sha256": CONFIG["sha256"]}, "temperature .* is None"),
        ({**CONFIG, "temperature": 0}, "temperature .* is 0"),
        ({**CONFIG, "temperature": "0.8"}, "temperature .* is '0.8'"),
        ({**CONFIG, "temperature": float("nan")}, "temperature .* is nan"),
        ({**CONFIG, "temperature": True}, "temperature .* is True"),
        ({**CONFIG, "temperature": 10**400}, "cannot be read"),
    ],
)
def test_a_config_that_is_not_the_one_shipped_is_a_clear_error(tmp_path: Path, config: object, problem: str) -> None:
    folder = shipped_with(tmp_path, json.dumps(config))
    with pytest.raises(ModelError, match=problem) as caught:
        read_files(folder)
    assert "Reinstall Dateline" in caught.value.remedy


def test_a_changed_tokenizer_is_a_clear_error(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "reader"))
    changed = (folder / "tokenizer.json").read_text(encoding="utf-8").replace('"the"', '"teh"')
    (folder / "tokenizer.json").write_text(changed, encoding="utf-8")
    with pytest.raises(ModelError, match=r"tokenizer .* SHA-256 is .*, not") as caught:
        read_files(folder)
    assert "Reinstall Dateline" in caught.value.remedy


def test_weights_exported_before_the_tokenizer_s_hash_was_stated_are_still_read(tmp_path: Path) -> None:
    before = {name: CONFIG[name] for name in ("temperature", "sha256")}
    assert read_files(shipped_with(tmp_path, json.dumps(before))).temperature == CONFIG["temperature"]


@pytest.mark.parametrize("tokenizer", ["{}", "no JSON", '{"model": []}'])
def test_a_tokenizer_that_cannot_be_loaded_is_a_clear_error(tokenizer: str) -> None:
    with pytest.raises(ModelError, match="tokenizer cannot be loaded") as caught:
        Reader(replace(read_files(), tokenizer=tokenizer))
    assert caught.value.remedy


def test_a_network_that_cannot_be_loaded_is_a_clear_error() -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        Reader(replace(read_files(), network=b"no network"))


def test_the_model_card_names_the_weights_it_is_about() -> None:
    digest = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))["sha256"]
    assert digest in (FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8")
