"""`dateline index build|add|remove`: what an editor does to the index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.options import HomeOption, PathsArgument, open_assistant, settings_from
from assistant.cli.terminal import print_rows, printable, say_failures, shortened, shown_progress

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from index.update import Progress, UpdateReport

_LONGEST_LIST = 200
"""Characters of a list of ids in a report."""


def build(
    paths: PathsArgument,
    reembed: Annotated[
        bool, typer.Option("--reembed", help="Embed everything anew, with the embedding model that is set now.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Make the index hold these articles and no others.

    Readers go on asking the old index until the new one is whole. An article whose file cannot be read this time keeps
    its last good copy.
    """
    from index.read import read

    _update(home, lambda assistant, show: assistant.build(read(paths), progress=show, reembed=reembed))


def add(paths: PathsArgument, home: HomeOption = None) -> None:
    """Add these articles, or update those that are indexed already, and keep the rest."""
    from index.read import read

    _update(home, lambda assistant, show: assistant.add(read(paths), progress=show))


def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, as `dateline articles list` shows them.")],
    home: HomeOption = None,
) -> None:
    """Remove articles from the index."""
    from index.home import Home
    from index.update import remove_articles

    with shown_progress("articles") as show:
        report = remove_articles(Home(settings_from(home=home).home), list(dict.fromkeys(ids)), progress=show)
    print_report(report)


def _update(home: Path | None, update: Callable[[Assistant, Progress], UpdateReport]) -> None:
    assistant = open_assistant(settings_from(home=home))
    with shown_progress("articles") as show:
        report = update(assistant, show)
    print_report(report)
    if report.failures:
        raise typer.Exit(1)


def print_report(report: UpdateReport) -> None:
    """What became of the articles, on standard output; what could not be read, on standard error."""
    say_failures(report.failures)
    kept = f"the last good copies of what could not be read: {_listed(report.kept)}" if report.kept else ""
    rows = [
        ("added", f"{len(report.added):,}", ""),
        ("updated", f"{len(report.updated):,}", _listed(report.updated)),
        ("unchanged", f"{report.unchanged:,}", ""),
        ("removed", f"{len(report.removed):,}", _listed(report.removed)),
        ("kept", f"{len(report.kept):,}", kept),
        ("failed", f"{len(report.failures):,}", ""),
        ("embedded", f"{report.embedded:,}", "chunks"),
        ("seconds", f"{report.seconds:.1f}", ""),
    ]
    print_rows(rows)
    if report.serving is None:
        typer.echo("Nothing is indexed.")
    else:
        verb = "serves now" if report.changed else "serves as before"
        held = f"{report.serving.articles:,} articles, {report.serving.chunks:,} chunks"
        typer.echo(f"The build {report.serving.name} {verb}: {held}.")


def _listed(ids: tuple[str, ...]) -> str:
    return shortened(printable(", ".join(ids)), _LONGEST_LIST)
