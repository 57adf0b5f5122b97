"""The head of the page: the name, and what is served at the moment."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from assistant.browser import wording
from assistant.shown import shown_date
from index.errors import DatelineError

if TYPE_CHECKING:
    from assistant.assistant import Assistant


def masthead(assistant: Assistant) -> str:
    """The head as HTML. Raises nothing; why an index cannot be opened is told where the answers would be."""
    try:
        index = assistant.index()
    except DatelineError:
        return _head("the index cannot be opened")
    if index is None or not index.manifest.articles:
        return _head("no articles yet")
    made = datetime.datetime.fromisoformat(index.manifest.made_at)
    when = f'<time datetime="{made.isoformat()}">{shown_date(made)}, {made:%H:%M} UTC</time>'
    held = wording.counted(index.manifest.articles, "article")
    return _head(f'{held}<span class="masthead-date"> · indexed {when}</span>')


def _head(status: str) -> str:
    return f"""
<header class="masthead">
  <h1>Dateline</h1>
  <p class="masthead-line">Answers from the news, with every citation checked</p>
  <p class="masthead-status">{status}</p>
</header>"""
