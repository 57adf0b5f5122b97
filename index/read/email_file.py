"""Reads .eml, a newsletter or an article sent by e-mail, and .mhtml, a web page saved as one: both are MIME messages.

Attachments are not opened, remote content is not fetched, and what is in HTML is read as a page.
"""

from __future__ import annotations

import datetime
import email
import email.policy
import email.utils
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage, Message

from index.clean.bylines import is_person
from index.errors import ReadError
from index.read.html_file import article_of_page
from index.read.pasted import article_of_text
from index.read.source import ReadArticle, SourceFile, Unread

MAX_PARTS = 1_000
_DEEPEST = 20


def read_email(file: SourceFile) -> Iterator[ReadArticle | Unread]:
    """The article of an e-mail: its HTML where it has one that holds an article, else its plain text."""
    message = _parsed(file.read())
    if not message.keys() or ("from" not in message and "subject" not in message and "date" not in message):
        raise ReadError("It is not an e-mail: it has no headers.", "Save the e-mail again as .eml.")
    subject, published, (name, address) = _header(message, "subject"), _sent(message), _sender(message)
    source = name if name and not is_person(name) else address.rpartition("@")[2] or None
    authors = (name,) if is_person(name) else ()
    message_id = _header(message, "message-id").strip("<> ")
    metadata = {"message_id": message_id} if message_id else {}
    parts = [part for part in _parts(message) if part.get_content_disposition() != "attachment"]
    for part in parts:
        if part.get_content_type() == "text/html":
            try:
                article, removed = article_of_page(_content(part), charset=part.get_content_charset(), name=file.name)
            except ReadError:
                continue
            yield ReadArticle(
                replace(
                    article,
                    title=subject or article.title,
                    published=published or article.published,
                    source=source or article.source,
                    authors=authors or article.authors,
                    metadata={**article.metadata, **metadata},
                ),
                file.origin,
                removed,
            )
            return
    plain = [_decoded(part) for part in parts if part.get_content_type() == "text/plain"]
    if not any(text.strip() for text in plain):
        raise ReadError(
            "The e-mail holds no text, only attachments." if len(list(_parts(message))) else "The e-mail is empty.",
            "Save the attachments as files of their own, and add those.",
        )
    yield ReadArticle(
        *article_of_text(
            "\n\n".join(plain),
            file,
            title=subject,
            published=published,
            source=source,
            authors=authors,
            metadata=metadata,
        )
    )


def read_web_archive(file: SourceFile) -> Iterator[ReadArticle | Unread]:
    """The article of a page that a browser saved as one file, from the address that it was saved from."""
    message = _parsed(file.read())
    page = next((part for part in _parts(message) if part.get_content_type() in _PAGES), None)
    if page is None:
        raise ReadError("It is not a saved web page: no part of it is HTML.", "Save the page again in the browser.")
    url = _header(page, "content-location") or _header(message, "snapshot-content-location")
    article, removed = article_of_page(
        _content(page),
        url=url if url.startswith(("http://", "https://")) else None,
        charset=page.get_content_charset(),
        name=file.name,
    )
    yield ReadArticle(article, file.origin, removed)


_PAGES = ("text/html", "application/xhtml+xml")


def _parsed(content: bytes) -> EmailMessage:
    if not content.strip():
        raise ReadError("The file is empty.", "Save it again, or remove it.")
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
    except (ValueError, RecursionError, LookupError, IndexError, AttributeError) as error:
        raise ReadError("It is not an e-mail, or a damaged one.", "Save it again as .eml.") from error
    assert isinstance(message, EmailMessage)
    return message


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The leaves of a message that holds others, at most so many and so deep."""
    stack: list[tuple[Message, int]] = [(message, depth)]
    count = 0
    while stack and count < MAX_PARTS:
        part, level = stack.pop()
        payload = part.get_payload() if part.is_multipart() else None  # of a leaf it decodes, and may fail
        if isinstance(payload, list):
            if level < _DEEPEST:
                stack.extend((one, level + 1) for one in reversed(payload) if isinstance(one, Message))
            continue
        count += 1
        yield part


def _content(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError) as error:
        raise ReadError("A part of the e-mail is damaged.", "Save it again as .eml.") from error
    return content if isinstance(content, bytes) else b""


def _decoded(part: Message) -> str:
    content = _content(part)
    for charset in (part.get_content_charset(), "utf-8", "cp1252"):
        try:
            return content.decode(charset) if charset else content.decode("utf-8")
        except (ValueError, LookupError):  # other bytes than stated; no such encoding, or none that could be one
            continue
    return content.decode("utf-8", "replace")


def _header(message: Message, name: str) -> str:
    """A header on one line; empty where there is none, or one that cannot be parsed."""
    try:
        return " ".join(str(message.get(name, "")).split())
    except Exception:  # the header parsers of the standard library fail on some input in ways they do not document
        return ""


def _sender(message: Message) -> tuple[str, str]:
    name, address = email.utils.parseaddr(_header(message, "from"))
    return name.strip("\"' "), address


def _sent(message: Message) -> datetime.datetime | None:
    """When the e-mail was sent, which is when a newsletter is published."""
    try:
        when = email.utils.parsedate_to_datetime(_header(message, "date"))
        when.astimezone(datetime.UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return when if when.year >= 1970 else None
