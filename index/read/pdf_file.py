"""Reads .pdf: the text layer of a PDF, by pypdfium2, cleaned as pasted text is. Runs no script of it, draws nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from index.clean.bylines import read_byline
from index.clean.metadata import read_metadata
from index.errors import ReadError
from index.read.pasted import article_of_text
from index.read.source import ReadArticle, SourceFile, Unread

MAX_PAGES = 500
_FEWEST_LETTERS = 20
"""Letters of the whole document below which it is a picture of text."""

_WIDE = 0.9
"""The share of the widest line that a line must fill, with the next line's first word, to have been wrapped there."""


def read_pdf(file: SourceFile) -> Iterator[ReadArticle | Unread]:
    """The article of a PDF. Its properties are not asked for a date: they tell when the file was made."""
    pages = _pages(file.read())
    if sum(sum(map(str.isalpha, page)) for page in pages) < _FEWEST_LETTERS:
        raise ReadError(
            "The PDF holds no text, only pictures of it, as scans do.",
            "Run text recognition over it, for instance `ocrmypdf OLD.pdf NEW.pdf`, and read the result.",
        )
    yield ReadArticle(*article_of_text("\n\n".join(map(_paragraphs, _without_margins(pages))), file))


def _pages(content: bytes) -> list[str]:
    import pypdfium2

    if not content.lstrip()[:1024].startswith(b"%PDF") and b"%PDF-" not in content[:1024]:
        raise ReadError("It is not a PDF.", "Give it the ending of what it is, or save it again.")
    try:
        document: Any = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError(
                "The PDF is encrypted and needs a password.",
                "Save it without the password, for instance by `qpdf --decrypt --password=… OLD.pdf NEW.pdf`.",
            ) from error
        raise ReadError("The PDF is damaged.", "Save it again, or repair it by `qpdf OLD.pdf NEW.pdf`.") from error
    try:
        if len(document) > MAX_PAGES:
            raise ReadError(f"The PDF has more than {MAX_PAGES} pages.", "Split it into articles.")
        return [_text(document, number) for number in range(len(document))]
    finally:
        document.close()


def _text(document: Any, number: int) -> str:
    import pypdfium2

    try:
        page = document[number]
        text = page.get_textpage()
        try:
            return str(text.get_text_bounded()).replace("\r\n", "\n").replace("\0", "")
        finally:
            text.close()
            page.close()
    except pypdfium2.PdfiumError as error:
        raise ReadError(
            f"Page {number + 1} of the PDF is damaged.", "Save it again, or repair it by `qpdf OLD.pdf NEW.pdf`."
        ) from error


def _without_margins(pages: list[str]) -> list[str]:
    """The pages without the running heads and page numbers at their edges: lines that most pages have there."""
    split = [[line.strip() for line in page.split("\n")] for page in pages]
    edges = Counter(_pattern(line) for lines in split for line in {*filter(None, [*lines[:2], *lines[-2:]])})
    running = {one for one, count in edges.items() if len(pages) > 2 and count > len(pages) / 2}
    kept = []
    for lines in split:
        inner = range(2, len(lines) - 2)
        kept.append([line for n, line in enumerate(lines) if n in inner or _pattern(line) not in running])
    return ["\n".join(line for line in lines if not re.fullmatch(r"(?:page\s+)?\d{1,4}", line, re.I)) for lines in kept]


def _pattern(line: str) -> str:
    return re.sub(r"\d+", "0", line)


def _paragraphs(page: str) -> str:
    """The lines of a page joined to paragraphs: one goes on where the next line's first word had no room in it."""
    lines = [line.strip() for line in page.split("\n")]
    width = max(map(len, lines), default=0)
    found: list[str] = []
    before = ""
    for line in lines:
        is_full = width >= 40 and len(f"{before} {line.split()[0]}" if line else "") >= _WIDE * width
        if line and before and is_full and not (read_byline(line) or read_metadata(line)):
            hyphenated = before.endswith(("-", "\ufffe", "\u00ad")) and line[0].islower()
            found[-1] = found[-1][:-1] + line if hyphenated else f"{found[-1]} {line}"
        elif line:
            found.append(line)
        before = line
    return "\n\n".join(found)
