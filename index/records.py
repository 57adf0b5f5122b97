"""The records of the index: `Article`, `Chunk`, `Passage`. Knows nothing of files, models or stores.

Offsets everywhere count Unicode code points of the article's canonical text.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

Published: TypeAlias = datetime.date | datetime.datetime | None
"""A date, a date and time with or without zone, as the article states it; None where it states none."""

Field: TypeAlias = Literal["text", "title"]
"""The part of an article that a span counts in."""


def text_sha256(text: str) -> str:
    """The SHA-256 of the UTF-8 bytes of `text`, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Article:
    """One news article. `text` is canonical: for an id and a sha256 it never changes.

    `metadata` holds what the source said beyond the named fields, JSON values only.
    """

    id: str
    text: str
    title: str = ""
    published: Published = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    url: str | None = None
    language: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", text_sha256(self.text))

    def part(self, name: Field) -> str:
        """The string that spans of the field `name` count in."""
        return self.title if name == "title" else self.text


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences: `article.text[start:end]`. `ordinal` counts an article's chunks from 0."""

    article_id: str
    ordinal: int
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A chunk, or a span of one, as retrieval hands it on: with its article and its score (higher is better).

    `signals` are the parts the score was made of, by name ("dense", "keyword", …). `copies` are reprints of the article
    that were found too and for which it stands.
    """

    article: Article
    start: int
    end: int
    score: float
    signals: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), compare=False)
    copies: tuple[Article, ...] = field(default=(), compare=False)

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]
