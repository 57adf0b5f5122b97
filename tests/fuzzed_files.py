"""Files of every format that is read, damaged at random: for the tests and for the soak of the readers."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

import documents
from hypothesis import strategies as st
from lindhafen import MORE, PROSE, TITLE

from index.read import ReadArticle, Unread, read

MAX_BYTES = 2_000_000
"""Bytes of the largest file that is read here; damage can make a bomb of a small one."""

_SPICE = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"<" * 50,
    b"<div>" * 500,
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    b"]]>",
    b'{"a":' * 60,
    b"9" * 400,
    b"\r\n\r\n",
    b"--x\r\n",
    b"Content-Type: text/html; charset=utf-7\r\n",
    b"=?utf-8?B?/////?=",
    b"\\ud800",
    b"NaN",
    b'"',
    b"PK\x03\x04",
    b"endobj",
    b"stream\n",
    "ﬀ\u202e\u0085\u2028".encode(),
    b"9999-99-99",
    b"June 31, 2024",
)


@cache
def whole_files() -> dict[str, bytes]:
    """A good file of each format by its name."""
    line = json.dumps({"text": PROSE, "title": TITLE, "published": "2024-06-14", "authors": ["Jane Roe"]})
    page = documents.page().encode()
    linked = (
        b'<script type="application/ld+json">{"@type":"NewsArticle","headline":"a","author":[{"name":"x"}]}</script>'
    )
    archive = {"a.txt": PROSE.encode(), "b.html": page, "c.jsonl": line.encode(), "d.pdf": documents.pdf([PROSE])}
    mail = documents.mail(PROSE, documents.page(), b"%PDF")
    return {
        "a.csv": f"title,text,date\n{TITLE},{PROSE},2024-06-14\n{TITLE},{MORE},\n".encode(),
        "a.docx": documents.docx([TITLE, PROSE, MORE], [["a", "b"]]),
        "a.eml": mail,
        "a.html": page.replace(b"</head>", linked + b"</head>"),
        "a.json": f"[{line},{line}]".encode(),
        "a.jsonl": f"{line}\n{line}\n".encode(),
        "a.jsonl.gz": gzip.compress(f"{line}\n{line}\n".encode()),
        "a.md": f"---\ntitle: {TITLE}\ndate: 2024-06-14\n---\n\n{PROSE}\n\n{MORE}".encode(),
        "a.mhtml": mail,
        "a.pdf": documents.pdf([TITLE, PROSE, MORE]),
        "a.txt": f"News{TITLE}\n{TITLE}\nJane Roe\n14 June 2024 18:07\n{PROSE}\n{MORE}\n- News".encode(),
        "a.zip": documents.zipped(archive),
    }


@st.composite
def damaged_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """The name and the content of a file: one of the good ones after some damages, at times under another's name."""
    files = whole_files()
    name = draw(st.sampled_from(sorted(files)))
    content = files[name]
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        end = min(len(content), at + draw(st.sampled_from((1, 2, 8, 64, 512))))
        match draw(st.sampled_from(("cut", "drop", "repeat", "overwrite", "insert", "spice", "stitch", "end"))):
            case "cut":
                content = content[:at]
            case "drop":
                content = content[:at] + content[end:]
            case "repeat":
                content = content[:at] + content[at:end] * draw(st.sampled_from((2, 10, 200))) + content[end:]
            case "overwrite":
                content = content[:at] + draw(st.binary(min_size=end - at, max_size=end - at)) + content[end:]
            case "insert":
                content = content[:at] + draw(st.binary(max_size=64)) + content[at:]
            case "spice":
                content = content[:at] + draw(st.sampled_from(_SPICE)) + content[at:]
            case "stitch":
                content = content[:at] + files[draw(st.sampled_from(sorted(files)))][at:]
            case _:
                content = content[at:]
    if draw(st.integers(0, 9)) == 0:
        name = draw(st.sampled_from(sorted(files)))
    return name, content[:MAX_BYTES]


def read_damaged(folder: Path, name: str, content: bytes) -> tuple[list[ReadArticle], list[Unread]]:
    """What reading the file gives; each article storable, each failure with a problem and a remedy."""
    path = folder / name
    path.write_bytes(content)
    articles, failures = [], []
    for found in read([path], max_bytes=MAX_BYTES):
        if isinstance(found, Unread):
            assert found.problem.endswith("."), found
            assert found.remedy.endswith("."), found
            assert not found.problem.startswith("It cannot be read: "), found  # an error that nobody foresaw
            json.dumps([found.problem, found.where]).encode()
            failures.append(found)
        else:
            article = found.article
            assert article.text.strip(), found
            assert article.id, found
            json.dumps([article.id, article.title, dict(article.metadata)], ensure_ascii=False).encode()
            "".join((article.text, article.source or "", article.url or "", *article.authors)).encode()
            articles.append(found)
    assert articles or failures, "a file was passed over in silence"
    return articles, failures
