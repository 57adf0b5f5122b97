"""An editor is killed at random moments, and a server while it answers; the index is sound each time.

`make soak` does the first more often.
"""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.request
from pathlib import Path

import editing
import killing
import live_server
import newsroom
import tiny_model

from assistant.assistant import Assistant
from assistant.records import Question
from assistant.settings import Settings
from index.check import check
from index.embed import Embedder
from index.home import Home
from index.update import build_index

home = newsroom.home
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny


def test_eight_kills_leave_a_sound_index_that_answers(home: Home, tiny: Embedder, tiny_folder: Path) -> None:
    left = killing.killed_editors(home, tiny, tiny_folder, kills=8, seed=1, longest=4)
    assert left["kills"] == 8


def test_a_server_that_is_killed_while_it_answers_leaves_all_as_it_was(home: Home, embedder: Embedder) -> None:
    build_index(home, embedder, map(editing.story, editing.STEADY))
    question = f"How many passengers did the ferry {editing.name_of('steady-3')} to Osterby carry?"
    answered, asking = threading.Event(), []
    with live_server.serving(home.root) as (line, process):

        def ask() -> None:
            body = json.dumps({"question": question}).encode()
            url = f"{line.removeprefix('Dateline is on ')}/api/ask"
            with contextlib.suppress(OSError):
                while True:
                    request = urllib.request.Request(url, body, {"content-type": "application/json"})
                    urllib.request.urlopen(request, timeout=60).read()
                    answered.set()

        asking = [threading.Thread(target=ask) for _ in range(4)]
        for thread in asking:
            thread.start()
        assert answered.wait(120)
        process.kill()
        for thread in asking:
            thread.join(timeout=60)
    assert check(home).findings == ()
    answer = Assistant(Settings(home=home.root), embedder).ask(Question(question))
    assert {citation.article_id for citation in answer.citations} == {"steady-3"}
