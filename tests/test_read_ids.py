"""The ids of articles: made from the page's address or the file's path, the same every time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lindhafen import PROSE
from readings import articles

from index.read.identity import id_from_path, id_from_url


class TestIds:
    def test_of_the_same_page_are_the_same(self) -> None:
        same = [
            "https://www.post.example/2024/mayor",
            "http://post.example/2024/mayor/",
            "post.example/2024/mayor",
            "https://post.example:443/2024/mayor#comments",
            "https://POST.example/2024/mayor?utm_source=feed&fbclid=1",
        ]
        assert len({id_from_url(url) for url in same}) == 1
        assert id_from_url(same[0]).startswith("post.example-2024-mayor-")

    def test_of_other_pages_differ(self) -> None:
        other = [
            "urn:post.example/a",
            "https://post.example/a",
            "https://post.example/A",
            "https://post.example/a?id=1",
        ]
        other += ["https://post.example/a?id=2", "https://post.example:8080/a", "https://news.example/a", "http://[bad"]
        assert len({id_from_url(url) for url in other}) == len(other)

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("peace-plan-rejected.txt", "peace-plan-rejected"),
            ("2024/06/plan.txt", "2024/06/plan"),
            ("plan.md", "plan.md"),
            ("plan.md.txt", "plan.md.txt"),
            ("plan.txt.gz", "plan.txt.gz"),
            ("Łódź.txt", "Łódź"),
        ],
    )
    def test_of_files_are_their_paths(self, name: str, expected: str) -> None:
        assert id_from_path(name) == expected

    def test_of_files_with_unsafe_names_are_safe_and_differ(self) -> None:
        ids = {id_from_path(name) for name in ("a b.txt", "a#b.txt", "a?b.txt", "a-b.txt", "a  b.txt", "a\udcffb.txt")}
        assert len(ids) == 6
        assert all(one.startswith("a-b") and one.isascii() and " " not in one for one in ids)

    @given(st.text(), st.text())
    def test_of_any_two_urls_are_made_and_made_again_the_same(self, one: str, other: str) -> None:
        assert id_from_url(one) == id_from_url(one)
        assert id_from_path(other) == id_from_path(other)

    def test_do_not_change_when_other_files_come(self, tmp_path: Path) -> None:
        (tmp_path / "plan.txt").write_text(PROSE)
        before = [article.id for article in articles(tmp_path)]
        (tmp_path / "plan.md").write_text(PROSE)
        assert [article.id for article in articles(tmp_path)] == ["plan.md", *before]
