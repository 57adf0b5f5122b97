"""How a search reads on a terminal: what was searched, and why each article ranks where it does."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from assistant.cli.terminal import console, printable, shortened
from assistant.records import Answer
from assistant.retrieval.course import course, signals_of
from assistant.shown import shown_date

_TITLE = 48


def print_search(answer: Answer) -> None:
    """Write how an answer's search went to standard output; what it understood stands above the answer."""
    search, screen = answer.search, console()
    if search is None:
        return
    screen.print()
    for said in course(search, answer.question):
        screen.print(Text(printable(said)), soft_wrap=True)
    if answer.passages:
        screen.print(_table(answer))


def _table(answer: Answer) -> Table:
    signals = signals_of(answer.passages)
    table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 1))
    for name in ("", "article", "published"):
        table.add_column(name, overflow="fold")
    for name in ("score", *signals):
        table.add_column(name, justify="right")
    for rank, passage in enumerate(answer.passages, 1):
        article = passage.article
        values = (f"{passage.signals[name]:.2f}" if name in passage.signals else "" for name in signals)
        title = shortened(article.title or article.id, _TITLE)
        if passage.copies:
            title += f" (and {len(passage.copies)} reprints)" if len(passage.copies) > 1 else " (and a reprint)"
        table.add_row(str(rank), title, shown_date(article.published), f"{passage.score:.2f}", *values)
    return table
