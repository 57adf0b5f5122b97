"""The settings: defaults < dateline.toml < environment (`DATELINE_…`) < flags. One typed object, handed down."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from assistant.errors import SettingsError
from index.home import Home

FILE = Path("dateline.toml")
"""Looked for in the working folder."""

_PREFIX = "DATELINE_"


class Settings(BaseSettings):
    """Every setting, with its default. An unknown name is an error."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    home: Path = Field(default=Path("dateline-data"), description="The data folder.")
    chroma_url: str | None = Field(
        default=None,
        description="A running Chroma server that new builds keep their vectors on, as http://127.0.0.1:8000; unset, "
        "the data folder does.",
    )
    embedding_model: str = Field(
        default="all-MiniLM-L6-v2", description="Name or folder of a sentence-transformers model."
    )
    embedding_dtype: Literal["auto", "bfloat16", "float32", "int8"] = Field(
        default="auto",
        description="Number format of the model; auto is bfloat16 where the CPU has instructions for it; int8 needs the"
        " extra fast.",
    )
    allow_model_download: bool = Field(default=False, description="Whether the model hub may be asked for a model.")
    reranker: str | None = Field(
        default=None, description="Name or folder of a sentence-transformers CrossEncoder that orders what was found."
    )
    reader: bool = Field(default=True, description="Whether the reader chooses sentences; without it, similarity does.")
    top_k: int = Field(default=10, ge=1, le=100, description="How many articles a search hands on.")
    answer_sentences: int = Field(default=4, ge=1, le=4, description="The most sentences of an answer.")
    abstain_below: float = Field(
        default=0.5, ge=0, le=1, description="The confidence below which the assistant abstains; 0 answers everything."
    )
    chat_model: str | None = Field(
        default=None,
        description="The language model that writes answers: local, local:NAME or provider:model; unset, none does.",
    )
    chat_url: str | None = Field(default=None, description="The address of an OpenAI-compatible or other server.")
    chat_key: SecretStr | None = Field(default=None, description="The provider's key; else its own variable counts.")
    chat_temperature: float = Field(default=0.0, ge=0, le=2, description="0 gives the likeliest words each time.")
    chat_tokens: int = Field(default=160, ge=16, le=4096, description="The most tokens of a language model's reply.")
    chat_timeout: float = Field(
        default=60.0, gt=0, le=3600, description="Seconds after which a language model's reply is no longer awaited."
    )
    chat_threads: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Threads of a local model; 0 takes the cores that are idle when it is loaded.",
    )
    chat_price_in: float | None = Field(default=None, ge=0, description="What a million tokens of prompt cost.")
    chat_price_out: float | None = Field(default=None, ge=0, description="What a million tokens of reply cost.")
    unsupported: Literal["drop", "mark"] = Field(
        default="drop", description="What is done with a language model's sentences that the articles do not carry."
    )
    entailment_model: str | None = Field(
        default=None, description="Name or folder of a CrossEncoder that checks support beside the rules."
    )
    models_folder: Path | None = Field(
        default=None, description="Where `dateline models pull` puts models; unset, in the data folder."
    )
    host: str = Field(default="127.0.0.1", description="The address that `dateline serve` listens on.")
    port: int = Field(
        default=7860, ge=0, le=65535, description="The port that `dateline serve` listens on; 0 takes a free one."
    )
    conversation_days: int = Field(
        default=1,
        ge=0,
        le=3650,
        description="Days that the page's conversations are kept on the server, to survive a reload; 0 keeps none.",
    )
    fetch_private_hosts: tuple[str, ...] = Field(
        default=(), description="Hosts that may be fetched from although they are no public address."
    )
    fetch_pause: float = Field(default=1.0, ge=0, le=60, description="Least seconds between two requests to one host.")
    fetch_most: int = Field(default=500, ge=1, description="The most pages that one run fetches.")

    @field_validator("chroma_url")
    @classmethod
    def _is_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url.strip())
        try:
            known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) > 0
        except ValueError:
            known = False
        if not known or parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
            raise ValueError("give an address and port alone, as http://127.0.0.1:8000")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def data(self) -> Home:
        """The data folder, with what else says where an index lies."""
        return Home(self.home, self.chroma_url)


@dataclass(frozen=True)
class Loaded:
    """The settings, and for each name where its value came from: "default", the file, a variable or a flag."""

    settings: Settings
    origins: Mapping[str, str]


def load_settings(flags: Mapping[str, Any] | None = None, file: Path = FILE) -> Loaded:
    """Settings from all four places; flags that are None were not given.

    Raises SettingsError for an unknown name, a value that cannot be used, or a file that is not TOML.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    variables = {name for name in os.environ if name.upper().startswith(_PREFIX)}
    _refuse_unknown((name[len(_PREFIX) :].lower() for name in variables), "the environment", _PREFIX)
    layers = [
        (str(file), _from_file(file)),
        ("environment", EnvSettingsSource(Settings)()),
        ("flag", given),
    ]
    merged: dict[str, Any] = {}
    origins = dict.fromkeys(Settings.model_fields, "default")
    for origin, values in layers:
        merged.update(values)
        origins.update(dict.fromkeys(values, origin))
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        raise SettingsError(
            f"The setting {name} from {origins.get(name, 'default')} cannot be {first['input']!r}: {first['msg']}.",
            f"{name}: {Settings.model_fields[name].description}" if name in Settings.model_fields else "Correct it.",
        ) from error
    return Loaded(settings, origins)


def _from_file(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        values = TomlConfigSettingsSource(Settings, file)()
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read as TOML: {error}.", "Correct the file, or remove it.") from error
    _refuse_unknown(values, str(file), "")
    return values


def _refuse_unknown(names: Iterable[str], where: str, prefix: str) -> None:
    for name in names:
        if name not in Settings.model_fields:
            near = difflib.get_close_matches(name, Settings.model_fields, n=1)
            hint = f"Did you mean {_shown(near[0], prefix)}?" if near else "`dateline config` lists all settings."
            raise SettingsError(f"There is no setting {_shown(name, prefix)}, which {where} sets.", hint)


def _shown(name: str, prefix: str) -> str:
    return f"{prefix}{name.upper()}" if prefix else name
