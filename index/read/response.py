"""What a server's answer is read with: its bounds, its headers, its body. Opens no connection; see fetch.py."""

from __future__ import annotations

import datetime
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.utils import parsedate_to_datetime

from index.errors import FetchError


@dataclass(frozen=True)
class Limits:
    """The bounds of one fetch. Times are seconds."""

    max_bytes: int = 20_000_000
    """Of the body, as sent and uncompressed."""

    seconds: float = 60.0
    """For all of it: the name, the connection, redirects and the body; not for waiting until the host may be asked."""

    connect_seconds: float = 10.0
    redirects: int = 5
    pause: float = 1.0
    """The least time between two requests to one host."""

    longest_wait: float = 60.0
    """The longest Retry-After that is waited for."""

    retries: int = 2
    """How often a page is asked for again where the server says when."""

    private_hosts: frozenset[str] = frozenset()
    """Names that may be fetched although they are no public address."""


@dataclass(frozen=True)
class Fetched:
    """What a server sent. `url`: where it came from at last; `not_modified`: it is as the caller knows it, no body."""

    url: str
    content_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body: bytes = field(default=b"", repr=False)
    not_modified: bool = False


@dataclass(frozen=True)
class Headers:
    """The headers of an answer, by name in lower case; of one that comes twice, the first."""

    values: dict[str, str]

    @classmethod
    def of(cls, pairs: Iterable[tuple[bytes, bytes]]) -> Headers:
        values: dict[str, str] = {}
        for name, value in pairs:
            values.setdefault(name.decode("latin-1").lower(), value.decode("latin-1").strip())
        return cls(values)

    def get(self, name: str) -> str | None:
        return self.values.get(name) or None

    def content_type(self, default: str) -> tuple[str, str | None]:
        """The content type in lower case, and the charset where one is stated."""
        described = Message()
        described["content-type"] = self.get("content-type") or default
        return described.get_content_type(), described.get_content_charset()


def body_of(chunks: Iterable[bytes], url: str, encoding: str, limits: Limits) -> bytes:
    """The body, uncompressed, and no more of it in memory than `limits` allow. Raises FetchError."""
    encoding = encoding.strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise FetchError(f"{url} is compressed as {encoding!r}, which was not asked for.", "Save it from a browser.")
    body = bytearray()
    for piece in _unzipped(chunks, url, limits.max_bytes) if "gzip" in encoding else chunks:
        body += piece
        if len(body) > limits.max_bytes:
            raise too_large(url, limits)
    return bytes(body)


def _unzipped(chunks: Iterable[bytes], url: str, at_most: int) -> Iterator[bytes]:
    unzip = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            yield unzip.decompress(chunk, at_most + 1)
    except zlib.error as error:
        raise FetchError(f"{url} is damaged: {error}.", "Run the same command again later.") from error
    if not unzip.eof:
        raise FetchError(f"{url} ends before its end.", "Run the same command again later.")


def seconds_until(retry_after: str) -> float | None:
    """The seconds that a Retry-After header asks to wait, from its number or its date; None where it states neither."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(min(int(retry_after[:12]), 10**9))
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=datetime.UTC)
    return max(0.0, (when - datetime.datetime.now(datetime.UTC)).total_seconds())


def refusal(url: str, status: int) -> FetchError:
    """The error for an answer that is no page."""
    if status in (404, 410):
        return FetchError(f"There is no page at {url} (HTTP {status}).", "Check the address.")
    if status in (401, 402, 403, 451):
        return FetchError(
            f"{url} is not given to everyone (HTTP {status}).",
            "If you may read it, save it from a browser and add the file.",
        )
    if status == 429:
        return FetchError(f"{url} is asked too often (HTTP 429).", "Run the same command again later.")
    if status >= 500:
        return FetchError(f"The server of {url} failed (HTTP {status}).", "Run the same command again later.")
    return FetchError(f"{url} answered with HTTP {status}, not with a page.", "Open it in a browser to see why.")


def too_large(url: str, limits: Limits) -> FetchError:
    return FetchError(
        f"{url} is larger than {limits.max_bytes:,} bytes.", "Save the article alone, or paste it as text."
    )
