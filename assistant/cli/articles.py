"""`dateline articles list|read|export`: the articles themselves, as the index holds them or as they would be read."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assistant.cli.intake import ColumnsOption, Intake, ProcessesOption, columns_from, processes_from
from assistant.cli.json_lines import json_lines, print_json, require_writable
from assistant.cli.options import HomeOption, JsonOption, OutOption, PathsArgument, settings_from
from assistant.cli.terminal import print_rows, printable, say, say_failures, shown_progress
from assistant.contract import article_json
from assistant.shown import shown_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.records import Article


def list_articles(json: JsonOption = False, home: HomeOption = None) -> None:
    """List the articles of the index.

    Their id, date, outlet and title; with --json one object a line, with all but the text.
    """
    articles = _indexed(home)
    if json:
        for article in articles:
            row = article_json(article)
            print_json({key: value for key, value in row.items() if key != "text"} | {"characters": len(article.text)})
        return
    rows = [
        (printable(one.id), shown_date(one.published), printable(one.source or "—"), printable(one.title) or "—")
        for one in articles
    ]
    if rows:
        print_rows(rows, crop=True)


def export_articles(out: OutOption, home: HomeOption = None) -> None:
    """Write every article of the index as JSON lines.

    Each with the text that the offsets of citations count in.
    """
    require_writable(out)
    articles = _indexed(home)
    with json_lines(out) as write:
        for article in articles:
            write(article_json(article))
    _say_written(len(articles), out)


def read_articles(
    paths: PathsArgument,
    out: OutOption,
    column: ColumnsOption = None,
    processes: ProcessesOption = None,
    home: HomeOption = None,
) -> None:
    """Read files and write the articles in them as JSON lines.

    They are read and cleaned as for the index, but nothing is indexed and no model is loaded.
    """
    from index.read import Unread, read

    settings_from(home=home)
    for path in paths:
        if str(out) != "-" and out.resolve().is_relative_to(path.resolve()):
            raise typer.BadParameter(f"--out {out} lies in what is read, {path}; write it somewhere else.")
    require_writable(out)
    failures, count = [], 0
    reading = read(paths, columns=columns_from(column), processes=processes_from(processes))
    intake = Intake(reading)
    with shown_progress("articles") as bars, json_lines(out) as write, closing(reading):
        show = intake.shown(bars)
        for found in intake:
            if isinstance(found, Unread):
                failures.append(found)
                continue
            write(article_json(found.article))
            count += 1
            show("reading", count, None)
    say_failures(failures)
    _say_written(count, out)
    if failures:
        raise typer.Exit(1)


def _indexed(home: Path | None) -> Sequence[Article]:
    from index.home import Home
    from index.search import Index

    index = Index.open(Home(settings_from(home=home).home))
    try:
        return index.articles()
    finally:
        index.close()


def _say_written(count: int, out: Path) -> None:
    say(f"{count:,} article{'' if count == 1 else 's'} written to {'standard output' if str(out) == '-' else out}.")
