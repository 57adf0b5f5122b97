"""What reading files gave, taken apart: the articles, or the one thing that could not be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from index.read import ReadArticle, Unread, read
from index.records import Article


def articles(*paths: Path, **options: Any) -> list[Article]:
    """The articles read, where nothing else may come."""
    found = list(read(paths, **options))
    assert [one for one in found if isinstance(one, Unread)] == []
    return [one.article for one in found if isinstance(one, ReadArticle)]


def unread(*paths: Path, **options: Any) -> Unread:
    """The one thing that could not be read, where nothing else may come."""
    (one,) = read(paths, **options)
    assert isinstance(one, Unread)
    assert one.problem.endswith(".")
    assert one.remedy.endswith(".")
    return one


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path
