"""The id of an article that states none: made of its URL, else of its path. The same article has the same id again."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|yclid", re.IGNORECASE)
_UNSAFE = re.compile(r"[^\w./+@,=-]+")
_OTHER_ENDING = re.compile(r"(?:^|/|\.(?:gz|md|markdown|jsonl?|html?|xml|pdf|docx?|odt|rtf|epub|eml))$", re.IGNORECASE)
_SLUG = 72
"""Characters of the readable part of an id made of a URL."""


def is_address(text: str) -> bool:
    """Whether this is the address of a page, and no path."""
    return text[:8].lower().startswith(("http://", "https://"))


def id_from_url(url: str) -> str:
    """Host and path in readable form, and a hash of the whole: "example.org-2024-plan-rejected-1f0c6a1b2c3d".

    "https://", "http://", "www.", fragment, default port, final slash, order of the query and marks of trackers make no
    difference.
    """
    address = url.strip()
    try:
        parts = urlsplit(address if re.match(r"[A-Za-z][\w+.-]*:", address) else f"//{address}")
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:  # no URL, but it still names the article
        host, path = "", address
    else:
        path = parts.path.rstrip("/")
        query = urlencode(sorted(pair for pair in pairs if not _TRACKING.fullmatch(pair[0])))
        scheme = "" if parts.scheme in ("", "http", "https") else f"{parts.scheme}:"
        address = f"{scheme}{host}{'' if port in (None, 80, 443) else f':{port}'}{path}{f'?{query}' if query else ''}"
    slug = re.sub(r"[^\w.]+", "-", f"{host}{path}".lower())[:_SLUG].strip("-.")
    return f"{slug}-{_hash(address)}".lstrip("-")


def host_of(url: str | None) -> str | None:
    """The host of an address without "www.": the outlet of an article that names none."""
    host = urlsplit(url).hostname if url else None
    return host.removeprefix("www.") if host else None


def id_from_path(name: str, place: str = "") -> str:
    """The path `name`, relative to the folder given, without ".txt": "2024/plan", "2024/plan.md", "week.jsonl#7".

    Other endings stay, so that plan.txt and plan.md are two articles; for the same reason plan.md.txt keeps its own.
    Characters that are unsafe in an id become "-", and a hash keeps such names apart.
    """
    plain = unicodedata.normalize("NFC", name)
    bare = plain.removesuffix(".txt")
    if not _OTHER_ENDING.search(bare):
        plain = bare
    safe = _UNSAFE.sub("-", plain)
    if safe != plain:
        safe = f"{safe.strip('-')}-{_hash(plain)}"
    return f"{safe}#{place}" if place else safe


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
