"""Pages, feeds and sitemaps become articles; a second run fetches what is new; an update replaces the older text."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import command_line
import documents
import pytest
import web_site
from command_line import Done, Run, lines_file
from lindhafen import PROSE
from web_server import Reply, WebServer
from web_site import BRIDGE, FERRY, Add, counts, listed, page, rss

from index.errors import ReadError
from index.home import Home
from index.read.feed import read_feed, read_sitemap
from index.read.identity import id_from_url

dateline = command_line.dateline
site = web_site.site
add = web_site.add


class TestPages:
    def test_become_articles_with_what_they_state(self, dateline: Run, add: Add, site: WebServer) -> None:
        assert counts(add(f"{site.url}/ferries")) == (1, 0, 0, 0)
        (row,) = listed(dateline).values()
        assert (row["title"], row["published"]) == ("News of the ferries today", "2024-06-14T10:00:00+00:00")
        assert row["id"] == id_from_url(f"{site.url}/ferries")

    def test_that_cannot_be_had_stop_no_other(self, dateline: Run, site: WebServer) -> None:
        site.routes["/script"] = Reply(b"<html><body>" + b"<script>render()</script>" * 5 + b"</body></html>")
        addresses = [f"{site.url}/missing", "http://169.254.169.254/", f"{site.url}/script", f"{site.url}/bridge"]
        done = dateline("index", "add", *addresses, "--home", "home", "--report", "report.json")
        assert done.code == 1
        report = json.loads(Path("report.json").read_text())
        assert (len(report["added"]), [one["where"] for one in report["failed"]]) == (1, addresses[:3])
        assert "There is no page at" in done.err
        assert "not a public address" in done.err
        assert "scripts are never run" in done.err

    def test_and_files_are_one_update_with_one_report(self, dateline: Run, site: WebServer, tmp_path: Path) -> None:
        (tmp_path / "plan.txt").write_text(PROSE)
        (tmp_path / "scan.pdf").write_bytes(documents.pdf([]))
        given = ["plan.txt", "scan.pdf", f"{site.url}/ferries", f"{site.url}/missing"]
        done = dateline("index", "add", *given, "--home", "home", "--report", "report.json")
        assert (done.code, done.out.count("The build")) == (1, 1)
        report = json.loads(Path("report.json").read_text())
        assert report["added"] == ["plan", id_from_url(f"{site.url}/ferries")]
        assert [one["where"] for one in report["failed"]] == ["scan.pdf", f"{site.url}/missing"]
        assert "added      2" in done.out
        assert "failed     2" in done.out

    def test_that_are_as_they_were_are_not_sent_again(self, dateline: Run, add: Add, site: WebServer) -> None:
        body = page("News of the ferries today", FERRY)
        site.routes["/ferries"] = lambda asked: (
            Reply(b"", 304) if asked.get("if-none-match") == '"v1"' else Reply(body, headers={"ETag": '"v1"'})
        )
        (article_id,) = add(f"{site.url}/ferries").added
        assert counts(add(f"{site.url}/ferries")) == (0, 0, 1, 0)
        assert site.asked[-1][1]["if-none-match"] == '"v1"'
        dateline("index", "remove", article_id, "--home", "home")
        assert counts(add(f"{site.url}/ferries")) == (1, 0, 0, 0), "what is not held is asked for as if it were new"

    def test_that_changed_replace_the_older_text_which_stays_as_history(
        self, dateline: Run, add: Add, site: WebServer
    ) -> None:
        (article_id,) = add(f"{site.url}/ferries").added
        site.routes["/ferries"] = Reply(page("Ferries stop at once", BRIDGE))
        assert add(f"{site.url}/ferries").updated == (article_id,)
        (row,) = listed(dateline).values()
        assert (row["title"], row["version"]) == ("Ferries stop at once", 2)
        assert "version 2" in dateline("articles", "list", "--home", "home").out
        asked = dateline("ask", "What did the harbour office say about the end of autumn?", "--home", "home", "--json")
        assert all("end of autumn" not in one["quote"] for one in asked.rows[0]["citations"])

        def history(*flags: str) -> Done:
            return dateline("articles", "history", article_id, "--home", "home", *flags)

        old, new = history("--json").rows
        assert (old["version"], old["serves"], new["serves"]) == (1, False, True)
        assert "end of autumn" in old["text"]
        assert "end of autumn" in history("--version", "1").out
        assert "serves" in history().out
        assert history("--version", "3").code == 1
        assert dateline("articles", "history", "nobody", "--home", "home").code == 1

    def test_take_the_place_of_an_article_of_their_url_under_another_id(
        self, dateline: Run, add: Add, site: WebServer, tmp_path: Path
    ) -> None:
        row = {"id": "archive-7", "text": f"{BRIDGE} So it was written before.", "url": f"{site.url}/ferries"}
        dateline("index", "add", lines_file(tmp_path / "a.jsonl", row), "--home", "home")
        assert add(f"{site.url}/ferries").updated == ("archive-7",)
        (now,) = listed(dateline).values()
        assert (now["id"], now["title"]) == ("archive-7", "News of the ferries today")


class TestFeeds:
    def test_bring_what_they_link_and_the_next_time_only_what_is_new(self, add: Add, site: WebServer) -> None:
        feed = Reply(
            rss(site, "ferries", "bridge"),
            content_type="application/rss+xml",
            headers={"Last-Modified": "Fri, 14 Jun 2024 10:00:00 GMT"},
        )
        site.routes["/feed"] = lambda asked: Reply(b"", 304) if asked.get("if-modified-since") else feed
        assert counts(add(feed=f"{site.url}/feed")) == (2, 0, 0, 0)
        site.asked.clear()
        assert counts(add(feed=f"{site.url}/feed")) == (0, 0, 0, 0)
        assert site.paths == ["/feed"]
        site.routes["/feed"] = Reply(rss(site, "cheese", "ferries", "bridge"), content_type="text/xml")
        site.asked.clear()
        assert counts(add(feed=f"{site.url}/feed")) == (1, 0, 2, 0)
        assert site.paths == ["/feed", "/cheese"]

    def test_ask_again_for_what_failed_and_for_what_they_say_has_changed(self, add: Add, site: WebServer) -> None:
        feed = Reply(rss(site, "ferries", "later"), content_type="application/rss+xml", headers={"ETag": '"v1"'})
        site.routes["/feed"] = lambda asked: Reply(b"", 304) if asked.get("if-none-match") else feed
        assert counts(add(feed=f"{site.url}/feed")) == (1, 0, 0, 1)
        site.routes["/later"] = Reply(page("News that came later on", BRIDGE))
        assert counts(add(feed=f"{site.url}/feed")) == (1, 0, 1, 0)
        changed = rss(site, "ferries", dates="Sat, 15 Jun 2024 10:00:00 GMT")
        site.routes["/feed"] = Reply(changed, content_type="application/rss+xml")
        site.routes["/ferries"] = Reply(page("Ferries stop at once", BRIDGE))
        assert counts(add(feed=f"{site.url}/feed")) == (0, 1, 0, 0)

    def test_give_the_date_that_a_page_does_not_state(self, dateline: Run, add: Add, site: WebServer) -> None:
        site.routes["/undated"] = Reply(page("Nobody knows when this was", FERRY, published=""))
        site.routes["/feed"] = Reply(rss(site, "undated"), content_type="application/rss+xml")
        add(feed=f"{site.url}/feed")
        assert listed(dateline)["undated"]["published"] == "2024-06-14T10:00:00+00:00"

    def test_fetch_no_more_than_a_run_may(
        self, add: Add, site: WebServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("DATELINE_FETCH_MOST", "2")
        feed = Reply(rss(site, "ferries", "bridge", "cheese"), content_type="text/xml", headers={"ETag": '"v1"'})
        site.routes["/feed"] = lambda asked: Reply(b"", 304) if asked.get("if-none-match") else feed
        assert counts(add(feed=f"{site.url}/feed")) == (2, 0, 0, 0)
        assert "1 pages are left" in capsys.readouterr().err
        assert counts(add(feed=f"{site.url}/feed")) == (1, 0, 2, 0)

    def test_that_are_web_pages_are_reported(self, add: Add, site: WebServer) -> None:
        (failure,) = add(feed=f"{site.url}/ferries").failures
        assert "is a web page, not a feed" in failure.problem

    def test_of_atom_are_read_too(self) -> None:
        atom = (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry><title>One  two</title><id>a</id>'
            b'<link rel="alternate" href="/one"/><updated>2024-06-15T10:00:00Z</updated>'
            b"<published>2024-06-14T10:00:00Z</published></entry><entry><title>No link</title></entry></feed>"
        )
        (entry,) = read_feed(atom, "https://news.test/feed")
        assert (entry.url, entry.title) == ("https://news.test/one", "One two")
        assert str(entry.published) == "2024-06-14 10:00:00+00:00"
        assert "2024-06-15" in entry.stamp


class TestSitemaps:
    NEWS = (
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news='
        b'"http://www.google.com/schemas/sitemap-news/0.9"><url><loc> https://news.test/one </loc><lastmod>2024-06-15'
        b"</lastmod><news:news><news:publication_date>2024-06-14T10:00:00Z</news:publication_date>"
        b"<news:title>One</news:title></news:news></url></urlset>"
    )

    def test_of_news_state_title_and_date(self) -> None:
        (entry,) = read_sitemap(self.NEWS, "https://news.test/sitemap.xml", 10_000).entries
        assert (entry.url, entry.title, str(entry.published)) == (
            *("https://news.test/one", "One"),
            "2024-06-14 10:00:00+00:00",
        )
        assert read_sitemap(gzip.compress(self.NEWS), "https://news.test/sitemap.xml.gz", 10_000).entries == (entry,)

    def test_lead_to_further_ones(self, add: Add, site: WebServer) -> None:
        index = f"<sitemapindex><sitemap><loc>{site.url}/part.xml.gz</loc></sitemap></sitemapindex>"
        part = f"<urlset><url><loc>{site.url}/ferries</loc><lastmod>2024-06-14</lastmod></url></urlset>"
        site.routes["/sitemap.xml"] = Reply(index.encode(), content_type="application/xml")
        site.routes["/part.xml.gz"] = Reply(gzip.compress(part.encode()), content_type="application/x-gzip")
        assert counts(add(sitemap=f"{site.url}/sitemap.xml")) == (1, 0, 0, 0)
        assert counts(add(sitemap=f"{site.url}/sitemap.xml")) == (0, 0, 1, 0)
        assert site.paths.count("/ferries") == 1

    def test_that_lead_to_themselves_or_on_and_on_come_to_an_end(self, add: Add, site: WebServer) -> None:
        for depth in range(9):
            below = "".join(f"<sitemap><loc>{site.url}/{n}.xml</loc></sitemap>" for n in (depth, depth + 1))
            text = f"<sitemapindex>{below}</sitemapindex>"
            site.routes[f"/{depth}.xml"] = Reply(text.encode(), content_type="text/xml")
        (failure,) = add(sitemap=f"{site.url}/0.xml").failures
        assert "leads to more than" in failure.problem
        assert site.paths == ["/0.xml", "/1.xml", "/2.xml"]

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"<html><body>no</body></html>", "is no sitemap but <html>"),
            (b"<urlset><url>", "is no sitemap"),
            (b"", "is no sitemap"),
            (b"<urlset>" + b"<a>" * 5_000, "is no sitemap"),
            (gzip.compress(b"<urlset/>" + b" " * 1_000_000), "unpacks to more than"),
            (gzip.compress(NEWS)[:-9], "damaged .gz"),
            (
                b'<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa">'
                + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
                + b"]><html>&j;</html>",
                "is no sitemap",
            ),
        ],
    )
    def test_that_are_none_are_reported(self, data: bytes, words: str) -> None:
        with pytest.raises(ReadError, match=words):
            read_sitemap(data, "https://news.test/sitemap.xml", 100_000)

    def test_resolve_no_entity(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("https://secret.test/")
        data = (
            f'<!DOCTYPE urlset [<!ENTITY s SYSTEM "file://{tmp_path}/secret"><!ENTITY i "https://inner.test/">]>'
            "<urlset><url><loc>&s;</loc></url><url><loc>&i;</loc></url><url><loc>https://a.test/</loc></url></urlset>"
        )
        found = read_sitemap(data.encode(), "https://news.test/sitemap.xml", 10_000)
        assert [entry.url for entry in found.entries] == ["https://a.test/"]


def test_a_feed_cannot_read_files_or_swell(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the-secret")
    body = "<rss version='2.0'><channel><item><title>{}</title><link>https://a.test/</link></item></channel></rss>"
    outside = f'<!DOCTYPE rss [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]>{body.format("&s;")}'
    assert "the-secret" not in repr(read_feed(outside.encode(), "https://a.test/feed"))
    inner = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    laughs = f'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">{inner}]>{body.format("&j;")}'
    assert len(repr(read_feed(laughs.encode(), "https://a.test/feed"))) < 10_000
    with pytest.raises(ReadError, match="larger than"):
        read_feed(b"<rss>" + b" " * 2_000_000, "https://a.test/feed")


def test_nothing_to_add_is_wrong_usage(dateline: Run) -> None:
    assert dateline("index", "add", "--home", "home").code == 2
    assert not Home(Path("home")).catalogue.exists()
