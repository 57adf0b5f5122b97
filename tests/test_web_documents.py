"""PDFs, Word documents and texts by their addresses: as good as pages, and as well guarded."""

from __future__ import annotations

import os
import signal

import command_line
import documents
import pytest
import web_site
from command_line import Run
from lindhafen import PROSE, TITLE
from web_server import Reply, WebServer
from web_site import FERRY, Add, listed, page

from index.read import ReadArticle, Unread
from index.read.fetched import FetchedReader
from index.read.identity import id_from_url
from index.read.response import Fetched

dateline = command_line.dateline
site = web_site.site
add = web_site.add

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class TestAddresses:
    @pytest.mark.parametrize(
        ("name", "content_type", "content"),
        [
            ("plan.pdf", "application/pdf", documents.pdf([TITLE, PROSE])),
            ("plan.pdf", "application/octet-stream", documents.pdf([TITLE, PROSE])),
            ("plan", "application/pdf", documents.pdf([TITLE, PROSE])),
            ("plan", WORD, documents.docx([TITLE, PROSE])),
            ("plan.txt", "text/plain; charset=utf-8", f"{TITLE}\n{PROSE}".encode()),
            ("plan.md", "text/markdown", f"---\nid: ferries\n---\n# {TITLE}\n\n{PROSE}".encode()),
        ],
        ids=["pdf", "pdf of no stated type", "pdf without an ending", "docx", "txt", "md"],
    )
    def test_may_be_documents(
        self, dateline: Run, add: Add, site: WebServer, name: str, content_type: str, content: bytes
    ) -> None:
        site.routes[f"/{name}"] = Reply(content, content_type=content_type)
        add(f"{site.url}/{name}")
        (row,) = listed(dateline).values()
        assert (row["id"], row["url"]) == (id_from_url(f"{site.url}/{name}"), f"{site.url}/{name}")
        assert (row["title"], row["source"], row["published"]) == (TITLE, "127.0.0.1", None)

    def test_may_be_texts_in_the_encoding_that_the_server_states(
        self, dateline: Run, add: Add, site: WebServer
    ) -> None:
        words = f"{TITLE}\nLe conseil a été réuni à Lindhafen, où la barrière a été approuvée après un débat."
        site.routes["/plan.txt"] = Reply(words.encode("cp1252"), content_type="text/plain; charset=windows-1252")
        site.routes["/none.txt"] = Reply(words.encode("cp1252"), content_type="text/plain")
        report = add(f"{site.url}/plan.txt", f"{site.url}/none.txt")
        assert (report.failures[0].where, len(report.added)) == (f"{site.url}/none.txt", 1)
        assert "not UTF-8" in report.failures[0].problem
        assert "où la barrière" in dateline("articles", "export", "--out", "-", "--home", "home").rows[0]["text"]

    def test_that_are_something_else_are_reported(self, add: Add, site: WebServer) -> None:
        kinds = {"image": "image/png", "saved": "application/octet-stream", "feed": "application/rss+xml"}
        for name, content_type in kinds.items():
            site.routes[f"/{name}"] = Reply(b"something", content_type=content_type)
        site.routes["/scan.pdf"] = Reply(documents.pdf([]), content_type="application/pdf")
        report = add(*(f"{site.url}/{name}" for name in (*kinds, "scan.pdf")))
        image, saved, feed, scan = report.failures
        assert "is 'image/png', not a web page, PDF, Word document or text" in image.problem
        assert "octet-stream" in saved.problem
        assert "--feed" in feed.remedy
        assert (scan.where, "ocrmypdf" in scan.remedy) == (f"{site.url}/scan.pdf", True)

    def test_that_hang_or_crash_their_reader_cost_no_other(
        self, site: WebServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reader = FetchedReader(processes=1)
        good = Fetched(f"{site.url}/ferries", "text/html", body=page("News of the ferries today", FERRY))
        try:
            reader.start()
            assert isinstance(reader.read(good, good.url), ReadArticle)
            assert reader.processes() != [os.getpid()]
            os.kill(reader.processes()[0], signal.SIGKILL)
            lost = reader.read(good, good.url)
            assert isinstance(lost, Unread)
            assert (lost.where, lost.problem) == (
                good.url,
                "Reading was given up: its reader crashed (signal 9).",
            )
            assert isinstance(reader.read(good, good.url), ReadArticle)
        finally:
            reader.close()
        assert reader.processes() == []
