"""How text, rows and progress look on a terminal. Article text is untrusted: it may not steer the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Task

    from index.read import Unread
    from index.update import Progress

_UNITS = {"fetching": "addresses", "storing": "chunks", "probing": "chunks", "packing": "MB", "trying": "builds"}
"""What is counted in these stages."""

_TURNS_TEXT_AROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """`text` on one line, without what could steer a terminal: control characters and those that turn text around."""
    kept = (
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) == "Cc" or c in _TURNS_TEXT_AROUND else c
        for c in " ".join(text.split())
    )
    return "".join(kept)


def shortened(text: str, longest: int) -> str:
    """`text` on one line, cut at a word to at most `longest` characters, the cut shown by an ellipsis."""
    line = printable(text)
    if len(line) <= longest:
        return line
    end = line.rfind(" ", longest // 2, longest)
    return f"{line[: end if end > 0 else longest - 1]}…"


def console() -> Console:
    """Standard output: colours only on a terminal, words as they are."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def error_console() -> Console:
    """Standard error, where progress is shown."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(line: str) -> None:
    """A line about what is going on, on standard error, out of the way of results."""
    typer.echo(line, err=True)


def say_error(problem: str, remedy: str = "") -> None:
    """What happened on one line, what to do about it on the next."""
    say(f"error: {printable(problem)}")
    if remedy:
        say(printable(remedy))


def say_failures(failures: Sequence[Unread]) -> None:
    """Each thing that could not be read, and what to do about it."""
    for failure in failures:
        say_error(f"{failure.where}: {failure.problem}", failure.remedy)


def print_rows(rows: Sequence[Sequence[str]], *, crop: bool = False) -> None:
    """Rows in aligned columns; `crop` cuts them at a terminal's edge. Nothing is cut where it is no terminal."""
    from rich.cells import cell_len
    from rich.text import Text

    screen = console()
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        line = Text("  ".join(cells).rstrip())
        if crop and screen.is_terminal:
            screen.print(line, no_wrap=True, overflow="ellipsis")
        else:
            screen.print(line, soft_wrap=True)


@contextmanager
def shown_progress(units: str) -> Iterator[Progress]:
    """Bars on standard error, one per stage, where that is a terminal; else silence. To be told (stage, done, total).

    `units` is what is counted; "fetching" counts addresses, "storing" and "probing" chunks.
    """
    screen = error_console()
    if not screen.is_terminal:
        yield lambda stage, done, total: None
        return
    from rich import progress
    from rich.text import Text

    class Count(progress.ProgressColumn):
        def render(self, task: Task) -> Text:
            known = f" of {task.total:,.0f}" if task.total else ""
            return Text(f"{task.completed:,.0f}{known} {task.fields['units']}")

    class Speed(progress.ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f} a second" if speed else "", style="cyan")

    with progress.Progress(
        progress.TextColumn("{task.description:<9}"),
        progress.BarColumn(bar_width=24),
        Count(),
        Speed(),
        progress.TimeRemainingColumn(elapsed_when_finished=True),
        console=screen,
    ) as bars:
        tasks: dict[str, progress.TaskID] = {}

        def show(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                for task in bars.tasks:
                    # A stage whose end was not known has come to it when the next one begins.
                    bars.update(task.id, total=task.completed)
                tasks[stage] = bars.add_task(stage, units=_UNITS.get(stage, units), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show
        for task in bars.tasks:
            bars.update(task.id, total=task.completed)
