"""A site of invented stories on a loopback server, and what adds them to an index: for the tests of the web."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command_line import Run
from web_server import Reply, WebServer, web_server

from assistant.assistant import Assistant
from assistant.cli.web import add_fetched, open_web
from assistant.settings import load_settings
from index.embed import Embedder
from index.update import UpdateReport, no_progress

FERRY = "Ferries in Lindhafen will run until the end of autumn, the harbour office said on Monday. "
BRIDGE = "The harbour bridge had opened in the spring and was to replace them, but its lifts fail every week. "


def page(title: str, body: str, published: str = "2024-06-14T10:00:00Z") -> bytes:
    paragraphs = "".join(f"<p>{body} {title} in part {n}.</p>" for n in range(4))
    date = f'<meta property="article:published_time" content="{published}">' if published else ""
    return (
        f'<html lang="en"><head><title>{title}</title><meta property="og:title" content="{title}">{date}'
        f"</head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()


def rss(site: WebServer, *stories: str, dates: str = "Fri, 14 Jun 2024 10:00:00 GMT") -> bytes:
    items = "".join(
        f"<item><title>{name}</title><link>{site.url}/{name}</link><pubDate>{dates}</pubDate></item>"
        for name in stories
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A server that the settings allow, with three stories."""
    monkeypatch.setenv("DATELINE_FETCH_PRIVATE_HOSTS", '["127.0.0.1"]')
    monkeypatch.setenv("DATELINE_FETCH_PAUSE", "0")
    with web_server() as server:
        for name in ("ferries", "bridge", "cheese"):
            server.routes[f"/{name}"] = Reply(page(f"News of the {name} today", FERRY))
        yield server


def listed(dateline: Run) -> dict[str, dict[str, object]]:
    rows = dateline("articles", "list", "--json", "--home", "home").rows
    return {row["url"].rpartition("/")[2] if row["url"] else row["id"]: row for row in rows}


Add = Callable[..., UpdateReport]


@pytest.fixture
def add(dateline: Run, embedder: Embedder) -> Add:
    """What `dateline index add` does with addresses, --feed and --sitemap, the model loaded but once."""

    def run(*addresses: str, feed: str = "", sitemap: str = "") -> UpdateReport:
        settings = load_settings({"home": Path("home")}).settings
        web = open_web(settings, addresses, [feed] if feed else [], [sitemap] if sitemap else [], processes=0)
        with closing(web):
            return add_fetched(Assistant(settings, embedder), web, web, no_progress)

    return run


def counts(report: UpdateReport) -> tuple[int, int, int, int]:
    """How many were added, updated, unchanged, failed."""
    return len(report.added), len(report.updated), report.unchanged, len(report.failures)
