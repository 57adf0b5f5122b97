"""Fetching: only public hosts, by the very address that was checked, and never more than the limits allow."""

from __future__ import annotations

import gzip
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_server import PUBLIC, Reply, ToLoopback, WebServer, fetcher, web_server

from index.errors import FetchError
from index.read.fetch import AGENT

CERTIFICATE = Path(__file__).parent / "data" / "self_signed.pem"
PAGE = b"<html><body><p>Ferries will run until the autumn.</p></body></html>"


@pytest.fixture
def site() -> Iterator[WebServer]:
    with web_server() as server:
        server.routes["/"] = Reply(PAGE)
        yield server


def refused(url: str, **options: object) -> FetchError:
    """The error of fetching `url`, which says what happened and what to do."""
    with fetcher(**options) as fetch, pytest.raises(FetchError) as caught:
        fetch.get(url)
    assert caught.value.problem.endswith(".")
    assert caught.value.remedy.endswith(".")
    return caught.value


def as_resolvers_read_figures(name: str, port: int) -> list[str]:
    """What the system's resolver makes of "127.1" or "0x7f.1", which look like names to the guard of the tests."""
    return [socket.inet_ntoa(socket.inet_aton(name))]


class TestPrivateHosts:
    @pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "0x7f.1", "2130706433", "127.1", "0.0.0.0"])
    def test_are_refused_however_they_are_written(self, host: str, site: WebServer) -> None:
        odd = {"resolve": as_resolvers_read_figures} if host[0] in "012" else {}
        error = refused(f"http://{host}:{site.port}/", private_hosts=frozenset(), **odd)
        assert "not a public address" in error.problem
        assert "fetch_private_hosts" in error.remedy
        assert site.asked == []

    def test_that_a_setting_names_are_asked(self, site: WebServer) -> None:
        with fetcher(private_hosts=frozenset({"localhost"})) as fetch:
            assert fetch.get(f"http://localhost:{site.port}/").body == PAGE

    def test_of_a_name_are_refused_if_one_of_them_is_private(self, site: WebServer) -> None:
        network = ToLoopback()
        error = refused(
            f"http://news.test:{site.port}/", resolve=lambda name, port: [PUBLIC, "10.0.0.1"], network=network
        )
        assert "10.0.0.1" in error.problem
        assert network.asked == []


class TestANameThatResolvesToAnotherAddressTheSecondTime:
    """As rebinding attacks do: public when it is checked, this machine when it is connected to."""

    def test_is_resolved_once_and_connected_to_where_it_was_checked(self, site: WebServer) -> None:
        answers = [[PUBLIC], ["127.0.0.1"]]
        network = ToLoopback()
        with fetcher(private_hosts=frozenset(), resolve=lambda name, port: answers.pop(0), network=network) as fetch:
            assert fetch.get(f"http://news.test:{site.port}/").body == PAGE
        assert network.asked == [(PUBLIC, site.port)]
        assert len(answers) == 1

    def test_is_checked_again_when_it_is_redirected_to(self, site: WebServer) -> None:
        answers = [[PUBLIC], ["169.254.169.254"]]
        site.routes["/story"] = Reply(
            status=302, headers={"Location": f"http://news.test:{site.port}/", "Connection": "close"}
        )
        network = ToLoopback()
        error = refused(
            f"http://news.test:{site.port}/story",
            private_hosts=frozenset(),
            resolve=lambda name, port: answers.pop(0),
            network=network,
        )
        assert "news.test is 169.254.169.254, which is not a public address" in error.problem
        assert network.asked == [(PUBLIC, site.port)]
        assert site.paths == ["/story"]


class TestARedirect:
    @pytest.mark.parametrize(
        "target", ["http://169.254.169.254/latest/meta-data/", "http://[::ffff:10.0.0.1]/", "http://localhost/"]
    )
    def test_to_a_private_address_is_refused(self, site: WebServer, target: str) -> None:
        site.routes["/story"] = Reply(status=301, headers={"Location": target})
        assert "not a public address" in refused(f"{site.url}/story").problem

    def test_to_this_machine_from_a_public_host_is_refused(self, site: WebServer) -> None:
        site.routes["/story"] = Reply(status=307, headers={"Location": f"{site.url}/"})
        error = refused(
            f"http://news.test:{site.port}/story",
            private_hosts=frozenset(),
            resolve=lambda name, port: [PUBLIC] if name == "news.test" else [name],
            network=ToLoopback(),
        )
        assert "127.0.0.1 is not a public address" in error.problem
        assert site.paths == ["/story"]

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1:70/"])
    def test_to_another_scheme_is_refused(self, site: WebServer, target: str) -> None:
        site.routes["/story"] = Reply(status=302, headers={"Location": target})
        assert "not http or https" in refused(f"{site.url}/story").problem

    def test_is_followed_and_tells_where_it_ended(self, site: WebServer) -> None:
        site.routes["/story"] = Reply(status=308, headers={"Location": "/"})
        with fetcher() as fetch:
            assert fetch.get(f"{site.url}/story").url == f"{site.url}/"

    def test_in_a_circle_ends(self, site: WebServer) -> None:
        site.routes["/story"] = Reply(status=302, headers={"Location": "/story"})
        assert "more than 5 times" in refused(f"{site.url}/story").problem
        assert len(site.asked) == 6


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.org/story", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://[::1", "story"),
        *("http://user:secret@example.org/", "https://example.org/" + "a" * 5000, "http://exa mple.org/"),
    ],
)
def test_what_is_no_address_of_a_page_is_refused(url: str) -> None:
    assert "secret" not in refused(url).remedy


