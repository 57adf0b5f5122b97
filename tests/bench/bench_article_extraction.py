"""The bodies of 181 web pages against what people marked as the article. `python bench_article_extraction.py BENCH`

BENCH/data/article-extraction/ is scrapinghub's article-extraction-benchmark (MIT). Its metric: a text is the bag of its
shingles of four words; precision and recall of a page are those of its bag, averaged over the pages, and F1 is that of
the two averages. Settings and rules were chosen on the odd pages, sorted by name; trafilatura's defaults stand beside.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean

_WORD = re.compile(r"\w+")
_SHINGLE = 4


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The bag of runs of four words; of a shorter text, the whole."""
    words = _WORD.findall(text)
    runs = (tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1)))
    return Counter(run for run in runs if run)


def figures(pairs: Iterable[tuple[str, str]]) -> tuple[float, float, float]:
    """F1, precision and recall of (true, extracted) texts; a page counts where the measure is defined."""
    precisions, recalls = [], []
    for true, extracted in pairs:
        wanted, found = shingles(true), shingles(extracted)
        both = (wanted & found).total()
        if found:
            precisions.append(both / found.total())
        if wanted:
            recalls.append(both / wanted.total())
    precision, recall = mean(precisions), mean(recalls)
    return 2 * precision * recall / (precision + recall), precision, recall


def dateline(page: bytes) -> str:
    from index.errors import ReadError
    from index.read.html_file import article_of_page

    try:
        return article_of_page(page)[0].text
    except ReadError:
        return ""


def trafilatura_defaults(page: bytes) -> str:
    from trafilatura import extract

    return extract(page) or ""


def main() -> int:
    data = Path(sys.argv[1]) / "data" / "article-extraction"
    truth = json.loads((data / "ground-truth.json").read_text(encoding="utf-8"))
    names = sorted(truth)
    pages = {name: gzip.decompress((data / "html" / f"{name}.html.gz").read_bytes()) for name in names}
    halves = {"odd": names[0::2], "even": names[1::2], "all": names}
    extractors: dict[str, Callable[[bytes], str]] = {
        "trafilatura defaults": trafilatura_defaults,
        "dateline": dateline,
    }
    for label, extract in extractors.items():
        extract(pages[names[0]])  # what is imported is no work of a page
        began = time.perf_counter()
        texts = {name: extract(pages[name]) for name in names}
        seconds = time.perf_counter() - began
        for half, chosen in halves.items():
            f1, precision, recall = figures((truth[name]["articleBody"], texts[name]) for name in chosen)
            print(f"{label:<21} {half:<4} F1 {f1:.4f}  precision {precision:.4f}  recall {recall:.4f}")
        print(f"{label:<21} {len(names) / seconds:.1f} pages a second, one process")
    return 0


if __name__ == "__main__":
    sys.exit(main())
