"""`dateline index add URL… --feed URL --sitemap URL`: what the web adds to the command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.terminal import say

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.settings import Settings
    from index.read import ReadArticle, Unread
    from index.read.web import WebReading
    from index.update import Progress, UpdateReport

FeedOption = Annotated[
    list[str] | None,
    typer.Option("--feed", metavar="URL", help="Add the articles that an RSS or Atom feed lists, if they are new."),
]
SitemapOption = Annotated[
    list[str] | None,
    typer.Option("--sitemap", metavar="URL", help="Add the articles that a sitemap lists, if they are new."),
]


def split_addresses(given: Sequence[str]) -> tuple[list[Path], list[str]]:
    """The paths and the addresses of pages among the arguments."""
    from index.read.identity import is_address

    return [Path(one) for one in given if not is_address(one)], [one for one in given if is_address(one)]


def open_web(
    settings: Settings,
    addresses: Sequence[str],
    feeds: Sequence[str],
    sitemaps: Sequence[str],
    *,
    processes: int = 1,
) -> WebReading:
    """What is to be fetched, knowing what was fetched before. Raises CatalogueError."""
    from index.read.fetch import Fetcher
    from index.read.known_pages import KnownPages
    from index.read.response import Limits
    from index.read.web import WebReading

    limits = Limits(private_hosts=frozenset(settings.fetch_private_hosts), pause=settings.fetch_pause)
    known = KnownPages.of(settings.data)
    return WebReading(
        Fetcher(limits),
        known,
        addresses=addresses,
        feeds=feeds,
        sitemaps=sitemaps,
        most=settings.fetch_most,
        processes=processes,
    )


def add_fetched(
    assistant: Assistant, reading: WebReading, found: Iterable[ReadArticle | Unread], show: Progress
) -> UpdateReport:
    """Fetch, add, and remember what was fetched; what was as before counts as unchanged."""
    from index.errors import BusyError
    from index.read.known_pages import remember

    reading.fetch(show)
    report = assistant.add(found, progress=show)
    try:
        remember(assistant.home, reading.remembered)
    except BusyError as error:  # who came in between
        say(f"warning: {error.problem} What was fetched is in the index; the next run fetches it again.")
    if reading.left:
        say(
            f"{reading.left:,} pages are left, since one run fetches at most {assistant.settings.fetch_most:,} "
            "(the setting fetch_most). Run the same command again for the rest."
        )
    return replace(report, unchanged=report.unchanged + reading.unchanged)
