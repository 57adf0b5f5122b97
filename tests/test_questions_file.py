"""The file of questions to evaluate with: what it may hold, and how what is wrong in it is said."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from scripted import FILE, RIGHT, run

from assistant.errors import QuestionFileError
from assistant.questions_file import load_questions

SEEDS = Path(__file__).resolve().parents[1] / "seeds"


def test_the_questions_about_the_seeds_can_be_used() -> None:
    questions = load_questions(SEEDS / "questions.yaml").questions
    assert sum(one.answerable for one in questions) >= 40
    refused = [one for one in questions if not one.answerable]
    assert len(refused) >= 12
    assert {one.looks_answerable for one in refused} == {True, False}


def test_a_question_of_the_file_may_have_limits(tmp_path: Path) -> None:
    limits = "    as_of: 2024-06-14\n    source: example.org\n"
    question = run(tmp_path, RIGHT, FILE.replace("    kind: place\n", f"    kind: place\n{limits}")).file.questions[0]
    assert question.question.as_of == datetime.date(2024, 6, 14)
    assert question.question.source == "example.org"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "    kind: place\n",
            "    kid: place\n",
            "line 2, question 'where': there is no key 'kid'. Did you mean 'kind'?",
        ),
        ("    kind: place\n", "", "line 2, question 'where': the key 'kind' is missing"),
        ("id: who", "id: where", "line 8, question 'where': the id is taken by the question on line 2"),
        ("id: who", "id: 7", "line 8, question 7: id cannot be 7"),
        ('"John Doe"', "2024", "line 8, question 'who': answers holds 2024, which is no string"),
        ('answers: ["John Doe"]', "answers: John Doe", "question 'who': answers is no list"),
        ('    answers: ["John Doe"]\n', "", "question 'who': nothing says what a right answer is"),
        ("    articles: [doe]\n", "", "question 'who': the key 'articles' is missing or empty"),
        (
            "looks_answerable: false",
            "articles: [doe]",
            "question 'moon': an unanswerable question cannot have articles",
        ),
        ("looks_answerable: false", "looks_answerable: no!", "looks_answerable cannot be 'no!'"),
        ("looks_answerable: false", "as_of: soon", "question 'moon': The key 'as_of' cannot be 'soon': it is no date."),
        ("kind: person", "kind: person\n    kind: place", "line 11: the key 'kind' comes twice"),
        ("  - id: who", "  - who\n  - id: who", "line 8: an entry is not a mapping"),
        ('["Brussels"]', '["Brussels"', "line 6: not YAML"),
        ("questions:", "question:", "holds no list of questions"),
        ("questions:", "note: x\nquestions:", "there is no key 'note'"),
        (FILE, "", "holds no list of questions"),
        (FILE, "questions: []", "holds no list of questions"),
        (FILE, "\x00", "not YAML"),
    ],
)
def test_what_is_wrong_in_a_file_of_questions_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in FILE
    with pytest.raises(QuestionFileError) as caught:
        run(tmp_path, RIGHT, FILE.replace(old, new, 1))
    assert message in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match="No such file"):
        load_questions(tmp_path / "missing.yaml")
