"""What a web page states about its article: JSON-LD, OpenGraph and other meta tags, as fields. Guesses nothing.

Works on any parsed tree; knows neither files nor networks, and takes no statement for more than a string.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from index.clean import canonical
from index.clean.bylines import is_agency, is_person, read_byline
from index.dates import parse_published
from index.records import Published

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_KINDS = (
    "NewsArticle ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle BackgroundNewsArticle ReviewNewsArticle"
    " AskPublicNewsArticle Article BlogPosting LiveBlogPosting TechArticle Report SatiricalArticle ScholarlyArticle"
)
_ARTICLE_TYPES = frozenset(_KINDS.split())
_LARGEST_JSON = 4_000_000
_MOST_NODES = 20_000
_TITLES = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "title", "headline")
_PUBLISHED = (
    "article:published_time og:article:published_time article:published og:published_time og:pubdate datepublished"
    " parsely-pub-date sailthru.date publish-date publish_date publishdate publication_date publication-date pubdate"
    " article.published article:post_date originalpublicationdate bt:pubdate rnews:datepublished"
    " cxenseparse:recs:publishtime dc.date.issued dcterms.issued dcterms.created dc.date.created dc.date date"
    " article_date_original article.created datecreated ptime lp.article:published_time citation_publication_date"
).split()
_MODIFIED = (
    "article:modified_time og:article:modified_time og:updated_time article:updated datemodified dcterms.modified"
    " dc.date.modified lastmod last-modified article.updated lp.article:modified_time utime"
).split()
_AUTHORS = ("parsely-author", "sailthru.author", "article:author", "og:article:author", "author", "dc.creator", "byl")
_SECTIONS = ("article:section", "og:article:section", "parsely-section", "section")
_OUTLETS = ("og:site_name", "application-name", "dc.publisher", "publisher", "article:publisher")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_BY = re.compile(r"^\s*(?:by|von|par|por|author)\b\s*:?\s+", re.IGNORECASE)
_NO_AUTHOR = re.compile(
    r"https?:|www\.|@|\.(?:com|org|net|co)\b|^\W*$|^(?:admin|editor|unknown|guest)\w*$"
    r"|\b(?:staff|newsroom|desk|editors|team)$|^(?-i:[A-Z]{5,})$",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"\s+")
_TAG = re.compile(r"<[^<>]{0,200}>")


@dataclass(frozen=True)
class PageMetadata:
    """What a page states. Strings are on one line; `url` is absolute or None; dates are just as stated."""

    title: str = ""
    headings: tuple[str, ...] = ()
    published: Published = None
    modified: Published = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    outlet: str | None = None
    language: str | None = None
    url: str | None = None
    body: str = ""
    """The text that JSON-LD calls articleBody; pages rarely state it, and seldom with its paragraphs."""

    meta: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_page_metadata(tree: HtmlElement, address: str | None = None) -> PageMetadata:
    """The metadata that the page `tree` states; `address` is where it came from."""
    meta = _meta(tree)
    headings = tuple(filter(None, (_line(one.text_content()) for one in tree.iterfind(".//h1"))))[:5]
    linked = _article_json(tree, meta.get("og:title", ""), headings)
    authors = _authors(linked.get("author") or linked.get("creator"))
    outlet = _name(linked.get("publisher")) or _name(linked.get("sourceOrganization"))
    outlet = next((value for key in _OUTLETS if (value := meta.get(key)) and "/" not in value), None) or outlet
    outlet = re.split(r"\s+[|–—]\s+", outlet)[0] if outlet else None  # "Observer | News | Sport"
    if not authors:
        authors = next((found for key in _AUTHORS if (found := _authors(meta.get(key)))), ())
    return PageMetadata(
        title=_string(linked.get("headline")) or next((meta[key] for key in _TITLES if meta.get(key)), ""),
        headings=headings,
        published=_date(linked.get("datePublished")) or _first_date(meta, _PUBLISHED),
        modified=_date(linked.get("dateModified")) or _first_date(meta, _MODIFIED),
        authors=tuple(name for name in authors if not outlet or _key(name) != _key(outlet)),
        section=_section(linked.get("articleSection")) or next((meta[key] for key in _SECTIONS if meta.get(key)), None),
        outlet=outlet,
        language=_language(tree, meta, linked),
        url=_canonical_url(tree, meta, linked, address),
        body=_text(linked.get("articleBody")),
        meta=meta,
    )


def _meta(tree: HtmlElement) -> dict[str, str]:
    """The first content of each meta tag, its key in lower case; itemprop of other elements beside them."""
    found: dict[str, str] = {}
    for element in tree.iterfind(".//meta"):
        content = _line(element.get("content") or "")
        for key in filter(None, (element.get(name) for name in ("property", "name", "itemprop", "http-equiv"))):
            if content:
                found.setdefault(key.strip().lower(), content)
    for element in tree.iterfind(".//*[@itemprop]"):
        key = (element.get("itemprop") or "").strip().lower()
        if key in ("datepublished", "datemodified", "headline") and element.tag != "meta":
            value = element.get("datetime") or element.get("content") or ""
            if value.strip():
                found.setdefault(key, _line(value))
    return found


def _article_json(tree: HtmlElement, title: str, headings: tuple[str, ...]) -> dict[str, Any]:
    """The JSON-LD object of the page's article: the one with its headline; else the first; else an empty one."""
    found = [node for node in _json_nodes(tree) if _types(node) & _ARTICLE_TYPES]
    names = {_key(name) for name in (title, *headings) if name}
    for node in found:
        headline = _key(_string(node.get("headline")))
        if headline and any(headline in name or name in headline for name in names):
            return node
    return found[0] if found else {}


