"""`dateline index rollback|check|repair|purge|backup|restore`, as an editor types them."""

from __future__ import annotations

import json
from pathlib import Path

import command_line
from command_line import Run, damage

dateline = command_line.dateline
seeds = command_line.seeds
editable = command_line.editable


def test_an_index_is_checked_damaged_and_repaired(dateline: Run, editable: Path) -> None:
    done = dateline("index", "check", "--home", editable)
    assert (done.code, "is sound: 2 articles" in done.out) == (0, True)
    damage(editable)
    done = dateline("index", "check", "--json", "--home", editable)
    assert done.code == 1
    (finding,) = json.loads(done.out)["findings"]
    assert "no manifest.json" in finding["problem"]
    done = dateline("index", "repair", "--home", editable)
    assert (done.code, "embedded   0" in done.out) == (0, True)
    assert dateline("index", "check", "--home", editable).code == 0


def test_an_article_is_purged_and_a_backup_restored_without_it(dateline: Run, editable: Path, tmp_path: Path) -> None:
    listed = dateline("articles", "export", "--out", "-", "--home", editable).rows
    assert dateline("index", "purge", listed[0]["id"], "--home", editable).code == 0
    assert dateline("index", "purge", "nobody", "--home", editable).code == 1
    assert dateline("index", "backup", tmp_path / "b.tar.gz", "--home", editable).code == 0
    assert dateline("index", "restore", tmp_path / "b.tar.gz", "--home", tmp_path / "new").code == 0
    left = dateline("articles", "export", "--out", "-", "--home", tmp_path / "new").rows
    assert [one["id"] for one in left] == [listed[1]["id"]]


def test_a_rollback_says_what_came_back(dateline: Run, editable: Path) -> None:
    done = dateline("index", "rollback", "--home", editable)
    assert (done.code, "no build from before" in done.err) == (1, True)
    (editable.parent / "more.txt").write_text("The bridge of Lindhafen opened on Monday.")
    assert dateline("index", "add", editable.parent / "more.txt", "--home", editable).code == 0
    done = dateline("index", "rollback", "--home", editable)
    assert (done.code, "removed    1" in done.out) == (0, True)
