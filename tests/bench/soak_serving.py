"""Eight readers ask a server without a pause while an editor adds, removes, goes back and rebuilds.

    python tests/bench/soak_serving.py [FOLDER] [--minutes 20]     FOLDER is not read

Ends with exit code 1 unless every question was answered, every citation holds in an article that an editor wrote, no
article answers that was removed before the question was asked, memory and open files stay where they were, and the
slowest answer around a switch of builds took at most five times the median.
"""

from __future__ import annotations

import argparse
import bisect
import json
import random
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import editing
import live_server

from index.check import check
from index.embed import load_embedder
from index.errors import DatelineError
from index.home import Home
from index.serving import rollback
from index.update import add_articles, build_index, remove_articles

READERS = 8
MOST_TIMES_MEDIAN = 5
BEFORE_SECONDS, TAKING_UP_SECONDS = 1.0, 2.0
"""A change is reported within the one after its build serves; a server has taken that up within the other."""
REMOVED_FOR_GOOD = tuple(f"fleeting-{n}" for n in range(10_000))


@dataclass
class Soak:
    """What has happened so far."""

    removed: dict[str, float] = field(default_factory=dict)
    answers: list[tuple[float, float]] = field(default_factory=list)
    """When each question was asked and when it was answered, by time.perf_counter()."""
    switches: list[float] = field(default_factory=list)
    """When an editor had let another build serve."""
    wrong: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    answered: int = 0
    edits: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


