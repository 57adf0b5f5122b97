"""What becomes of compressed files."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from lindhafen import PROSE
from readings import articles, unread

from index.read import ReadArticle, Unread, read


class TestCompressedFiles:
    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.txt.gz", PROSE), ("a.jsonl.gz", f'{{"text": "{PROSE}"}}\n'), ("a.json.gz", f'{{"text": "{PROSE}"}}')],
    )
    def test_are_read_as_if_they_were_not(self, tmp_path: Path, name: str, content: str) -> None:
        (tmp_path / name).write_bytes(gzip.compress(content.encode()))
        assert [article.text for article in articles(tmp_path)] == [PROSE]

    def test_that_are_cut_off_give_what_came_before(self, tmp_path: Path) -> None:
        rows = "".join(json.dumps({"text": os.urandom(200).hex()}) + "\n" for _ in range(2000))
        content = gzip.compress(rows.encode())
        (tmp_path / "a.jsonl.gz").write_bytes(content[: len(content) // 2])
        *good, bad = read([tmp_path])
        assert len(good) > 500
        assert all(isinstance(one, ReadArticle) for one in good)
        assert isinstance(bad, Unread)
        assert "damaged or cut off" in bad.problem

    def test_that_are_not_compressed_are_reported(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt.gz").write_text(PROSE)
        assert "Not a gzipped file" in unread(tmp_path).problem

    def test_are_bounded_by_what_they_hold(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"a" * 1_000_000))
        assert "larger than" in unread(tmp_path, max_bytes=100_000).problem
