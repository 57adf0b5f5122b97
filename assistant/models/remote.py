"""Chat models of any provider that LangChain's `init_chat_model` knows. The errors of all of them become ours here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assistant.errors import ChatModelError
from assistant.models import Piece
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_EXTRAS = {"openai": "openai", "azure_openai": "openai", "anthropic": "anthropic", "ollama": "ollama"}
"""Providers for which Dateline has an extra, by that extra's name."""

_ENDINGS = ("finish_reason", "stop_reason", "done_reason")


class LangChainModel:
    """A LangChain chat model as our `ChatModel`. `owned`: what must live as long as it does, as a local server."""

    def __init__(self, model: BaseChatModel, name: str, owned: object = None) -> None:
        self._model = model
        self.name = name
        self._owned = owned

    def stream(self, system: str, user: str) -> Iterator[Piece]:
        """The reply in pieces. Raises ChatModelError."""
        chunks = self._model.stream([("system", system), ("human", user)])
        try:
            for chunk in chunks:
                usage: Any = chunk.usage_metadata or {}
                told = chunk.response_metadata or {}
                yield Piece(
                    text=str(chunk.text),
                    prompt_tokens=usage.get("input_tokens"),
                    completion_tokens=usage.get("output_tokens"),
                    ended=next((str(told[key]) for key in _ENDINGS if told.get(key)), None),
                )
        except ChatModelError:
            raise
        except Exception as error:  # whatever the provider's package raises
            raise explained(error, self.name) from error
        finally:
            if hasattr(chunks, "close"):
                # Whoever stops listening early must not leave the connection open.
                with contextlib.suppress(Exception):
                    chunks.close()


def open_remote_model(name: str, settings: Settings) -> LangChainModel:
    """The model `provider:model`. Raises ChatModelError if there is no such provider, or its package or key lacks."""
    from langchain.chat_models import init_chat_model

    provider = name.partition(":")[0]
    options: dict[str, Any] = {
        "temperature": settings.chat_temperature,
        "max_tokens": settings.chat_tokens,
        "timeout": settings.chat_timeout,
        "max_retries": 0,
    }
    if provider == "ollama":
        # Its package names these otherwise, and takes no others.
        options = {
            "temperature": settings.chat_temperature,
            "num_predict": settings.chat_tokens,
            "client_kwargs": {"timeout": settings.chat_timeout},
        }
    if settings.chat_url:
        options["base_url"] = settings.chat_url
    if settings.chat_key:
        options["api_key"] = settings.chat_key.get_secret_value()
    if provider == "openai":
        options["stream_usage"] = True
    try:
        model = init_chat_model(name, **options)
    except ImportError as error:
        extra = _EXTRAS.get(provider)
        # LangChain raises an error of its own, whose cause names the module.
        module = getattr(error, "name", None) or getattr(error.__cause__, "name", None) or "PACKAGE"
        wanted = f"-c constraints.txt -e '.[{extra}]'" if extra else module.replace("_", "-")
        raise ChatModelError(
            f"The model {name!r} needs a package that is not installed: {_first_line(error)}.",
            f"In Dateline's folder run `.venv/bin/pip install {wanted}`.",
        ) from error
    except ValueError as error:
        raise ChatModelError(
            f"The model {name!r} cannot be used: {_first_line(error)}.",
            'Set chat_model to "local", or to a provider and its model, as in "openai:gpt-4o-mini".',
        ) from error
    except Exception as error:  # a provider's package without its key
        raise explained(error, name) from error
    return LangChainModel(model, name)


def explained(error: Exception, name: str) -> ChatModelError:
    """A provider's error as ours, by its HTTP status where it has one, else by its kind."""
    status = getattr(error, "status_code", None)
    kind = type(error).__name__
    said = _first_line(error)
    if status in (401, 403) or "api_key" in said or "API key" in said or "credentials" in said.lower():
        return ChatModelError(
            f"The provider of {name!r} does not accept the key, or there is none.",
            "Set DATELINE_CHAT_KEY, or the variable that the provider names, to a valid key.",
        )
    if status == 404:
        return ChatModelError(f"There is no model {name!r} there: {said}.", "Correct chat_model, or chat_url.")
    if status == 429:
        return ChatModelError(
            f"The provider of {name!r} takes no more questions for now (429).", "Wait, or look at the account's limits."
        )
    if isinstance(status, int) and status >= 500:
        return ChatModelError(f"The provider of {name!r} has failed ({status}).", "Try again later.")
    if status is not None:
        return ChatModelError(
            f"The provider of {name!r} refused the request ({status}): {said}.", "Correct chat_model."
        )
    if "Timeout" in kind:
        return ChatModelError(
            f"The model {name!r} did not reply in time.", "Raise chat_timeout, or take a faster model."
        )
    if "Connect" in kind or "Protocol" in kind or "Read" in kind or isinstance(error, OSError):
        return ChatModelError(
            f"The connection to {name!r} failed or broke off ({kind}).", "See that it runs, and that chat_url is right."
        )
    return ChatModelError(f"The model {name!r} failed ({kind}): {said}.", "Try again, or choose another chat_model.")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")[:200]
