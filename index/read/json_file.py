"""Reads .json (an article, or a list) and .jsonl (an article a line, streamed): texts as they stand, not cleaned.

The keys are those of the project's JSON: text, title, id, published, source, url, authors, language. Other keys are
kept as metadata, but for `sha256`, which follows from the text. A key that is null or "" counts as not given.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from index.clean import canonical
from index.dates import parse_published
from index.errors import ReadError
from index.read.decode import decode, is_utf16
from index.read.identity import id_from_path, id_from_url
from index.read.source import ReadArticle, SourceFile, Unread
from index.records import Article, Published

_STRINGS = ("id", "title", "source", "url", "language")
_FIELDS = frozenset({*_STRINGS, "text", "published", "authors", "metadata", "sha256"})
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SKIP = 1024 * 1024
_DEEPEST = 50
"""Objects and lists within each other, in one article."""


def read_json(file: SourceFile) -> Iterator[ReadArticle | Unread]:
    """The article, or the articles, in one JSON value."""
    text = decode(file.read())
    if not text.strip():
        yield _empty(file)
        return
    value = _parsed(text)
    if not isinstance(value, list):
        yield article_from(file, value, "", "")
        return
    if not value:
        yield _empty(file)
    for number, item in enumerate(value, 1):
        yield article_from(file, item, f"item {number}", str(number))


def read_json_lines(file: SourceFile) -> Iterator[ReadArticle | Unread]:
    """The articles in a file of one JSON object a line; a bad line stops no other."""
    is_empty = True
    for number, content in _lines(file):
        place = f"line {number}"
        try:
            if isinstance(content, ReadError):
                raise content
            if not content.strip():
                continue
            is_empty = False
            yield article_from(file, _parsed(content, line=True), place, str(number))
        except ReadError as error:
            is_empty = False
            yield file.unread(error.problem, error.remedy, place)
    if is_empty:
        yield _empty(file)


def _lines(file: SourceFile) -> Iterator[tuple[int, str | ReadError]]:
    """The numbered lines of a file, each decoded by itself, so that bad bytes cost one line."""
    with file.open() as stream:
        first = stream.readline(file.max_bytes + 1)
        if is_utf16(first):
            yield from enumerate(decode(file.read()).split("\n"), 1)
            return
        number, offset, line = 1, 0, first
        while line:
            length = len(line)
            if length > file.max_bytes and not line.endswith(b"\n"):
                while (more := stream.readline(_SKIP)) and not more.endswith(b"\n"):
                    length += len(more)
                length += len(more)
                yield number, ReadError(f"The line is longer than {file.max_bytes:,} bytes.", "Shorten or remove it.")
            else:
                try:
                    yield number, decode(line, offset=offset)
                except ReadError as error:
                    yield number, error
            number, offset, line = number + 1, offset + length, stream.readline(file.max_bytes + 1)


def _parsed(text: str, *, line: bool = False) -> Any:
    """The JSON value; NaN and infinities, which are no JSON, and numbers as large as 1e999 as null. Raises
    ReadError."""
    try:
        return json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if line else f"line {error.lineno}, column {error.colno}"
        raise ReadError(f"This is not JSON: {error.msg} at {place}.", "Correct it, or remove it.") from error
    except (ValueError, RecursionError) as error:
        raise ReadError(
            "This JSON is nested too deep or has too long a number.", "Correct it, or remove it."
        ) from error


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def article_from(file: SourceFile, value: Any, place: str, number: str) -> ReadArticle | Unread:
    """The article in one JSON object, the `number`th of its file, which stands at `place`."""
    try:
        return ReadArticle(_made(file, value, number), file.origin)
    except ReadError as error:
        return file.unread(error.problem, error.remedy, place)


def _made(file: SourceFile, value: Any, number: str) -> Article:
    if not isinstance(value, dict):
        raise ReadError(
            f"This is {_name(value)}, not a JSON object.", 'Write an article as {"text": "…", "title": "…"}.'
        )
    _refuse_depth(value)
    _refuse_surrogates(value)
    if "text" not in value or value["text"] is None:
        raise ReadError("The article has no 'text'.", "Give its text under the key 'text'.")
    text = value["text"]
    if not isinstance(text, str):
        raise ReadError(f"The 'text' is {_name(text)}, not a string.", "Give the article's text as one string.")
    if not text.strip():
        raise ReadError("The 'text' is empty.", "Give the article's text, or remove the article.")
    strings = {key: _string(value, key) for key in _STRINGS}
    url = strings["url"]
    nested = value.get("metadata")
    metadata = {key: one for key, one in value.items() if key not in _FIELDS}
    if isinstance(nested, dict):
        metadata = {**nested, **metadata}
    elif nested is not None:
        metadata["metadata"] = nested
    return Article(
        id=strings["id"] or (id_from_url(url) if url else id_from_path(file.name, number)),
        text=canonical(text),
        title=canonical(strings["title"] or ""),
        published=_published(value.get("published")),
        source=strings["source"],
        authors=_authors(value.get("authors")),
        url=url,
        language=strings["language"],
        metadata=metadata,
    )


def _string(value: dict[str, Any], key: str) -> str | None:
    found = value.get(key)
    if found is None or isinstance(found, str):
        return found if found and found.strip() else None
    raise ReadError(f"The {key!r} is {_name(found)}, not a string.", "Give it as a string, or leave it out.")


def _published(value: Any) -> Published:
    if value is None or value == "":
        return None
    remedy = "Write it as 2024-06-14 or 2024-06-14T18:07:00+02:00, or leave it out."
    if not isinstance(value, str):
        raise ReadError(f"The 'published' is {_name(value)}, not a string.", remedy)
    try:
        return parse_published(value)
    except ValueError as error:
        raise ReadError(f"The 'published' {value[:60]!r} is no date that can be understood.", remedy) from error


def _authors(value: Any) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ReadError(
            "The 'authors' are neither a list of strings nor one string.",
            'Write them as ["Jane Roe"], or leave them out.',
        )
    return tuple(name for name in value if name.strip())


def _refuse_depth(value: dict[str, Any]) -> None:
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        inner = [one.values() if isinstance(one, dict) else one for one in level]
        level = [one for values in inner for one in values if isinstance(one, dict | list)]
        if not level:
            return
    raise ReadError(f"The article is nested more than {_DEEPEST} deep.", "Correct it, or remove it.")


def _refuse_surrogates(value: dict[str, Any]) -> None:
    r"""Half of a pair such as "\ud800" is no character: it can neither be stored nor shown."""
    if _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        raise ReadError("A string holds half of a character (a lone surrogate).", "Correct the string, or remove it.")


def _name(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _empty(file: SourceFile) -> Unread:
    return file.unread("The file is empty.", "Put articles into it, or remove it.")
