"""Follow-ups made self-contained by a language model, in bounded time, and only from what was said.

The model is asked once, with the last turns. Its wording is taken where it is one question whose names and numbers all
stand in the conversation: what a model adds of its own would be searched for as if the reader had asked it. Whatever
goes wrong, `assistant.retrieval.follow_up` rewrites instead, and that is said.
"""

from __future__ import annotations

import logging
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.errors import ChatModelError
from assistant.models import ChatModel, Piece
from assistant.records import Turn, Usage
from assistant.retrieval.follow_up import self_contained
from assistant.usage import counted
from index.words import folded
from prompts import load

_log = logging.getLogger(__name__)

_MOST_SECONDS = 10.0
"""How long a reader waits for the wording of a question, before the search has begun."""

_TURNS = 6
_LONGEST_TURN = 400
"""Characters of a turn that the model reads: what an answer is about stands at its beginning."""

_LONGEST = 300
"""Characters of a question."""

_MARKERS = re.compile(r"\s*\[\d+(?:,\s*\d+)*\]")
_NAMES = re.compile(r"\b[A-Z][\w’'-]*|\d[\d.,]*")
_INSTEAD = "A rule rewrote it instead."


@dataclass(frozen=True)
class Wording:
    """A question as it is searched for; `by` names the model that worded it, and `note` says why one did not.

    `usage`: what asking the model took, also in vain; None where none was asked.
    """

    text: str
    by: str | None = None
    note: str | None = None
    usage: Usage | None = None


class Rewriter(Protocol):
    """Makes a question self-contained from the conversation before it."""

    def reworded(self, question: str, history: Sequence[Turn]) -> Wording: ...


class ModelRewriter:
    """Asks the chat model that `open_model` gives, at most `seconds`."""

    def __init__(self, open_model: Callable[[], ChatModel], seconds: float) -> None:
        self._open_model = open_model
        self._seconds = min(seconds, _MOST_SECONDS)

    def reworded(self, question: str, history: Sequence[Turn]) -> Wording:
        """The model's wording, or our own method's with a note. A question without a conversation stays as it is."""
        if not any(turn.role == "user" for turn in history):
            return Wording(question)
        spent: list[Usage] = []
        try:
            reply = self._reply(question, history, spent)
            text = _one_question(reply, question, history)
        except ChatModelError as error:
            _log.warning("A follow-up was not rewritten by the language model: %s", error)
            why = f"The language model could not rewrite the question. {error.problem} {_INSTEAD}"
            return Wording(self_contained(question, history), note=why, usage=spent[-1] if spent else None)
        return Wording(text, by=spent[-1].model if text != question else None, usage=spent[-1])

    def _reply(self, question: str, history: Sequence[Turn], spent: list[Usage]) -> str:
        """The first line of what the model says. `spent` is told the model's name and what it took, as far as it is
        known: where the reply is not read to its end, nothing of it is. Raises ChatModelError."""
        said = "\n".join(
            f"{turn.role.capitalize()}: {' '.join(_MARKERS.sub('', turn.content).split())[:_LONGEST_TURN]}"
            for turn in history[-_TURNS:]
        )
        system = load("rewrite-system").render()
        user = load("rewrite-question").render(conversation=said, question=question)
        pieces: queue.Queue[str | Piece | Exception | None] = queue.Queue()
        stopped = threading.Event()

        def read() -> None:
            try:
                model = self._open_model()
                pieces.put(model.name)
                for piece in model.stream(system, user):
                    pieces.put(piece)
                    if stopped.is_set():
                        return
                pieces.put(None)
            except Exception as error:
                pieces.put(error)

        # A provider may be silent for a minute: a thread of its own is what can be left to it.
        threading.Thread(target=read, name="rewrite", daemon=True).start()
        until = time.monotonic() + self._seconds
        reply = ""
        try:
            while len(reply) <= _LONGEST and "\n" not in reply.strip():
                piece = pieces.get(timeout=max(0.0, until - time.monotonic()))
                if isinstance(piece, ChatModelError):
                    raise piece
                if isinstance(piece, Exception):
                    raise ChatModelError(f"The model failed ({type(piece).__name__}: {piece}).", "Ask again.")
                if piece is None:
                    break
                if isinstance(piece, str):
                    spent.append(Usage(piece))
                else:
                    reply += piece.text
                    spent.append(counted(spent[-1], piece))
        except queue.Empty:
            raise ChatModelError(
                f"It did not reply within {self._seconds:g} seconds.", "Take a faster model, or raise chat_timeout."
            ) from None
        finally:
            stopped.set()
        return reply


def _one_question(reply: str, question: str, history: Sequence[Turn]) -> str:
    """The question that `reply` is. Raises ChatModelError where it is none, or says what nobody said."""
    text = next((line.strip() for line in reply.splitlines() if line.strip()), "")
    text = re.sub(r"^(?:(?:self-contained |rewritten )?question|user)\s*:\s*", "", text, flags=re.IGNORECASE)
    text = _MARKERS.sub("", text).strip(' "“”*`')
    if not text or len(text) > _LONGEST or (question.rstrip().endswith("?") and not text.endswith("?")):
        raise ChatModelError("What it replied is no question.", "Ask again.")
    said = folded(" ".join([question, *(turn.content for turn in history)]))
    # The first word has a capital because it begins the question.
    names = [match.group() for match in _NAMES.finditer(text) if match.start()]
    if added := [name for name in names if _bare(name) not in said]:
        raise ChatModelError(f"It named {added[0]!r}, of which nobody spoke.", "Ask again.")
    return text


def _bare(name: str) -> str:
    return re.sub(r"['’]s?$", "", folded(name)).rstrip(".,")
