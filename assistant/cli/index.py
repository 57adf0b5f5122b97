"""`dateline index build|add|remove`: what an editor does to the index."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.intake import (
    ColumnsOption,
    Intake,
    ProcessesOption,
    ReportOption,
    Source,
    Sources,
    columns_from,
    processes_from,
    report_json,
    report_rows,
    say_unread,
    warnings_of,
    write_report,
)
from assistant.cli.options import HomeOption, PathsArgument, open_assistant, settings_from
from assistant.cli.terminal import print_rows, say, say_error, shown_progress
from assistant.cli.web import FeedOption, SitemapOption, add_fetched, open_web, split_addresses

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from index.read import ReadArticle, Reading, Unread
    from index.update import Progress, UpdateReport

_LOOK_EVERY = 2.0
"""Seconds between two looks at a folder that is watched."""


def build(
    paths: PathsArgument,
    reembed: Annotated[
        bool, typer.Option("--reembed", help="Embed everything anew, with the embedding model that is set now.")
    ] = False,
    report: ReportOption = None,
    column: ColumnsOption = None,
    processes: ProcessesOption = None,
    home: HomeOption = None,
) -> None:
    """Make the index hold these articles and no others.

    Readers go on asking the old index until the new one is whole. An article whose file cannot be read this time keeps
    its last good copy.
    """
    from index.read import read

    reading = read(paths, columns=columns_from(column), processes=processes_from(processes))
    assistant = _opened(home, report)
    _update(assistant, reading, lambda found, show: assistant.build(found, progress=show, reembed=reembed), report)


def add(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH|URL...", help="Files and folders, as `dateline index build` takes, and web pages."
        ),
    ] = None,
    feed: FeedOption = None,
    sitemap: SitemapOption = None,
    watch: Annotated[
        Path | None, typer.Option("--watch", metavar="FOLDER", help="Add what appears in this folder, until Ctrl-C.")
    ] = None,
    report: ReportOption = None,
    column: ColumnsOption = None,
    processes: ProcessesOption = None,
    home: HomeOption = None,
) -> None:
    """Add these articles, or update those that are indexed already, and keep the rest.

    Pages, feeds and sitemaps are fetched first; of a feed or sitemap only what is new since the last time. An article
    from a URL that is indexed already takes the place of the older text, which stays in its history.
    """
    from index.read import read

    files, addresses = split_addresses(paths or [])
    if not (files or addresses or feed or sitemap or watch):
        raise typer.BadParameter("Give files, folders or URLs to add, a --feed, a --sitemap, or a folder to --watch.")
    columns, count = columns_from(column), processes_from(processes)
    if watch and not watch.is_dir():
        raise typer.BadParameter(f"--watch {watch}: there is no such folder.")
    # The index tells the languages, which a server that runs does at once.
    sources: list[Source] = [read(files, columns=columns, processes=count, tell_language=False)] if files else []
    if files and not (addresses or feed or sitemap or watch):
        _add_files(Sources(sources), home, report)
        return
    assistant = _opened(home, report)

    def take(found: Iterable[ReadArticle | Unread], show: Progress) -> UpdateReport:
        return assistant.add(found, progress=show)

    if addresses or feed or sitemap:
        web = open_web(assistant.settings, addresses, feed or [], sitemap or [])
        both = Sources([*sources, web])
        _update(assistant, both, lambda found, show: add_fetched(assistant, web, found, show), report, stops=not watch)
    elif files:
        _update(assistant, Sources(sources), take, report, stops=not watch)
    if watch:
        _watch(assistant, watch, lambda files: read(files, columns=columns, processes=count, root=watch), take, report)


def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, as `dateline articles list` shows them.")],
    home: HomeOption = None,
) -> None:
    """Remove articles from the index."""
    from index.update import remove_articles

    with shown_progress("articles") as show:
        report = remove_articles(settings_from(home=home).data, list(dict.fromkeys(ids)), progress=show)
    print_report(report)


def _opened(home: Path | None, report: Path | None) -> Assistant:
    """The assistant, once it is known that the report can be written, since that is looked at when all is done."""
    _require_writable(report)
    return open_assistant(settings_from(home=home))


def _require_writable(report: Path | None) -> None:
    if report:
        from assistant.cli.json_lines import require_writable

        require_writable(report)


def _add_files(reading: Source, home: Path | None, report_file: Path | None) -> None:
    """Add files; a few articles by the server over the data folder where one runs, which has the models loaded."""
    from assistant.hand_over import FEW, handed_over

    _require_writable(report_file)
    settings, intake = settings_from(home=home), Intake(reading)
    try:
        few = intake.all_of_few(FEW)
        report = None
        if few is not None:
            with shown_progress("articles") as show:
                report = handed_over(settings, few, show)
        if report is None:
            assistant = open_assistant(settings)
            with shown_progress("articles") as show:
                report = assistant.add(intake, progress=intake.shown(show))
    finally:
        reading.close()
    _finish(report, intake, settings.embedding_model, report_file)


def _update(
    assistant: Assistant,
    reading: Source,
    update: Callable[[Iterable[ReadArticle | Unread], Progress], UpdateReport],
    report_file: Path | None,
    *,
    stops: bool = True,
) -> None:
    """Read, update and report; with `stops`, exit code 1 if something failed."""
    intake = Intake(reading)
    try:
        with shown_progress("articles") as show:
            report = update(intake, intake.shown(show))
    finally:
        reading.close()
    _finish(report, intake, assistant.embedder.name, report_file, stops=stops)


def _finish(report: UpdateReport, intake: Intake, model: str, report_file: Path | None, *, stops: bool = True) -> None:
    warnings = warnings_of(report.languages, model)
    print_report(report, intake.skipped)
    for warning in warnings:
        say(f"warning: {warning}")
    if report_file:
        write_report(report_file, report_json(report, intake, warnings))
    if report.failures and stops:
        raise typer.Exit(1)


def _watch(
    assistant: Assistant,
    folder: Path,
    read_files: Callable[[list[Path]], Reading],
    update: Callable[[Iterable[ReadArticle | Unread], Progress], UpdateReport],
    report_file: Path | None,
) -> None:
    """Add what appears in a folder, and what changes there, until the editor interrupts."""
    from index.errors import BusyError
    from index.read.watch import FolderWatch

    watch = FolderWatch(folder)
    say(f"Watching {folder}. Press Ctrl-C to stop.")
    try:
        while True:
            if changed := watch.changed():
                try:
                    _update(assistant, read_files(changed), update, report_file, stops=False)
                    watch.take(changed)
                except BusyError as error:
                    say_error(error.problem, "It is tried again.")
            time.sleep(_LOOK_EVERY)
    except KeyboardInterrupt:
        say("Stopped watching.")


def print_report(report: UpdateReport, skipped: int | None = None) -> None:
    """What became of the articles, on standard output; what could not be read, on standard error."""
    say_unread(report)
    print_rows(report_rows(report, skipped))
    if report.serving is None:
        typer.echo("Nothing is indexed.")
    else:
        verb = "serves now" if report.changed else "serves as before"
        held = f"{report.serving.articles:,} articles, {report.serving.chunks:,} chunks"
        typer.echo(f"The build {report.serving.name} {verb}: {held}.")
