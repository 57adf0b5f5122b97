"""Bytes -> text: UTF-8, or UTF-16 where a byte order mark says so. Nothing is guessed, nothing replaced."""

from __future__ import annotations

import codecs
import re

from index.errors import ReadError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.02
"""The share of control bytes above which a file is no text."""


def is_utf16(start: bytes) -> bool:
    """Whether bytes that begin so are UTF-16 with a byte order mark."""
    return start.startswith(_UTF16)


def decode(content: bytes, *, offset: int = 0) -> str:
    """The text of `content`, which stands at `offset` of its file. Raises ReadError for binary or other encodings."""
    if is_utf16(content):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ReadError(
                f"The file is marked as UTF-16 but is not at byte {offset + error.start}.", "Save it again as UTF-8."
            ) from error
    if b"\0" in content or len(_CONTROLS.findall(content)) > max(1, len(content) * _MOST_CONTROLS):
        raise _not_text(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start + (len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0)
        raise ReadError(
            f"It is not UTF-8: byte 0x{content[at]:02x} at offset {offset + at}.",
            "Convert it, for instance by `iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW` if it was saved on Windows.",
        ) from error


def _not_text(content: bytes) -> ReadError:
    zeros = [content[start:4000:2].count(0) for start in (0, 1)]
    if len(content) >= 4 and max(zeros) > len(content[:4000]) * 0.3 and min(zeros) < max(zeros) / 4:
        name = "UTF-16BE" if zeros[0] > zeros[1] else "UTF-16LE"
        return ReadError(
            f"It looks like {name} without a byte order mark.", f"Convert it by `iconv -f {name} -t UTF-8 OLD > NEW`."
        )
    return ReadError("It is not text: it holds control bytes.", "Convert it to text, or remove it.")
