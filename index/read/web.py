"""Articles from the web: pages by their addresses, and the pages that feeds and sitemaps list. Fetches with fetch.py.

All is fetched before the index is touched, so that no other writer waits for a slow server. What is known of a page is
handed out, to be remembered once its article is in the index: a page that failed is asked for again the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.errors import DatelineError
from index.read.feed import FEED_TYPES, SITEMAP_TYPES, Entry, read_feed, read_sitemap
from index.read.fetch import Fetcher
from index.read.fetched import FetchedReader, types_of
from index.read.identity import id_from_url
from index.read.known_pages import Known, KnownPages
from index.read.response import Fetched
from index.read.source import ReadArticle, Unread

_DEEPEST = 3
"""Sitemaps of sitemaps of sitemaps."""

_MOST_SITEMAPS = 50
_ARTICLE = "a web page, PDF, Word document or text"


@dataclass
class _Source:
    """A feed or sitemap: it is known, and not asked for again while it is the same, once all that it lists is in."""

    url: str
    known: Known
    entries: list[Entry] = field(default_factory=list)
    is_whole: bool = True


class WebReading:
    """The articles of `addresses`, and of what `feeds` and `sitemaps` list, at most `most` pages.

    `fetch` first; then iterate. With `processes`, what was fetched is read in one of its own, with 0 in this one.
    `unchanged`: pages that are as they were; `left`: pages for the next time; `remembered`: what to remember of each
    page and feed.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        known: KnownPages,
        *,
        addresses: Sequence[str] = (),
        feeds: Sequence[str] = (),
        sitemaps: Sequence[str] = (),
        most: int = 500,
        processes: int = 1,
    ) -> None:
        self._fetcher = fetcher
        self._reader = FetchedReader(processes)
        self._known = known
        self._addresses = list(addresses)
        self._feeds = list(feeds)
        self._sitemaps = list(sitemaps)
        self._most = most
        self._found: list[ReadArticle | Unread] = []
        self._met: set[str] = set()
        self._asked = 0
        self.unchanged = 0
        self.left = 0
        self.remembered: dict[str, Known] = {}

    def __iter__(self) -> Iterator[ReadArticle | Unread]:
        return iter(self._found)

    @property
    def skipped(self) -> Sequence[Path]:
        """No file is."""
        return ()

    @property
    def bytes_read(self) -> int:
        return 0

    def bytes_total(self) -> int:
        """0, not known: what is fetched tells its progress by pages."""
        return 0

    def close(self) -> None:
        self._fetcher.close()
        self._reader.close()

    def fetch(self, progress: Callable[[str, int, int | None], None]) -> None:
        """Fetch everything. Raises nothing that a server can cause."""
        sources = [_Source("", Known(), [Entry(url) for url in self._addresses])]
        for url in self._feeds:
            self._list(url, url, lambda found, source: source.entries.extend(read_feed(found.body, found.url)), sources)
        for url in self._sitemaps:
            self._list_sitemaps(url, sources)
        total = sum(len(source.entries) for source in sources)
        done = 0
        for source in sources:
            for entry in source.entries:
                progress("fetching", done, total)
                source.is_whole &= self._take(entry, asked_for=not source.url)
                done += 1
            if source.url and source.is_whole:
                self.remembered[source.url] = source.known
        if total:
            progress("fetching", done, total)

    def _list_sitemaps(self, first: str, sources: list[_Source]) -> None:
        """The entries of a sitemap and of those below it."""
        waiting, met = [(first, 0)], {first}
        while waiting:
            url, depth = waiting.pop(0)

            def take(found: Fetched, source: _Source, depth: int = depth) -> None:
                listed = read_sitemap(found.body, found.url, self._fetcher.limits.max_bytes)
                source.entries.extend(listed.entries)
                for below in listed.sitemaps:
                    if below in met:
                        continue
                    if depth + 1 >= _DEEPEST or len(met) >= _MOST_SITEMAPS:
                        source.is_whole = False
                        self._fail(
                            first,
                            DatelineError(
                                f"{first} leads to more than {_MOST_SITEMAPS} sitemaps, or more than {_DEEPEST} deep.",
                                f"Give the rest by itself, from {below} on.",
                            ),
                        )
                        return
                    met.add(below)
                    waiting.append((below, depth + 1))

            # A sitemap of sitemaps says nothing about whether those have changed, so the first is always asked for.
            self._list(url, first, take, sources, always=depth == 0)

    def _list(
        self,
        url: str,
        origin: str,
        take: Callable[[Fetched, _Source], None],
        sources: list[_Source],
        *,
        always: bool = False,
    ) -> None:
        """Fetch a feed or sitemap, unless it is as it was, and take what it lists."""
        known = Known() if always else self._known.pages.get(url, Known())
        try:
            types, wanted = (FEED_TYPES, "a feed") if origin in self._feeds else (SITEMAP_TYPES, "a sitemap")
            found = self._fetcher.get(url, types, wanted, etag=known.etag, last_modified=known.last_modified)
            if found.not_modified:
                return
            source = _Source(url, Known(found.etag, found.last_modified))
            take(found, source)
            sources.append(source)
        except DatelineError as error:
            self._fail(origin, error)

    def _take(self, entry: Entry, *, asked_for: bool) -> bool:
        """Fetch a page, unless it is as it was; False where it must be looked at again the next time."""
        made = id_from_url(entry.url)
        if made in self._met:
            return True
        self._met.add(made)
        known = self._known.pages.get(entry.url, Known()) if entry.url in self._known.held else Known()
        is_same = entry.url in self._known.held and entry.stamp and known.stamp == entry.stamp
        if is_same and not asked_for:
            self.unchanged += 1
            return True
        if self._asked >= self._most:
            self.left += 1
            return False
        self._asked += 1
        try:
            self._reader.start()
            page = self._fetcher.get(
                entry.url, types_of(entry.url), _ARTICLE, etag=known.etag, last_modified=known.last_modified
            )
            if page.not_modified:
                self.unchanged += 1
            else:
                found = self._reader.read(page, entry.url)
                if isinstance(found, Unread):
                    self._found.append(found)
                    return False
                self._found.append(self._filled(found, entry))
        except DatelineError as error:
            self._fail(entry.url, error)
            return False
        state = known if page.not_modified else Known(page.etag, page.last_modified)
        self.remembered[entry.url] = replace(state, stamp=entry.stamp or known.stamp)
        return True

    def _filled(self, found: ReadArticle, entry: Entry) -> ReadArticle:
        """With what the feed states where the page is silent, and under the id that the index holds its URL by."""
        article = found.article
        article = replace(
            article,
            id=self._known.ids.get(id_from_url(article.url or entry.url), article.id),
            title=article.title or entry.title,
            published=article.published or entry.published,
        )
        return replace(found, article=article)

    def _fail(self, url: str, error: DatelineError) -> None:
        self._found.append(Unread(url, url, error.problem, error.remedy))
