"""What an editor is told of an import: its report, the languages, the columns of tables, a folder that is watched."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import command_line
import documents
from command_line import ROOT, SEEDS, Run
from lindhafen import MORE, PROSE, TITLE

from index.language import knows_english_alone, language_of
from index.read import ReadArticle, read, with_languages
from index.read.watch import FolderWatch

dateline = command_line.dateline

UKRAINIAN = (
    "Портова рада Ліндгафена схвалила новий бар'єр після чотирьох годин дебатів у старій залі засідань.\n"
    "Рибалки з північної набережної протестували надворі, бо ворота закриють їм шлях до моря вночі."
)


def test_the_report_says_what_became_of_each_article_and_why(dateline: Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SEEDS, tmp_path / "articles"))
    (folder / "scan.pdf").write_bytes(documents.pdf([]))
    (folder / "ua.txt").write_text(UKRAINIAN, encoding="utf-8")
    done = dateline("index", "build", folder, "--report", "report.json", "--home", "home")
    assert done.code == 1
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["added"] == ["nato-ukraine-respond", "peace-plan-rejected", "ua"]
    assert (report["skipped"], report["articles"]) == (2, 3)
    (failed,) = report["failed"]
    assert failed["where"].endswith("scan.pdf")
    assert "only pictures" in failed["problem"]
    assert "ocrmypdf" in failed["remedy"]
    assert report["languages"] == {"en": 2, "uk": 1}
    assert "1 articles are not in English (uk 1)" in report["warnings"][0]
    assert "warning: 1 articles are not in English" in done.err
    assert "skipped    2" in done.out


def test_a_report_that_cannot_be_written_is_found_out_before_anything_is_read(dateline: Run) -> None:
    done = dateline("index", "build", SEEDS, "--report", "nowhere/report.json", "--home", "home")
    assert done.code == 1
    assert "there is no folder nowhere" in done.err
    assert not Path("home").exists()


def test_columns_of_a_table_can_be_named(dateline: Run, tmp_path: Path) -> None:
    (tmp_path / "week.csv").write_text(f"kop,stuk\n{TITLE},{PROSE}\n")
    assert dateline("articles", "read", "week.csv", "--out", "-").code == 1
    done = dateline("articles", "read", "week.csv", "--column", "text=stuk", "--column", "title=kop", "--out", "-")
    assert [(row["title"], row["text"]) for row in done.rows] == [(TITLE, PROSE)]
    wrong = dateline("articles", "read", "week.csv", "--column", "kop", "--out", "-")
    assert wrong.code == 2
    assert "FIELD=NAME" in wrong.err


def test_nothing_to_add_is_wrong_usage(dateline: Run) -> None:
    assert dateline("index", "add", "--home", "home").code == 2
    assert dateline("index", "add", "--watch", "nowhere", "--home", "home").code == 2


class TestAWatchedFolder:
    def test_gives_each_file_once_when_it_has_settled_and_again_when_it_changed(self, tmp_path: Path) -> None:
        watch = FolderWatch(tmp_path)
        assert watch.changed() == []
        story = tmp_path / "a.txt"
        story.write_text(PROSE)
        assert watch.changed() == [], "it may still be written to"
        assert watch.changed() == [story]
        assert watch.changed() == [story], "it was not taken"
        watch.take([story])
        assert watch.changed() == []
        story.write_text(f"{PROSE} {MORE}")
        assert (watch.changed(), watch.changed()) == ([], [story])

    def test_is_added_to_the_index_until_the_editor_interrupts(self, tmp_path: Path) -> None:
        folder = tmp_path / "in" / "june"
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(PROSE)
        command = [sys.executable, "-m", "assistant.cli", "index", "add", "--watch", "in", "--home", "home"]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout
            told = ""
            while "The build" not in told:  # the last line of the report
                line = process.stdout.readline()
                assert line, process.communicate()
                told += line
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
        assert process.returncode == 0, err
        assert "Stopped watching." in err
        assert "added      1" in told
        exported = subprocess.run(
            [*command[:3], "articles", "list", "--json", "--home", "home"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(exported.stdout)["id"] == "june/a", "the id that the folder itself would give"


def test_languages_are_told_from_a_few_words_and_not_from_fewer() -> None:
    assert language_of(PROSE) == "en"
    assert language_of(UKRAINIAN) == "uk"
    assert language_of("Der Bürgermeister von Lindhafen trat am Freitag nach der Prüfung zurück.") == "de"
    assert language_of("NATO 14:30") is None


def test_what_is_read_without_languages_can_be_told_them_later(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{TITLE}\n\n{PROSE}\n")
    (tmp_path / "b.json").write_text(json.dumps({"title": TITLE, "text": PROSE, "language": "de"}))
    files = [tmp_path / "a.txt", tmp_path / "b.json"]
    untold = list(read(files, tell_language=False))
    assert [one.article.language for one in untold if isinstance(one, ReadArticle)] == [None, "de"]
    assert list(with_languages(untold)) == list(read(files))


def test_models_of_many_languages_are_not_taken_for_english_ones() -> None:
    assert all(
        map(knows_english_alone, ("all-MiniLM-L6-v2", "sentence-transformers/all-mpnet-base-v2", "bge-small-en"))
    )
    many = ("paraphrase-multilingual-MiniLM-L12-v2", "intfloat/multilingual-e5-small", "BAAI/bge-m3", "my-own-model")
    assert not any(map(knows_english_alone, many))
