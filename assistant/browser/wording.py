"""How an article's title, outlet and date are worded on the page. In HTML, what came from outside is escaped."""

from __future__ import annotations

import datetime
from html import escape
from urllib.parse import urlsplit

from assistant.shown import shown_date
from index.records import Article, Published


def stated(published: Published) -> str:
    """The date as the article states it, "14 June 2024, 18:07 (UTC+02:00)"; "undated" where it states none."""
    day = shown_date(published)
    if not isinstance(published, datetime.datetime):
        return day
    zone = published.tzname() if published.tzinfo else None
    return f"{day}, {published:%H:%M}" + (f" ({zone})" if zone else "")


def title(article: Article) -> str:
    """The title; where there is none, how the text begins."""
    return escape(article.title or beginning(article.text, 80) or article.id)


def origin(article: Article) -> str:
    """ "The Examiner · 14 June 2024"; the day alone where no outlet is stated."""
    return " · ".join(filter(None, [escape(article.source or ""), shown_date(article.published)]))


def spoken(article: Article) -> str:
    """What a screen reader says of an article, fit for an attribute: title, outlet, date."""
    outlet = escape(article.source) if article.source else "outlet not stated"
    return f"“{title(article)}”, {outlet}, {shown_date(article.published)}"


def link(url: str | None) -> str:
    """A link to the article, or nothing: only web addresses become links, since `javascript:` is an address too."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    shown = f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"
    return (
        f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer nofollow" title="{escape(url)}">'
        f"{escape(beginning(shown, 60))}<span aria-hidden='true'> ↗</span></a>"
    )


def beginning(words: str, longest: int) -> str:
    """`words` on one line, cut at `longest` characters."""
    line = " ".join(words[: longest * 8].split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def counted(number: int, one: str, many: str | None = None) -> str:
    """ "1 article", "2,000 articles"."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
