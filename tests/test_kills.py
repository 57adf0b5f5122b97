"""An editor is killed at random moments; the index is sound each time. `make soak` does it more often."""

from __future__ import annotations

from pathlib import Path

import killing
import newsroom
import tiny_model

from index.embed import Embedder
from index.home import Home

home = newsroom.home
tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny


def test_eight_kills_leave_a_sound_index_that_answers(home: Home, tiny: Embedder, tiny_folder: Path) -> None:
    left = killing.killed_editors(home, tiny, tiny_folder, kills=8, seed=1, longest=4)
    assert left["kills"] == 8
