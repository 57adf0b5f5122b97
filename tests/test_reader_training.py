"""What the reader is trained on: nothing of the benchmarks, and questions that say where their answers stand."""

from __future__ import annotations

import gzip
import json
import os
import random
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.processors import TemplateProcessing

from assistant.reader import Pair
from assistant.reader.pairs import PairTokenizer
from index.embed import Embedder, default_folder
from index.sentences import sentence_spans

BENCH = Path(__file__).parent / "bench"
KINDS = {"plain", "paraphrase", "said", "yes_no", "missing", "false_premise"}
UNANSWERABLE = {"missing", "false_premise"}

BENCHMARKS = os.environ.get("DATELINE_BENCH")
"""The benchmarks' folder where there is one; read before the tests forget the caller's own settings."""

SENTENCE = "The new bridge in Lindhafen was opened by the mayor on a rainy Tuesday morning."


@pytest.fixture
def shingles(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    return import_module("shingles")


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    return import_module("reader_data")


@pytest.mark.parametrize(
    ("question", "context", "sentence", "kept"),
    [
        ("Who opened the bridge?", "", SENTENCE, False),
        ("Who opened it?", "Long ago. the NEW bridge in Lindhafen, was opened by the mayor", "Ada North did.", False),
        ("Was the new bridge in Lindhafen opened by the mayor?", "", "Ada North opened the bridge.", True),
        ("Who opened it?", "The new bridge in Lindhafen was opened", "Ada North opened the bridge in Lindhafen.", True),
    ],
)
def test_what_shares_eight_words_in_a_row_with_a_benchmark_is_left_out(
    shingles: ModuleType,
    data: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    question: str,
    context: str,
    sentence: str,
    kept: bool,
) -> None:
    (tmp_path / "questions.jsonl").write_text(json.dumps({"text": [SENTENCE]}) + "\n", encoding="utf-8")
    group = [data.Example(Pair(question, sentence, context), True)]
    found = shingles.without_shared([group], shingles.Benchmarks(tmp_path), "some")
    assert found == ([group] if kept else [])
    assert f"{int(not kept)} of 1 groups" in capsys.readouterr().out


@pytest.mark.parametrize("file", ["news_questions.jsonl", "calibration_questions.jsonl"])
def test_every_written_question_says_what_answers_it_or_that_nothing_does(file: str) -> None:
    urls = set()
    for line in (BENCH / file).open(encoding="utf-8"):
        row = json.loads(line)
        assert row["url"] not in urls
        urls.add(row["url"])
        for one in row["questions"]:
            assert one["kind"] in KINDS
            assert one["question"].strip()
            assert bool(one.get("sentences")) == (one["kind"] not in UNANSWERABLE)
            if "answer" in one:
                (start, end), first = one["answer"], one["sentences"][0]
                assert first[0] <= start < end <= first[1]
    assert len(urls) > 40


def test_every_question_on_an_invented_article_is_answered_by_whole_sentences_of_it_or_by_none() -> None:
    titles = set()
    for line in (BENCH / "invented_news.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        assert row["title"] not in titles
        titles.add(row["title"])
        ends = {end for _, end in sentence_spans(row["text"])}
        for one in row["questions"]:
            assert one["kind"] in KINDS
            assert bool(one.get("sentences")) == (one["kind"] not in UNANSWERABLE)
            assert all(end in ends for _, end in one.get("sentences", ()))
            if "answer" in one:
                (start, end), first = one["answer"], one["sentences"][0]
                assert first[0] <= start < end <= first[1]
    assert len(titles) > 200


def test_invented_articles_that_are_held_out_are_not_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    parts = import_module("reader_news").invented()
    titles = [{story.article.title for story in part} for part in parts]
    assert all(titles)
    assert not titles[0] & (titles[1] | titles[2])
    assert not titles[1] & titles[2]


def test_hard_questions_are_asked_of_articles_for_training_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    parts = import_module("reader_news").invented()
    held_out = {story.article.id for part in parts[1:] for story in part}
    news = [json.loads(line)["url"] for line in (BENCH / "news_questions.jsonl").open(encoding="utf-8")]
    held_out |= set(news[3 :: import_module("reader_news").HELD_EVERY])
    texts = {story.article.id: story.article.text for story in parts[0]}
    asked = [json.loads(line) for line in (BENCH / "hard_questions.jsonl").open(encoding="utf-8")]
    assert len(asked) == len({row["url"] for row in asked}) > 400
    for row in asked:
        assert row["url"] not in held_out
        for one in row["questions"]:
            assert bool(one.get("sentences")) == (one["kind"] not in UNANSWERABLE)
            if row["url"] in texts and one.get("sentences"):
                assert one["sentences"][0][1] in {end for _, end in sentence_spans(texts[row["url"]])}
            if "answer" in one:
                (start, end), first = one["answer"], one["sentences"][0]
                assert first[0] <= start < end <= first[1]


def test_without_near_sentences_what_is_wrong_is_of_other_articles(
    monkeypatch: pytest.MonkeyPatch, embedder: Embedder
) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    news = import_module("reader_news")
    stories = news.invented()[0][:4]
    own = {
        asked.text.lower().rstrip("?"): {one.shown for one in story.places}
        for story in stories
        for asked in story.asked
    }
    for near in (True, False):
        groups = list(news.NewsPairs(stories, embedder, near=near).groups(random.Random(0)))
        wrong = [one.pair for group in groups for one in group if not one.answers]
        held = [pair.sentence in own[pair.question.lower().rstrip("?")] for pair in wrong]
        assert any(held) is near
        assert wrong


def test_no_article_is_asked_about_both_in_training_and_in_calibration() -> None:
    files = [BENCH / name for name in ("news_questions.jsonl", "calibration_questions.jsonl")]
    one, other = ({json.loads(line)["url"] for line in file.open(encoding="utf-8")} for file in files)
    assert not one & other


@pytest.fixture
def shared_runs(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    return import_module("bench_shared_runs")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"On Tuesday: {SENTENCE}", True),
        ("“THE NEW bridge,\nin Lindhafen — was opened by …”", True),
        ("The new bridge in Lindhafen was opened.", False),
        ("The new bridge in Lindhafen was shut by the mayor on a rainy Tuesday.", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("name", ["one.jsonl", "one.jsonl.gz", "deep/one.json"])
def test_a_shared_run_is_found_in_any_file_of_the_benchmarks_and_by_both_ways_of_looking(
    shared_runs: ModuleType,
    shingles: ModuleType,
    data: ModuleType,
    tmp_path: Path,
    text: str,
    found: bool,
    name: str,
) -> None:
    line = json.dumps({"other": 1, "articles": [{"text": SENTENCE}]})
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(gzip.compress(line.encode()) if name.endswith(".gz") else line.encode())
    ours = [[data.Example(Pair("Who opened it?", text), True)], [data.Example(Pair("Who?", "Nobody."), False)]]
    expected = {"ours": {name}} if found else {}
    assert shared_runs.shared({"ours": ours, "others": ours[1:]}, tmp_path) == expected
    assert shingles.Benchmarks(tmp_path).share(text) is found
    assert shared_runs.shared(shared_runs.left({"ours": ours}, tmp_path), tmp_path) == {}


def test_every_text_here_that_is_trained_on_is_looked_at_and_left_out_where_it_is_shared(
    shared_runs: ModuleType, tmp_path: Path
) -> None:
    groups = shared_runs.written()
    assert set(groups) == {"hard_questions.jsonl", "invented_news.jsonl", "news_questions.jsonl"}
    for name, some in groups.items():
        longest = max((text for group in some for text in shared_runs.texts_of(group)), key=len)
        (tmp_path / "copied.jsonl").write_text(json.dumps({"text": longest}) + "\n", encoding="utf-8")
        assert shared_runs.shared(groups, tmp_path)[name] == {"copied.jsonl"}
        kept = shared_runs.left(groups, tmp_path)
        assert len(kept[name]) < len(some)
        assert shared_runs.shared(kept, tmp_path) == {}


@pytest.mark.skipif(BENCHMARKS is None, reason="DATELINE_BENCH names no folder with the benchmarks")
def test_what_is_trained_on_here_shares_no_run_with_the_benchmarks(shared_runs: ModuleType) -> None:
    assert BENCHMARKS is not None
    folder = Path(BENCHMARKS)
    assert (folder / "data").is_dir(), BENCHMARKS
    assert shared_runs.shared(shared_runs.left(shared_runs.written(), folder), folder) == {}


@pytest.mark.parametrize("kind", ["bert", "mpnet", "roberta"])
def test_a_network_of_another_kind_of_encoder_reads_pairs(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    size = {
        "vocab_size": 50,
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 8,
    }
    types = {"bert": {"type_vocab_size": 2}, "mpnet": {}, "roberta": {"type_vocab_size": 1}}[kind]
    network = import_module("reader_network").build_network({"model_type": kind, **size, **types}).eval()
    of_sentence = torch.tensor([[0, 0, 1, 1], [0, 1, 1, 0]])
    relevance, spans = network(torch.full((2, 4), 5), torch.ones(2, 4, dtype=torch.long), of_sentence)
    assert relevance.shape == (2,)
    assert spans.shape == (2, 4, 2)
    assert (spans[of_sentence == 0] <= -1e4).all(), "only the sentence's own words can be the answer"


def around(template: str | None) -> Tokenizer:
    """A tokenizer whose vocabulary has the marks of two kinds, and that puts those of `template` around a text."""
    vocabulary = {"<s>": 0, "</s>": 1, "[CLS]": 2, "[SEP]": 3, "[UNK]": 4, "who": 5, "won": 6}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    if template:
        marks = [(name, vocabulary[name]) for name in template.split() if name in vocabulary]
        tokenizer.post_processor = TemplateProcessing(single=template, special_tokens=marks)
    return tokenizer


def test_a_pair_has_the_marks_that_its_tokenizer_puts_around_a_text() -> None:
    (pair,) = PairTokenizer(around("<s> $A </s>"))([Pair("who", "won")])
    assert pair.ids == [0, 5, 1, 1, 6, 1]
    (pair,) = PairTokenizer(around("[CLS] $A [SEP]"))([Pair("who", "won")])
    assert pair.ids == [2, 5, 3, 3, 6, 3]
    with pytest.raises(ValueError, match="puts nothing around"):
        PairTokenizer(around(None))


def test_of_several_checkpoints_the_mean_of_each_weight_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    states = [{"a": torch.tensor([1.0, 4.0]), "b": torch.tensor(float(i), dtype=torch.bfloat16)} for i in (0, 3)]
    states[1]["a"] = torch.tensor([3.0, 0.0])
    found = import_module("reader_network").mean_of(states)
    assert found["a"].tolist() == [2.0, 2.0]
    assert found["b"].item() == 1.5
    assert found["b"].dtype is torch.float32


def test_pairs_are_cut_without_their_context_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    tokenizer_of = import_module("train_reader").tokenizer_of
    pair = Pair("Who opened it?", "Ada North did.", "A new bridge")
    bare, full = (tokenizer_of(default_folder(), context=context)([pair])[0] for context in (False, True))
    assert bare == tokenizer_of(default_folder(), context=True)([replace(pair, context="")])[0]
    assert len(full.ids) == len(bare.ids) + 3


def test_near_wrong_sentences_of_qamr_stand_in_the_same_text(
    data: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "w:news:1:0:0": SENTENCE,
        "w:news:1:0:1": "It is 300 metres long .",
        "w:news:2:0:0": "The ferry was sold .",
    }
    (tmp_path / "wiki-sentences.tsv").write_text("".join(f"{id}\t{text}\n" for id, text in texts.items()))
    row = ["w:news:1:0:0", "", "", "", "", "Who opened the bridge?", "8 9"]
    (tmp_path / "dev.tsv").write_text("\t".join(row) + "\n")
    (tmp_path / "test.tsv").write_text("")
    monkeypatch.setattr(random.Random, "sample", lambda _, some, most: some[:most])  # there are no 300 sentences

    def pairs(*, near: bool) -> list[Any]:
        rng = random.Random(1)
        return [one for _ in range(20) for group in data.qamr(tmp_path, rng, 1, near=near) for one in group]

    found = {near: pairs(near=near) for near in (False, True)}
    wrong = {near: {one.pair.sentence for one in some if not one.answers} for near, some in found.items()}
    assert wrong[False] < wrong[True]
    assert "It is 300 metres long." in wrong[True]
    cut = wrong[True] - {text.replace(" .", ".") for text in texts.values()}
    assert cut
    assert not any("the mayor" in sentence for sentence in cut)
    right = next(one for one in found[True] if one.answers)
    assert right.pair.sentence[slice(*right.span)] == "the mayor"
