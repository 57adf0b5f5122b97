"""`dateline index` and `dateline articles`: what an editor does, and what is told when something is wrong."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import command_line
from command_line import ROOT, SEEDS, Done, Run, damage, lines_file
from contract_rules import standard

dateline = command_line.dateline
seeds = command_line.seeds
editable = command_line.editable

# The index


def report(done: Done) -> dict[str, str]:
    """The counts of an index report by name."""
    return dict(re.findall(r"^(\w+) +([\d,.]+)", done.out, re.MULTILINE))


def test_what_becomes_of_the_articles_is_reported(dateline: Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SEEDS, tmp_path / "articles"))
    first = dateline("index", "build", folder, "--home", "home")
    assert first.code == 0
    assert {key: report(first)[key] for key in ("added", "updated", "removed", "failed")} == {
        "added": "2",
        "updated": "0",
        "removed": "0",
        "failed": "0",
    }
    assert re.search(r"The build \S+ serves now: 2 articles, \d+ chunks\.", first.out)
    again = dateline("index", "add", folder, "--home", "home")
    assert (report(again)["unchanged"], report(again)["embedded"]) == ("2", "0")
    assert "serves as before" in again.out
    gone = dateline("index", "remove", "peace-plan-rejected", "--home", "home")
    assert (gone.code, report(gone)["removed"]) == (0, "1")
    assert [row["id"] for row in dateline("articles", "list", "--json", "--home", "home").rows] == [
        "nato-ukraine-respond"
    ]


def test_bad_input_stops_nothing_else_and_each_is_named_with_its_remedy(dateline: Run, tmp_path: Path) -> None:
    good = {"id": "good", "text": "Jane Roe spoke in Brussels on Friday about the budget."}
    lines = lines_file(tmp_path / "week.jsonl", *[good | {"id": f"n{n}"} for n in range(6)], '{"text": "cut', good)
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "empty.txt").touch()
    (tmp_path / "folder").mkdir()
    paths = [tmp_path / name for name in ("week.jsonl", "binary.txt", "empty.txt", "folder", "missing")]
    done = dateline("index", "build", *paths, "--home", "home")
    assert done.code == 1
    assert (report(done)["added"], report(done)["failed"]) == ("7", "5")
    said = done.err.splitlines()
    assert len(said) == 10, "a problem and a remedy each"
    for path in paths:
        assert sum(line.startswith("error: ") and str(path) in line for line in said) == 1, path
    assert any(str(lines) in line and "line 7" in line for line in said)


def test_what_cannot_be_read_this_time_keeps_its_last_good_copy(dateline: Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SEEDS, tmp_path / "articles"))
    assert dateline("index", "build", folder, "--home", "home").code == 0
    (folder / "peace-plan-rejected.txt").write_bytes(bytes(100))
    done = dateline("index", "build", folder, "--home", "home")
    assert done.code == 1
    assert (report(done)["kept"], report(done)["removed"]) == ("1", "0")
    assert "peace-plan-rejected" in done.out
    assert len(dateline("articles", "list", "--json", "--home", "home").rows) == 2


def test_removing_what_is_not_there_removes_nothing(dateline: Run, editable: Path) -> None:
    done = dateline("index", "remove", "peace-plan-rejected", "nope", "--home", editable)
    assert done.code == 1
    assert "'nope'" in done.err
    assert len(dateline("articles", "list", "--json", "--home", editable).rows) == 2


def test_status_shows_what_serves_and_that_it_is_sound(dateline: Run, seeds: Path) -> None:
    done = dateline("index", "status", "--json", "--home", seeds)
    (row,) = done.rows
    assert (done.code, row["health"], row["articles"]) == (0, "ok", 2)
    assert row["build"] == (seeds / "CURRENT").read_text(encoding="utf-8").strip()
    assert row["chunks"] > 0
    assert row["size_bytes"] > 10_000
    assert re.fullmatch(r"[0-9a-f]{64}", row["weights_sha256"])
    assert row["dtype"] in {"bfloat16", "float32"}
    shown = dateline("index", "status", "--home", seeds).out
    assert re.search(r"^health +ok$", shown, re.MULTILINE)
    assert re.search(r"^articles +2$", shown, re.MULTILINE)


def test_status_of_an_empty_data_folder_says_what_to_do(dateline: Run) -> None:
    done = dateline("index", "status", "--home", "none")
    assert done.code == 0
    assert done.out == "Nothing is indexed in none. Run `dateline index build PATH…` to index articles.\n"
    assert dateline("index", "status", "--json", "--home", "none").rows[0]["health"] == "empty"
    assert not Path("none").exists()


def test_status_says_what_is_damaged_and_ends_with_1(dateline: Run, editable: Path) -> None:
    damage(editable)
    done = dateline("index", "status", "--home", editable)
    assert done.code == 1
    assert re.search(r"^health +damaged$", done.out, re.MULTILINE)
    assert "half-written" in done.err
    (row,) = dateline("index", "status", "--json", "--home", editable).rows
    assert row["health"] == "damaged"
    assert "half-written" in row["problem"]
    assert row["remedy"]


def test_status_notices_that_the_catalogue_is_gone(dateline: Run, editable: Path) -> None:
    for file in editable.glob("catalogue.sqlite*"):
        file.unlink()
    done = dateline("index", "status", "--json", "--home", editable)
    assert done.code == 1
    assert done.rows[0]["health"] == "damaged"
    assert done.rows[0]["articles"] == 2


def test_status_loads_no_model(seeds: Path) -> None:
    code = "import sys; from assistant.cli import main; main(sys.argv[1:]); sys.exit('torch' in sys.modules)"
    command = [sys.executable, "-c", code, "index", "status", "--home", str(seeds)]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


# Articles


def test_articles_are_listed_with_date_and_title(dateline: Run, seeds: Path) -> None:
    lines = dateline("articles", "list", "--home", seeds).out.splitlines()
    assert [line.split()[0] for line in lines] == ["nato-ukraine-respond", "peace-plan-rejected"]
    assert "14 June 2024" in lines[1]
    row = dateline("articles", "list", "--json", "--home", seeds).rows[1]
    assert row["published"].startswith("2024-06-14")
    assert "text" not in row


def test_what_is_read_is_what_would_be_indexed(dateline: Run, seeds: Path, tmp_path: Path) -> None:
    done = dateline("articles", "read", SEEDS, "--out", "read.jsonl", "--home", seeds)
    assert done.code == 0
    assert dateline("articles", "export", "--out", "export.jsonl", "--home", seeds).code == 0
    read, exported = ((tmp_path / name).read_text(encoding="utf-8") for name in ("read.jsonl", "export.jsonl"))
    assert sorted(read.splitlines()) == sorted(exported.splitlines())
    assert {row["id"] for row in map(standard, read.splitlines())} == {"nato-ukraine-respond", "peace-plan-rejected"}


def test_reading_goes_on_past_what_cannot_be_read_and_ends_with_1(dateline: Run, tmp_path: Path) -> None:
    lines_file(tmp_path / "two.jsonl", "{", {"id": "good", "text": "Words."})
    done = dateline("articles", "read", tmp_path / "two.jsonl", tmp_path / "missing", "--out", "-")
    assert done.code == 1
    assert [row["id"] for row in done.rows] == ["good"]
    assert done.err.count("error: ") == 2
