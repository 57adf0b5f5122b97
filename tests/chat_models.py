"""Chat models that reply as they are told: one at the seam, and one behind a real server on loopback."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from assistant.models import Piece


class ScriptedModel:
    """Streams `reply` a few characters at a time; an exception as its last part is raised."""

    name = "scripted:model"

    def __init__(self, *reply: str | Exception, ended: str | None = "stop", size: int = 3) -> None:
        self.reply = reply
        self.ended = ended
        self.size = size
        self.asked: list[tuple[str, str]] = []
        self.given = 0

    def stream(self, system: str, user: str) -> Iterator[Piece]:
        self.asked.append((system, user))
        for part in self.reply:
            if isinstance(part, Exception):
                raise part
            for at in range(0, len(part), self.size):
                self.given += 1
                yield Piece(part[at : at + self.size])
        yield Piece(prompt_tokens=len(f"{system} {user}".split()), completion_tokens=self.given, ended=self.ended)


@contextmanager
def provider(status: int = 200, *pieces: str, finish: bool = True, cut: bool = False) -> Iterator[str]:
    """The address of an OpenAI-compatible server on loopback that streams `pieces`, or fails with `status`.

    Without `finish` it never says that it is done; `cut` breaks the connection off in the middle.
    """

    class Provider(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if status != 200:
                body = json.dumps({"error": {"message": f"status {status}", "type": "error"}}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for piece in pieces:
                self.event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}}]})
            if cut:
                self.close_connection = True
                self.connection.close()
                return
            if finish:
                self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
                self.event({"choices": [], "usage": {"prompt_tokens": 90, "completion_tokens": 9, "total_tokens": 99}})
            self.chunk(b"data: [DONE]\n\n")
            self.chunk(b"")

        def event(self, fields: dict[str, Any]) -> None:
            whole = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", **fields}
            self.chunk(f"data: {json.dumps(whole)}\n\n".encode())

        def chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()


class SlowModel:
    """Replies to a question with `pieces`, one each `seconds`, as a model on a small machine does.

    `given`: how many were given; `closed`: set when whoever reads has left, or has read all.
    """

    name = "slow:model"

    def __init__(self, *pieces: str, seconds: float = 0.1) -> None:
        self.pieces = pieces
        self.seconds = seconds
        self.given = 0
        self.began, self.closed = threading.Event(), threading.Event()

    def stream(self, system: str, user: str) -> Iterator[Piece]:
        self.began.set()
        try:
            for piece in self.pieces:
                time.sleep(self.seconds)
                self.given += 1
                yield Piece(piece)
            yield Piece(prompt_tokens=300, completion_tokens=self.given, ended="stop")
        finally:
            self.closed.set()
