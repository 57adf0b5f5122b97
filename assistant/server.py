"""The server: the answers over HTTP as JSON, and the page in the browser. It formats and passes on; it decides nothing.

    GET  /health              whether it can answer, and from what
    POST /api/ask             a question, as in a batch; its answer, as in a batch
    POST /api/ask/stream      the same as server-sent events: the answer each time a sentence is added
    GET  /api/articles        the articles, without their texts; ?limit=100&offset=0
    GET  /api/articles/<id>   one article, whole
    GET  /                    the page

An error is `{"error": what happened, "remedy": what to do next}`. docs/json.md states all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import os
import socket
import threading
from typing import TYPE_CHECKING, Annotated, Any

import uvicorn
from anyio import to_thread
from fastapi import Body, FastAPI, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse

from assistant import browser
from assistant.answer_events import answer_events, error_json
from assistant.contract import answer_json, article_json, question_from
from assistant.conversations import Conversations
from assistant.errors import QuestionError, ServeError
from assistant.hand_over import taking_over
from assistant.health import Health
from assistant.records import Question
from index.errors import DatelineError, UnknownArticleError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.assistant import Assistant

_MOST_ARTICLES = 1_000
"""Articles in one answer of /api/articles."""

_HEADERS = {
    # Gradio needs inline and evaluated scripts. What matters is that nothing is loaded from, or sent to, elsewhere.
    "content-security-policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'; object-src 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def create_app(assistant: Assistant) -> FastAPI:
    """The whole server as an ASGI application."""
    # No interactive API pages: they load their scripts from elsewhere.
    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.stopping = asyncio.Event()
    app.add_middleware(_Quiet, stopping=app.state.stopping)

    @app.exception_handler(DatelineError)
    def failed(_: Any, error: DatelineError) -> JSONResponse:
        return JSONResponse(error_json(error), _status(error))

    @app.exception_handler(RequestValidationError)
    def malformed(_: Any, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        problem = f"The request cannot be understood: {place}: {first['msg']}."
        return JSONResponse({"error": problem, "remedy": 'Send JSON such as {"question": "…"}.'}, 400)

    @app.exception_handler(Exception)
    def broken(_: Any, error: Exception) -> JSONResponse:
        return JSONResponse(error_json(error), 500)

    state = Health(assistant)

    @app.get("/health")
    def health() -> JSONResponse:
        found = state.report()
        return JSONResponse(found, 503 if found["status"] == "error" else 200)

    @app.post("/api/ask")
    def ask(row: Annotated[dict[str, Any], Body()]) -> JSONResponse:
        answer = assistant.ask(question_from(row))
        return JSONResponse(answer_json(answer, row.get("id")))

    @app.post("/api/ask/stream")
    async def ask_stream(row: Annotated[dict[str, Any], Body()]) -> StreamingResponse:
        stages = assistant.stream(question_from(row))
        # What cannot be asked is an error with a status, as ever, and no event.
        first = await to_thread.run_sync(next, stages)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(answer_events(first, stages, row.get("id")), 200, headers, "text/event-stream")

    @app.get("/api/articles")
    def articles(
        limit: Annotated[int, Query(ge=1, le=_MOST_ARTICLES)] = 100, offset: Annotated[int, Query(ge=0)] = 0
    ) -> JSONResponse:
        held = assistant.articles()
        shown = [article_json(article) for article in held[offset : offset + limit]]
        for article in shown:
            del article["text"]
        return JSONResponse({"total": len(held), "articles": shown})

    @app.get("/api/articles/{article_id:path}")
    def article(article_id: str) -> JSONResponse:
        return JSONResponse(article_json(assistant.article(article_id)))

    browser.mount(app, assistant)
    return app


def require_free_port(host: str, port: int) -> None:
    """Raises ServeError if `port` cannot be listened on, which is known before a model is loaded."""
    _listening(host, port).close()


def serve(assistant: Assistant, host: str, port: int) -> None:
    """Serve until Ctrl-C or SIGTERM; port 0 takes a free one. Says where on standard output, once it is ready.

    Raises ServeError if the port is in use, or the address is none of this machine.
    """

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(f"Dateline is on {url}", flush=True)

        def handle_exit(self, sig: int, frame: Any) -> None:
            # Without uvicorn's own memory of signals, which raises them anew: to be told to stop is no failure.
            self.force_exit = self.should_exit
            self.should_exit = True

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app.state.stopping.set()
            await super().shutdown(sockets)

    listening = _listening(host, port)
    app = create_app(assistant)
    # Half a million objects of the libraries last as long as the server: to go through them for garbage each time an
    # article is added would stop every answer for half a second. A build that is open by now closes by name.
    gc.freeze()
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listening.getsockname()[1]}"
    threading.Thread(target=_warm_up, args=(assistant,), name="warm-up", daemon=True).start()
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2)
    try:
        with assistant.following(), taking_over(assistant):
            Server(config).run(sockets=[listening])
    finally:
        listening.close()


def _listening(host: str, port: int) -> socket.socket:
    """A socket bound to the address. Raises ServeError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise ServeError(
            f"{host!r} is no address: {error.strerror}.", "Give one of this machine: 127.0.0.1."
        ) from error
    bound = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it would let two programs share the port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        # Two sockets may be bound alike on Linux until one listens, so that alone proves the port free.
        bound.listen()
    except OSError as error:
        bound.close()
        raise _refused(host, port, error) from error
    return bound