def _json_nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD, outer before inner."""
    count = 0
    for script in tree.iterfind(".//script"):
        if "ld+json" not in (script.get("type") or "").lower() or len(script.text or "") > _LARGEST_JSON:
            continue
        try:
            level: list[Any] = [json.loads(_bare_json(script.text or ""), strict=False)]
        except (ValueError, RecursionError):
            continue
        while level and count < _MOST_NODES:
            inner: list[Any] = []
            for node in level:
                count += 1
                if isinstance(node, dict):
                    yield node
                    inner.extend(one for one in node.values() if isinstance(one, dict | list))
                elif isinstance(node, list):
                    inner.extend(one for one in node if isinstance(one, dict | list))
            level = inner


def _bare_json(script: str) -> str:
    """The JSON of a script without the comment marks and the final semicolon that some pages put around it."""
    return re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|/\*.*?\*/)?|(?:-->|//\]\]>|;)?\s*$", "", script)


def _types(node: dict[str, Any]) -> set[str]:
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return {one.rsplit("/", 1)[-1] for one in kinds if isinstance(one, str)}


def _line(value: str) -> str:
    return canonical(_BLANKS.sub(" ", value).strip())


def _string(value: Any) -> str:
    """A string of JSON-LD on one line, without the entities and tags that some pages leave in it."""
    if isinstance(value, list) and value:
        value = value[0]
    return _line(_TAG.sub(" ", unescape(value))) if isinstance(value, str) else ""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    lines = (_line(_TAG.sub(" ", unescape(line))) for line in re.split(r"\n+|</p>|<br\s*/?>", value))
    return "\n\n".join(filter(None, lines))


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    name = _string(value)
    return name if name and len(name) <= 100 and not name.startswith("http") else None


def _section(value: Any) -> str | None:
    return _name(value)


def _authors(value: Any) -> tuple[str, ...]:
    """The names of authors in any of the forms that pages give them in."""
    items = value if isinstance(value, list) else [value]
    found: list[str] = []
    for item in items[:20]:
        name = item.get("name") if isinstance(item, dict) else item
        for one in name if isinstance(name, list) else [name]:
            text = _BY.sub("", _string(one)).strip(" ,;|")
            text = _without_outlet(text)
            byline = read_byline(text, marked=False)
            found.extend(byline.authors if byline else [text])
    return tuple(dict.fromkeys(name for name in found if name and len(name) <= 80 and not _NO_AUTHOR.search(name)))


def _without_outlet(name: str) -> str:
    """A name without what stands behind it, as in "Jane Roe. Sputnik International" and "JANE ROE Associated Press"."""
    words = name.split()
    for at in range(2, len(words)):
        before, behind = " ".join(words[:at]).rstrip(".,|–— -"), " ".join(words[at:])
        if is_person(before) and (is_agency(behind) or (words[at - 1][-1] in ".,|" and len(words[at - 1]) > 2)):
            return before
    return name


def _date(value: Any) -> datetime.date | datetime.datetime | None:
    """The date that a string states; None where it states none that can be understood, or one of the future's."""
    text = _string(value)
    if not text or len(text) > 80:
        return None
    # "2019-11-18T14:00:00.000+0000" and "2019-11-18T14:00Z[UTC]" are common, and unambiguous.
    text = re.sub(r"\[[\w/]+\]$", "", text)
    try:
        return parse_published(text)
    except ValueError:
        return None


def _first_date(meta: Mapping[str, str], keys: list[str]) -> Published:
    return next((found for key in keys if (found := _date(meta.get(key)))), None)


def _language(tree: HtmlElement, meta: Mapping[str, str], linked: dict[str, Any]) -> str | None:
    root = tree.getroottree().getroot()
    stated = (
        linked.get("inLanguage"),
        root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang"),
        meta.get("og:locale"),
        meta.get("content-language"),
    )
    for value in stated:
        if isinstance(value, dict):
            value = value.get("alternateName") or value.get("name")
        if isinstance(value, str) and _LANGUAGE.fullmatch(value.strip()):
            return re.split("[-_]", value.strip())[0].lower()
    return None


def _canonical_url(
    tree: HtmlElement, meta: Mapping[str, str], linked: dict[str, Any], address: str | None
) -> str | None:
    """The address that the page gives itself; `address` where it gives none, or one of another host or of no page.

    A page that was fetched may not speak for another host's: its article would take the place of that one's.
    """
    link = next((one.get("href") for one in tree.iterfind(".//link") if _is_canonical(one)), None)
    main = linked.get("mainEntityOfPage")
    stated = (link, meta.get("og:url"), linked.get("url"), main.get("@id") if isinstance(main, dict) else main)
    for value in stated:
        if not isinstance(value, str) or not value.strip():
            continue
        try:
            url = urljoin(address or "", value.strip())
            parts, own = urlsplit(url), urlsplit(address or "")
            host = parts.hostname
        except ValueError:
            continue
        is_page = parts.scheme in ("http", "https") and host and (parts.path.strip("/") or parts.query)
        if is_page and len(url) <= 2000 and (not address or _site(host) == _site(own.hostname)):
            return url
    return address


def _is_canonical(link: HtmlElement) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split()


def _site(host: str | None) -> str:
    return re.sub(r"^(?:www\d?|m|mobile|amp|edition)\.", "", (host or "").lower())


def _key(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
