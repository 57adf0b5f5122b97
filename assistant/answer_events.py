"""A growing answer as server-sent events, and errors as JSON: what the server sends, without the server.

event: answer    the answer so far, as in a batch; each takes the place of the one before
event: end       nothing more comes; the last answer is whole
event: error     {"error": what happened, "remedy": what to do next}; nothing more comes
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Generator, Mapping
from typing import Any

from anyio import CancelScope, to_thread

from assistant.contract import answer_json, json_line
from assistant.records import Answer
from index.errors import DatelineError

_log = logging.getLogger(__name__)


async def answer_events(first: Answer, stages: Generator[Answer], id: Any) -> AsyncIterator[str]:
    """`first` and the other `stages` of an answer; `id` is the question's.

    Whoever leaves ends this, and with it the stages: no language model goes on writing for nobody.
    """
    told: Answer | None = None
    coming: Answer | None = first
    try:
        while coming is not None:
            if coming is not told:
                told = coming
                yield _event("answer", answer_json(told, id))
            coming = await to_thread.run_sync(next, stages, None)
        yield _event("end", {})
    except Exception as error:
        if not isinstance(error, DatelineError):
            _log.exception("An answer broke off.")
        yield _event("error", error_json(error))
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(stages.close)


def error_json(error: Exception) -> dict[str, str]:
    """What is told of an error: of others than our own, nothing but that they happened."""
    if isinstance(error, DatelineError):
        return {"error": error.problem, "remedy": error.remedy}
    problem = f"Something went wrong inside Dateline ({type(error).__name__})."
    return {"error": problem, "remedy": "The log of the server says more."}


def _event(name: str, row: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json_line(row)}\n\n"
