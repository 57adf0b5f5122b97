"""What becomes of JSON files: articles as they stand, and for each bad row where it is and what to do."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lindhafen import PROSE, TITLE
from readings import articles, lines, unread

from index.read import ReadArticle, Unread, read

NO_AUTHORS = "The 'authors' are neither a list of strings nor one string."


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
            assert (article.authors, article.language) == ((), "en"), "told from the text"

    @pytest.mark.parametrize(
        ("authors", "expected"),
        [
            ("Jane Roe", ("Jane Roe",)),
            ("Jane Roe and Anna Berg", ("Jane Roe and Anna Berg",)),
            (["Jane Roe", " ", "Anna Berg"], ("Jane Roe", "Anna Berg")),
            ([], ()),
            (" ", ()),
        ],
    )
    def test_authors_may_be_one_string_which_is_one_author(
        self, tmp_path: Path, authors: object, expected: tuple[str, ...]
    ) -> None:
        (article,) = articles(lines(tmp_path / "a.jsonl", {"text": PROSE, "authors": authors}))
        assert article.authors == expected

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
            ({"text": PROSE, "authors": {"name": "Jane Roe"}}, NO_AUTHORS),
            ({"text": PROSE, "authors": ["Jane Roe", 5]}, NO_AUTHORS),
            ({"text": PROSE, "authors": 5}, NO_AUTHORS),
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
