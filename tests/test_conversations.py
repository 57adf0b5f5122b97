"""What is kept of conversations: they survive a reload, are checked again, and forget what an editor purges."""

from __future__ import annotations

import contextlib
import datetime
import logging
import sqlite3
import tarfile
import threading
import time
from pathlib import Path

import newsroom
import pytest
import tiny_model
from newsroom import BRIDGE, CHEESE, held, story

from assistant.contract import question_from, question_json
from assistant.conversations import SCHEMA_VERSION, Conversations, _make, forget_articles
from assistant.errors import ConversationError
from assistant.records import (
    Addition,
    Answer,
    Citation,
    Exchange,
    Highlight,
    Question,
    Reason,
    Sentence,
    Support,
    Usage,
)
from index.backup import back_up
from index.embed import Embedder
from index.errors import DatelineError
from index.home import Home
from index.lock import writing
from index.records import Passage
from index.repair import purge
from index.update import add_articles, build_index, remove_articles

home = newsroom.home
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny

NAME, OTHER = "0123456789abcdef" * 2, "f" * 32
ARTICLES = {one.article.id: one.article for one in (story("bridge", BRIDGE), story("cheese", CHEESE))}


@pytest.fixture
def indexed(home: Home, tiny: Embedder) -> Home:
    build_index(home, tiny, [story("bridge", BRIDGE), story("cheese", CHEESE)])
    return home


def exchange(article_id: str, question: str = "What happened?") -> Exchange:
    """An answer that cites the first sentence of an article."""
    article, asked = ARTICLES[article_id], Question(question, since=datetime.date(2024, 6, 1))
    end = article.text.index(".") + 1
    citation = Citation(1, article_id, "text", 0, end, article.text[:end], article.sha256)
    sentence = Sentence(
        article.text[:end],
        (citation,),
        Support.SUPPORTED,
        "The council",
        False,
        "Correction",
        (Addition(4, "in 2023"),),
    )
    passages = (Passage(article, 0, len(article.text), 0.5, copies=(ARTICLES["cheese"],)),)
    usage = Usage("some-model", 12, 3)
    return Exchange(
        asked,
        Answer(
            asked,
            (sentence,),
            passages,
            "extractive",
            {"answer": 2.0},
            "Monday",
            usage=usage,
            short_at=Highlight(0, "text", 4, 10),
        ),
    )


def test_a_conversation_comes_back_as_it_was_and_nobody_elses(indexed: Home) -> None:
    kept = Conversations(indexed, days=1)
    asked = Question("Who?")
    nothing = Answer(asked, (), (), "extractive", reason=Reason.NO_EVIDENCE, words="The articles do not say.")
    said = (exchange("bridge"), Exchange(asked, nothing), exchange("cheese"))
    for number, one in enumerate(said):
        kept.keep(NAME, number, Exchange(one.question))
        kept.keep(NAME, number, one)
    again = Conversations(indexed, days=1).kept(NAME)
    assert again == said
    assert again[0].answer
    assert set(again[0].answer.articles) == {"bridge", "cheese"}, "reprints come back too: they may be cited"
    assert kept.kept(OTHER) == ()
    assert kept.kept("' OR 1=1 --") == ()


def test_an_error_comes_back_and_an_answer_that_was_cut_short_says_so(indexed: Home) -> None:
    kept = Conversations(indexed, days=1)
    kept.keep(NAME, 0, Exchange(Question("When?"), error=DatelineError("It failed.", "Try again.")))
    kept.keep(NAME, 1, Exchange(Question("Where?")))
    failed, cut = (one.error for one in kept.kept(NAME))
    assert failed is not None
    assert cut is not None
    assert (failed.problem, failed.remedy) == ("It failed.", "Try again.")
    assert (cut.problem, cut.remedy) == ("The answer was cut short.", "Ask again.")


def test_with_no_days_nothing_is_written_and_what_was_goes(indexed: Home) -> None:
    Conversations(indexed, days=0).keep(NAME, 0, exchange("bridge"))
    assert not (indexed.root / "conversations.sqlite").exists()
    Conversations(indexed, days=1).keep(NAME, 0, exchange("bridge"))
    off = Conversations(indexed, days=0)
    assert off.kept(NAME) == ()
    off.expire()
    assert Conversations(indexed, days=1).kept(NAME) == ()


