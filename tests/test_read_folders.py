"""What becomes of paths and folders: their articles in order, and a report on each thing that is none."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lindhafen import PROSE, SEEDS
from readings import articles, lines, unread

from index.read import ReadArticle, Unread, read


class TestTheSeeds:
    def test_are_two_articles_with_their_names_as_ids_and_nothing_is_reported(self) -> None:
        assert [article.id for article in articles(SEEDS)] == ["nato-ukraine-respond", "peace-plan-rejected"]

    def test_have_the_same_ids_when_given_one_by_one(self) -> None:
        paths = sorted(SEEDS.glob("*.txt"))
        assert [article.id for article in articles(*paths)] == ["nato-ukraine-respond", "peace-plan-rejected"]

    def test_have_the_fields_that_their_pages_state(self) -> None:
        respond, rejected = articles(SEEDS)
        assert respond.title == 'NATO, Ukraine respond to Putin\'s claim of offering "peaceful resolution"'
        assert (respond.published, respond.authors, respond.source) == (None, (), None)
        assert rejected.published == datetime.datetime(2024, 6, 14, 18, 7)
        assert (rejected.authors, rejected.source) == (("Tomasz Waleński",), None)

    @pytest.mark.parametrize(
        "debris", ["Images source", "© PAP", "Władimir", "Waleński", "18:07", "- News", "NewsPutin"]
    )
    def test_have_no_debris_in_their_text(self, debris: str) -> None:
        assert not any(debris in article.text for article in articles(SEEDS))


class TestFolders:
    def test_are_read_with_the_folders_in_them_in_sorted_order(self, tmp_path: Path) -> None:
        for name in ("b.txt", "a/2.txt", "a/1.txt", "c/d/e.txt"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(PROSE)
        assert [article.id for article in articles(tmp_path)] == ["a/1", "a/2", "b", "c/d/e"]

    @pytest.mark.parametrize("name", ["README.md", "readme.txt", "LICENSE", "questions.yaml", "x.yml", ".hidden.txt"])
    def test_may_hold_files_that_are_no_articles(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text("Not an article.")
        (tmp_path / "a.txt").write_text(PROSE)
        assert [article.id for article in articles(tmp_path)] == ["a"]

    @pytest.mark.parametrize(("name", "shown"), [("a.rar", "'.rar'"), ("a", "nothing"), ("a.tar.gz", "'.tar.gz'")])
    def test_report_a_file_that_nothing_reads(self, tmp_path: Path, name: str, shown: str) -> None:
        (tmp_path / name).write_text(PROSE)
        found = unread(tmp_path)
        assert found.where == (tmp_path / name).as_posix()
        assert shown in found.problem
        assert ".jsonl" in found.remedy

    def test_that_are_empty_are_reported(self, tmp_path: Path) -> None:
        assert "holds no articles" in unread(tmp_path).problem

    def test_that_link_to_themselves_are_read_once(self, tmp_path: Path) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "a.txt").write_text(PROSE)
        (tmp_path / "sub" / "again").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "loop").symlink_to("loop")
        found = list(read([tmp_path]))
        assert [one.article.id for one in found if isinstance(one, ReadArticle)] == ["sub/a"]
        assert [one.where for one in found if isinstance(one, Unread)] == [f"{tmp_path.as_posix()}/loop"]

    def test_given_with_a_file_in_them_give_it_once(self, tmp_path: Path) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "a.txt").write_text(PROSE)
        assert [article.id for article in articles(tmp_path, tmp_path / "sub" / "a.txt")] == ["sub/a"]

    def test_are_not_held_up_by_a_pipe(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.txt")
        assert "not a file" in unread(tmp_path).problem


def test_a_path_that_is_not_there_stops_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PROSE)
    missing, there = read([tmp_path / "nowhere", tmp_path / "a.txt"])
    assert isinstance(missing, Unread)
    assert "no such file" in missing.problem
    assert missing.origin == (tmp_path / "nowhere").resolve().as_posix()
    assert isinstance(there, ReadArticle)


@pytest.mark.parametrize("path", [Path("a\0b.txt"), Path("x" * 5000)])
def test_a_path_that_cannot_be_is_reported(path: Path) -> None:
    assert unread(path).remedy


def test_the_origin_is_the_resolved_file(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", {"text": PROSE}, "{")
    found = list(read([tmp_path / "." / "a.jsonl"]))
    assert {one.origin for one in found} == {path.resolve().as_posix()}


def test_a_file_that_may_not_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(PROSE)
    opened: Callable[..., Any] = Path.open

    def refuse(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)
    assert "Permission denied" in unread(tmp_path).problem
