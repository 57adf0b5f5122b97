"""How a search reads on a terminal: what was searched, and why each article ranks where it does."""

from __future__ import annotations

from rich.table import Table

from assistant.cli.terminal import console, shortened
from assistant.records import Answer
from assistant.shown import shown_date

_TITLE = 48
_SIGNALS = ("dense", "keyword", "headline", "lead", "date")
_OF_FOLLOW_UPS = "conversation"


def print_search(answer: Answer) -> None:
    """Write how an answer's search went to standard output; what it understood stands above the answer."""
    search, screen = answer.search, console()
    if search is None:
        return
    screen.print()
    spent = ", ".join(f"{stage} {spent:.0f} ms" for stage, spent in search.timings_ms.items())
    kept = f"{search.chunks:,} chunks were scored, {len(answer.passages)} articles kept"
    screen.print(f"{search.articles:,} articles passed the limits, {kept}; {spent}.", soft_wrap=True)
    if answer.passages:
        screen.print(_table(answer))


def _table(answer: Answer) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 1))
    for name in ("", "article", "published"):
        table.add_column(name, overflow="fold")
    names: tuple[str, ...] = _SIGNALS
    if any(_OF_FOLLOW_UPS in passage.signals for passage in answer.passages):
        names += (_OF_FOLLOW_UPS,)
    for name in ("score", *names):
        table.add_column(name, justify="right")
    for rank, passage in enumerate(answer.passages, 1):
        article = passage.article
        signals = (f"{passage.signals[name]:.2f}" if name in passage.signals else "" for name in names)
        title = shortened(article.title or article.id, _TITLE)
        if passage.copies:
            title += f" (and {len(passage.copies)} reprints)" if len(passage.copies) > 1 else " (and a reprint)"
        table.add_row(str(rank), title, shown_date(article.published), f"{passage.score:.2f}", *signals)
    return table
