"""`dateline evaluate` from a file of questions to what got worse, with the real index and model."""

from __future__ import annotations

import json
import re
from pathlib import Path

import command_line
import pytest
from command_line import Run
from contract_rules import require_contract, standard

dateline = command_line.dateline
seeds = command_line.seeds

STOLTENBERG = "What did Stoltenberg say about Putin's proposal?"


def test_a_run_is_judged_kept_and_compared(
    dateline: Run, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text(
        "questions:\n"
        f'  - {{id: s1, question: "{STOLTENBERG}", kind: who_said, answers: [Stoltenberg], '
        "articles: [nato-ukraine-respond]}\n"
        '  - {id: u1, question: "Who is the president of France?", kind: unanswerable}\n',
        encoding="utf-8",
    )
    first = dateline("evaluate", path, "--out", "runs", "--home", seeds)
    assert first.code == 0
    assert re.search(r"citation validity +1\.000", first.out)
    (kept,) = (tmp_path / "runs").iterdir()
    for line in (kept / "answers.jsonl").read_text(encoding="utf-8").splitlines():
        require_contract(standard(line))
    metrics = json.loads((kept / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["metrics"]["correct"] == 1.0
    assert metrics["index"]["build"] == (seeds / "CURRENT").read_text(encoding="utf-8").strip()

    monkeypatch.setenv("DATELINE_ABSTAIN_BELOW", "1")
    second = dateline("evaluate", path, "--out", "runs", "--home", seeds)
    assert second.code == 0
    assert "worse: correct 1.000 → 0.000" in second.out
    assert "right before, wrong now: s1" in second.out
    assert "changed: settings.abstain_below 0.5 → 1.0" in second.out
    assert len(list((tmp_path / "runs").iterdir())) == 2


def test_articles_that_are_not_indexed_are_pointed_out(dateline: Run, seeds: Path, tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text(
        "questions:\n  - {id: s1, question: Where, kind: fact, answers: [x], articles: [nope]}\n", encoding="utf-8"
    )
    done = dateline("evaluate", path, "--home", seeds)
    assert done.code == 0
    assert "the index lacks articles that the questions name: nope" in done.err
