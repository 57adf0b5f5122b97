"""Whether the server can answer, and from what: GET /health."""

from __future__ import annotations

import datetime
import logging
import shutil
import time
from typing import TYPE_CHECKING, Any

from index.errors import DatelineError
from index.home import existing

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from index.search import Index

_log = logging.getLogger(__name__)

_BELIEVED_SECONDS = 5.0
"""How long it is believed that a build answers once it did; whoever watches asks every few seconds."""


class Health:
    """Says what GET /health does. Safe to use from several threads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._answered: tuple[str, float] | None = None
        """The build that answered last, and when, by the monotonic clock."""

    def report(self) -> dict[str, Any]:
        """The keys of /health; it raises nothing. `status` is "ok", "empty", "degraded" where questions are answered
        nonetheless, or "error"."""
        assistant = self._assistant
        found: dict[str, Any] = {
            "status": "ok",
            "message": "",
            "build": None,
            "articles": 0,
            "chunks": 0,
            "age_seconds": None,
            "embedding_model": assistant.settings.embedding_model,
            "dtype": assistant.embedder.dtype,
            "answers": False,
            "vector_store_answers": False,
            "chroma_url": None,
            "size_bytes": assistant.home.size(),
            "free_bytes": shutil.disk_usage(existing(assistant.home.root)).free,
        }
        try:
            index = assistant.index()
            if index is not None:
                self._require_answer(index)
                found |= {"answers": True} | self._degraded(index)
        except DatelineError as error:
            return found | {"status": "error", "message": str(error)}
        except Exception as error:
            _log.exception("The answer path does not work.")
            message = f"No question can be answered: {type(error).__name__}: {error}."
            return found | {"status": "error", "message": message}
        if index is None or (index.manifest.articles == 0 and found["status"] == "ok"):
            found |= {"status": "empty", "message": "Nothing is indexed yet. Add articles and update the index."}
        return found if index is None else found | _facts(index)

    def _require_answer(self, index: Index) -> None:
        """Raises what stops an answer, unless one was given a moment ago."""
        name, now = index.manifest.name, time.monotonic()
        if self._answered and self._answered[0] == name and now - self._answered[1] < _BELIEVED_SECONDS:
            return
        self._assistant.rehearse(index)
        self._answered = (name, now)

    def _degraded(self, index: Index) -> dict[str, Any]:
        """What is not as it should be while questions are answered."""
        said = []
        if rejection := self._assistant.rejection:
            said.append(f"{rejection.problem} The build {index.manifest.name} serves meanwhile. {rejection.remedy}")
        problem = index.dense.problem()
        if problem is not None:
            said.append(f"Every chunk is compared for each question: {problem}")
        return {
            "vector_store_answers": problem is None,
            "chroma_url": index.dense.chroma_url,
            **({"status": "degraded", "message": " ".join(said)} if said else {}),
        }


def _facts(index: Index) -> dict[str, Any]:
    manifest = index.manifest
    age = datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(manifest.made_at)
    return {
        "build": manifest.name,
        "articles": manifest.articles,
        "chunks": manifest.chunks,
        "age_seconds": max(0.0, round(age.total_seconds(), 1)),  # the clock may have been set back
        "embedding_model": manifest.recipe.model,
        "dtype": manifest.dtype,
    }
