"""What becomes of text and Markdown files."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lindhafen import PROSE, TITLE
from readings import articles, unread

from index.read import ReadArticle, Unread, read
from index.read.identity import id_from_url


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


class TestEncodings:
    def test_cyrillic_of_windows_is_reported_with_its_conversion(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes(
            "Совет порта одобрил новый барьер после четырёх часов споров.".encode("cp1251")
        )
        assert "iconv -f WINDOWS-1251" in unread(tmp_path).remedy

    @pytest.mark.parametrize(
        "text",
        [
            "Le conseil a été réuni à Lindhafen, où la barrière a été approuvée après un débat agité.",
            "Совет порта одобрил новый барьер после четырёх часов споров в старом зале.",
            "“We have waited,” she said — “and the water hasn’t.” The council’s vote wasn’t “close”.",
        ],
    )
    def test_letters_that_were_garbled_are_reported_and_those_that_were_not_are_read(
        self, text: str, tmp_path: Path
    ) -> None:
        garbled = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())
        path = tmp_path / "a.txt"
        path.write_text(garbled, encoding="utf-8")
        assert "garbled" in unread(tmp_path).problem
        path.write_text(text, encoding="utf-8")
        assert articles(tmp_path)[0].text == text
        path.unlink()
        (tmp_path / "a.jsonl").write_text(f'{{"text": "{garbled}"}}', encoding="utf-8")
        assert articles(tmp_path)[0].text, "the text of JSON is taken as it stands"

    def test_a_line_of_three_hundred_megabytes_is_reported_at_once(self, tmp_path: Path) -> None:
        kinds = ("txt", "jsonl", "csv", "html", "eml")
        with (tmp_path / "a.txt").open("wb") as stream:
            for _ in range(300):
                stream.write(b"a" * 1024 * 1024)
        for kind in kinds[1:]:
            (tmp_path / f"a.{kind}").hardlink_to(tmp_path / "a.txt")
        found = list(read([tmp_path]))
        assert len(found) == len(kinds)
        for one in found:
            assert isinstance(one, Unread)
            assert re.search("(larger|longer) than [\\d,]+ (bytes|characters)", one.problem), one
            assert one.remedy
