"""The tree of commands. Importing it loads no model, no index and no server: `dateline --help` answers at once."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.articles import export_articles, list_articles, read_articles, show_history
from assistant.cli.ask import ask
from assistant.cli.config import config
from assistant.cli.evaluate import evaluate
from assistant.cli.index import add, build, remove
from assistant.cli.index_status import status
from assistant.cli.index_upkeep import back_up, check, purge, repair, restore, rollback
from assistant.cli.models import list_models, pull
from assistant.cli.models import remove as remove_model
from assistant.cli.serve import serve


def _group(help: str) -> typer.Typer:
    # Plain help and errors: they read the same in a terminal, a pipe and a log, and come in a tenth of a second.
    return typer.Typer(
        help=help,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def _version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        try:
            typer.echo(f"dateline {metadata.version('dateline')}")
        except metadata.PackageNotFoundError:
            typer.echo("dateline, run from its source, not installed")
        raise typer.Exit


app = _group("Ask a collection of news articles. Every sentence of an answer cites the exact words that support it.")


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """The options that stand before a command."""


_index = _group("Build the index, add and remove articles, see how it is, mend it, keep a copy.")
_index.command("build")(build)
_index.command("add")(add)
_index.command("remove")(remove)
_index.command("status")(status)
_index.command("rollback")(rollback)
_index.command("check")(check)
_index.command("repair")(repair)
_index.command("purge")(purge)
_index.command("backup")(back_up)
_index.command("restore")(restore)

_articles = _group("List the articles, write them out, try how files are read.")
_articles.command("list")(list_articles)
_articles.command("history")(show_history)
_articles.command("read")(read_articles)
_articles.command("export")(export_articles)

_models = _group("Bring language models to this machine, list them, remove them.")
_models.command("pull")(pull)
_models.command("list")(list_models)
_models.command("remove")(remove_model)

app.command("ask")(ask)
app.add_typer(_index, name="index")
app.add_typer(_articles, name="articles")
app.add_typer(_models, name="models")
app.command("evaluate")(evaluate)
app.command("serve")(serve)
app.command("config")(config)
