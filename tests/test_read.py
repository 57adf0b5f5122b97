"""What becomes of files and folders: articles, and for each thing that is none, where it stands and what to do."""

from __future__ import annotations

import datetime
import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.read import ReadArticle, Unread, read
from index.read.identity import id_from_path, id_from_url
from index.records import Article

SEEDS = Path(__file__).parent.parent / "seeds"
TITLE = "Mayor of Lindhafen resigns over harbour contracts"
PROSE = "The mayor of Lindhafen resigned on Friday after the council published its audit."


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

    @pytest.mark.parametrize(("name", "shown"), [("a.zip", "'.zip'"), ("a", "nothing"), ("a.tar.gz", "'.tar.gz'")])
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


class TestTextFiles:
    def test_are_cleaned_and_say_what_was_removed(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(f"News{TITLE}\n{TITLE}\nShare\n{PROSE}\n")
        (one,) = read([tmp_path])
        assert isinstance(one, ReadArticle)
        assert (one.article.title, one.article.text) == (TITLE, PROSE)
        assert one.removed == (f"News{TITLE}", "Share")

    def test_need_no_headline(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(PROSE)
        assert [(article.title, article.text) for article in articles(tmp_path)] == [("", PROSE)]

    @pytest.mark.parametrize(("encoding", "mark"), [("utf-8-sig", ""), ("utf-16", ""), ("utf-16-be", "\ufeff")])
    def test_may_begin_with_a_byte_order_mark(self, tmp_path: Path, encoding: str, mark: str) -> None:
        (tmp_path / "a.txt").write_bytes(f"{mark}{TITLE} – Łódź\r\n\r\n{PROSE}".encode(encoding))
        assert [(article.title, article.text) for article in articles(tmp_path)] == [(f"{TITLE} – Łódź", PROSE)]

    def test_in_another_encoding_are_reported_with_the_byte(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes("Café".encode("cp1252"))
        found = unread(tmp_path)
        assert "byte 0xe9 at offset 3" in found.problem
        assert "iconv -f WINDOWS-1252 -t UTF-8" in found.remedy

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"", "empty"),
            (b" \n\r\n\t", "empty"),
            (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", "not text"),
            (bytes(range(1, 32)) * 20, "not text"),
            (PROSE.encode("utf-16-le"), "UTF-16LE without a byte order mark"),
            (PROSE.encode("utf-16-be"), "UTF-16BE without a byte order mark"),
            (b"\xff\xfea", "marked as UTF-16"),
            (b"Share\nAdvertisement\n", "no article"),
        ],
    )
    def test_that_hold_no_article_are_reported(self, tmp_path: Path, content: bytes, problem: str) -> None:
        (tmp_path / "a.txt").write_bytes(content)
        assert problem in unread(tmp_path).problem

    def test_that_are_too_large_are_reported(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(PROSE)
        assert "larger than 20 bytes" in unread(tmp_path, max_bytes=20).problem

    @given(content=st.binary(max_size=200) | st.text().map(str.encode))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_of_any_bytes_are_an_article_or_reported(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(content)
        (one,) = read([path])
        assert isinstance(one, Unread) or one.article.text.strip()


class TestMarkdownFiles:
    def test_state_their_fields_in_front_matter(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(
            f"---\ntitle: 'Mayor: I go'\ndate: 2024-06-14T18:07:00+02:00\nauthors:\n  - Jane Roe\n  - Anna Berg\n"
            f"source: The Lindhafen Post\nurl: https://post.example/a\nlang: en\ntags: [harbour, audit]\n"
            f"summary: >\n  It goes\n  on.\n---\n# Mayor: I go\n\n{PROSE}\n\n## What next\n\n{PROSE}\n"
        )
        (article,) = articles(tmp_path)
        assert article.title == "Mayor: I go"
        assert article.text == f"{PROSE}\n\nWhat next\n\n{PROSE}"
        assert article.published == datetime.datetime.fromisoformat("2024-06-14T18:07:00+02:00")
        assert article.authors == ("Jane Roe", "Anna Berg")
        assert (article.source, article.url, article.language) == ("The Lindhafen Post", "https://post.example/a", "en")
        assert article.id == id_from_url("https://post.example/a")
        assert dict(article.metadata) == {"tags": "harbour, audit", "summary": "It goes on."}

    def test_need_no_front_matter(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(f"# {TITLE}\n\nBy Jane Roe\n\n{PROSE}\n")
        (article,) = articles(tmp_path)
        assert (article.id, article.title, article.text) == ("a.md", TITLE, PROSE)

    def test_with_a_date_that_says_nothing_are_reported_with_its_line(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(f"---\ntitle: {TITLE}\ndate: in June\n---\n{PROSE}\n")
        found = unread(tmp_path)
        assert found.where.endswith("a.md, line 3")
        assert "'in June'" in found.problem

    def test_may_begin_with_a_rule(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(f"---\n{PROSE}\n---\n{PROSE}\n")
        assert [article.text for article in articles(tmp_path)] == [f"{PROSE}\n\n{PROSE}"]


class TestJson:
    def test_texts_are_canonical_as_they_stand(self, tmp_path: Path) -> None:
        text = f"News{TITLE}\r\n{TITLE}\rShare\n\n\n Cafe\u0301 \u00a0 \n"
        lines(tmp_path / "a.jsonl", {"text": text})
        assert [article.text for article in articles(tmp_path)] == [f"News{TITLE}\n{TITLE}\nShare\n\n\n Café \u00a0 \n"]

    def test_keys_fill_the_fields_and_unknown_ones_are_kept(self, tmp_path: Path) -> None:
        row = {
            "id": "post-1",
            "title": TITLE,
            "text": PROSE,
            "published": "2024-06-14",
            "source": "post.example",
            "url": "https://post.example/1",
            "authors": ["Jane Roe"],
            "language": "en",
            "sha256": "0" * 64,
            "section": {"name": "World"},
            "score": float("nan"),
        }
        (article,) = articles(lines(tmp_path / "a.jsonl", row))
        assert (article.id, article.title, article.text) == ("post-1", TITLE, PROSE)
        assert article.published == datetime.date(2024, 6, 14)
        assert (article.source, article.url, article.language) == ("post.example", "https://post.example/1", "en")
        assert article.authors == ("Jane Roe",)
        assert dict(article.metadata) == {"section": {"name": "World"}, "score": None}
        assert article.sha256 != "0" * 64

    def test_metadata_given_as_such_is_not_nested(self, tmp_path: Path) -> None:
        (article,) = articles(lines(tmp_path / "a.jsonl", {"text": PROSE, "metadata": {"a": 1}, "b": 2}))
        assert dict(article.metadata) == {"a": 1, "b": 2}

    def test_keys_that_are_null_or_empty_are_not_given(self, tmp_path: Path) -> None:
        keys = ("id", "title", "published", "source", "url", "authors", "language")
        rows = [{"text": PROSE, **dict.fromkeys(keys, nothing)} for nothing in (None, "")]
        for article in articles(lines(tmp_path / "a.jsonl", *rows)):
            assert article.id.startswith("a.jsonl#")
            assert (article.title, article.published, article.source, article.url) == ("", None, None, None)
            assert (article.authors, article.language) == ((), None)

    @pytest.mark.parametrize(
        ("published", "expected"),
        [
            ("2024-06-14", datetime.date(2024, 6, 14)),
            ("2024-06-14T18:07:00", datetime.datetime(2024, 6, 14, 18, 7)),
            ("2024-06-14T18:07:00Z", datetime.datetime(2024, 6, 14, 18, 7, tzinfo=datetime.UTC)),
            ("Fri, 14 Jun 2024 18:07:00 GMT", datetime.datetime(2024, 6, 14, 18, 7, tzinfo=datetime.UTC)),
        ],
    )
    def test_a_date_keeps_the_precision_it_has(self, tmp_path: Path, published: str, expected: datetime.date) -> None:
        (article,) = articles(lines(tmp_path / "a.jsonl", {"text": PROSE, "published": published}))
        assert (article.published, type(article.published)) == (expected, type(expected))

    def test_a_file_may_hold_an_article_or_a_list_of_them(self, tmp_path: Path) -> None:
        (tmp_path / "one.json").write_text(json.dumps({"text": PROSE}))
        (tmp_path / "two.json").write_text(json.dumps([{"text": PROSE}, {"text": TITLE}]))
        assert [article.id for article in articles(tmp_path)] == ["one.json", "two.json#1", "two.json#2"]

    def test_a_bad_item_of_a_list_stops_no_other(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text(json.dumps([{"text": PROSE}, 7, {"text": TITLE}]))
        first, bad, last = read([tmp_path])
        assert isinstance(first, ReadArticle)
        assert isinstance(last, ReadArticle)
        assert isinstance(bad, Unread)
        assert bad.where.endswith("a.json, item 2")
        assert "a number, not a JSON object" in bad.problem

    def test_a_bad_line_is_named_and_stops_no_other(self, tmp_path: Path) -> None:
        rows = [{"text": f"{PROSE} {n}"} for n in range(1, 7)]
        found = list(read([lines(tmp_path / "a.jsonl", *rows, '{"text": ', "", {"text": TITLE})]))
        assert [one.article.id for one in found if isinstance(one, ReadArticle)] == [
            *(f"a.jsonl#{n}" for n in range(1, 7)),
            "a.jsonl#9",
        ]
        (bad,) = [one for one in found if isinstance(one, Unread)]
        assert bad.where.endswith("a.jsonl, line 7")
        assert "not JSON" in bad.problem

    @pytest.mark.parametrize(
        ("row", "problem"),
        [
            ([], "a list, not a JSON object"),
            ("null", "null, not a JSON object"),
            ("not json", "not JSON"),
            ("[" * 100_000, "nested too deep"),
            ('{"text": "a", "n": ' + "9" * 5000 + "}", "too long a number"),
            ({}, "no 'text'"),
            ({"text": None}, "no 'text'"),
            ({"text": " \n"}, "'text' is empty"),
            ({"text": 5}, "'text' is a number"),
            ({"text": [PROSE]}, "'text' is a list"),
            ({"text": PROSE, "id": 5}, "'id' is a number"),
            ({"text": PROSE, "title": ["a"]}, "'title' is a list"),
            ({"text": PROSE, "source": {}}, "'source' is an object"),
            ({"text": PROSE, "url": True}, "'url' is true or false"),
            ({"text": PROSE, "language": 1}, "'language' is a number"),
            ({"text": PROSE, "authors": "Jane Roe"}, "'authors' are not a list"),
            ({"text": PROSE, "authors": ["Jane Roe", 5]}, "'authors' are not a list"),
            ({"text": PROSE, "published": 1718388420}, "'published' is a number"),
            ({"text": PROSE, "published": "June 14"}, "'published' 'June 14' is no date"),
            ({"text": PROSE, "published": "2024-02-30"}, "'2024-02-30' is no date"),
            ('{"text": "a\\ud800b"}', "half of a character"),
            ('{"text": "a", "x": ["\\udc00"]}', "half of a character"),
        ],
    )
    def test_what_is_no_article_is_reported(self, tmp_path: Path, row: object, problem: str) -> None:
        bad, good = read([lines(tmp_path / "a.jsonl", row, {"text": PROSE})])
        assert isinstance(good, ReadArticle)
        assert isinstance(bad, Unread)
        assert problem in bad.problem
        assert bad.where.endswith("a.jsonl, line 1")

    def test_a_whole_pair_of_surrogates_is_a_character(self, tmp_path: Path) -> None:
        (article,) = articles(lines(tmp_path / "a.jsonl", '{"text": "a\\ud83d\\ude00b"}'))
        assert article.text == "a\U0001f600b"

    def test_a_line_in_another_encoding_costs_that_line(self, tmp_path: Path) -> None:
        path = lines(tmp_path / "a.jsonl", {"text": PROSE})
        size = path.stat().st_size
        path.write_bytes(path.read_bytes() + '{"text": "Café"}\n'.encode("cp1252") + b'{"text": "Last."}\n')
        first, bad, last = read([path])
        assert isinstance(first, ReadArticle)
        assert isinstance(last, ReadArticle)
        assert isinstance(bad, Unread)
        assert bad.where.endswith("line 2")
        assert f"byte 0xe9 at offset {size + 13}" in bad.problem

    def test_a_line_that_is_too_long_costs_that_line(self, tmp_path: Path) -> None:
        path = lines(tmp_path / "a.jsonl", {"text": "a"}, {"text": "b" * 500}, {"text": "c"})
        first, bad, last = read([path], max_bytes=100)
        assert isinstance(first, ReadArticle)
        assert isinstance(last, ReadArticle)
        assert last.article.id == "a.jsonl#3"
        assert isinstance(bad, Unread)
        assert "longer than 100 bytes" in bad.problem

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_lines_may_begin_with_a_byte_order_mark_and_end_as_on_windows(
        self, tmp_path: Path, encoding: str, end: str
    ) -> None:
        (tmp_path / "a.jsonl").write_bytes(f'{{"text": "Łódź"}}{end}{{"text": "b"}}{end}'.encode(encoding))
        assert [article.text for article in articles(tmp_path)] == ["Łódź", "b"]

    @pytest.mark.parametrize(("name", "content"), [("a.jsonl", "\n\n"), ("a.json", " "), ("b.json", "[]")])
    def test_empty_files_are_reported(self, tmp_path: Path, name: str, content: str) -> None:
        (tmp_path / name).write_text(content)
        assert "empty" in unread(tmp_path).problem

    def test_a_broken_file_is_reported_with_the_place(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text('[\n  {"text": "a"}\n  {"text": "b"}\n]')
        assert "at line 3, column 3" in unread(tmp_path).problem

    @given(
        row=st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["text", "published", "url", "x"]), inner),
        )
    )
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_value_is_an_article_or_reported(self, tmp_path: Path, row: object) -> None:
        path = lines(tmp_path / "a.jsonl", json.dumps(row))
        (one,) = read([path])
        assert isinstance(one, Unread) or one.article.text.strip()


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
        assert "cannot be read" in unread(tmp_path).problem

    def test_are_bounded_by_what_they_hold(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"a" * 1_000_000))
        assert "larger than" in unread(tmp_path, max_bytes=100_000).problem


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


def test_a_file_that_may_not_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(PROSE)
    opened: Callable[..., Any] = Path.open

    def refuse(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)
    assert "Permission denied" in unread(tmp_path).problem