def _refused(host: str, port: int, error: OSError) -> ServeError:
    other = port + 1 if port < 65_535 else 7860
    if error.errno == errno.EADDRINUSE:
        return ServeError(
            f"Port {port} on {host} is in use.",
            f"Stop the other program, or choose another: `dateline serve --port {other}`.",
        )
    if error.errno == errno.EACCES:
        return ServeError(
            f"Port {port} on {host} may not be used: {error.strerror}.", "Choose one above 1023, such as 7860."
        )
    return ServeError(f"Port {port} on {host} cannot be used: {error.strerror}.", "Serve on 127.0.0.1, or 0.0.0.0.")


def _warm_up(assistant: Assistant) -> None:
    """Ask once, for nobody: what the first question loads would cost its reader a second. Then look at every file."""
    with contextlib.suppress(DatelineError):
        assistant.ask(Question("What is reported?"))
        assistant.verify()
    Conversations(assistant.home, assistant.settings.conversation_days).expire()


def _status(error: DatelineError) -> int:
    """The HTTP status of an error: not found, asked wrongly, or nothing that can serve."""
    if isinstance(error, UnknownArticleError):
        return 404
    return 400 if isinstance(error, QuestionError) else 503


class _Quiet:
    """Adds `_HEADERS` to every response, and ends those that would never end when the server stops.

    The page holds a stream open for as long as it is shown; without a word it would be cut off with a traceback.
    """

    def __init__(self, app: ASGIApp, stopping: asyncio.Event) -> None:
        self.app = app
        self.stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *more]
            await send(message)

        is_whole = scope["type"] == "http" and scope["method"] == "GET"

        async def receive_until_stopping() -> Message:
            nonlocal is_whole
            if not is_whole:  # what is being sent to the server comes in whole
                message = await receive()
                is_whole = not message.get("more_body", False)
                return message
            received, stopping = asyncio.ensure_future(receive()), asyncio.ensure_future(self.stopping.wait())
            try:
                await asyncio.wait((received, stopping), return_when=asyncio.FIRST_COMPLETED)
                return received.result() if received.done() else {"type": "http.disconnect"}
            finally:
                received.cancel()
                stopping.cancel()

        if scope["type"] != "http":
            await self.app(scope, receive, send)
        else:
            await self.app(scope, receive_until_stopping, send_with_headers)
