"""The bytes of a web page -> its text, in the encoding that the page or its server states.

Pages lie about their encoding more often than files do, so what is stated is tried and not believed: a byte order mark,
then UTF-8, then the statements. Nothing is guessed from the frequency of letters.
"""

from __future__ import annotations

import codecs
import re

from index.errors import ReadError

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_WEB_ENCODING = re.compile(
    r"utf-?(?:8|16(?:-?[lb]e)?)|(?:iso-?8859|windows|cp|koi8|gb|euc|shift|big5|mac|latin|ascii|us-ascii|iso-2022-jp|tis)"
    r"[\w-]*",
    re.IGNORECASE,
)
"""Encodings of pages; Python's codecs beside these (idna, unicode_escape …) are none."""

_DECLARED_WITHIN = 4096
_MOST_REPLACED = 0.001
"""The share of characters that may be undecodable: a page cut in the middle of a letter, a stray byte of an advert."""


def decode_page(content: bytes, charset: str | None = None) -> str:
    """The text of a page. `charset` is what the server stated. Raises ReadError where no stated encoding fits."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _without_nul(content.decode(name, "replace"))
    zeros = content[:4000].count(0)
    if zeros > len(content[:4000]) * 0.2:
        raise ReadError(
            "It is not a page in an encoding that can be told: every other byte is zero, without a byte order mark.",
            "Save it again as UTF-8, or convert it by `iconv -f UTF-16LE -t UTF-8 OLD > NEW`.",
        )
    head = content[:_DECLARED_WITHIN]
    declared = [match[1].decode("ascii") for form in (_DECLARED, _XML_DECLARED) if (match := form.search(head))]
    stated = [name for name in (charset, *declared) if name]
    codings = [coding for name in ("utf-8", *stated) if (coding := codec_of(name))]
    for coding in codings:
        try:
            return _without_nul(content.decode(coding))
        except UnicodeDecodeError:
            continue
    tries = [content.decode(coding, "replace") for coding in codings]
    best = min(tries, key=lambda text: text.count("\N{REPLACEMENT CHARACTER}"))
    if best.count("\N{REPLACEMENT CHARACTER}") <= len(best) * _MOST_REPLACED:
        return _without_nul(best)
    named = f"states {stated[0]!r}, which it is not in" if stated else "states no encoding and is not UTF-8"
    raise ReadError(
        f"The page {named}.",
        "Save it again as UTF-8, for instance by `iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW` for western pages.",
    )


def codec_of(name: str) -> str | None:
    """Python's name of a page's encoding; None for one that it does not know, or that no page is in."""
    if not _WEB_ENCODING.fullmatch(name):
        return None
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return None
    # Every browser reads these as their supersets.
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(found, found)


def _without_nul(text: str) -> str:
    return text.replace("\0", "")
