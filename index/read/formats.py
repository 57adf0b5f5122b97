"""The formats that are read as articles: one reader each, and the one place that calls them."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath
from types import MappingProxyType

from index.errors import ReadError
from index.language import language_of
from index.read import csv_file, docx_file, email_file, html_file, json_file, pdf_file, text_file, zip_file
from index.read.source import ReadArticle, Reader, SourceFile, Unread

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".csv": csv_file.read_csv,
        ".docx": docx_file.read_docx,
        ".eml": email_file.read_email,
        ".htm": html_file.read_html,
        ".html": html_file.read_html,
        ".json": json_file.read_json,
        ".jsonl": json_file.read_json_lines,
        ".markdown": text_file.read_text,
        ".md": text_file.read_text,
        ".mht": email_file.read_web_archive,
        ".mhtml": email_file.read_web_archive,
        ".pdf": pdf_file.read_pdf,
        ".tsv": csv_file.read_csv,
        ".txt": text_file.read_text,
        ".xhtml": html_file.read_html,
        ".zip": zip_file.read_zip,
    }
)
"""The reader of each kind of file; all take the file compressed too, as in "week.jsonl.gz"."""

_PASSED_OVER_KINDS = (".yaml", ".yml")
_PASSED_OVER_NAMES = ("readme", "license", "licence", "notice", "changelog", "contributing")


def kinds() -> str:
    """The endings of the files that are read, for messages."""
    return ", ".join(READERS)


def is_passed_over(path: PurePath) -> bool:
    """Whether a file stands beside articles and is none."""
    return path.suffix.lower() in _PASSED_OVER_KINDS or path.name.split(".")[0].lower() in _PASSED_OVER_NAMES


def kind_of(path: PurePath) -> tuple[str, bool]:
    """The ending that tells the format, and whether the file is compressed: (".jsonl", True) for "week.jsonl.gz"."""
    is_compressed = path.suffix.lower() == ".gz"
    return (path.with_suffix("") if is_compressed else path).suffix.lower(), is_compressed


def read_one(file: SourceFile, *, tell_language: bool = True) -> Iterator[ReadArticle | Unread]:
    """The articles of a file by the reader of its format; what fails is an `Unread`. Raises nothing for any content.

    Each has its language; without `tell_language`, only where it states one.
    """
    kind, is_compressed = kind_of(PurePath(file.name))
    reader = READERS.get(kind)
    if reader is None:
        ending = repr(kind + ".gz" if is_compressed else kind) if kind or is_compressed else "nothing"
        yield file.unread(
            f"Files that end in {ending} are not read as articles.", f"Convert it to one of {kinds()}, or remove it."
        )
        return
    try:
        found = reader(file.of_kind(kind, is_compressed=is_compressed))
        yield from with_languages(found) if tell_language else found
    except ReadError as error:
        yield file.unread(error.problem, error.remedy)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield file.unread(f"The compressed file is damaged or cut off: {reason(error)}.", "Compress it again.")
    except OSError as error:
        yield file.unread(f"It cannot be read: {reason(error)}.", "Check the file and its permissions.")
    except MemoryError:
        yield file.unread("It does not fit into memory.", "Split it into smaller files.")
    except Exception as error:  # what no reader and no library foresaw costs this file, not the folder
        yield file.unread(f"It cannot be read: {type(error).__name__}: {reason(error)}.", "Correct it, or remove it.")


def with_languages(found: Iterable[ReadArticle | Unread]) -> Iterator[ReadArticle | Unread]:
    """Each article with its language, told from its text where it does not state one."""
    for one in found:
        if isinstance(one, ReadArticle) and not one.article.language and (language := language_of(one.article.text)):
            yield replace(one, article=replace(one.article, language=language))
        else:
            yield one


def reason(error: BaseException) -> str:
    """What an error says, without a final period."""
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(words).split())[:300].rstrip(".")
