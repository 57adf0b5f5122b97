"""Kills an editor at random moments, and looks each time whether the index is sound and answers."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import editing

from index.backup import back_up
from index.check import check
from index.chunks import embedded_text
from index.embed import Embedder
from index.home import Home
from index.instructions import reported
from index.records import Article
from index.repair import repair
from index.search import Index
from index.update import build_index

ROOT = Path(__file__).resolve().parents[1]


def killed_editors(home: Home, embedder: Embedder, model: Path, kills: int, seed: int, longest: float) -> Counter[str]:
    """Kill an editor `kills` times, each after at most `longest` seconds; what the index was left with.

    Raises AssertionError where a check finds something, or a question is answered with what was never written.
    """
    random_numbers = random.Random(seed)
    build_index(home, embedder, [editing.story(one) for one in (*editing.STEADY, *editing.CHANGING)])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    given = [str(home.root), str(model), *([home.chroma_url] if home.chroma_url else [])]
    editor = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "editing.py"), *given],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    left: Counter[str] = Counter()
    try:
        assert editor.stdin is not None
        assert editor.stdout is not None
        for n in range(kills):
            before = home.current()
            editor.stdin.write(f"{seed}-{n}\n")
            editor.stdin.flush()
            child = int(editor.stdout.readline())
            time.sleep(random_numbers.uniform(0, longest))
            os.kill(child, signal.SIGKILL)
            assert editor.stdout.readline() == "ended\n"
            report = check(home)
            assert report.findings == (), f"after kill {n} of seed {seed}: {report.findings}"
            left["kills"] += 1
            left["switched"] += home.current() != before
            left["cut short"] += bool(report.notes)
            assert _hidden(home.root) <= {f".{editing.BACKUP}.partial"}, "no kill leaves more than one half-made backup"
            left["restores cut short"] += _restored_is_finished(home)
            answers(home, embedder)
    finally:
        editor.kill()
        editor.communicate()
    build_index(home, embedder, [editing.story(one) for one in editing.STEADY])
    assert check(home).findings == ()
    assert {article.id for article in _articles(home)} == set(editing.STEADY), "the next run goes on as if nothing were"
    assert len(list(home.builds.iterdir())) <= 2, "and clears away what was left half-made"
    (home.root / editing.BACKUP).unlink(missing_ok=True)
    back_up(home, home.root / editing.BACKUP)
    assert _hidden(home.root) == set(), "as does the next backup"
    return left


def _restored_is_finished(home: Home) -> bool:
    """Whether a restore was cut short; then it is refused again, or finished by a repair, and taken away."""
    restored = editing.restored_from(home)
    found = restored.catalogue.exists() and not (restored.root / "CURRENT").exists()
    if found:
        repair(restored)
        assert check(restored).findings == ()
    shutil.rmtree(restored.root, ignore_errors=True)
    return found


def answers(home: Home, embedder: Embedder) -> None:
    """Every steady article is there and found, and every other as somebody wrote it."""
    index = Index.open(home)
    try:
        articles = {article.id: article for article in index.articles()}
        assert set(editing.STEADY) <= set(articles)
        assert all(map(editing.was_written, articles.values()))
        asked = set(editing.STEADY[::7])
        for row in range(len(index)):
            article, start, end = index.span(row)
            if article.id in asked:
                asked.remove(article.id)
                shown = embedded_text(embedder.shortened(reported(article.title)), article.text[start:end])
                nearest = index.nearest(embedder.embed_chunks([shown])[0], 3)
                assert row in nearest, f"{article.id} is not found by what it means"
                assert index.keyword_scores(shown)[row] > 0, f"{article.id} is not found by its words"
        assert not asked
    finally:
        index.close()


def _hidden(folder: Path) -> set[str]:
    """What is there to be cleared away by whoever began it."""
    return {one.name for one in folder.iterdir() if one.name.startswith(".")}


def _articles(home: Home) -> list[Article]:
    index = Index.open(home)
    try:
        return list(index.articles())
    finally:
        index.close()
