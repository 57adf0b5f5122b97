"""`dateline serve`: the chat in a browser, and the same over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.options import HomeOption, open_assistant, settings_from


def serve(
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The address to listen on.  [default: 127.0.0.1]")
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="N", help="The port to listen on; 0 takes a free one.  [default: 7860]")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Serve the chat in a browser, and over HTTP."""
    settings = settings_from(home=home, host=host, port=port)
    from assistant.server import require_free_port
    from assistant.server import serve as serve_chat

    # Loading takes seconds; a port that somebody else has is known before.
    require_free_port(settings.host, settings.port)
    serve_chat(open_assistant(settings), settings.host, settings.port)
