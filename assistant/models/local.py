"""A language model that runs in this process: llama.cpp's server on a loopback port, spoken to as any provider is."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from assistant.errors import ChatModelError
from assistant.models import LOCAL
from assistant.models.remote import LangChainModel
from assistant.models.weights import KNOWN, require_whole, weights_named
from assistant.settings import Settings

CONTEXT = 2048
"""Tokens of prompt and reply together; a prompt of ours has at most 400."""

_BESIDE_WEIGHTS = 400_000_000
"""Bytes that such a model takes beside its weights: its cache for `CONTEXT` tokens, and what it computes with."""


def open_local_model(name: str, folder: Path, settings: Settings) -> LangChainModel:
    """The model `local`, `local:NAME` or `local:FILE.gguf`. Raises ChatModelError."""
    wanted = name.removeprefix(LOCAL).removeprefix(":")
    if wanted.endswith(".gguf"):
        path = Path(wanted)
        if not path.is_file():
            raise ChatModelError(
                f"There is no file {wanted!r}.", "Set chat_model to local:FILE.gguf, a file that is there."
            )
    else:
        path = require_whole(weights_named(wanted) if wanted else KNOWN[0], folder)
    require_memory(path.stat().st_size + _BESIDE_WEIGHTS, available_memory(), name)
    key = secrets.token_urlsafe(16)
    server = _serve(path, key, name, settings.chat_threads or idle_cores())
    import httpx
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    model = ChatOpenAI(
        model=path.stem,
        base_url=f"{server.listening_address}/v1",
        api_key=SecretStr(key),
        temperature=settings.chat_temperature,
        max_completion_tokens=settings.chat_tokens,
        timeout=settings.chat_timeout,
        max_retries=0,
        stream_usage=True,
        # A proxy that the environment names must not be asked for what is on this machine.
        http_client=httpx.Client(trust_env=False, timeout=settings.chat_timeout),
        http_async_client=httpx.AsyncClient(trust_env=False, timeout=settings.chat_timeout),
    )
    return LangChainModel(model, f"{LOCAL}:{path.stem}", owned=server)


def _serve(path: Path, key: str, name: str, threads: int) -> Any:
    """llama.cpp's server with that file. Raises ChatModelError."""
    try:
        import xllamacpp
    except ImportError as error:
        raise ChatModelError(
            f"The model {name!r} needs xllamacpp, which is not installed.",
            "In Dateline's folder run `.venv/bin/pip install -c constraints.txt -e '.[local]'`.",
        ) from error
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [key]
    parameters.verbosity = -1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    parameters.warmup = False
    parameters.ui = False
    parameters.endpoint_slots = False
    try:
        return xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise ChatModelError(
            f"{path} cannot be loaded as a model: it is cut, damaged, or no GGUF file.",
            "Remove it and pull it again (`dateline models`), or name another file.",
        ) from error


def idle_cores() -> int:
    """How many threads to compute with: every core, or one less where others are at work.

    The threads wait for each other at every step. With both of two cores busy, two threads write 1 token a second where
    one writes 28 (the 0.5B model).
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    busy = os.getloadavg()[0] > cores / 2 if hasattr(os, "getloadavg") else False
    return max(1, cores - 1) if busy else cores


def require_memory(needed: int, available: int | None, name: str) -> None:
    """Raises ChatModelError where less memory is available than the model takes; None is not known."""
    if available is not None and available < needed:
        raise ChatModelError(
            f"The model {name!r} takes {needed / 1e9:.1f} GB of memory, and {available / 1e9:.1f} GB are available.",
            f"Close other programs, or set chat_model to a smaller model: {LOCAL}:{KNOWN[-1].name}.",
        )


def available_memory() -> int | None:
    """Bytes that a program may still take; None where the system does not tell (all but Linux)."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(told["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in told else None