def asked(url: str, question: str) -> dict[str, object]:
    body = json.dumps({"question": question, "id": "soak"}).encode()
    request = urllib.request.Request(f"{url}/api/ask", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return dict(json.load(response))


def read(url: str, soak: Soak, seed: int) -> None:
    random_numbers = random.Random(seed)
    while not soak.stop.is_set():
        wanted = random_numbers.choice((*editing.STEADY, *editing.STEADY, *editing.CHANGING, *list(soak.removed)[-5:]))
        began, clock = time.perf_counter(), time.time()
        try:
            answer = asked(url, f"How many passengers did the ferry {editing.name_of(wanted)} to Osterby carry?")
        except Exception as error:
            soak.errors.append(f"{wanted}: {type(error).__name__}: {error}")
            continue
        soak.answers.append((began, time.perf_counter()))
        soak.answered += not answer["abstained"]
        soak.wrong += faults(answer, wanted, clock, soak)


def faults(answer: dict, wanted: str, clock: float, soak: Soak) -> list[str]:
    """What is wrong with an answer to a question about `wanted`, asked at `clock`."""
    found = []
    for citation in answer["citations"]:
        one, quote = citation["article_id"], citation["quote"]
        gone = soak.removed.get(one)
        if gone is not None and gone < clock:
            found.append(f"{one} was removed {clock - gone:.1f} s before it was cited")
        edition = quote.partition(" says edition ")[2].split(".")[0]
        if quote != f"Ferry {editing.name_of(one)} sets a record" and quote not in editing.text_of(
            one, int(edition or 0)
        ):
            found.append(f"{one} never said {quote!r}")
    if wanted in editing.STEADY and not any(c["article_id"] == wanted for c in answer["citations"]):
        found.append(f"{wanted} is always there and was not cited: {answer['answer'][:80]!r}")
    return found


def edit(home: Home, soak: Soak) -> None:
    embedder, random_numbers, fleeting = load_embedder(), random.Random(0), iter(REMOVED_FOR_GOOD)
    while not soak.stop.is_set():
        try:
            what = random_numbers.choice(["add", "add", "fleeting", "build", "rollback"])
            edition = random_numbers.randrange(1_000_000)
            if what == "add":
                add_articles(home, embedder, [editing.story(one, edition) for one in editing.CHANGING[:3]])
            elif what == "fleeting":
                one = next(fleeting)
                add_articles(home, embedder, [editing.story(one)])
                remove_articles(home, [one])
                soak.removed[one] = time.time()
                soak.switches.append(time.perf_counter())
            elif what == "build":
                chosen = random_numbers.sample(editing.CHANGING, 10)
                build_index(
                    home, embedder, [*map(editing.story, editing.STEADY), *(editing.story(c, edition) for c in chosen)]
                )
            else:
                rollback(home)
            soak.switches.append(time.perf_counter())
            soak.edits += 1
        except DatelineError as error:
            soak.errors.append(f"editor, {what}: {error}")


def around_a_switch(soak: Soak) -> tuple[list[float], list[float]]:
    """The seconds of the answers that were under way while a build was switched and taken up, and those of the rest."""
    around, rest = [], []
    switches = sorted(soak.switches)
    for asked_at, answered_at in soak.answers:
        at = bisect.bisect_left(switches, asked_at - TAKING_UP_SECONDS)
        near = at < len(switches) and switches[at] - BEFORE_SECONDS <= answered_at
        (around if near else rest).append(answered_at - asked_at)
    return around, rest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--minutes", type=float, default=20)
    options = parser.parse_args()
    soak = Soak()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        build_index(home, load_embedder(), map(editing.story, (*editing.STEADY, *editing.CHANGING)))
        with live_server.serving(home.root) as (line, process):
            url = line.removeprefix("Dateline is on ")
            server = psutil.Process(process.pid)
            threads = [threading.Thread(target=read, args=(url, soak, n)) for n in range(READERS)]
            threads.append(threading.Thread(target=edit, args=(home, soak)))
            began = time.monotonic()
            for thread in threads:
                thread.start()
            samples = []
            while (minutes := (time.monotonic() - began) / 60) < options.minutes:
                time.sleep(min(15, options.minutes * 6))
                memory, files = server.memory_info().rss / 1e6, server.num_fds()
                samples.append((memory, files))
                print(
                    f"{minutes:5.1f} min  {len(soak.answers):6} questions  {soak.edits:4} edits  "
                    f"{len(soak.wrong)} wrong  {len(soak.errors)} errors  {memory:,.0f} MB  {files} open files",
                    flush=True,
                )
            soak.stop.set()
            for thread in threads:
                thread.join(timeout=120)
        findings = check(home).findings
    around, rest = around_a_switch(soak)
    times = sorted(around + rest)
    median = statistics.median(times)
    # The first quarter fills caches.
    settled = samples[len(samples) // 4 :]
    memory = statistics.mean(s[0] for s in settled[-3:]) - statistics.mean(s[0] for s in settled[:3])
    files = statistics.mean(s[1] for s in settled[-3:]) - statistics.mean(s[1] for s in settled[:3])
    print(f"{options.minutes:g} minutes, {READERS} readers: {len(times)} questions, {soak.answered} answered")
    p95 = times[int(len(times) * 0.95)]
    print(f"{soak.edits} edits; median {median * 1e3:.0f} ms, p95 {p95 * 1e3:.0f} ms, slowest {times[-1] * 1e3:.0f} ms")
    for name, some in (("around a switch", around), ("away from one", rest)):
        slowest = max(some, default=0.0)
        print(f"{len(some)} {name}: the slowest {slowest * 1e3:.0f} ms, {slowest / median:.1f} times the median")
    # Where the whole machine is slow, the answers away from a switch tell.
    stalled = max(around, default=0.0) > MOST_TIMES_MEDIAN * median
    if stalled:
        print(f"An answer around a switch took more than {MOST_TIMES_MEDIAN} times the median.")
    print(f"memory {memory:+.0f} MB, open files {files:+.1f} after the first quarter")
    print(f"{len(soak.wrong)} wrong, {len(soak.errors)} errors, {len(findings)} findings of a check")
    for line in [*soak.wrong[:10], *soak.errors[:10], *findings[:10]]:
        print(" ", line)
    return 1 if soak.wrong or soak.errors or findings or memory > 60 or files > 5 or stalled else 0


if __name__ == "__main__":
    sys.exit(main())
