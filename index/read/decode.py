"""Bytes -> text: UTF-8, or UTF-16 where a byte order mark says so. Nothing is guessed, nothing replaced."""

from __future__ import annotations

import codecs
import contextlib
import re

from index.errors import ReadError
from index.read.page_encoding import codec_of

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CYRILLIC_WORD = re.compile(rb"[\xc0-\xff]{3,}")
_LOOKED_AT, _FEWEST_FOREIGN = 100_000, 8
_GARBLED = re.compile(
    "(?:[ÃÂ][\x80-¿‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â[€‚„][\x80-¿˜™š›œžŸ“”¦¢]|[ÐÑ][\x80-¿‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ])"
)
"""UTF-8 of letters with accents, of typographic marks and of Cyrillic, as Windows-1252 shows it."""

_MOST_CONTROLS = 0.02
"""The share of control bytes above which a file is no text."""


def is_utf16(start: bytes) -> bool:
    """Whether bytes that begin so are UTF-16 with a byte order mark."""
    return start.startswith(_UTF16)


def decode(content: bytes, *, offset: int = 0, charset: str | None = None) -> str:
    """The text of `content`, which stands at `offset` of its file. Raises ReadError for binary or other encodings.

    `charset` is what a server stated; it counts where the text is not UTF-8.
    """
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
        if charset and (coding := codec_of(charset)):
            with contextlib.suppress(UnicodeDecodeError):
                return content.decode(coding)
        at = error.start + (len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0)
        name = "WINDOWS-1251" if _is_cyrillic(content) else "WINDOWS-1252"
        raise ReadError(
            f"It is not UTF-8: byte 0x{content[at]:02x} at offset {offset + at}.",
            f"Convert it, for instance by `iconv -f {name} -t UTF-8 OLD > NEW` if it was saved on Windows.",
        ) from error


def refuse_garbled(text: str) -> None:
    """Raises ReadError for text that was decoded wrongly before it was saved."""
    if _is_mojibake(text):
        raise ReadError(
            "Its letters are garbled: it was UTF-8, was read as Windows text, and was saved so (“Ã©” for “é”).",
            "Take the original file, or undo it by `iconv -f UTF-8 -t WINDOWS-1252 OLD > NEW`.",
        )


def _is_cyrillic(content: bytes) -> bool:
    """Whether the bytes look like Cyrillic of Windows: runs of letters that are all beyond ASCII."""
    return len(_CYRILLIC_WORD.findall(content)) > len(content) / 50


def _is_mojibake(text: str) -> bool:
    """Whether most letters beyond ASCII stand in runs that are UTF-8 read as Windows-1252."""
    foreign = sum(character > "\x7f" for character in text[:_LOOKED_AT])
    if foreign < _FEWEST_FOREIGN:
        return False
    garbled = sum(len(run) for run in _GARBLED.findall(text[:_LOOKED_AT]))
    return garbled >= 0.8 * foreign


def _not_text(content: bytes) -> ReadError:
    zeros = [content[start:4000:2].count(0) for start in (0, 1)]
    if len(content) >= 4 and max(zeros) > len(content[:4000]) * 0.3 and min(zeros) < max(zeros) / 4:
        name = "UTF-16BE" if zeros[0] > zeros[1] else "UTF-16LE"
        return ReadError(
            f"It looks like {name} without a byte order mark.", f"Convert it by `iconv -f {name} -t UTF-8 OLD > NEW`."
        )
    return ReadError("It is not text: it holds control bytes.", "Convert it to text, or remove it.")
