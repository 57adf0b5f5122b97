"""Reading PDF, Word documents, e-mails, saved web archives and tables."""

from __future__ import annotations

import datetime
import textwrap
from pathlib import Path

import documents
import pytest
from documents import PARAGRAPHS
from lindhafen import LEAD, MORE, PROSE, TITLE
from readings import articles, unread

from index.read import ReadArticle, SourceFile, Unread, read
from index.read.formats import read_one

SENT = datetime.datetime(2024, 6, 14, 18, 7, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


class TestPdf:
    def test_gives_headline_byline_date_and_paragraphs(self, tmp_path: Path) -> None:
        body = [line for one in (PROSE + " " + MORE, LEAD) for line in [*textwrap.wrap(one, 60), ""]]
        put(tmp_path, "a.pdf", documents.pdf([TITLE, "", "By Jane Roe", "14 June 2024", "", *body]))
        (article,) = articles(tmp_path)
        assert (article.title, article.authors, article.published) == (TITLE, ("Jane Roe",), datetime.date(2024, 6, 14))
        assert article.text == f"{PROSE} {MORE}\n\n{LEAD}"

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (documents.encrypted_pdf(), "needs a password"),
            (documents.pdf([]), "only pictures"),
            (documents.pdf([PROSE])[:300], "damaged"),
            (b"%PDF-1.4\n" + bytes(range(256)) * 20, "damaged"),
            (b"PK\x03\x04 no PDF", "not a PDF"),
            (b"", "not a PDF"),
        ],
        ids=["encrypted", "scanned", "cut off", "broken", "something else", "empty"],
    )
    def test_that_cannot_be_read_is_reported(self, content: bytes, problem: str, tmp_path: Path) -> None:
        put(tmp_path, "a.pdf", content)
        assert problem in unread(tmp_path).problem


class TestDocx:
    def test_gives_paragraphs_and_tables(self, tmp_path: Path) -> None:
        content = documents.docx(
            [TITLE, "By Jane Roe", "14 June 2024", PROSE, MORE], [["Quay", "Cost"], ["North", "84"]]
        )
        put(tmp_path, "a.docx", content)
        (article,) = articles(tmp_path)
        assert (article.title, article.authors, article.published) == (TITLE, ("Jane Roe",), datetime.date(2024, 6, 14))
        assert article.text.split("\n\n") == [PROSE, MORE, "Quay | Cost", "North | 84"]

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"", "not a Word document"),
            (documents.docx([PROSE])[:500], "not a Word document"),
            (documents.zipped({"a.txt": b"x"}), "not a Word document"),
            (b"\xd0\xcf\x11\xe0" + bytes(500), "encrypted, or an old .doc"),
            (documents.docx([]), "no text"),
            (documents.zipped({"word/document.xml": bytes(300_000_000)}), "unpacks to more"),
        ],
        ids=["empty", "cut off", "another archive", "old", "without text", "bomb"],
    )
    def test_that_cannot_be_read_is_reported(self, content: bytes, problem: str, tmp_path: Path) -> None:
        put(tmp_path, "a.docx", content)
        assert problem in unread(tmp_path).problem

    def test_reads_no_file_that_its_xml_names(self, tmp_path: Path) -> None:
        put(tmp_path, "secret.yaml", "the secret")
        import io
        import zipfile

        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(documents.docx([PROSE]))) as old, zipfile.ZipFile(stream, "w") as new:
            for member in old.infolist():
                content = old.read(member)
                if member.filename == "word/document.xml":
                    secret = (tmp_path / "secret.yaml").as_uri().encode()
                    doctype = b'<!DOCTYPE x [<!ENTITY e SYSTEM "' + secret + b'">]>'
                    content = content.replace(b"?>", b"?>" + doctype, 1).replace(
                        PROSE.encode(), PROSE.encode() + b"&e;"
                    )
                new.writestr(member, content)
        put(tmp_path, "a.docx", stream.getvalue())
        found = list(read([tmp_path]))
        assert found
        assert not any(isinstance(one, ReadArticle) and "secret" in one.article.text for one in found)


class TestEmail:
    def test_gives_subject_sender_and_time_of_sending(self, tmp_path: Path) -> None:
        put(tmp_path, "a.eml", documents.mail("\n\n".join(PARAGRAPHS), attachment=b"%PDF"))
        (article,) = articles(tmp_path)
        assert (article.title, article.source, article.published) == (TITLE, "Observer", SENT)
        assert article.text == "\n\n".join(PARAGRAPHS)
        assert article.metadata["message_id"] == "one@observer.example"

    def test_a_person_who_sends_it_is_its_author(self, tmp_path: Path) -> None:
        put(tmp_path, "a.eml", documents.mail(PROSE, sender="Jane Roe <roe@observer.example>"))
        (article,) = articles(tmp_path)
        assert (article.authors, article.source) == (("Jane Roe",), "observer.example")

    def test_its_html_goes_before_its_plain_text(self, tmp_path: Path) -> None:
        put(tmp_path, "a.eml", documents.mail("See this in a browser.", documents.page()))
        assert articles(tmp_path)[0].text == "\n\n".join(PARAGRAPHS)

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (documents.mail(attachment=b"%PDF"), "only attachments"),
            (b"", "empty"),
            (bytes(range(256)) * 10, "not an e-mail"),
            (PROSE.encode(), "not an e-mail"),
        ],
        ids=["only attachments", "empty", "binary", "no headers"],
    )
    def test_that_cannot_be_read_is_reported(self, content: bytes, problem: str, tmp_path: Path) -> None:
        put(tmp_path, "a.eml", content)
        assert problem in unread(tmp_path).problem

    def test_in_an_encoding_that_cannot_be_one_is_read_as_what_it_is(self, tmp_path: Path) -> None:
        head = b'Subject: Water\r\nContent-Type: text/plain; charset="utf-8\0\xf4"\r\n\r\n'
        put(tmp_path, "a.eml", head + PROSE.encode())
        assert [one.text for one in articles(tmp_path)] == [PROSE]