class TestASlowServer:
    def test_that_sends_one_byte_at_a_time_is_left_after_the_time(self, site: WebServer) -> None:
        def drip() -> Iterator[bytes]:
            while True:
                time.sleep(0.1)
                yield b"a"

        site.routes["/slow"] = Reply(drip())
        began = time.monotonic()
        error = refused(f"{site.url}/slow", seconds=0.6)
        assert time.monotonic() - began < 2
        assert "was not there within 1 seconds" in error.problem

    def test_that_sends_its_headers_so_is_left_too(self) -> None:
        listening = socket.create_server(("127.0.0.1", 0))

        def drip() -> None:
            connection, _ = listening.accept()
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while True:
                    connection.sendall(b"a")
                    time.sleep(0.1)
            except OSError:
                connection.close()

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        refused(f"http://127.0.0.1:{listening.getsockname()[1]}/", seconds=0.6)
        assert time.monotonic() - began < 2
        listening.close()

    def test_that_never_answers_is_left_too(self, site: WebServer) -> None:
        def silent(asked: dict[str, str]) -> Reply:
            time.sleep(3)
            return Reply(PAGE)

        site.routes["/silent"] = silent
        assert "not there within" in refused(f"{site.url}/silent", seconds=0.5).problem

    def test_whose_name_is_never_resolved_is_left_too(self) -> None:
        def never(name: str, port: int) -> list[str]:
            time.sleep(5)
            return [PUBLIC]

        assert "not there within" in refused("http://news.test/", resolve=never, connect_seconds=0.3).problem


class TestTooMuch:
    def test_is_not_even_begun_where_the_server_says_so(self, site: WebServer) -> None:
        site.routes["/big"] = Reply(iter([b"a"]), headers={"Content-Length": str(5 * 1024**3)})
        assert "larger than 20,000,000 bytes" in refused(f"{site.url}/big").problem

    def test_is_broken_off_where_it_does_not(self, site: WebServer) -> None:
        sent = 0

        def five_gigabytes() -> Iterator[bytes]:
            nonlocal sent
            for _ in range(5 * 1024):
                sent += 1
                yield b"a" * 1024**2

        site.routes["/big"] = Reply(five_gigabytes())
        assert "larger than 3,000,000 bytes" in refused(f"{site.url}/big", max_bytes=3_000_000).problem
        assert sent < 64

    def test_is_noticed_in_compressed_pages_before_they_fill_the_memory(self, site: WebServer) -> None:
        bomb = gzip.compress(b"a" * 50_000_000)
        assert len(bomb) < 60_000
        site.routes["/bomb"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
        assert "larger than 3,000,000 bytes" in refused(f"{site.url}/bomb", max_bytes=3_000_000).problem


class TestAPage:
    def test_may_be_compressed(self, site: WebServer) -> None:
        site.routes["/zip"] = Reply(gzip.compress(PAGE), headers={"Content-Encoding": "gzip"})
        with fetcher() as fetch:
            assert fetch.get(f"{site.url}/zip").body == PAGE

    def test_that_is_cut_off_is_reported(self, site: WebServer) -> None:
        site.routes["/cut"] = Reply(gzip.compress(PAGE)[:-12], headers={"Content-Encoding": "gzip"})
        assert "ends before its end" in refused(f"{site.url}/cut").problem
        site.routes["/short"] = Reply(iter([b"<html>"]), headers={"Content-Length": "100"})
        assert "broke" in refused(f"{site.url}/short").problem

    def test_in_an_unknown_compression_is_reported(self, site: WebServer) -> None:
        site.routes["/br"] = Reply(b"\x0b", headers={"Content-Encoding": "br"})
        assert "'br'" in refused(f"{site.url}/br").problem

    @pytest.mark.parametrize("kind", ["image/png", "application/pdf", "video/mp4", "application/octet-stream"])
    def test_of_another_type_is_not_read(self, site: WebServer, kind: str) -> None:
        site.routes["/other"] = Reply(PAGE, content_type=kind)
        assert repr(kind) in refused(f"{site.url}/other").problem

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (404, "There is no page"),
            (410, "There is no page"),
            (403, "not given to everyone"),
            (429, "asked too often"),
            (500, "failed"),
            (204, "HTTP 204"),
            (302, "HTTP 302"),
        ],
    )
    def test_that_is_not_given_is_reported(self, site: WebServer, status: int, words: str) -> None:
        site.routes["/no"] = Reply(b"", status)
        assert words in refused(f"{site.url}/no").problem

    def test_knows_its_charset_and_what_it_is_known_by(self, site: WebServer) -> None:
        site.routes["/old"] = Reply(
            PAGE,
            content_type="text/html; charset=ISO-8859-1",
            headers={"ETag": '"v1"', "Last-Modified": "Fri, 14 Jun 2024 10:00:00 GMT"},
        )
        with fetcher() as fetch:
            found = fetch.get(f"{site.url}/old")
        assert (found.content_type, found.charset, found.etag) == ("text/html", "iso-8859-1", '"v1"')
        assert found.last_modified == "Fri, 14 Jun 2024 10:00:00 GMT"

    def test_that_is_known_already_is_not_sent_again(self, site: WebServer) -> None:
        site.routes["/old"] = lambda asked: Reply(b"", 304) if asked.get("if-none-match") == '"v1"' else Reply(PAGE)
        with fetcher() as fetch:
            assert fetch.get(f"{site.url}/old", etag='"v1"').not_modified
            assert not fetch.get(f"{site.url}/old", etag='"v0"').not_modified


