"""Building an index against a plain one: characters embedded and stored a second, and memory, of whole processes.

    python tests/bench/bench_build.py FOLDER [--articles 1000] [--dtypes auto,float32,int8] [--naive PYTHON]

FOLDER holds naive.py, which a user would write in an hour, and data/rtqa2022/. naive.py needs other versions of some
packages: PYTHON is the interpreter of an environment that has them. All run in turn, so that other work on the machine
slows all of them. One JSON line each; the last gives the ratios, by time and by processor time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from index.catalogue import Catalogue
from index.chunks import embedded_text
from index.embed import load_embedder
from index.home import Home

ROOT = Path(__file__).resolve().parents[2]

COUNT = """
import json, sys
from langchain_text_splitters import RecursiveCharacterTextSplitter
splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
print(sum(len(chunk) for line in open(sys.argv[1]) for chunk in splitter.split_text(json.loads(line)["text"])))
"""


def measured(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Wall and processor seconds of a command and all its children, and their memory together at its peak."""
    began = time.perf_counter()
    process = psutil.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    peak, spent, ended = 0, {}, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(0.5):
            total = 0
            try:
                for one in (process, *process.children(recursive=True)):
                    total += one.memory_full_info().uss
                    spent[one.pid] = sum(one.cpu_times()[:2])
            except psutil.Error:
                continue
            peak = max(peak, total)

    watching = threading.Thread(target=watch)
    watching.start()
    said, _ = process.communicate()
    seconds = time.perf_counter() - began
    ended.set()
    watching.join()
    if process.returncode != 0:
        raise SystemExit(f"{command} failed:\n{said[-2000:]}")
    return {"seconds": round(seconds, 1), "cpu_s": round(sum(spent.values()), 1), "peak_mb": round(peak / 1e6)}


def stored_characters(home: Home) -> tuple[int, int]:
    """How many chunks an index holds, and how many characters were embedded for them."""
    catalogue = Catalogue.open(home.catalogue, read_only=True)
    embedder = load_embedder()
    try:
        versions = [head.version for head in catalogue.heads().values()]
        titles = {
            version: embedder.shortened(article.title)
            for version, article in zip(versions, catalogue.articles(versions), strict=True)
        }
        recipe = catalogue.build_recipe(catalogue.build_names()[-1])
        rows = catalogue.rows(catalogue.recipe_number(recipe), versions)
        return len(rows), sum(len(embedded_text(titles[row.version], "")) + row.end - row.start for row in rows)
    finally:
        catalogue.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--dtypes", default="auto,float32")
    parser.add_argument("--naive", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    environment = kept | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    rows: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        corpus, none = folder / "corpus.jsonl", folder / "none.jsonl"
        with gzip.open(options.folder / "data/rtqa2022/corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
            corpus.write_text("".join(line for line, _ in zip(lines, range(options.articles), strict=False)))
        none.touch()
        counted = subprocess.run([options.naive, "-c", COUNT, str(corpus)], capture_output=True, text=True, env=kept)
        if counted.returncode:
            print(f"Without naive.py: {options.naive} lacks its packages; give --naive PYTHON.", file=sys.stderr)
        for turn in range(options.rounds):
            naive = [options.naive, str(options.folder / "naive.py"), "--corpus", str(corpus)]
            naive += ["--questions", str(none), "--out", str(folder / "out")]
            if counted.returncode == 0:
                row = {"what": "naive", "articles": options.articles, **_run_naive(naive, kept)}
                row["characters_a_second"] = round(int(counted.stdout) / row["seconds"])
                row["characters_a_cpu_second"] = round(int(counted.stdout) / row["cpu_s"])
                rows.setdefault("naive", []).append(row)
                print(json.dumps(row), flush=True)
            for dtype in options.dtypes.split(","):
                home = Home(folder / f"{dtype}-{turn}")
                build = [sys.executable, "-m", "assistant.cli", "index", "build", str(corpus), "--home", str(home.root)]
                found = measured(build, environment | {"DATELINE_EMBEDDING_DTYPE": dtype})
                chunks, characters = stored_characters(home)
                row = {"what": dtype, "articles": options.articles, "chunks": chunks, **found}
                row["characters_a_second"] = round(characters / row["seconds"])
                row["characters_a_cpu_second"] = round(characters / row["cpu_s"])
                rows.setdefault(dtype, []).append(row)
                print(json.dumps(row), flush=True)
    if "naive" in rows:
        print(json.dumps(_ratios(rows)))


def _run_naive(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    """naive.py ends with the median of no query, which is an error; its index is made by then."""
    script = "import statistics, runpy, sys; statistics.median = lambda _: 0.0; sys.argv = sys.argv[1:]; "
    script += "runpy.run_path(sys.argv[0], run_name='__main__')"
    return measured([command[0], "-c", script, *command[1:]], environment)


def _ratios(rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Of each to naive.py, the median of all rounds; of memory too."""
    found: dict[str, Any] = {"load": [round(one, 1) for one in os.getloadavg()]}
    for what in rows:
        for key in ("characters_a_second", "characters_a_cpu_second", "peak_mb"):
            pairs = zip(rows[what], rows["naive"], strict=True)
            found[f"{what}_{key}"] = round(statistics.median(one[key] / plain[key] for one, plain in pairs), 2)
    return found


if __name__ == "__main__":
    main()
