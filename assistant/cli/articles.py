"""`dateline articles list|history|read|export`: the articles, as the index holds them or as they would be read."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

    Their id, date, outlet and title; how many articles print the same story, where it is more than one; which version
    of the article it is, where there are more. With --json one object a line, with all but the text.
    """
    from index.history import numbers
    from index.search import Index

    folder = settings_from(home=home).data
    index = Index.open(folder)
    try:
        articles, copies, number = index.articles(), index.copies(), numbers(folder, index.held)
    finally:
        index.close()
    if json:
        for one in articles:
            row = {key: value for key, value in article_json(one).items() if key != "text"}
            more = {"characters": len(one.text), "copies": copies[one.id], "version": number[one.id]}
            print_json(row | more)
        return
    rows = [
        (
            printable(one.id),
            shown_date(one.published),
            printable(one.source or "—"),
            f"{copies[one.id]} copies" if copies[one.id] > 1 else "",
            f"version {number[one.id]}" if number[one.id] > 1 else "",
            printable(one.title) or "—",
        )
        for one in articles
    ]
    shown = [at for at in range(6) if at not in (3, 4) or any(row[at] for row in rows)]
    if rows:
        print_rows([[row[at] for at in shown] for row in rows], crop=True)


def show_history(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="An id, as `dateline articles list` shows it.")],
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", min=1, help="Show the text of that version.")
    ] = None,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List the versions of an article, the oldest first, or show one.

    An update replaces an article in answers at once; what it replaced stays readable here.
    """
    from index.errors import UnknownArticleError
    from index.history import history

    revisions = history(settings_from(home=home).data, article_id)
    if version is not None and version > len(revisions):
        raise UnknownArticleError(
            f"The article {article_id!r} has {len(revisions)} versions, and no version {version}.",
            "Leave out --version to list them.",
        )
    wanted = [one for one in revisions if version in (None, one.number)]
    if json:
        for one in wanted:
            row = {"version": one.number, "added_at": one.added_at, "serves": one.serves}
            print_json(row | article_json(one.article))
    elif version is not None:
        article = wanted[0].article
        typer.echo("\n".join(map(printable, filter(None, [article.title, shown_date(article.published)]))) + "\n")
        typer.echo("\n".join(map(printable, article.text.split("\n"))))
    else:
        print_rows(
            [
                (
                    f"version {one.number}",
                    f"read {one.added_at[:16].replace('T', ' ')}",
                    "serves" if one.serves else "",
                    shown_date(one.article.published),
                    f"{len(one.article.text):,} characters",
                    printable(one.article.title) or "—",
                )
                for one in wanted
            ],
            crop=True,
        )


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
    from index.search import Index

    index = Index.open(settings_from(home=home).data)
    try:
        return index.articles()
    finally:
        index.close()


def _say_written(count: int, out: Path) -> None:
    say(f"{count:,} article{'' if count == 1 else 's'} written to {'standard output' if str(out) == '-' else out}.")
