"""Flags that several commands take, and the settings they lead to."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.settings import Settings


def day(text: str) -> datetime.date:
    """An ISO date from the command line; anything else is wrong usage."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write it as 2022-06-16.") from None


HomeOption = Annotated[
    Path | None, typer.Option("--home", metavar="FOLDER", help="The data folder.  [default: dateline-data]")
]
TopKOption = Annotated[
    int | None, typer.Option("--top-k", metavar="N", help="How many articles to search out.  [default: 10]")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON, for scripts.")]
OutOption = Annotated[
    Path, typer.Option("--out", metavar="FILE", help="The file of JSON lines to write; - is standard output.")
]
PathsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...",
        help="Files and folders: .txt, .md, .html, .mhtml, .pdf, .docx, .eml, .csv, .json, .jsonl, .zip, .gz.",
    ),
]


def settings_from(**flags: Any) -> Settings:
    """The settings under these flags, named as the settings are; None is a flag not given.

    A value that only a flag makes wrong is wrong usage. Raises SettingsError for the rest.
    """
    from assistant.settings import load_settings

    try:
        return load_settings(flags).settings
    except SettingsError as error:
        load_settings()
        raise typer.BadParameter(f"{error.problem} {error.remedy}") from None


def open_assistant(settings: Settings) -> Assistant:
    """The assistant, its embedding model loaded, which takes seconds. Raises ModelError."""
    import gc

    from assistant.cli.terminal import error_console

    # Thousands of modules come, and none of them is garbage: looking for some takes a seventh of the time.
    gc.disable()
    try:
        with error_console().status("Loading the embedding model…"):
            from assistant.assistant import Assistant

            return Assistant.open(settings)
    finally:
        gc.enable()
