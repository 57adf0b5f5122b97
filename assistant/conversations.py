"""What the page keeps of conversations, so that one survives a reload: conversations.sqlite in the data folder.

It shares no lock with the index. A conversation is known by a random name that its reader's browser tab made; nobody
else can ask for it. What is shown again is checked again: an answer whose cited words are gone from the index, or were
removed since, is not. The setting `conversation_days` says how long one is kept; with 0 nothing is ever written.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.contract import question_from, question_json
from assistant.errors import ConversationError
from assistant.records import Addition, Answer, Citation, Exchange, Highlight, Reason, Sentence, Support, Usage
from index.errors import DatelineError
from index.history import stored_articles
from index.home import Home
from index.records import Article, Passage
from index.sqlite_errors import code_of

_log = logging.getLogger(__name__)

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE conversations (
    conversation TEXT PRIMARY KEY,
    last_at REAL NOT NULL          -- seconds since 1970
);
CREATE TABLE exchanges (
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    number INTEGER NOT NULL,       -- counted from 0
    question TEXT NOT NULL,        -- JSON, as in a batch
    answer TEXT,                   -- JSON; null until it is whole
    failure TEXT,                  -- JSON: problem and remedy
    PRIMARY KEY (conversation, number)
);
CREATE TABLE shown (               -- the articles whose words or passages an answer holds
    conversation TEXT NOT NULL,
    number INTEGER NOT NULL,
    article_id TEXT NOT NULL,
    PRIMARY KEY (article_id, conversation, number),
    FOREIGN KEY (conversation, number) REFERENCES exchanges ON DELETE CASCADE
) WITHOUT ROWID;
"""
_NAME = re.compile(r"[0-9a-f]{32}")
_DAY = 86_400
_WAIT = 10.0
"""Seconds that one waits for another who writes."""
_MOST = 100
"""Exchanges of a conversation that are shown again, the last ones."""

_CUT_SHORT = DatelineError("The answer was cut short.", "Ask again.")
_GONE = DatelineError("An article that this answer cited was removed since, or changed for good.", "Ask again.")


