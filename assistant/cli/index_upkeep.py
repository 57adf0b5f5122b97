"""`dateline index rollback|check|repair|purge|backup|restore`: keeps the index sound. None loads a model."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.index import print_report
from assistant.cli.json_lines import print_json
from assistant.cli.options import HomeOption, JsonOption, settings_from
from assistant.cli.terminal import say_error, shown_progress


def rollback(home: HomeOption = None) -> None:
    """Go back to the build from before.

    The next build, add or remove goes on from it. Articles that were removed since stay removed. Done twice, it leads
    back again.
    """
    from index.serving import rollback as roll_back

    print_report(roll_back(settings_from(home=home).data))


def check(json: JsonOption = False, home: HomeOption = None) -> None:
    """Check every article, chunk, vector and file of the index.

    Says what is wrong and what to do about it. Exit code 0 where all is well, 1 where something is wrong.
    """
    from index.check import check as checked

    with shown_progress("articles") as show:
        report = checked(settings_from(home=home).data, progress=show)
    if json:
        print_json(asdict(report))
    else:
        for finding in report.findings:
            say_error(finding.problem, finding.remedy)
        for note in report.notes:
            typer.echo(note)
        if not report.findings and report.build:
            held = f"{report.articles:,} articles, {report.chunks:,} chunks and {report.files:,} files"
            typer.echo(f"The build {report.build} is sound: {held} are what they should be.")
    if report.findings:
        raise typer.Exit(1)


def repair(home: HomeOption = None) -> None:
    """Make the index anew from its catalogue, without embedding anything.

    Readers go on asking what serves meanwhile.
    """
    from index.repair import repair as mend

    with shown_progress("articles") as show:
        report = mend(settings_from(home=home).data, progress=show)
    print_report(report)


def purge(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, as `dateline articles list` shows them.")],
    home: HomeOption = None,
) -> None:
    """Remove articles for good, for takedown requests.

    They go out of the index, its history, every build, the answers that are kept and later backups. This cannot be
    undone. A backup that was made before still holds them.
    """
    from assistant.conversations import forget_articles
    from index.repair import purge as forget

    data = settings_from(home=home).data
    with shown_progress("articles") as show:
        report = forget(data, list(dict.fromkeys(ids)), elsewhere=[forget_articles], progress=show)
    print_report(report)


def back_up(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, such as dateline.tar.gz.")],
    home: HomeOption = None,
) -> None:
    """Write a backup of the index to one file, while it serves.

    It holds the articles, their history and their vectors, with a hash of each part.
    """
    from index.backup import back_up as write

    with shown_progress("files") as show:
        made = write(settings_from(home=home).data, file, progress=show)
    for name, (size, sha256) in made.files.items():
        typer.echo(f"{name}  {size / 1e6:,.1f} MB  SHA-256 {sha256}")
    typer.echo(f"The backup {file} is written: {file.stat().st_size / 1e6:,.1f} MB.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `dateline index backup` wrote.")],
    home: HomeOption = None,
) -> None:
    """Fill an empty data folder from a backup, without embedding anything."""
    from index.backup import restore as read

    with shown_progress("articles") as show:
        report = read(settings_from(home=home).data, file, progress=show)
    print_report(report)
