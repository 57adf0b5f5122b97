"""Whatever is wrong with a file or a server, the editor is told what and what to do, and the good ones are read.

Each file and each server is a real one. What the readers and the fetcher do beyond the message is tested beside them.
"""

from __future__ import annotations

import gzip
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path

import command_line
import documents
import pytest
from command_line import Run
from lindhafen import MORE, PROSE, TITLE
from web_server import PUBLIC, Reply, ToLoopback, fetcher, web_server

from index.read import ReadArticle, Unread
from index.read.known_pages import KnownPages
from index.read.web import WebReading
from index.update import no_progress

dateline = command_line.dateline
CERTIFICATE = Path(__file__).parent / "data" / "self_signed.pem"

RUSSIAN = "Совет порта одобрил новый барьер после четырёх часов споров в старом зале. Рыбаки были против."
FRENCH = "Le conseil a été réuni à Lindhafen, où la barrière a été approuvée après un débat agité et très âpre."
ROW = json.dumps({"text": PROSE, "title": TITLE}).encode()

FILES = {
    "cut.jsonl.gz": (gzip.compress(ROW)[:-6], "compressed file is damaged or cut off", "Compress it again"),
    "bomb.zip": (documents.zipped({"a.txt": b"0" * 70_000_000}), "larger than 67,108,864 bytes", "Split it"),
    "out.zip": (documents.zipped({"../a.txt": PROSE.encode()}), "leads out of the archive", "plain file names"),
    "null.txt": (f"{PROSE}\0{MORE}".encode(), "holds control bytes", "Convert it to text"),
    "utf16.txt": (PROSE.encode("utf-16-le"), "UTF-16LE without a byte order mark", "iconv -f UTF-16LE"),
    "cp1251.txt": (RUSSIAN.encode("cp1251"), "not UTF-8: byte 0xd1 at offset 0", "iconv -f WINDOWS-1251"),
    "mojibake.txt": (
        "".join(bytes([one]).decode("cp1252", "ignore") or chr(one) for one in FRENCH.encode()).encode(),
        "letters are garbled",
        "iconv -f UTF-8 -t WINDOWS-1252",
    ),
    "script.html": (
        b"<html><body>" + b"<script>show()</script>" * 9 + b"</body></html>",
        "its scripts",
        "save it from",
    ),
    "encrypted.pdf": (documents.encrypted_pdf(), "needs a password", "qpdf --decrypt"),
    "scanned.pdf": (documents.pdf([]), "only pictures", "ocrmypdf"),
    "broken.pdf": (b"%PDF-1.4\n" + b"\0\xff" * 400, "The PDF is damaged", "qpdf OLD.pdf NEW.pdf"),
    "attached.eml": (documents.mail(attachment=b"%PDF"), "only attachments", "files of their own"),
    "columns.csv": (b"name,age\nJane,7\n", "No column holds the text", "--column text=NAME"),
    "picture.png": (b"\x89PNG", "'.png' are not read as articles", "Convert it to one of"),
}
"""For each bad file what it holds, and what is said of it: the problem and the remedy."""


def test_of_a_folder_the_good_files_are_read_and_each_bad_one_is_explained(dateline: Run, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for name, (content, _, _) in FILES.items():
        (folder / name).write_bytes(content)
    (folder / "deep.html").write_bytes(b"<div>" * 100_000 + f"<p>{PROSE} {MORE}</p>".encode())
    (folder / "good.txt").write_text(f"{TITLE}\n{PROSE}")
    done = dateline("articles", "read", "news", "--out", "-", "--processes", "2")
    assert done.code == 1
    assert "good" in {row["id"] for row in done.rows}
    told = pairs(done.err)
    for name, (_, problem, remedy) in FILES.items():
        (where,) = [one for one in told if f"news/{name}" in one]
        assert problem in where, told[where]
        assert remedy in told[where], where
    assert not (tmp_path / "a.txt").exists()


def pairs(said: str) -> dict[str, str]:
    """What was said of each failure: the problem's line, and the remedy below it."""
    lines = said.splitlines()
    return {line: below for line, below in itertools.pairwise(lines) if line.startswith("error: ")}


def drip() -> Iterator[bytes]:
    while True:
        time.sleep(0.05)
        yield b"a"


def five_gigabytes() -> Iterator[bytes]:
    return itertools.repeat(b"a" * 1024**2, 5 * 1024)


def unread(reading: WebReading) -> dict[str, Unread]:
    """What could not be had, by the end of its address."""
    reading.fetch(no_progress)
    reading.close()
    return {one.where.rpartition("/")[2]: one for one in reading if isinstance(one, Unread)}


def test_of_a_server_the_good_pages_are_read_and_each_bad_one_is_explained() -> None:
    with web_server() as site, web_server(CERTIFICATE) as signed:
        site.routes |= {
            "/good": Reply(documents.page().encode()),
            "/slow": Reply(drip()),
            "/huge": Reply(five_gigabytes()),
            "/inside": Reply(status=302, headers={"Location": "http://localhost/"}),
            "/cloud": Reply(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
            "/busy": Reply(b"", 429, headers={"Retry-After": "3600"}),
        }
        expected = {
            "slow": ("was not there within 1 seconds", "later"),
            "huge": ("larger than 3,000,000 bytes", "Save the article alone"),
            "inside": ("localhost is 127.0.0.1, which is not a public address", "fetch_private_hosts"),
            "cloud": ("169.254.169.254 is not a public address", "fetch_private_hosts"),
            "missing": ("There is no page at", "Check the address"),
            "self-signed": ("cannot be trusted: self-signed certificate", "SSL_CERT_FILE"),
            "feed": ("is a web page, not a feed", "address of the feed itself"),
            "busy": ("asked too often (HTTP 429), and says to come back in 3600 seconds", "after that time"),
        }
        addresses = [f"{site.url}/{name}" for name in ("good", "slow", "huge", "inside", "cloud", "missing")]
        site.routes["/feed"] = site.routes["/good"]
        reading = WebReading(
            fetcher(seconds=0.9, max_bytes=3_000_000),
            KnownPages(),
            addresses=[*addresses, f"{signed.url}/self-signed", f"{site.url}/busy"],
            feeds=[f"{site.url}/feed"],
            processes=0,
        )
        found = unread(reading)
        assert [one.article.title for one in reading if isinstance(one, ReadArticle)] == [TITLE]
    assert found.keys() == expected.keys()
    for name, (problem, remedy) in expected.items():
        assert problem in found[name].problem
        assert remedy in found[name].remedy


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254"])
def test_a_name_that_leads_inside_the_second_time_is_explained(inside: str) -> None:
    with web_server() as site:
        target = f"http://news.test:{site.port}/story"
        site.routes["/moved"] = Reply(status=302, headers={"Location": target, "Connection": "close"})
        answers = iter([PUBLIC, inside])
        reading = WebReading(
            fetcher(private_hosts=frozenset(), resolve=lambda name, port: [next(answers)], network=ToLoopback()),
            KnownPages(),
            addresses=[f"http://news.test:{site.port}/moved"],
            processes=0,
        )
        assert f"news.test is {inside}, which is not a public address" in unread(reading)["moved"].problem
        assert site.paths == ["/moved"]
