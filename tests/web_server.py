"""Servers on loopback that (mis)behave as a test says, and the network seam that leads public addresses to them."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore

from index.read.fetch import Fetcher
from index.read.response import Limits

PUBLIC = "93.184.215.14"
"""A public address; in tests no packet goes there."""


@dataclass
class Reply:
    """What a route answers: a body, or pieces that are sent one after the other."""

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


Route = Reply | Callable[[dict[str, str]], Reply]


class WebServer:
    """Routes by path, and what was asked of them: (path, headers in lower case)."""

    def __init__(self, port: int, scheme: str) -> None:
        self.port = port
        self.url = f"{scheme}://127.0.0.1:{port}"
        self.routes: dict[str, Route] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def web_server(certificate: Path | None = None) -> Iterator[WebServer]:
    """A server on 127.0.0.1; with TLS where `certificate`, key and certificate in one file, is given."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append((self.path, asked))
            route = site.routes.get(self.path, Reply(b"no such page", 404))
            reply = route(asked) if callable(route) else route
            self.send_response(reply.status)
            body = reply.body
            sized = isinstance(body, bytes)
            headers = {"Content-Type": reply.content_type, **reply.headers}
            headers |= {"Content-Length": str(len(body))} if isinstance(body, bytes) else {"Connection": "close"}
            for name, value in headers.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            for piece in [body] if isinstance(body, bytes) else body:
                self.wfile.write(piece)
            self.close_connection = not sized

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the other side hung up, as tests have it do
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site = WebServer(server.server_address[1], "https" if certificate else "http")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


class ToLoopback(httpcore.NetworkBackend):
    """Leads connections to `PUBLIC` to loopback, and keeps the addresses that were asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.asked.append((host, port))
        address = "127.0.0.1" if host == PUBLIC else host
        return httpcore.SyncBackend().connect_tcp(address, port, timeout, local_address, socket_options)


def fetcher(**options: Any) -> Fetcher:
    """A fetcher that may ask 127.0.0.1 and does not keep its distance; `options` are limits or seams."""
    seams = {name: options.pop(name) for name in ("resolve", "network", "sleep") if name in options}
    limits = {"private_hosts": frozenset({"127.0.0.1"}), "pause": 0.0, **options}
    return Fetcher(Limits(**limits), **seams)
