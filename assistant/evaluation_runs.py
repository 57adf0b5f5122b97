"""The runs of an evaluation that a folder keeps, and what got worse between two of them.

FOLDER/<time>/answers.jsonl   each answer, as a batch writes it
FOLDER/<time>/metrics.json    the metrics and what they were measured with; written last: with it, the run is whole
"""

from __future__ import annotations

import datetime
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.contract import answer_json, json_line
from assistant.errors import QuestionFileError
from assistant.evaluate import Evaluation

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.manifest import Manifest

HIGHER_IS_BETTER = (
    *("correct", "hit@1", "hit@4", "hit@10", "mrr@10", "citation_validity"),
    *("abstention_precision", "abstention_recall"),
)
LOWER_IS_BETTER = ("failed", "false_abstentions", "p50_ms", "p95_ms")

_SLOWER = 1.25
"""Times vary from run to run; only one longer by a quarter counts as worse."""

_MEASURED_WITH = ("dateline", "chromadb", "numpy", "sentence-transformers", "torch")
_FORMAT = 1

Run = Mapping[str, Any]
"""What metrics.json holds."""


@dataclass(frozen=True)
class Change:
    """A value before and now: a metric, or something the run was made with."""

    name: str
    before: Any
    now: Any


@dataclass(frozen=True)
class Comparison:
    """A run beside an earlier one. `broken` and `mended`: ids of questions that both runs asked in the same words."""

    before: str
    worse: tuple[Change, ...]
    better: tuple[Change, ...]
    broken: tuple[str, ...]
    mended: tuple[str, ...]
    conditions: tuple[Change, ...]
    other_questions: bool


def run_of(evaluation: Evaluation, settings: Settings, manifest: Manifest | None) -> Run:
    """The run as metrics.json holds it."""
    return {
        "format": _FORMAT,
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "seconds": round(evaluation.seconds, 3),
        "questions": {"file": evaluation.file.path.name, "sha256": evaluation.file.sha256},
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in _MEASURED_WITH},
        "settings": settings.model_dump(mode="json"),
        "index": manifest
        and {
            "build": manifest.name,
            "content": manifest.content,
            "articles": manifest.articles,
            "chunks": manifest.chunks,
            "embedding_model": manifest.recipe.model,
            "weights_sha256": manifest.recipe.weights_sha256,
            "dtype": manifest.dtype,
        },
        "metrics": evaluation.metrics,
        "by_kind": evaluation.kinds,
        "judgements": {
            one.question.id: {
                "question": one.question.question.text,
                "kind": one.question.kind,
                "right": one.right,
                "fault": one.fault or None,
                "invalid_citations": list(one.invalid),
            }
            for one in evaluation.judgements
        },
    }


def latest_run(folder: Path) -> Run | None:
    """The newest run that `folder` keeps; None where there is none. Raises QuestionFileError if it cannot be read."""
    files = sorted(folder.glob("*/metrics.json"), key=lambda file: file.parent.name)
    if not files:
        return None
    try:
        run = json.loads(files[-1].read_text(encoding="utf-8"))
        if run["format"] != _FORMAT:
            raise ValueError(f"its format is {run['format']}, not {_FORMAT}")
        for key in ("date", "questions", "versions", "settings", "metrics", "judgements"):
            run[key]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise QuestionFileError(
            f"The earlier run {files[-1]} cannot be read: {error!r}.", "Move its folder away, or name another --out."
        ) from error
    found: Run = run
    return found


def keep_run(folder: Path, evaluation: Evaluation, run: Run) -> Path:
    """Write the run into a folder of its own inside `folder`; its path. Raises OSError if that cannot be written."""
    kept = _new_folder(folder, datetime.datetime.fromisoformat(run["date"]))
    with (kept / "answers.jsonl").open("w", encoding="utf-8", errors="backslashreplace") as file:
        for one in evaluation.judgements:
            id = one.question.id
            row = answer_json(one.answer, id) if one.answer else {"id": id, "error": one.fault}
            file.write(json_line(row) + "\n")
    text = json.dumps(run, ensure_ascii=False, indent=1)
    (kept / "metrics.json").write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    return kept


def compare(before: Run, now: Run) -> Comparison:
    """What got worse since `before`, what got better, and what else differs between the two runs."""
    metrics = [Change(name, before["metrics"].get(name), now["metrics"].get(name)) for name in now["metrics"]]
    past, present = before["judgements"], now["judgements"]
    same = [id for id in present if id in past and past[id]["question"] == present[id]["question"]]
    return Comparison(
        before=before["date"],
        worse=tuple(change for change in metrics if _is_worse(change)),
        better=tuple(change for change in metrics if _is_worse(Change(change.name, change.now, change.before))),
        broken=tuple(id for id in same if past[id]["right"] and not present[id]["right"]),
        mended=tuple(id for id in same if present[id]["right"] and not past[id]["right"]),
        conditions=tuple(_differing_conditions(before, now)),
        other_questions=before["questions"]["sha256"] != now["questions"]["sha256"],
    )


def _is_worse(change: Change) -> bool:
    if change.before is None or change.now is None:
        return False
    if change.name in HIGHER_IS_BETTER:
        return bool(change.now < change.before)
    if change.name in LOWER_IS_BETTER:
        return bool(change.now > change.before * (_SLOWER if change.name.endswith("_ms") else 1))
    return False


def _differing_conditions(before: Run, now: Run) -> list[Change]:
    """The versions, settings and facts of the index that differ. A build's name always does; its content decides."""
    differing = []
    for part in ("versions", "settings", "index"):
        past, present = before.get(part) or {}, now.get(part) or {}
        for name in dict.fromkeys((*past, *present)):
            if name != "build" and past.get(name) != present.get(name):
                differing.append(Change(f"{part}.{name}", past.get(name), present.get(name)))
    return differing


def _new_folder(folder: Path, date: datetime.datetime) -> Path:
    stem, count = f"{date:%Y%m%dT%H%M%SZ}", 1
    while True:
        kept = folder / (stem if count == 1 else f"{stem}-{count}")
        try:
            kept.mkdir(parents=True)
        except FileExistsError:
            count += 1
        else:
            return kept


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
