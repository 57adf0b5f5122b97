"""Reads .csv and .tsv: an article a row. Which column holds what is told by its name; `columns` overrides that.

Texts are taken as they stand, not cleaned, as those of JSON are. The rows are streamed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from index.errors import ReadError
from index.read.decode import decode, is_utf16
from index.read.json_file import article_from
from index.read.source import ReadArticle, SourceFile, Unread

NAMES: Mapping[str, tuple[str, ...]] = {
    "text": tuple(
        "text body content article article_text articletext article_body articlebody full_text fulltext maintext"
        " main_text story news_text content_text".split()
    ),
    "title": tuple("title headline head heading article_title news_title".split()),
    "published": tuple(
        "published date published_at publishedat publish_date publishdate pub_date pubdate published_date"
        " publication_date date_published datepublished date_publish datetime time timestamp".split()
    ),
    "source": tuple("source outlet publisher publication site domain source_name sourcename newspaper".split()),
    "url": tuple("url link article_url articleurl permalink web_url weburl canonical_url uri".split()),
    "authors": tuple("authors author byline by writer article_author".split()),
    "language": tuple("language lang".split()),
    "id": tuple("id article_id articleid doc_id docid uuid guid".split()),
}
"""For each field of an article the names of columns that hold it, the likeliest first."""

_DELIMITERS = ",;\t|"
_SAMPLE = 64 * 1024
_SEPARATOR = re.compile(r"\s*[;|]\s*")


def read_csv(file: SourceFile) -> Iterator[ReadArticle | Unread]:
    """The articles of a table; a bad row stops no other."""
    with _opened(file) as stream:
        rows = csv.reader(_lines(stream, file.max_bytes), delimiter=_delimiter(file), strict=False)
        csv.field_size_limit(file.max_bytes)
        try:
            header = [" ".join(name.split()) for name in next(rows, [])]
            fields = _fields(header, file.columns)
            is_empty = True
            for number, row in enumerate(rows, 2):
                if not any(cell.strip() for cell in row):
                    continue
                is_empty = False
                value = _value(header, fields, row)
                yield article_from(file, value, f"row {number}", str(number))
        except csv.Error as error:
            raise ReadError(
                f"It is not a table: {error}.", "Save it again as CSV, with quotes around cells of several lines."
            ) from error
    if is_empty:
        raise ReadError("The table has no rows.", "Put articles into it, or remove it.")


def _opened(file: SourceFile) -> io.TextIOBase:
    with file.open() as stream:
        start = stream.read(_SAMPLE)
    if is_utf16(start):
        return io.StringIO(decode(file.read()), newline="")
    if not start.strip():
        raise ReadError("The file is empty.", "Put articles into it, or remove it.")
    return io.TextIOWrapper(file.open(), encoding="utf-8-sig", newline="")


def _lines(stream: io.TextIOBase, most: int) -> Iterator[str]:
    """The lines of the table. Raises ReadError for one that is too long, for other encodings and for binary files."""
    number = 0
    try:
        while line := stream.readline(most):
            number += 1
            if len(line) >= most:
                raise ReadError(f"Line {number} is longer than {most:,} characters.", "Shorten or remove it.")
            if "\0" in line:
                raise ReadError(f"Line {number} holds null bytes: it is not text.", "Save the table as CSV in UTF-8.")
            yield line
    except UnicodeDecodeError as error:
        raise ReadError(
            f"It is not UTF-8: a byte 0x{error.object[error.start]:02x} after line {number}.",
            "Convert it, for instance by `iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW` if it was saved on Windows.",
        ) from error


def _delimiter(file: SourceFile) -> str:
    """What stands between the cells of the first line; a comma where nothing tells."""
    if file.kind == ".tsv":
        return "\t"
    with file.open() as stream:
        start = stream.read(_SAMPLE)
    first = start.decode("utf-16" if is_utf16(start) else "utf-8-sig", "ignore").split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _fields(header: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """The column of each field. Raises ReadError where a named one is missing, or none can hold the text."""
    places = {_key(name): at for at, name in reversed(list(enumerate(header)))}
    shown = ", ".join(map(repr, filter(None, header)))[:200] or "none"
    found: dict[str, int] = {}
    for field, name in columns.items():
        if _key(name) not in places:
            raise ReadError(f"There is no column {name!r}; the columns are {shown}.", "Name one of those.")
        found[field] = places[_key(name)]
    for field, names in NAMES.items():
        at = next((places[_key(name)] for name in names if _key(name) in places), None)
        if at is not None and field not in found and at not in found.values():
            found[field] = at
    if "text" not in found:
        raise ReadError(
            f"No column holds the text of articles; the columns are {shown}.",
            "Name it 'text' in the first line, or say which it is by --column text=NAME.",
        )
    return found


def _value(header: list[str], fields: Mapping[str, int], row: list[str]) -> dict[str, object]:
    cells = dict(enumerate(row))
    value: dict[str, object] = {field: cells.get(at, "").strip() or None for field, at in fields.items()}
    value["text"] = cells.get(fields["text"], "")
    if isinstance(authors := value.get("authors"), str):
        value["authors"] = [name for name in _SEPARATOR.split(authors) if name]
    taken = set(fields.values())
    for at, name in enumerate(header):
        if at not in taken and name and name not in value and (cell := cells.get(at, "").strip()):
            value[name] = cell
    return value


def _key(name: str) -> str:
    return re.sub(r"[\s_.-]+", "", name.lower())
