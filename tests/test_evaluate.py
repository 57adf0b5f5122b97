"""Evaluation: which answers are right, which citations hold, and what a run comes to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scripted import DOE, RIGHT, ROE, ScriptedAssistant, declined, run, said

from assistant.evaluate import articles_not_indexed
from assistant.metrics import fault_of, holds, holds_good, judge, measure, percentile
from assistant.questions_file import JudgedQuestion
from assistant.records import Answer, Citation, Question
from index.errors import BuildError
from index.records import Article

# What is right


@pytest.mark.parametrize(
    ("answer", "wanted", "held"),
    [
        ("They met in Brussels. [1]", "brussels", True),
        ("The ministers’ meeting [1, 2] was “short”.", "ministers meeting was short", True),
        ("a neutral, non-aligned status", "Neutral non-aligned", True),
        ("Russia's plans", "Russia plans", True),
        ("an end to the war", "end to war", True),
        ("They met in Brusselsland.", "Brussels", False),
        ("withdraw from Ukraine", "from withdraw", False),
        ("Anything", "the …", False),
        ("He has 12 of them", "2", False),
    ],
)
def test_an_answer_holds_words_that_stand_in_it_in_a_row(answer: str, wanted: str, held: bool) -> None:
    assert holds(answer, wanted) is held


QUESTION = JudgedQuestion("q", Question("?"), "fact", answers=("Brussels", "Paris"), must_state=("Roe", "spoke"))
UNANSWERABLE = JudgedQuestion("u", Question("?"), "unanswerable")


@pytest.mark.parametrize(
    ("question", "answer", "fault"),
    [
        (QUESTION, said("Jane Roe spoke in Brussels."), ""),
        (QUESTION, said("spoke in Brussels.", context="Jane Roe"), ""),
        (QUESTION, said("spoke in Brussels."), "does not state “Roe”"),
        (QUESTION, said("She said no."), "holds none of “Brussels”, “Paris”; does not state “Roe”, “spoke”"),
        (replace(QUESTION, answers=()), said("Jane Roe spoke"), ""),
        (QUESTION, declined(), "abstained (no_evidence)"),
        (UNANSWERABLE, declined(), ""),
        (UNANSWERABLE, said("She said no."), "answered what the articles do not say: She said no. [1]"),
    ],
)
def test_a_right_answer_holds_any_of_the_answers_and_all_that_it_must_state(
    question: JudgedQuestion, answer: Answer, fault: str
) -> None:
    assert fault_of(question, answer) == fault


# Citations


def test_a_citation_of_the_very_words_holds() -> None:
    answer = said("She said no.")
    assert holds_good(answer.citations[0], answer, ROE)
    title = Citation(1, "roe", "title", 0, 8, "Roe says", ROE.sha256)
    assert holds_good(title, answer, ROE)


@pytest.mark.parametrize(
    "change",
    [
        {"start": 27},
        {"end": 39},
        {"start": -1},
        {"quote": "She said yes."},
        {"start": 5, "end": 5, "quote": ""},
        {"field": "title"},
        {"sha256": "0" * 64},
        {"marker": 2},
    ],
)
def test_a_citation_that_is_off_in_any_way_does_not_hold(change: dict[str, Any]) -> None:
    answer = said("She said no.")
    assert not holds_good(replace(answer.citations[0], **change), answer, ROE)


def test_a_citation_of_an_article_that_is_not_there_does_not_hold() -> None:
    answer = said("She said no.")
    assert not holds_good(answer.citations[0], answer, None)


def test_an_answer_with_words_that_its_article_lacks_counts_as_an_invalid_citation(tmp_path: Path) -> None:
    other = replace(ROE, text="Jane Roe spoke in Geneva, not in Brussels. She said no.")
    evaluation = run(tmp_path, RIGHT | {"Where did Roe speak?": said("spoke in Geneva", other)})
    assert evaluation.metrics["citation_validity"] == 0.5
    assert not evaluation.sound
    assert evaluation.judgements[0].invalid == (1,)


# Runs


def test_a_run_in_which_all_is_right(tmp_path: Path) -> None:
    evaluation = run(tmp_path, RIGHT)
    assert evaluation.sound
    assert evaluation.metrics == {
        "questions": 3,
        "answerable": 2,
        "unanswerable": 1,
        "failed": 0,
        "right": 1.0,
        "correct": 1.0,
        "hit@1": 0.5,
        "hit@4": 1.0,
        "hit@10": 1.0,
        "mrr@10": 0.75,
        "citations": 2,
        "citation_validity": 1.0,
        "abstention_precision": 1.0,
        "abstention_recall": 1.0,
        "false_abstentions": 0,
        "words": 5,
        "words_p90": 5,
        "p50_ms": 3.0,
        "p95_ms": 3.0,
    }
    assert list(evaluation.kinds) == ["place", "person", "unanswerable"]
    assert evaluation.kinds["unanswerable"]["hit@1"] is None
    assert evaluation.kinds["unanswerable"]["right"] == 1.0


def test_abstentions_that_were_not_due_and_answers_that_were_not_wanted(tmp_path: Path) -> None:
    script = {"Who was in Paris?": declined(), "Who was on the moon?": said("She said no.")}
    metrics = run(tmp_path, RIGHT | script).metrics
    assert metrics["correct"] == 0.5
    assert metrics["false_abstentions"] == 1
    assert metrics["abstention_precision"] == 0.0
    assert metrics["abstention_recall"] == 0.0


def test_a_question_that_fails_counts_as_wrong_and_stops_no_other(tmp_path: Path) -> None:
    script = {"Where did Roe speak?": BuildError("It broke.", "Mend it."), "Who was in Paris?": RuntimeError("bug")}
    evaluation = run(tmp_path, RIGHT | script)
    assert [one.fault for one in evaluation.judgements] == [
        "failed: It broke. Mend it.",
        "failed: RuntimeError: bug",
        "",
    ]
    assert evaluation.metrics["failed"] == 2
    assert evaluation.metrics["correct"] == 0.0
    assert evaluation.metrics["hit@10"] == 0.0
    assert not evaluation.sound


def test_a_wrong_answer_alone_leaves_the_run_sound(tmp_path: Path) -> None:
    assert run(tmp_path, RIGHT | {"Where did Roe speak?": said("She said no.")}).sound


def test_an_article_counts_at_its_best_rank_past_ten_not_at_all() -> None:
    many = tuple(Article(id=f"a{n}", text="Text.") for n in range(10))
    question = replace(QUESTION, articles=("doe", "roe"))
    twice = judge(question, said("She said no.", found=(many[0], DOE, DOE, ROE)), {"roe": ROE}.get)
    assert twice.rank == 2
    late = judge(question, said("She said no.", found=(*many, ROE)), {"roe": ROE}.get)
    assert late.rank == 11
    assert measure([late])["hit@10"] == 0.0
    assert measure([late])["mrr@10"] == 0.0


def test_a_run_of_nothing_measures_nothing() -> None:
    assert not any(measure([]).values())
    assert measure([])["correct"] is None


@pytest.mark.parametrize(("at", "value"), [(0.5, 3), (0.9, 4), (0.0, 1)])
def test_a_percentile_is_one_of_the_values(at: float, value: float) -> None:
    assert percentile([4, 1, 3, 2], at) == value


def test_articles_that_questions_name_and_the_index_lacks_are_listed(tmp_path: Path) -> None:
    evaluation = run(tmp_path, RIGHT)
    assert articles_not_indexed(ScriptedAssistant({}, articles=(ROE,)), evaluation.file) == ("doe",)