class TestWebArchives:
    def test_give_the_page_and_its_address(self, tmp_path: Path) -> None:
        head = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://observer.example/barrier\r\n"
        kind = 'Content-Type: multipart/related; type="text/html"; boundary="x"\r\n\r\n'
        part = "--x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        body = documents.page().replace("=", "=3D").encode().decode("ascii", "ignore")
        put(tmp_path, "a.mhtml", f"{head}{kind}{part}{body}\r\n--x--\r\n")
        (article,) = articles(tmp_path)
        assert (article.title, article.url) == (TITLE, "https://observer.example/barrier")
        assert article.text == "\n\n".join(PARAGRAPHS)

    def test_without_a_page_are_reported(self, tmp_path: Path) -> None:
        put(tmp_path, "a.mhtml", documents.mail(PROSE))
        assert "no part of it is HTML" in unread(tmp_path).problem
        put(tmp_path, "a.mhtml", b'Content-Type: text/plain; charset="a\0"\r\n\r\n\xf4')
        assert "no part of it is HTML" in unread(tmp_path).problem


class TestTables:
    def test_columns_are_told_by_their_names(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            "week.csv",
            "Headline,Publish Date,Article Body,Author,Outlet,Link,Desk\n"
            f'"{TITLE}",2024-06-14,"{PROSE}\n{MORE}",Jane Roe;Tom Ek,Observer,https://o.example/a,Harbour\n'
            f",,{MORE},,,,\n",
        )
        first, second = articles(tmp_path)
        assert (first.title, first.published, first.source) == (TITLE, datetime.date(2024, 6, 14), "Observer")
        assert (first.text, first.authors) == (f"{PROSE}\n{MORE}", ("Jane Roe", "Tom Ek"))
        assert (first.url, dict(first.metadata)) == ("https://o.example/a", {"Desk": "Harbour"})
        assert (second.id, second.title, second.published) == ("week.csv#3", "", None)

    @pytest.mark.parametrize("mark", [";", "\t", "|"])
    def test_are_parted_by_what_their_first_line_is_parted_by(self, mark: str, tmp_path: Path) -> None:
        put(tmp_path, "a.csv", f"title{mark}text\n{TITLE}{mark}{PROSE}\n")
        assert [(one.title, one.text) for one in articles(tmp_path)] == [(TITLE, PROSE)]

    def test_from_windows_are_read_with_their_mark(self, tmp_path: Path) -> None:
        put(tmp_path, "a.csv", f"title,text\r\n{TITLE},{PROSE}\r\n".encode("utf-16"))
        assert [(one.title, one.text) for one in articles(tmp_path)] == [(TITLE, PROSE)]

    def test_a_column_can_be_named(self, tmp_path: Path) -> None:
        path = put(tmp_path, "a.csv", f"kop,stuk,text\n{TITLE},{PROSE},\n")
        file = SourceFile(path, "a.csv", columns={"title": "Kop", "text": "stuk"})
        (found,) = read_one(file)
        assert isinstance(found, ReadArticle)
        assert (found.article.title, found.article.text) == (TITLE, PROSE)
        (missing,) = read_one(SourceFile(path, "a.csv", columns={"text": "none"}))
        assert isinstance(missing, Unread)
        assert "no column 'none'; the columns are 'kop', 'stuk', 'text'" in missing.problem

    def test_a_bad_row_stops_no_other(self, tmp_path: Path) -> None:
        put(tmp_path, "a.csv", f"text,date\n{PROSE},2024-06-14\n{MORE},06/07/2024\n,2024-06-14\n{LEAD},\n")
        found = list(read([tmp_path]))
        assert [one.article.text for one in found if isinstance(one, ReadArticle)] == [PROSE, LEAD]
        assert [one.where.rpartition(", ")[2] for one in found if isinstance(one, Unread)] == ["row 3", "row 4"]

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"name,age\nJane,7\n", "No column holds the text"),
            (b"", "empty"),
            (b"text\n", "no rows"),
            ("text\nКириллица\n".encode("cp1251"), "not UTF-8"),
            (b"text\n\0\0\0\n", "null bytes"),
        ],
        ids=["no text column", "empty", "no rows", "cp1251", "binary"],
    )
    def test_that_cannot_be_read_are_reported(self, content: bytes, problem: str, tmp_path: Path) -> None:
        put(tmp_path, "a.csv", content)
        assert problem in unread(tmp_path).problem
