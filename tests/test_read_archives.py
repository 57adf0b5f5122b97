"""Archives of articles, and archives made to do harm."""

from __future__ import annotations

import gzip
import io
import json
import stat
import zipfile
from pathlib import Path

import documents
import pytest
from lindhafen import MORE, PROSE, TITLE
from readings import articles, unread

from index.read import ReadArticle, Unread, read, zip_file


def archive(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "week.zip"
    path.write_bytes(documents.zipped(members))
    return path


def test_the_members_are_read_each_by_its_format(tmp_path: Path) -> None:
    line = json.dumps({"text": MORE, "id": "x7"}).encode()
    archive(
        tmp_path,
        {
            "june/a.txt": PROSE.encode(),
            "b.jsonl.gz": gzip.compress(line),
            "c.html": documents.page().encode(),
            "d.docx": documents.docx([PROSE]),
            "README.md": b"what this is",
            "__MACOSX/._a.txt": bytes(20),
            ".DS_Store": bytes(20),
            "inner.zip": documents.zipped({"e.txt": MORE.encode()}),
        },
    )
    assert [article.id for article in articles(tmp_path)] == [
        "x7",
        "week.zip/c.html",
        "week.zip/d.docx",
        "week.zip/inner.zip/e",
        "week.zip/june/a",
    ]


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "..\\evil.txt", "C:\\evil.txt"])
def test_a_member_that_leads_out_of_the_archive_is_refused_and_stops_no_other(name: str, tmp_path: Path) -> None:
    archive(tmp_path, {name: PROSE.encode(), "good.txt": MORE.encode()})
    found = list(read([tmp_path]))
    assert [one.article.text for one in found if isinstance(one, ReadArticle)] == [MORE]
    assert ["leads out" in one.problem for one in found if isinstance(one, Unread)] == [True]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["week.zip"]


def test_a_link_and_an_encrypted_member_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "week.zip", "w") as made:
        link = zipfile.ZipInfo("link.txt")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("secret.txt", PROSE)
    content = bytearray((tmp_path / "week.zip").read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.rfind(mark) + offset] |= 1  # the flag of encryption, of the last member
    (tmp_path / "week.zip").write_bytes(bytes(content))
    problems = [one.problem for one in read([tmp_path]) if isinstance(one, Unread)]
    assert problems == ["The member is a link.", "The member is encrypted."]


def test_a_bomb_of_one_member_costs_no_more_than_the_largest_file(tmp_path: Path) -> None:
    archive(tmp_path, {"bomb.txt": bytes(10_000_000), "good.txt": PROSE.encode()})
    found = list(read([tmp_path], max_bytes=1_000_000))
    assert ["larger than" in one.problem for one in found if isinstance(one, Unread)] == [True]
    assert [one.article.text for one in found if isinstance(one, ReadArticle)] == [PROSE]


def test_a_bomb_of_many_members_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_file, "MAX_UNPACKED", 1_000_000)
    archive(tmp_path, {f"{n}.txt": b"x" * 300_000 for n in range(10)})
    assert "unpacks to more than 1,000,000 bytes" in unread(tmp_path).problem


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_file, "MAX_UNPACKED", 1_000_000)
    monkeypatch.setattr(zipfile.ZipInfo, "file_size", property(lambda self: 5_000_000, lambda self, size: None))
    budget = zip_file._Budget(1_000_000)
    stream = zip_file._Counted(io.BytesIO(bytes(2_000_000)), budget)
    with pytest.raises(Exception, match="unpacks to more"):
        io.BufferedReader(stream).read()


def test_archives_within_archives_are_read_to_a_depth(tmp_path: Path) -> None:
    content = documents.zipped({"a.txt": PROSE.encode()})
    for _ in range(3):
        content = documents.zipped({"inner.zip": content})
    (tmp_path / "deep.zip").write_bytes(content)
    assert "nested" in unread(tmp_path).problem


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", bytes(1000), documents.zipped({"a.txt": PROSE.encode()})[:-30]],
    ids=["empty", "a beginning", "zeros", "cut off"],
)
def test_what_is_no_archive_is_reported(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "week.zip").write_bytes(content)
    assert "not a zip archive" in unread(tmp_path).problem


def test_a_damaged_member_stops_no_other(tmp_path: Path) -> None:
    path = archive(tmp_path, {"a.txt": (PROSE * 50).encode(), "b.txt": MORE.encode()})
    content = bytearray(path.read_bytes())
    content[60:70] = bytes(10)
    path.write_bytes(bytes(content))
    found = list(read([tmp_path]))
    assert [one.article.text for one in found if isinstance(one, ReadArticle)] == [MORE]
    assert len([one for one in found if isinstance(one, Unread)]) == 1


def test_a_truncated_gzip_gives_what_came_before_and_says_so(tmp_path: Path) -> None:
    rows = "".join(json.dumps({"text": f"{PROSE} {n}", "title": TITLE}) + "\n" for n in range(2000))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(rows.encode())[:-2000])
    found = list(read([tmp_path]))
    assert len([one for one in found if isinstance(one, ReadArticle)]) > 100
    assert "damaged or cut off" in [one.problem for one in found if isinstance(one, Unread)][-1]
