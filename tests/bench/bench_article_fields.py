"""Headline, authors, date and outlet of 61 of those pages against what they show.

`python bench_article_fields.py BENCH`. The labels in article_fields.json were written by hand from the visible text of
every third page (sorted by name), not from its JSON-LD; they are SHA-256 of the value in lower case without blanks and
punctuation. Several stand for one value where a page shows several (an outlet by two names; a time whose day depends
on the zone). A date is labelled only where the page shows its day of publication: 50 pages. An agency or outlet that is
named as the author counts neither way.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

LABELS = Path(__file__).with_name("article_fields.json")


def digest(value: str) -> str:
    return hashlib.sha256("".join(c for c in value.casefold() if c.isalnum()).encode()).hexdigest()


def found_in(page: bytes) -> dict[str, list[str]]:
    """The fields that the reader finds, each as a list of values."""
    from index.errors import ReadError
    from index.read.html_file import article_of_page

    try:
        article = article_of_page(page)[0]
    except ReadError:
        return {"headline": [], "authors": [], "published": [], "outlet": []}
    return {
        "headline": [article.title] if article.title else [],
        "authors": list(article.authors),
        "published": [article.published.isoformat()[:10]] if article.published else [],
        "outlet": [article.source] if article.source else [],
    }


def tally(label: dict[str, Any], found: dict[str, list[str]]) -> Counter[tuple[str, str]]:
    """For each field how many values were labelled, found and both."""
    counts: Counter[tuple[str, str]] = Counter()
    for name in ("headline", "authors", "published", "outlet"):
        if name not in label:
            continue
        wanted, neither = set(label[name]), set(label.get("agencies", [])) if name == "authors" else set()
        values = {one for one in map(digest, found[name]) if one not in neither}
        both = len(values & wanted)
        counts[name, "labelled"] += len(wanted) if name == "authors" else 1
        counts[name, "found"] += len(values)
        counts[name, "right"] += both
    return counts


def main() -> int:
    data = Path(sys.argv[1]) / "data" / "article-extraction" / "html"
    labels = json.loads(LABELS.read_text(encoding="utf-8"))
    names = sorted(path.name.removesuffix(".html.gz") for path in data.glob("*.html.gz"))
    halves: dict[str, Counter[tuple[str, str]]] = {"odd": Counter(), "even": Counter(), "all": Counter()}
    for name, label in labels.items():
        counts = tally(label, found_in(gzip.decompress((data / f"{name}.html.gz").read_bytes())))
        halves["even" if names.index(name) % 2 else "odd"] += counts
        halves["all"] += counts
    for half, counts in halves.items():
        for name in ("headline", "authors", "published", "outlet"):
            labelled, found, right = (counts[name, what] for what in ("labelled", "found", "right"))
            print(
                f"{half:<4} {name:<9} precision {right / found:.3f}  recall {right / labelled:.3f}"
                f"  ({right} right of {found} found, {labelled} labelled)"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
