"""The runs that an evaluation keeps, what got worse between two of them, and how an evaluator reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scripted import FILE, RIGHT, ROE, declined, run, said

from assistant.cli.evaluation_view import print_comparison, print_evaluation
from assistant.errors import QuestionFileError
from assistant.evaluation_runs import compare, keep_run, latest_run, run_of
from assistant.settings import Settings

MANIFEST: Any = SimpleNamespace(
    name="b1",
    content="c1",
    articles=2,
    chunks=2,
    dtype="float32",
    recipe=SimpleNamespace(model="m", weights_sha256="w"),
)


def settings(**changes: Any) -> Settings:
    return Settings.model_validate({"home": "somewhere", **changes})


def test_a_run_is_kept_with_its_answers_and_all_that_it_was_measured_with(tmp_path: Path) -> None:
    evaluation = run(tmp_path, RIGHT | {"Who was in Paris?": RuntimeError("bug")})
    made = run_of(evaluation, settings(), MANIFEST)
    kept = keep_run(tmp_path / "runs", evaluation, made)
    assert latest_run(tmp_path / "runs") == json.loads(json.dumps(made))
    assert made["questions"]["sha256"] == evaluation.file.sha256
    assert made["index"]["build"] == "b1"
    assert made["settings"]["top_k"] == 10
    assert set(made["versions"]) >= {"python", "dateline", "torch"}
    rows = [json.loads(line) for line in (kept / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["where", "who", "moon"]
    assert rows[0]["answer"] == "Jane Roe spoke in Brussels. [1]"
    assert rows[1]["error"] == "failed: RuntimeError: bug"


def test_runs_of_one_second_are_kept_apart_and_the_last_is_the_latest(tmp_path: Path) -> None:
    good, bad = run(tmp_path, RIGHT), run(tmp_path, RIGHT | {"Who was in Paris?": declined()})
    made = run_of(good, settings(), None)
    first = keep_run(tmp_path / "runs", good, made)
    second = keep_run(tmp_path / "runs", bad, {**run_of(bad, settings(), None), "date": made["date"]})
    assert first != second
    latest = latest_run(tmp_path / "runs")
    assert latest is not None
    assert latest["metrics"]["correct"] == 0.5


def test_a_folder_without_runs_has_no_latest(tmp_path: Path) -> None:
    assert latest_run(tmp_path) is None
    (tmp_path / "20240614T000000Z").mkdir()  # a run that was cut off before its metrics
    assert latest_run(tmp_path) is None


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 99}', '{"format": 1}'])
def test_an_earlier_run_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "20240614T000000Z").mkdir()
    (tmp_path / "20240614T000000Z" / "metrics.json").write_text(content, encoding="utf-8")
    with pytest.raises(QuestionFileError, match=r"20240614T000000Z.metrics\.json cannot be read"):
        latest_run(tmp_path)


def test_what_got_worse_is_named_metric_by_metric_and_question_by_question(tmp_path: Path) -> None:
    before = run_of(run(tmp_path, RIGHT), settings(), MANIFEST)
    script = {"Where did Roe speak?": said("She said no."), "Who was on the moon?": said("She said no.")}
    now = run_of(run(tmp_path, RIGHT | script), settings(answer_sentences=2), replace_manifest(chunks=3))
    found = compare(before, now)
    assert {change.name for change in found.worse} == {"correct", "abstention_recall"}
    assert found.broken == ("where", "moon")
    assert found.mended == ()
    assert {change.name for change in found.conditions} == {"settings.answer_sentences", "index.chunks"}
    assert not found.other_questions
    back = compare(now, before)
    assert {change.name for change in back.better} == {"correct", "abstention_recall"}
    assert back.mended == ("where", "moon")
    assert back.worse == ()


def replace_manifest(**changes: Any) -> Any:
    return SimpleNamespace(**{**vars(MANIFEST), **changes})


def test_a_slower_run_is_worse_only_by_more_than_a_quarter(tmp_path: Path) -> None:
    before = run_of(run(tmp_path, RIGHT), settings(), None)
    slower = {**before, "metrics": {**before["metrics"], "p50_ms": 3.7, "p95_ms": 3.8}}
    assert [change.name for change in compare(before, slower).worse] == ["p95_ms"]


def test_only_questions_asked_in_the_same_words_are_compared_one_by_one(tmp_path: Path) -> None:
    before = run_of(run(tmp_path, RIGHT), settings(), None)
    reworded = FILE.replace("Where did Roe speak?", "Where was Roe?")
    now = run_of(run(tmp_path, RIGHT | {"Where was Roe?": declined()}, reworded), settings(), None)
    found = compare(before, now)
    assert found.other_questions
    assert found.broken == ()


# What an evaluator reads


def test_the_table_has_a_row_for_each_kind_and_a_line_for_each_wrong_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_evaluation(run(tmp_path, RIGHT | {"Where did Roe speak?": said("She said no.")}))
    shown = capsys.readouterr().out
    for words in ("hit@10", "mrr@10", "place", "person", "unanswerable", "citation validity", "abstention recall"):
        assert words in shown
    assert "where  place  holds none of “Brussels”; does not state “Roe”" in shown
    assert "moon" not in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_citation_that_does_not_hold_has_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = replace(ROE, text="Jane Roe spoke in Brussels, again.")
    print_evaluation(run(tmp_path, RIGHT | {"Where did Roe speak?": said("Jane Roe spoke in Brussels", other)}))
    assert "where  citation [1] does not hold" in capsys.readouterr().out


def test_the_evaluator_is_told_what_got_worse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = run_of(run(tmp_path, RIGHT), settings(), None)
    now = run_of(run(tmp_path, RIGHT | {"Who was in Paris?": declined()}), settings(top_k=5), None)
    print_comparison(compare(before, now))
    shown = capsys.readouterr().out
    assert "worse: correct 1.000 → 0.500" in shown
    assert "worse: false_abstentions 0 → 1" in shown
    assert "right before, wrong now: who" in shown
    assert "changed: settings.top_k 10 → 5" in shown
    assert "nothing got worse" not in shown
    print_comparison(compare(before, before))
    assert "nothing got worse" in capsys.readouterr().out