class Conversations:
    """The conversations kept in a data folder. Safe to use from several threads and processes.

    What cannot be written or read is logged and costs no answer.
    """

    def __init__(self, home: Home, days: int) -> None:
        self._home = home
        self._days = days
        self._said: set[str] = set()

    def keep(self, conversation: str, number: int, exchange: Exchange) -> None:
        """Keep the exchange `number` of a conversation, in place of what was kept of it before."""
        if not self._days or not _NAME.fullmatch(conversation):
            return
        answer = json.dumps(_answer_row(exchange.answer)) if exchange.answer else None
        failure = json.dumps([exchange.error.problem, exchange.error.remedy]) if exchange.error else None
        key = (conversation, number)
        with self._logged(), _opened(self._home) as db, db:
            self._expire(db)
            db.execute(
                "INSERT INTO conversations VALUES (?, ?) ON CONFLICT DO UPDATE SET last_at = excluded.last_at",
                (conversation, time.time()),
            )
            db.execute("DELETE FROM exchanges WHERE conversation = ? AND number = ?", key)
            db.execute(
                "INSERT INTO exchanges (conversation, number, question, answer, failure) VALUES (?, ?, ?, ?, ?)",
                (*key, json.dumps(question_json(exchange.question)), answer, failure),
            )
            ids = _article_ids(exchange.answer) if exchange.answer else ()
            db.executemany("INSERT INTO shown VALUES (?, ?, ?)", [(*key, one) for one in ids])

    def kept(self, conversation: str) -> tuple[Exchange, ...]:
        """What is kept of a conversation; nothing where it is unknown, too old, or nothing is kept at all."""
        if not self._days or not _NAME.fullmatch(conversation) or not _file(self._home).exists():
            return ()
        with self._logged():
            with _opened(self._home) as db:
                rows = db.execute(
                    "SELECT question, answer, failure FROM exchanges JOIN conversations USING (conversation) "
                    "WHERE conversation = ? AND last_at > ? ORDER BY number DESC LIMIT ?",
                    (conversation, time.time() - self._days * _DAY, _MOST),
                ).fetchall()
            return tuple(self._exchange(*row) for row in reversed(rows))
        return ()

    def expire(self) -> None:
        """Delete what is older than it may be; everything, where nothing is to be kept."""
        if _file(self._home).exists():
            with self._logged(), _opened(self._home) as db, db:
                self._expire(db)

    def _expire(self, db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM conversations WHERE last_at <= ?", (time.time() - self._days * _DAY,))

    @contextmanager
    def _logged(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, KeyError, TypeError, DatelineError) as error:
            if str(error) not in self._said:  # at each question it would be too much
                self._said.add(str(error))
                _log.error("Conversations cannot be kept in %s: %s", _file(self._home), error)

    def _exchange(self, question: str, answer: str | None, failure: str | None) -> Exchange:
        asked = question_from(json.loads(question))
        if failure:
            return Exchange(asked, error=DatelineError(*json.loads(failure)))
        if not answer:
            return Exchange(asked, error=_CUT_SHORT)
        row = json.loads(answer)
        copies = [copy for one in row["passages"] for copy in one.get("copies", ())]
        wanted = [(one["article_id"], one["sha256"]) for one in (*row["passages"], *copies, *_cited(row))]
        articles = stored_articles(self._home, wanted)
        # The words of an abstention name the nearest article.
        named = row["passages"][:1] if row["reason"] else []
        there = all((one["article_id"], one["sha256"]) in articles for one in named)
        if not there or not all(_holds(Citation(**one), articles) for one in _cited(row)):
            return Exchange(asked, error=_GONE)
        sentences = tuple(
            Sentence(
                one["text"],
                tuple(Citation(**c) for c in one["citations"]),
                Support(one["support"]),
                one["context"],
                one.get("is_speaker", True),
                one.get("label"),
                tuple(Addition(**addition) for addition in one.get("additions", ())),
            )
            for one in row["sentences"]
        )
        passages = tuple(
            Passage(article, one["start"], one["end"], one["score"], copies=_known(one.get("copies", ()), articles))
            for one in row["passages"]
            if (article := articles.get((one["article_id"], one["sha256"])))
        )
        return Exchange(
            asked,
            Answer(
                asked,
                sentences,
                passages,
                row["answerer"],
                timings_ms=row["timings_ms"],
                short_answer=row["short_answer"],
                reason=Reason(row["reason"]) if row["reason"] else None,
                words=row["words"],
                notes=tuple(row["notes"]),
                usage=Usage(**row["usage"]) if row["usage"] else None,
                short_at=Highlight(**row["short_at"]) if row.get("short_at") else None,
            ),
        )


def forget_articles(home: Home, article_ids: Sequence[str]) -> None:
    """Take every answer that holds words or passages of these articles out for good, for `dateline index purge`.

    Raises ConversationError if that cannot be done.
    """
    if not _file(home).exists():
        return
    try:
        with _opened(home) as db:
            with db:
                for one in article_ids:
                    db.execute(
                        "UPDATE exchanges SET answer = NULL, failure = ? WHERE (conversation, number) IN "
                        "(SELECT conversation, number FROM shown WHERE article_id = ?)",
                        (json.dumps([_GONE.problem, _GONE.remedy]), one),
                    )
                    db.execute(
                        "DELETE FROM shown WHERE (conversation, number) IN "
                        "(SELECT conversation, number FROM shown WHERE article_id = ?)",
                        (one,),
                    )
            # What was deleted may stand in free pages and in the journal still.
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise ConversationError(
            f"The articles cannot be taken out of {_file(home)}: {error}.",
            "Run the same command again; if that does not help, delete that file: it holds nothing but conversations.",
        ) from error


def _file(home: Home) -> Path:
    return home.root / "conversations.sqlite"


@contextmanager
def _opened(home: Home) -> Iterator[sqlite3.Connection]:
    """The database, made where it is missing. Raises ConversationError if a newer Dateline wrote it."""
    with closing(sqlite3.connect(_file(home), timeout=_WAIT)) as db:
        found = int(db.execute("PRAGMA user_version").fetchone()[0])
        if found > SCHEMA_VERSION:
            raise ConversationError(
                f"{_file(home)} has schema {found}, and this Dateline knows schemas up to {SCHEMA_VERSION}.",
                "Use the Dateline that wrote it, or a newer one, or delete the file.",
            )
        if found == 0:
            _make(db)
        db.execute("PRAGMA synchronous=NORMAL")  # a power loss may cost the last answers, never the file
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("PRAGMA secure_delete=ON")  # what was deleted is not to be read from the disk
        yield db


def _make(db: sqlite3.Connection) -> None:
    """Make the tables; where two come at once the second finds them made. Raises sqlite3.OperationalError."""
    until = time.monotonic() + _WAIT
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(
                f"BEGIN IMMEDIATE;\n{_SCHEMA.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS')}\n"
                f"PRAGMA user_version = {SCHEMA_VERSION};\nCOMMIT;"
            )
        except sqlite3.OperationalError as error:
            # Changing the journal waits for nobody who has the file open, whatever the connection's timeout.
            if code_of(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or time.monotonic() > until:
                raise
            db.rollback()
            time.sleep(0.02)
        else:
            return


def _answer_row(answer: Answer) -> dict[str, Any]:
    """All that is needed to show an answer again; the articles' texts are the catalogue's."""
    return {
        "sentences": [asdict(sentence) for sentence in answer.sentences],
        "passages": [
            {
                "article_id": one.article.id,
                "sha256": one.article.sha256,
                "start": int(one.start),
                "end": int(one.end),
                "score": float(one.score),
                "copies": [{"article_id": copy.id, "sha256": copy.sha256} for copy in one.copies],
            }
            for one in answer.passages
        ],
        "answerer": answer.answerer,
        "timings_ms": {stage: float(spent) for stage, spent in answer.timings_ms.items()},
        "short_answer": answer.short_answer,
        "reason": answer.reason,
        "words": answer.words,
        "notes": answer.notes,
        "usage": asdict(answer.usage) if answer.usage else None,
        "short_at": asdict(answer.short_at) if answer.short_at else None,
    }


def _known(copies: Iterable[Mapping[str, str]], articles: Mapping[tuple[str, str], Article]) -> tuple[Article, ...]:
    """Those of the reprints that are there still; they may be cited too."""
    found = (articles.get((one["article_id"], one["sha256"])) for one in copies)
    return tuple(article for article in found if article)


def _article_ids(answer: Answer) -> set[str]:
    return {one.article.id for one in answer.passages} | {citation.article_id for citation in answer.citations}


def _cited(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [citation for sentence in row["sentences"] for citation in sentence["citations"]]


def _holds(citation: Citation, articles: Mapping[tuple[str, str], Article]) -> bool:
    """Whether the cited words stand where they are said to, in the article as it was cited."""
    article = articles.get((citation.article_id, citation.sha256))
    return article is not None and article.part(citation.field)[citation.start : citation.end] == citation.quote
