"""Fetches pages, feeds and sitemaps: the one module of `index` that opens network connections.

It resolves a name itself, refuses it unless every address it has is public, and connects to an address that it checked,
so a name that resolves to another one a moment later changes nothing; each redirect is checked again. Certificates are
verified against the name. Bytes, seconds, redirects and content types are bounded, also against a server that sends one
byte a second; requests to one host keep a distance. Proxies of the environment are not used: they connect unchecked.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpcore
import httpx

from index.errors import FetchError
from index.read.network import CheckedNetwork, Deadline, Resolve
from index.read.response import Fetched, Headers, Limits, body_of, refusal, seconds_until, too_large

AGENT = "Dateline/0.1 (reads news articles for a local index)"
PAGE_TYPES = ("text/html", "application/xhtml+xml")
_REDIRECTS = (301, 302, 303, 307, 308)
_COME_LATER = (429, 503)
_LONGEST_URL = 4_000
_HOST = re.compile(rb"[\w.-]+|[0-9A-Fa-f:.]+")
"""A name as name servers know it, or an address of version 6."""


class Fetcher:
    """Fetches, and keeps its distance from each host. Use it from one thread, and close it.

    `resolve`, `network` and `sleep` are the seams to the machine's resolver, sockets and clock.
    """

    def __init__(
        self,
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        *,
        resolve: Resolve | None = None,
        network: httpcore.NetworkBackend | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits
        self._sleep = sleep
        self._deadline = Deadline()
        self._free_at: dict[str, float] = {}
        backend = CheckedNetwork(limits, self._deadline, resolve, network)
        self._pool = httpcore.ConnectionPool(httpx.create_ssl_context(), keepalive_expiry=5.0, network_backend=backend)

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._pool.close()

    def get(
        self,
        url: str,
        types: Iterable[str] = PAGE_TYPES,
        wanted: str = "a web page",
        *,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Fetched:
        """Fetch `url`, if it is one of the content `types`, unless it is still what `etag` or `last_modified` name.

        `wanted` are those types in words. Raises FetchError.
        """
        headers = {"Accept": ", ".join(types), "Accept-Encoding": "gzip", "User-Agent": AGENT}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": last_modified} if last_modified else {}
        remaining = self.limits.seconds
        for _ in range(self.limits.retries + 1):
            self._deadline.begin(remaining)
            found, wait = self._followed(_checked_url(url), headers, tuple(types), wanted)
            remaining = self._deadline.left()
            if found is not None:
                return found
        raise FetchError(
            f"{url} answers again and again that it is asked too often.",
            f"Run the same command again later; it last asked to wait {wait:.0f} seconds.",
        )

    def _followed(
        self, url: httpx.URL, headers: dict[str, str], types: tuple[str, ...], wanted: str
    ) -> tuple[Fetched | None, float]:
        """What `url`, or where it redirects to, sends; None, and how many seconds to wait, where it says "later"."""
        first = url
        for _ in range(self.limits.redirects + 1):
            self._wait_for(url)
            sent = [(b"Host", url.netloc), *((name.encode(), value.encode()) for name, value in headers.items())]
            request = httpcore.Request(
                "GET",
                str(url),
                headers=sent,
                extensions={"timeout": {"connect": self.limits.connect_seconds, "read": self.limits.seconds}},
            )
            with _mapped(url, self.limits):
                response = self._pool.handle_request(request)
                try:
                    fields = Headers.of(response.headers)
                    if response.status in _REDIRECTS and (location := fields.get("location")):
                        url = _checked_url(_joined(url, location), redirected_from=url)
                        continue
                    if response.status in _COME_LATER:
                        return None, self._told_to_wait(url, response.status, fields)
                    return self._taken(response, url, fields, types, wanted), 0.0
                finally:
                    response.close()
        raise FetchError(
            f"{first} redirects more than {self.limits.redirects} times, at last to {url}.",
            "Open it in a browser and give the address that it ends at.",
        )

    def _taken(
        self, response: httpcore.Response, url: httpx.URL, fields: Headers, types: tuple[str, ...], wanted: str
    ) -> Fetched:
        content_type, charset = fields.content_type(types[0])
        found = Fetched(
            url=str(url),
            content_type=content_type,
            charset=charset,
            etag=fields.get("etag"),
            last_modified=fields.get("last-modified"),
            not_modified=response.status == 304,
        )
        if found.not_modified:
            return found
        if response.status != 200:
            raise refusal(str(url), response.status)
        if found.content_type not in types:
            raise FetchError(
                f"{url} is {found.content_type!r}, not {wanted}.",
                "If it is a feed or a sitemap, give it behind --feed or --sitemap."
                if found.content_type.endswith("xml")
                else "Give the address of an article; save other files and add them from the disk.",
            )
        length = fields.get("content-length") or ""
        if length.isdigit() and int(length) > self.limits.max_bytes:
            raise too_large(str(url), self.limits)
        body = body_of(response.iter_stream(), str(url), fields.get("content-encoding") or "", self.limits)
        return replace(found, body=body)

    def _wait_for(self, url: httpx.URL) -> None:
        """Keep the distance to the host; waiting does not count as time of the fetch."""
        now = time.monotonic()
        wait = self._free_at.get(url.host, 0.0) - now
        if wait > self.limits.longest_wait:
            raise FetchError(
                f"{url.host} asked not to be asked for another {wait:.0f} seconds.",
                "Run the same command again after that time.",
            )
        if wait > 0:
            self._sleep(wait)
            self._deadline.extend(wait)
        self._free_at[url.host] = max(now, self._free_at.get(url.host, 0.0)) + self.limits.pause

    def _told_to_wait(self, url: httpx.URL, status: int, fields: Headers) -> float:
        """The seconds a busy server asks to wait, which are kept for every page of that host. Raises FetchError."""
        wait = seconds_until(fields.get("retry-after") or "")
        if wait is None:
            raise refusal(str(url), status)
        self._free_at[url.host] = time.monotonic() + wait
        if wait > self.limits.longest_wait:
            raise FetchError(
                f"{url} is asked too often (HTTP {status}), and says to come back in {wait:.0f} seconds.",
                "Run the same command again after that time.",
            )
        return wait


def _checked_url(url: str, redirected_from: httpx.URL | None = None) -> httpx.URL:
    """`url`, if it may be asked for at all. Raises FetchError."""
    where = f"{redirected_from} redirects to {url[:200]!r}, which" if redirected_from else f"{url[:200]!r}"
    remedy = "Give the address of a page, such as https://example.org/news/story."
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise FetchError(f"{where} is no address of a page: {error}.", remedy) from error
    if parsed.scheme not in ("http", "https"):
        raise FetchError(f"{where} is not http or https.", remedy)
    if not parsed.host or len(url) > _LONGEST_URL:
        raise FetchError(f"{where} names no host." if not parsed.host else f"{where} is too long.", remedy)
    if not _HOST.fullmatch(parsed.raw_host):
        raise FetchError(f"{where} names a host that cannot be: {parsed.host!r}.", remedy)
    if parsed.userinfo:
        raise FetchError(f"{where} holds a user name or password.", "Give the address without them.")
    return parsed


def _joined(url: httpx.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return location  # no address either, which `_checked_url` says


@contextmanager
def _mapped(url: httpx.URL, limits: Limits) -> Iterator[None]:
    """The errors of the connection as FetchError."""
    again = "Check the address and this machine's connection, then run the same command again."
    try:
        yield
    except httpcore.TimeoutException as error:
        raise FetchError(
            f"{url} was not there within {limits.seconds:.0f} seconds, or did not answer within "
            f"{limits.connect_seconds:.0f}.",
            "Run the same command again later; open it in a browser to see whether it is up.",
        ) from error
    except httpcore.ConnectError as error:
        reason = error.args[0] if error.args else None
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise FetchError(
                f"The certificate of {url.host} cannot be trusted: {reason.verify_message.rstrip('.')}.",
                "Nothing was read from it; if the authority is your own, name its file in SSL_CERT_FILE.",
            ) from error
        raise FetchError(f"{url.host} cannot be connected to: {error}.", again) from error
    except socket.gaierror as error:
        raise FetchError(f"The name {url.host!r} cannot be resolved: {error.strerror}.", again) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise FetchError(f"The connection to {url.host} broke: {error or type(error).__name__}.", again) from error
