"""What a change costs in a large index: one article added, one removed, a build that changes nothing; and the server.

    python tests/bench/bench_update.py FOLDER [--home FOLDER] [--times 5]

FOLDER holds data/rtqa2022/ and data/rtqa-small/. A built index of the one, given by --home, is copied; without, one is
built, which takes the better part of an hour. A server answers from it meanwhile: an article is there when an answer
cites it, counted from the start of the command that adds it. One JSON line each.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import live_server

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "How many passengers did the ferry {name} to Osterby carry?"
NAMES = ("Almira", "Brenta", "Corvina", "Dolfina", "Estrella", "Fortuna", "Galatea", "Hesperia", "Ilmatar", "Junona")


def asked(url: str, question: str) -> dict:
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(f"{url}/api/ask", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as response:
        return dict(json.load(response))


def dateline(*arguments: str) -> float:
    """Run the command line; its seconds."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "assistant.cli", *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{arguments} failed:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    return time.perf_counter() - began


def is_held(url: str, article: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/articles/{article}", timeout=60):
            return True
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return False


def cites(answer: dict, article: str) -> bool:
    return any(one["article_id"] == article for one in answer["citations"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    corpus = str(options.folder / "data/rtqa2022/corpus.jsonl.gz")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        if options.home:
            shutil.copytree(options.home, home)
        else:
            print(json.dumps({"first_build_s": round(dateline("index", "build", corpus, "--home", str(home)), 1)}))
        seconds = dateline("index", "build", corpus, "--home", str(home))
        print(json.dumps({"build_that_changes_nothing_s": round(seconds, 1)}), flush=True)
        with live_server.serving(home) as (line, process):
            url = line.removeprefix("Dateline is on ")
            server = psutil.Process(process.pid)
            questions = (options.folder / "data/rtqa-small/questions.jsonl").read_text(encoding="utf-8").splitlines()
            for question in questions[:100]:
                asked(url, json.loads(question)["question"])
            memory = server.memory_full_info()
            told = {
                "rss_mb": round(memory.rss / 1e6),
                "uss_mb": round(memory.uss / 1e6),
                "questions": len(questions[:100]),
            }
            print(json.dumps({"server": told}), flush=True)
            for name in NAMES[: options.times]:
                change(url, home, Path(folder), name)


def change(url: str, home: Path, folder: Path, name: str) -> None:
    """Add an article and remove it, while a server answers; when an answer tells of either."""
    article = folder / f"ferry-{name.lower()}.txt"
    article.write_text(
        f"Ferry {name} sets a record\n\n"
        f"The ferry {name} carried 41,300 passengers to Osterby in March, its owner said.\n",
        encoding="utf-8",
    )
    figures = {"article": article.stem}
    for what, arguments in (("add", ("add", str(article))), ("remove", ("remove", article.stem))):
        command = [sys.executable, "-m", "assistant.cli", "index", *arguments, "--home", str(home)]
        began = time.perf_counter()
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not (
            is_held(url, article.stem) == (what == "add")
            and cites(asked(url, QUESTION.format(name=name)), article.stem) == (what == "add")
        ):
            if time.perf_counter() - began > 300:
                raise SystemExit(f"{article.stem}: {what} was not seen within five minutes")
            time.sleep(0.1)
        figures[f"{what}_seen_s"] = round(time.perf_counter() - began, 2)
        if running.wait() != 0:
            raise SystemExit(f"{article.stem}: {what} failed")
        figures[f"{what}_command_s"] = round(time.perf_counter() - began, 2)
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
