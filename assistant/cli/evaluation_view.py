"""How an evaluation reads on a terminal: a table by kind, a line for each wrong answer, and what got worse."""

from __future__ import annotations

from collections.abc import Sequence

import typer
from rich import box
from rich.table import Table

from assistant.cli.terminal import console, printable, shortened
from assistant.evaluate import Evaluation
from assistant.evaluation_runs import Change, Comparison
from assistant.metrics import kind_of

_FAULT = 200
"""Characters of what was wrong with an answer."""

_COLUMNS = ("questions", "right", "hit@1", "hit@4", "hit@10", "mrr@10")
_FACTS = (
    ("correct", "of {answerable} answerable questions"),
    ("citation_validity", "of {citations} citations"),
    ("abstention_precision", "of the abstentions were due"),
    ("abstention_recall", "of {unanswerable} unanswerable questions refused"),
    ("false_abstentions", "answerable questions refused"),
    ("failed", "questions ended in an error"),
    ("words", "words in an answer, median; 90% have at most {words_p90}"),
    ("p50_ms", "milliseconds an answer, median; 95% within {p95_ms}"),
)


def print_evaluation(evaluation: Evaluation) -> None:
    """Write the tables and the line of each answer that is not right to standard output."""
    screen = console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("kind")
    for name in _COLUMNS:
        table.add_column(name, justify="right")
    for kind, metrics in evaluation.kinds.items():
        table.add_row(kind, *(shown(metrics[name]) for name in _COLUMNS))
    table.add_section()
    table.add_row("all", *(shown(evaluation.metrics[name]) for name in _COLUMNS), style="bold")
    screen.print(table)

    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column()
    facts.add_column(justify="right")
    facts.add_column()
    named = {name: shown(value) for name, value in evaluation.metrics.items()}
    for name, words in _FACTS:
        facts.add_row(name.replace("_", " "), named[name], words.format(**named))
    screen.print(facts)

    wrong = [one for one in evaluation.judgements if not one.right]
    if wrong:
        typer.echo(f"\nNot right, {len(wrong)}:")
    for one in wrong:
        typer.echo(f"  {printable(one.question.id)}  {kind_of(one.question)}  {shortened(one.fault, _FAULT)}")
    for one in evaluation.judgements:
        for marker in one.invalid:
            typer.echo(f"  {printable(one.question.id)}  citation [{marker}] does not hold")


def print_comparison(comparison: Comparison) -> None:
    """Write what got worse, and what else changed, since the run before."""
    typer.echo(f"\nCompared with the run of {comparison.before}:")
    if comparison.other_questions:
        typer.echo("  the question file changed: only questions asked in the same words are compared one by one")
    _print_changes("worse", comparison.worse)
    _print_ids("right before, wrong now", comparison.broken)
    _print_changes("better", comparison.better)
    _print_ids("wrong before, right now", comparison.mended)
    for change in comparison.conditions:
        typer.echo(f"  changed: {change.name} {printable(str(change.before))} → {printable(str(change.now))}")
    if not (comparison.worse or comparison.broken):
        typer.echo("  nothing got worse")


def shown(value: float | int | None) -> str:
    """Counts as they are, shares and means with three decimals, times with one; "–" where nothing was measured."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if value <= 1 else f"{value:,.1f}"


def _print_changes(label: str, changes: Sequence[Change]) -> None:
    for change in changes:
        typer.echo(f"  {label}: {change.name} {shown(change.before)} → {shown(change.now)}")


def _print_ids(label: str, ids: Sequence[str]) -> None:
    if ids:
        typer.echo(f"  {label}: {printable(', '.join(ids))}")
