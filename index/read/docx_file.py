"""Reads .docx: the paragraphs and tables of a Word document, by python-docx, cleaned as pasted text is.

python-docx parses without resolving entities. What the file unpacks to is looked at before it is opened.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from index.errors import ReadError
from index.read.pasted import article_of_text
from index.read.source import ReadArticle, SourceFile, Unread

MAX_PARTS = 5_000


def read_docx(file: SourceFile) -> Iterator[ReadArticle | Unread]:
    """The article of a Word document. Its properties tell who saved the file and when, not who wrote it: not asked."""
    document = _opened(file.read(), file.max_bytes)
    text = "\n\n".join(filter(None, (line.strip() for line in _lines(document))))
    if not text:
        raise ReadError("The document holds no text.", "Put the article's text into it, or remove it.")
    yield ReadArticle(*article_of_text(text, file))


def _opened(content: bytes, max_bytes: int) -> Any:
    import docx

    remedy = "Open it in a word processor and save it again as .docx, or as plain text."
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ReadError("The document is encrypted, or an old .doc under the name of a .docx.", remedy)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > 4 * max_bytes:
            raise ReadError("The document unpacks to more than an article can be.", "Save its text alone.")
        return docx.Document(io.BytesIO(content))
    except ReadError:
        raise
    except Exception as error:  # python-docx raises what its parsers raise: KeyError, ValueError, XMLSyntaxError …
        raise ReadError("It is not a Word document, or a damaged one.", remedy) from error


def _lines(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells = dict.fromkeys(cell.text.strip().replace("\n", " ") for cell in row.cells)
                yield " | ".join(filter(None, cells))
        else:
            yield block.text