class TestManners:
    def test_it_says_who_asks_and_sends_nothing_else_of_interest(self, site: WebServer) -> None:
        with fetcher() as fetch:
            fetch.get(f"{site.url}/")
        ((_, asked),) = site.asked
        assert asked["user-agent"] == AGENT
        assert set(asked) <= {"host", "accept", "accept-encoding", "user-agent"}

    def test_requests_to_one_host_keep_a_distance(self, site: WebServer) -> None:
        slept: list[float] = []
        with fetcher(pause=5.0, sleep=slept.append) as fetch:
            fetch.get(f"{site.url}/")
            assert slept == []
            fetch.get(f"{site.url}/")
        assert len(slept) == 1
        assert 4 < slept[0] <= 5

    @pytest.mark.parametrize("status", [429, 503])
    def test_a_busy_server_is_waited_for_as_long_as_it_asks(self, site: WebServer, status: int) -> None:
        replies = [Reply(b"", status, headers={"Retry-After": "7"}), Reply(PAGE)]
        site.routes["/busy"] = lambda asked: replies.pop(0)
        slept: list[float] = []
        with fetcher(sleep=slept.append) as fetch:
            assert fetch.get(f"{site.url}/busy").body == PAGE
        assert [round(one) for one in slept] == [7]

    def test_a_server_that_stays_busy_is_given_up(self, site: WebServer) -> None:
        site.routes["/busy"] = Reply(b"", 429, headers={"Retry-After": "7"})
        error = refused(f"{site.url}/busy", sleep=lambda seconds: None)
        assert "again and again" in error.problem
        assert len(site.asked) == 3

    def test_a_server_that_asks_for_an_hour_is_not_asked_again(self, site: WebServer) -> None:
        site.routes["/busy"] = Reply(b"", 429, headers={"Retry-After": "Wed, 01 Jan 2098 00:00:00 GMT"})
        with fetcher() as fetch:
            with pytest.raises(FetchError, match="come back in"):
                fetch.get(f"{site.url}/busy")
            with pytest.raises(FetchError, match="asked not to be asked"):
                fetch.get(f"{site.url}/")
        assert site.paths == ["/busy"]


class TestCertificates:
    def test_that_nobody_vouches_for_are_refused(self) -> None:
        with web_server(CERTIFICATE) as site:
            site.routes["/"] = Reply(PAGE)
            error = refused(f"{site.url}/")
            assert "certificate of 127.0.0.1 cannot be trusted: self-signed certificate" in error.problem
            assert site.asked == []

    def test_are_checked_against_the_name_and_not_the_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(os.environ, "SSL_CERT_FILE", str(CERTIFICATE))
        with web_server(CERTIFICATE) as site:
            site.routes["/"] = Reply(PAGE)
            seams = {"resolve": lambda name, port: [PUBLIC], "network": ToLoopback()}
            with fetcher(private_hosts=frozenset(), **seams) as fetch:
                assert fetch.get(f"https://news.test:{site.port}/").body == PAGE
            error = refused(f"https://other.test:{site.port}/", private_hosts=frozenset(), **seams)
            assert "cannot be trusted" in error.problem


def test_what_is_not_there_at_all_is_reported() -> None:
    with web_server() as site:
        url = site.url
    assert "cannot be connected to" in refused(f"{url}/").problem
