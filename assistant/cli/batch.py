"""`dateline ask --batch`: a file of questions in, a file of answers out, a line for a line, in the same order."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import typer

from assistant.cli.json_lines import json_lines, require_writable
from assistant.cli.options import open_assistant
from assistant.cli.terminal import say, say_error, shown_progress
from assistant.contract import answer_json, question_from
from assistant.errors import QuestionError, QuestionFileError
from assistant.records import Answer, Question
from index.errors import DatelineError

if TYPE_CHECKING:
    from assistant.settings import Settings

_LINE = 'Write one {"id": "…", "question": "…"} a line.'


class Asked(Protocol):
    """What a batch needs of an assistant."""

    def ask(self, question: Question) -> Answer: ...


def ask_file(batch: Path, out: Path, settings: Settings) -> None:
    """Answer every question of `batch` into `out`; exit code 1 if one of them failed."""
    if str(out) != "-" and out.exists() and batch.exists() and out.samefile(batch):
        raise typer.BadParameter(f"--out {out} is the file of questions itself; name another.")
    require_writable(out)
    lines = _question_lines(batch)
    assistant = open_assistant(settings)
    # What is wrong with the index is wrong for every question: better said once, with the old answers still there.
    assistant.index()
    failed = 0
    with shown_progress("questions") as show, json_lines(out) as write:
        for done, row in enumerate(answer_rows(assistant, lines), start=1):
            failed += "error" in row
            write(row)
            show("asking", done, len(lines))
    if failed:
        say_error(f"{failed} of {len(lines)} questions failed.", f"Their lines in {out} say why.")
        raise typer.Exit(1)
    say(f"{len(lines)} questions answered.")


def answer_rows(asked: Asked, lines: list[tuple[int, bytes]]) -> Iterator[dict[str, Any]]:
    """An answer for each numbered line; where that fails, {"id": …, "error": …} in its place."""
    for number, line in lines:
        id: str | int | None = None
        try:
            row = _parsed(line)
            id = _id(row)
            yield answer_json(asked.ask(question_from(row)), id)
        except DatelineError as error:
            yield {"id": id, "error": f"Line {number}: {error}"}
        except Exception as error:  # whatever broke is this line's result; the others are still asked
            yield {"id": id, "error": f"Line {number}: {type(error).__name__}: {error}"}


def _question_lines(batch: Path) -> list[tuple[int, bytes]]:
    """The lines that hold something, each with its number in the file."""
    try:
        raw = sys.stdin.buffer.read() if str(batch) == "-" else batch.read_bytes()
    except OSError as error:
        problem = f"The question file {batch} cannot be read: {error.strerror}."
        raise QuestionFileError(problem, "Check its name.") from error
    lines = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not numbered:
        raise QuestionFileError(f"The question file {batch} is empty.", _LINE)
    return numbered


def _parsed(line: bytes) -> Mapping[str, Any]:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise QuestionError(f"Byte {error.start + 1} is not UTF-8.", "Save the file as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise QuestionError(f"Not JSON: {error.msg} at column {error.colno}.", _LINE) from error
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"Not JSON that can be read: {error}.", _LINE) from error
    if not isinstance(row, dict):
        raise QuestionError("Not a JSON object.", _LINE)
    return row


def _id(row: Mapping[str, Any]) -> str | int:
    id = row.get("id")
    if id is None:
        raise QuestionError("The key 'id' is missing.", _LINE)
    if isinstance(id, bool) or not isinstance(id, str | int) or id == "":
        raise QuestionError(f"The key 'id' cannot be {id!r}.", "Give a string.")
    return id
