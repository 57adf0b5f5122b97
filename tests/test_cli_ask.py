"""`dateline ask`: what a reader sees, what a script gets, and a batch in which some lines are broken."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import command_line
import pytest
from command_line import Run, damage, lines_file
from contract_rules import require_contract, standard

from assistant.cli.answer_view import print_answer
from assistant.cli.batch import answer_rows
from assistant.records import Answer, Highlight, Question, Reason, Sentence, Support, Usage
from index.errors import BuildError

dateline = command_line.dateline
seeds = command_line.seeds
editable = command_line.editable

STOLTENBERG = "What did Stoltenberg say about Putin's proposal?"

# Asking


def test_an_answer_reads_as_sentences_with_markers_and_then_their_sources(dateline: Run, seeds: Path) -> None:
    done = dateline("ask", STOLTENBERG, "--home", seeds)
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    answer, empty, *sources = done.out.splitlines()
    assert empty == ""
    markers = {int(n) for group in re.findall(r"\[([\d, ]+)\]", answer) for n in group.split(",")}
    listed = [line for line in sources if line.startswith("[")]
    assert [line.partition(" ")[0] for line in listed] == [f"[{n}]" for n in sorted(markers)]
    assert all(re.search(r", (\d+ \w+ \d{4}|undated)$", line) for line in listed)
    quotes = [line for line in sources if line.startswith("    ")]
    assert len(quotes) == len(listed)
    assert re.fullmatch(r"Took [\d.]+ s: retrieve \d+ ms, answer \d+ ms\.", sources[-1])


def test_the_shortest_answer_and_what_a_model_took_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    one = Sentence("It cost 41 crowns.", (), Support.SUPPORTED)
    usage = Usage("some:model", 1200, 34, 0.000123, 1540.0)
    answer = Answer(Question("What?"), (one,), (), "some:model", {"retrieve": 20.0, "write": 2000.0}, "41", usage=usage)
    print_answer(replace(answer, short_at=Highlight(0, "text", 8, 10)))
    assert capsys.readouterr().out.splitlines() == [
        "It cost 41 crowns.",
        "",
        "In short: 41",
        "Written by some:model, 1,200 tokens read, 34 written, 0.000123 at your prices, first sentence after 1.54 s",
        "Took 2.02 s: retrieve 20 ms, write 2000 ms.",
    ]
    print_answer(replace(answer, sentences=(), reason=Reason.NO_EVIDENCE, words="Not said.", answerer="extractive"))
    assert "Asked: some:model, 1,200 tokens read" in capsys.readouterr().out


def test_an_answer_as_json_is_one_line_and_keeps_the_contract(dateline: Run, seeds: Path) -> None:
    (row,) = dateline("ask", STOLTENBERG, "--json", "--home", seeds).rows
    require_contract(row)
    assert row["question"] == STOLTENBERG
    assert not row["abstained"]
    assert row["citations"]
    exported = {
        article["id"]: article for article in dateline("articles", "export", "--out", "-", "--home", seeds).rows
    }
    for citation in row["citations"]:
        article = exported[citation["article_id"]]
        assert article[citation["field"]][citation["start"] : citation["end"]] == citation["quote"]
        assert article["sha256"] == citation["article_sha256"]


def test_what_the_articles_do_not_say_is_said_with_exit_code_0(dateline: Run, seeds: Path) -> None:
    done = dateline("ask", "Who is the president of France?", "--json", "--home", seeds)
    assert done.code == 0
    require_contract(done.rows[0])
    assert done.rows[0]["abstained"]
    *said, took = dateline("ask", "Who is the president of France?", "--home", seeds).out.splitlines()
    assert "\n".join(said) == done.rows[0]["answer"]
    assert re.fullmatch(r"Took [\d.]+ s: retrieve \d+ ms, answer \d+ ms\.", took)


def test_flags_limit_what_is_searched(dateline: Run, seeds: Path) -> None:
    early = dateline("ask", STOLTENBERG, "--until", "2020-01-01", "--json", "--home", seeds).rows[0]
    assert (early["abstained"], early["reason"]) == (True, "outside_time")
    few = dateline("ask", STOLTENBERG, "--top-k", "1", "--json", "--home", seeds).rows[0]
    assert len(few["passages"]) == 1


def test_an_empty_data_folder_answers_that_nothing_is_indexed(dateline: Run) -> None:
    (row,) = dateline("ask", "Who?", "--json", "--home", "none").rows
    require_contract(row)
    assert row["reason"] == "nothing_indexed"


# A batch


class Scripted:
    """Abstains from everything but what it was told to break on."""

    def ask(self, question: Question) -> Answer:
        if question.text == "break":
            raise BuildError("It broke.", "Mend it.")
        if question.text == "bug":
            raise ZeroDivisionError("by zero")
        return Answer(question, (), (), "scripted", reason=Reason.NO_EVIDENCE, words="Not said.")


def test_each_line_of_a_batch_has_its_answer_or_its_error_in_its_place() -> None:
    lines = [
        b'{"id": "a", "question": "Who?", "answers": ["ignored"]}',
        b"{not json",
        b'{"id": "c", "question": "break"}',
        b'{"id": "d", "question": "bug"}',
        b'{"id": "e", "question": "Who?", "as_of": "soon"}',
        b'{"question": "Who?"}',
        b'{"id": true, "question": "Who?"}',
        b'["id"]',
        b'{"id": "i", "question": "caf\xe9"}',
        b'{"id": 10, "question": "Who?"}',
        b"[" * 100_000,
    ]
    rows = list(answer_rows(Scripted(), list(enumerate(lines, start=1))))
    assert [row["id"] for row in rows] == ["a", None, "c", "d", "e", None, None, None, None, 10, None]
    assert [row.get("error", "")[:40] for row in rows] == [
        "",
        "Line 2: Not JSON: Expecting property nam",
        "Line 3: It broke. Mend it.",
        "Line 4: ZeroDivisionError: by zero",
        "Line 5: The key 'as_of' cannot be 'soon'",
        "Line 6: The key 'id' is missing. Write o",
        "Line 7: The key 'id' cannot be True. Giv",
        'Line 8: Not a JSON object. Write one {"i',
        "Line 9: Byte 29 is not UTF-8. Save the f",
        "",
        rows[10]["error"][:40],
    ]
    assert rows[10]["error"].startswith("Line 11: Not JSON")


def test_a_batch_with_a_broken_line_answers_all_others_in_order(dateline: Run, seeds: Path, tmp_path: Path) -> None:
    questions = lines_file(
        tmp_path / "q.jsonl",
        {"id": "first", "question": STOLTENBERG},
        "",
        '{"id": "second", "question"',
        {"id": "third", "question": "Who is the president of France?", "as_of": "2024-06-30"},
    )
    done = dateline("ask", "--batch", questions, "--out", "a.jsonl", "--top-k", "1", "--home", seeds)
    assert done.code == 1
    assert "1 of 3 questions failed" in done.err
    rows = [standard(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["first", None, "third"]
    assert rows[1]["error"].startswith("Line 3: Not JSON")
    for row in (rows[0], rows[2]):
        require_contract(row)
        assert len(row["passages"]) <= 1


def test_a_batch_in_which_all_went_well_ends_with_0(dateline: Run, seeds: Path, tmp_path: Path) -> None:
    questions = lines_file(tmp_path / "q.jsonl", {"id": "1", "question": STOLTENBERG})
    done = dateline("ask", "--batch", questions, "--out", "-", "--home", seeds)
    assert done.code == 0
    require_contract(done.rows[0])
    assert done.err == "1 questions answered.\n"


def test_a_damaged_index_is_said_once_and_leaves_the_old_answers(dateline: Run, editable: Path, tmp_path: Path) -> None:
    questions = lines_file(tmp_path / "q.jsonl", {"id": "1", "question": "Who?"}, {"id": "2", "question": "Where?"})
    answers = lines_file(tmp_path / "a.jsonl", {"id": "old"})
    damage(editable)
    done = dateline("ask", "--batch", questions, "--out", answers, "--home", editable)
    assert done.code == 1
    assert done.err.count("error:") == 1
    assert "old" in answers.read_text(encoding="utf-8")


def test_a_story_is_searched_alone_with_its_reprints_by_flag_and_by_a_key_of_a_batch(
    dateline: Run, seeds: Path, tmp_path: Path
) -> None:
    first = dateline("articles", "export", "--out", "-", "--home", seeds).rows[0]["id"]
    (row,) = dateline("ask", STOLTENBERG, "--cluster", first, "--json", "--home", seeds).rows
    assert {passage["article_id"] for passage in row["passages"]} <= {first}
    asked = lines_file(tmp_path / "asked.jsonl", {"id": "1", "question": STOLTENBERG, "cluster": [first]})
    (answered,) = dateline("ask", "--batch", asked, "--out", "-", "--home", seeds).rows
    assert answered["passages"] == row["passages"]
    assert answered["search"]["articles"] == 1
    wrong = dateline("ask", "--batch", asked, "--out", "-", "--cluster", first, "--home", seeds)
    assert wrong.code == 2
    assert "give 'cluster' in a question's line" in wrong.err