def test_what_is_too_old_is_deleted_from_the_disk(indexed: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, now = Conversations(indexed, days=2), time.time()
    kept.keep(NAME, 0, exchange("bridge", "Is it about Qwxyzzl?"))
    monkeypatch.setattr(time, "time", lambda: now + 2 * 86_400 + 1)
    assert kept.kept(NAME) == ()
    kept.keep(OTHER, 0, exchange("cheese"))
    monkeypatch.undo()
    assert kept.kept(NAME) == ()
    assert b"Qwxyzzl" not in b"".join(file.read_bytes() for file in indexed.root.glob("conversations.sqlite*"))


def shown_nearest() -> tuple[Passage, ...]:
    return (Passage(ARTICLES["cheese"], 0, 10, 0.5),)


@pytest.mark.parametrize("change", ["remove", "update"])
def test_an_answer_is_checked_again_and_not_shown_where_its_article_was_removed(
    change: str, indexed: Home, tiny: Embedder
) -> None:
    kept = Conversations(indexed, days=1)
    kept.keep(NAME, 0, exchange("cheese"))
    if change == "remove":
        remove_articles(indexed, ["cheese"])
        (shown,) = kept.kept(NAME)
        assert shown.answer is None
        assert shown.error is not None
        assert "was removed since" in shown.error.problem
        nearest = Answer(asked := Question("Who?"), (), shown_nearest(), "extractive", reason=Reason.NO_EVIDENCE)
        kept.keep(NAME, 0, Exchange(asked, nearest))
        assert kept.kept(NAME)[0].answer is None, "nor is it named as the nearest"
    else:  # the words that were cited stay in the article's history
        add_articles(indexed, tiny, [story("cheese", BRIDGE)])
        assert kept.kept(NAME) == (exchange("cheese"),)


def test_words_that_do_not_stand_in_their_article_are_never_shown(indexed: Home) -> None:
    kept = Conversations(indexed, days=1)
    kept.keep(NAME, 0, exchange("bridge"))
    with sqlite3.connect(indexed.root / "conversations.sqlite") as db:
        db.execute("UPDATE exchanges SET answer = replace(answer, 'Monday', 'Sunday')")
    db.close()
    (shown,) = kept.kept(NAME)
    assert shown.answer is None


def test_a_purge_takes_quotes_out_of_conversations_and_of_later_backups(indexed: Home, tmp_path: Path) -> None:
    kept = Conversations(indexed, days=1)
    kept.keep(NAME, 0, exchange("bridge"))
    kept.keep(NAME, 1, exchange("cheese"))
    purge(indexed, ["cheese"], elsewhere=[forget_articles])
    back_up(indexed, tmp_path / "later.tar.gz")
    with tarfile.open(tmp_path / "later.tar.gz") as archive:
        archive.extractall(tmp_path / "later", filter="data")
    files = [*indexed.root.rglob("*"), *(tmp_path / "later").rglob("*")]
    assert any(file.name == "conversations.sqlite" for file in files if "later" in file.parts)
    assert not [file for file in files if file.is_file() and b"national prize" in file.read_bytes()]
    first, second = kept.kept(NAME)
    assert (first, second.answer) == (exchange("bridge"), None)


def test_it_shares_no_lock_with_the_index(indexed: Home, tiny: Embedder) -> None:
    kept = Conversations(indexed, days=1)
    with writing(indexed):
        kept.keep(NAME, 0, exchange("bridge"))
    held_open = sqlite3.connect(indexed.root / "conversations.sqlite", isolation_level=None)
    held_open.execute("BEGIN IMMEDIATE")
    add_articles(indexed, tiny, [story("late", CHEESE)])
    held_open.close()
    assert set(held(indexed)) == {"bridge", "cheese", "late"}


def test_many_are_kept_at_once(indexed: Home) -> None:
    kept = Conversations(indexed, days=1)
    names = [f"{n:032x}" for n in range(8)]

    def talk(name: str) -> None:
        for number in range(4):
            kept.keep(name, number, exchange("bridge", f"{name} {number}"))

    threads = [threading.Thread(target=talk, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [len(kept.kept(name)) for name in names] == [4] * 8


def test_a_file_that_cannot_be_written_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty.sqlite").touch()
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("a disk is not mended by waiting"))
    with (
        contextlib.closing(sqlite3.connect(f"file:{tmp_path}/empty.sqlite?mode=ro", uri=True)) as db,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        _make(db)


def test_what_is_made_by_several_at_once_is_made(indexed: Home) -> None:
    for _ in range(20):
        for file in indexed.root.glob("conversations.sqlite*"):
            file.unlink()
        kept, names = Conversations(indexed, days=1), [f"{n:032x}" for n in range(8)]
        threads = [threading.Thread(target=kept.keep, args=(name, 0, exchange("bridge"))) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert [len(kept.kept(name)) for name in names] == [1] * 8


@pytest.mark.parametrize("content", [b"no database at all" * 100, b""])
def test_a_damaged_file_costs_no_answer_and_is_said_once(
    content: bytes, indexed: Home, caplog: pytest.LogCaptureFixture
) -> None:
    (indexed.root / "conversations.sqlite").write_bytes(content)
    kept = Conversations(indexed, days=1)
    for _ in range(3):
        kept.keep(NAME, 0, exchange("bridge"))
    said = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert len(said) == bool(content)
    assert kept.kept(NAME) == (() if content else (exchange("bridge"),))


def test_a_newer_schema_is_left_alone(indexed: Home, caplog: pytest.LogCaptureFixture) -> None:
    kept = Conversations(indexed, days=1)
    kept.keep(NAME, 0, exchange("bridge"))
    with sqlite3.connect(indexed.root / "conversations.sqlite") as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    db.close()
    kept.keep(NAME, 1, exchange("bridge"))
    assert f"schema {SCHEMA_VERSION + 1}" in caplog.text
    with pytest.raises(ConversationError, match="or a newer one"):
        forget_articles(indexed, ["bridge"])


def test_a_question_read_from_its_json_is_the_question() -> None:
    day = datetime.date(2024, 6, 14)
    for question in (Question("Who?"), Question("Who?", day, day, day, "AFP", (), "Roe", "en", ("a",), ("b",), False)):
        assert question_from(question_json(question)) == question
