"""Of things whose names are alike, told of in the same words, the one that is asked about is answered."""

from __future__ import annotations

import editing
import pytest

from assistant.assistant import Assistant
from assistant.records import Question
from assistant.settings import Settings
from index.embed import Embedder
from index.home import Home
from index.update import build_index


@pytest.fixture(scope="module")
def assistant(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    home = Home(tmp_path_factory.mktemp("ferries"))
    build_index(home, embedder, map(editing.story, (*editing.STEADY, *editing.CHANGING)))
    return Assistant(Settings(home=home.root), embedder)


# The two that another ferry was taken for before the names of a question counted, and two that were right.
@pytest.mark.parametrize("wanted", ["steady-15", "steady-1", "steady-3", "changing-7"])
def test_a_ferry_is_not_taken_for_one_of_a_like_name(assistant: Assistant, wanted: str) -> None:
    asked = Question(f"How many passengers did the ferry {editing.name_of(wanted)} to Osterby carry?")
    answer = assistant.ask(asked)
    assert wanted in {citation.article_id for one in answer.sentences for citation in one.citations}
    assert answer.short_answer is not None
    assert answer.short_answer in editing.text_of(wanted, 0)
