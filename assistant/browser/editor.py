"""The editor's work: an article pasted or uploaded is staged, then the index is updated with all that is staged."""

from __future__ import annotations

import datetime
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from assistant.browser import wording
from index.clean import clean
from index.dates import parse_published
from index.errors import ReadError
from index.read import ReadArticle, Unread, read
from index.read.identity import id_from_path, id_from_url
from index.records import Article, Published, text_sha256

if TYPE_CHECKING:
    from index.update import Progress, UpdateReport

Staged: TypeAlias = tuple[ReadArticle | Unread, ...]

LONGEST_PASTE = 2_000_000
"""Characters; more than any one article has."""


@dataclass(frozen=True)
class Form:
    """An article as the editor's fields hold it: what the cleaner recognised, and what was corrected since."""

    text: str
    title: str = ""
    source: str = ""
    published: str = ""
    authors: str = ""
    url: str = ""


@dataclass(frozen=True)
class Stage:
    """How far an update is: `stage` is "reading", "embedding", "storing" or "probing"; `total` None where unknown."""

    stage: str
    done: int
    total: int | None


def recognised(raw: str) -> tuple[Form, tuple[str, ...]]:
    """What the cleaner makes of a pasted page, and the lines it left out."""
    cleaned = clean(raw[:LONGEST_PASTE])
    form = Form(
        text=cleaned.text,
        title=cleaned.title,
        source=cleaned.source or "",
        published=_typed(cleaned.published),
        authors=", ".join(cleaned.authors),
    )
    return form, cleaned.removed


def pasted(raw: str, form: Form) -> ReadArticle:
    """The pasted article with the fields as they stand; the text is what the cleaner left.

    Pasted again under the same URL, or else the same title, outlet and date, it has the same id. Raises ReadError.
    """
    if len(raw) > LONGEST_PASTE:
        raise ReadError(
            f"The pasted text has {len(raw):,} characters; one article has at most {LONGEST_PASTE:,}.",
            "Save it as files, one an article, and upload them.",
        )
    cleaned = clean(raw)
    if not cleaned.text.strip():
        raise ReadError("There is no article in the box, only what stands around one.", "Paste its text too.")
    title, source, url = form.title.strip(), form.source.strip() or None, form.url.strip() or None
    published = _published(form.published)
    if url:
        article_id = id_from_url(url)
    elif title:
        parts = (published.isoformat() if published else "", source or "", title[:80])
        article_id = id_from_path("/".join(("pasted", *(part.replace("/", "-") for part in parts if part))))
    else:
        article_id = id_from_path(f"pasted/{text_sha256(cleaned.text)[:16]}")
    authors = tuple(name for name in (name.strip() for name in form.authors.split(",")) if name)
    article = Article(
        id=article_id, text=cleaned.text, title=title, published=published, source=source, authors=authors, url=url
    )
    return ReadArticle(article, f"pasted: {wording.beginning(title or cleaned.text, 60)}", cleaned.removed)


def uploaded(files: Sequence[Path]) -> Staged:
    """The articles in uploaded files, named by their own names; the files are deleted.

    They lie in a folder whose name means nothing to the editor, and it must not stay full of articles.
    """
    found: list[ReadArticle | Unread] = []
    for file in files:
        for one in read([file], processes=1):  # in a process of its own, which may hang or crash without this one
            if isinstance(one, ReadArticle):
                found.append(replace(one, origin=f"uploaded: {file.name}"))
            else:
                where = one.where.replace(str(file), file.name).replace(str(file.resolve()), file.name)
                found.append(replace(one, origin=f"uploaded: {file.name}", where=where))
        file.unlink(missing_ok=True)
    return tuple(found)


def with_more(staged: Staged, more: Sequence[ReadArticle | Unread]) -> Staged:
    """`staged` and `more`; an article staged again takes the place of the one of its id that is staged already."""
    again = {one.article.id for one in more if isinstance(one, ReadArticle)}
    kept = (one for one in staged if not (isinstance(one, ReadArticle) and one.article.id in again))
    return (*kept, *more)


def updating(work: Callable[[Progress], UpdateReport]) -> Iterator[Stage | UpdateReport]:
    """How far `work`, given its progress, has come, and at last its report. Raises what it raises.

    It goes on in a thread of its own: it is not cut off half-way where the editor closes the page.
    """
    told: queue.SimpleQueue[Stage | UpdateReport | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            told.put(work(lambda stage, done, total: told.put(Stage(stage, done, total))))
        except Exception as error:
            told.put(error)

    threading.Thread(target=run, name="update", daemon=True).start()
    while True:
        latest = told.get()
        while isinstance(latest, Stage) and not told.empty():
            latest = told.get()
        if isinstance(latest, Exception):
            raise latest
        yield latest
        if not isinstance(latest, Stage):
            return


def _typed(published: Published) -> str:
    """The date as a person types it, which `_published` reads back."""
    if not isinstance(published, datetime.datetime):
        return published.isoformat() if published else ""
    exact = published.second or published.microsecond
    return published.isoformat(sep=" ", timespec="auto" if exact else "minutes")


def _published(typed: str) -> Published:
    typed = typed.strip()
    if not typed:
        return None
    try:
        return parse_published(typed)
    except ValueError:
        raise ReadError(
            f"“{wording.beginning(typed, 40)}” is no full date.",
            "Write it as 2024-06-14 or 2024-06-14 18:07, or leave the field empty.",
        ) from None
