"""The reader pane: an open article, with the cited words highlighted. Knows nothing of where the article comes from."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from assistant.browser import wording
from index.records import Article, Field


@dataclass(frozen=True)
class Span:
    """`article.part(field)[start:end]`."""

    field: Field
    start: int
    end: int


EMPTY = """
<div class="reader-empty">
  <p class="reader-empty-mark" aria-hidden="true">¶</p>
  <p>Open a citation to read its article here, at the very words it cites.</p>
</div>"""


def pane(
    article: Article, active: Sequence[Span] = (), paler: Sequence[Span] = (), *, note: str = "", style: str = ""
) -> str:
    """The article as HTML.

    The text content of its `.reader-text` is `article.text` exactly. The words of the `active` spans stand in
    `<mark class="active">`, one mark for each run of words; those of the `paler` ones, where they are not active too,
    in `<mark class="paler">`. `note` is a sentence shown above the text, `style` a further class of the whole.
    """
    byline = f'<p class="reader-byline">By {escape(", ".join(article.authors))}</p>' if article.authors else ""
    address = wording.link(article.url)
    outlet = f'<span class="reader-outlet">{escape(article.source)}</span>' if article.source else ""
    untitled = "" if article.title else " untitled"
    heading = highlighted(article.title, *_of("title", active, paler)) if article.title else wording.title(article)
    # The moment makes each opening differ from the last one, so that the page scrolls to the words again.
    return f"""
<article class="reader {style}" data-opened="{time.monotonic_ns()}" aria-label="Article: {wording.title(article)}">
  <button type="button" class="reader-close" data-close aria-label="Close the article">×</button>
  <header>
    <p class="reader-kicker">{outlet}<time>{wording.stated(article.published)}</time></p>
    <h2 class="reader-title{untitled}" dir="auto">{heading}</h2>
    {byline}
    {f'<p class="reader-address">{address}</p>' if address else ""}
    {f'<p class="reader-note" role="note">{escape(note)}</p>' if note else ""}
  </header>
  <div class="reader-text" dir="auto">{highlighted(article.text, *_of("text", active, paler))}</div>
  <footer class="reader-id">Article <code>{escape(article.id)}</code></footer>
</article>"""


def highlighted(text: str, active: Iterable[tuple[int, int]], paler: Iterable[tuple[int, int]] = ()) -> str:
    """`text` escaped, with marks around its spans; overlapping spans are cut at their ends, active ones on top."""
    strong, weak = _clipped(active, len(text)), _clipped(paler, len(text))
    cuts = sorted({0, len(text), *(cut for span in (*strong, *weak) for cut in span)})
    runs: list[tuple[str, int, int]] = []
    for start, end in itertools.pairwise(cuts):
        style = "active" if _covers(strong, start) else "paler" if _covers(weak, start) else ""
        if runs and runs[-1][0] == style:
            runs[-1] = (style, runs[-1][1], end)
        else:
            runs.append((style, start, end))
    return "".join(
        f'<mark class="{style}">{escape(text[start:end])}</mark>' if style else escape(text[start:end])
        for style, start, end in runs
    )


def _clipped(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    clipped = ((max(0, start), min(end, length)) for start, end in spans)
    return [(start, end) for start, end in clipped if start < end]


def _covers(spans: Sequence[tuple[int, int]], at: int) -> bool:
    return any(start <= at < end for start, end in spans)


def _of(field: Field, *groups: Sequence[Span]) -> list[list[tuple[int, int]]]:
    """The spans of each group that count in `field`."""
    return [[(span.start, span.end) for span in group if span.field == field] for group in groups]
