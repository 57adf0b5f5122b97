"""`dateline ask`: one question, answered on the terminal or as JSON, or a file of them."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.options import HomeOption, JsonOption, TopKOption, day, open_assistant, settings_from

_FLAGS = {"articles": "--article", "understand": "--literal"}
"""The flags that are not called as the keys of a question in JSON."""


def ask(
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", help="What to ask, in quotes.")] = None,
    as_of: Annotated[
        datetime.date | None,
        typer.Option(parser=day, metavar="DATE", help="Answer as on that day, from what was published until its end."),
    ] = None,
    since: Annotated[
        datetime.date | None, typer.Option(parser=day, metavar="DATE", help="Only articles from that day on.")
    ] = None,
    until: Annotated[
        datetime.date | None, typer.Option(parser=day, metavar="DATE", help="Only articles up to the end of that day.")
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only articles of this outlet.")] = None,
    author: Annotated[str | None, typer.Option(metavar="NAME", help="Only articles by this author.")] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only articles in this language, such as en.")
    ] = None,
    article: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this article; give it again for more.")
    ] = None,
    cluster: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this article and its reprints; give it again for more.")
    ] = None,
    literal: Annotated[
        bool,
        typer.Option("--literal", help="Take no day and no outlet from the question's own words, and correct none."),
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say how the question was searched for, and why each article ranks.")
    ] = False,
    top_k: TopKOption = None,
    json: JsonOption = False,
    batch: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Ask every question of this file of JSON lines (- is standard input)."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --batch: where the answers go, one line each (- is standard output)."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Ask the articles a question.

    Prints the answer, and for each sentence of it the source and the very words that support it.
    """
    limits: dict[str, Any] = {"as_of": as_of, "since": since, "until": until, "source": source}
    limits |= {
        "author": author,
        "language": language,
        "articles": article or None,
        "cluster": cluster or None,
        "understand": False if literal else None,
    }
    if batch is not None:
        if question is not None:
            raise typer.BadParameter("give a question or --batch, not both.")
        if explain:
            raise typer.BadParameter("--explain is for one question; in a batch, each answer's line has its search.")
        if out is None:
            raise typer.BadParameter("--batch needs --out, the file that the answers go to.")
        if given := [name for name, value in limits.items() if value is not None]:
            flag = _FLAGS.get(given[0], f"--{given[0].replace('_', '-')}")
            raise typer.BadParameter(f"{flag} is for one question; in a batch, give {given[0]!r} in a question's line.")
        from assistant.cli.batch import ask_file

        ask_file(batch, out, settings_from(home=home, top_k=top_k))
        return
    if question is None:
        raise typer.BadParameter(
            'give a question, as in: dateline ask "Who said what?", or --batch and a file of them.'
        )
    if out is not None:
        raise typer.BadParameter("--out belongs to --batch; one answer goes to standard output.")
    from assistant.contract import question_from

    row = {name: value.isoformat() if isinstance(value, datetime.date) else value for name, value in limits.items()}
    asked = question_from({"question": question, **row})
    assistant = open_assistant(settings_from(home=home, top_k=top_k))
    if json:
        from assistant.cli.json_lines import print_json
        from assistant.contract import answer_json

        print_json(answer_json(assistant.ask(asked)))
    else:
        from assistant.cli.answer_view import grown, print_answer
        from assistant.cli.terminal import console

        answer = grown(assistant.stream(asked), console())
        print_answer(answer)
        if explain:
            from assistant.cli.search_view import print_search

            print_search(answer)
