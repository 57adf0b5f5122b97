"""The list of articles as HTML, and what it shows of each, kept in memory once a build."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from assistant.browser import wording
from assistant.browser.suggestions import suggestions
from assistant.shown import shown_date
from index.records import Article
from index.words import folded

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_MOST_SHOWN = 100
_MOST_SUGGESTED = 3

_LATEST = 20
"""Articles that suggestions are made of."""


@dataclass(frozen=True)
class Entry:
    """One line of the list; `title` and `origin` are HTML, `found_by` is what a search looks in."""

    id: str
    title: str
    origin: str
    found_by: str


class Listing:
    """The articles of the build that serves, latest first. Safe to use from several threads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._build: str | None = None
        self._entries: Sequence[Entry] = ()
        self._suggestions: Sequence[str] = ()

    def entries(self) -> Sequence[Entry]:
        """Raises what `Assistant.index` raises."""
        index = self._assistant.index()
        build = index.manifest.name if index else None
        with self._lock:
            if build != self._build:
                # Reading every article costs most of a second for thousands, so it is done once for all sessions.
                articles = _latest_first(index.articles()) if index else []
                self._entries = [_entry(article) for article in articles]
                self._suggestions = suggestions((article.text for article in articles[:_LATEST]), _MOST_SUGGESTED)
                self._build = build
            return self._entries

    def suggestions(self) -> Sequence[str]:
        """Questions to begin with. Raises what `Assistant.index` raises."""
        self.entries()
        return self._suggestions

    def outlets(self) -> Sequence[str]:
        """Every outlet, by name. Raises what `Assistant.index` raises."""
        index = self._assistant.index()
        return sorted(index.manifest.sources, key=folded) if index else ()

    def shown(self, wanted: str) -> str:
        """The list as HTML, of the articles that hold every word of `wanted` in title, outlet, date or id."""
        entries = self.entries()
        words = folded(wanted).split()
        found = [entry for entry in entries if all(word in entry.found_by for word in words)]
        if not entries:
            return '<p class="list-empty">No articles yet. Add some under “Add articles”.</p>'
        if not found:
            return f'<p class="list-empty">None of {wording.counted(len(entries), "article")} holds these words.</p>'
        count = wording.counted(len(found), "article")
        if len(found) > _MOST_SHOWN:
            count = f"The latest {_MOST_SHOWN} of {count}; search to narrow them"
        rows = "".join(map(_row, found[:_MOST_SHOWN]))
        return f'<p class="list-count" role="status">{count}</p><ul class="articles">{rows}</ul>'


def _entry(article: Article) -> Entry:
    parts = (article.title, article.source or "", shown_date(article.published), article.id)
    return Entry(article.id, wording.title(article), wording.origin(article), folded(" ".join(parts)))


def _row(entry: Entry) -> str:
    article_id = escape(entry.id)
    return f"""
<li>
  <button type="button" class="listed" data-event="open_article" data-article="{article_id}">
    <span class="listed-title">{entry.title}</span>
    <span class="listed-origin">{entry.origin}<code>{article_id}</code></span>
  </button>
  <button type="button" class="remove" data-event="remove_article" data-article="{article_id}"
    data-sure="Really remove?" aria-label="Remove “{entry.title}”">Remove</button>
</li>"""


def _latest_first(articles: Sequence[Article]) -> list[Article]:
    from index.build import timestamp

    undated = [article for article in articles if article.published is None]
    dated = [article for article in articles if article.published is not None]
    return [*sorted(dated, key=lambda article: timestamp(article.published), reverse=True), *undated]
