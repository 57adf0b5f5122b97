"""How well reprints of very short articles are told from other short ones. `python bench_short_reprints.py BENCH`

Short articles are of two kinds: the leads (12 to 90 words) of the articles that bench_reprints.py takes, without those
that share eight words in a row with two others, since they are what an outlet prints above many articles; and series
written here, ten kinds of notices (a forecast, a draw, a market's close …) that an outlet prints each day with other
values. Every fourth lead and notice gets an edited copy in each of the ways below, in another outlet. All originals and
all copies of one kind are clustered together, once with their outlets and days, once with neither, as pasted texts are.
A lead's day is that of its article; its copy's is the same or the next one.

A pair is right where both are of the same original. Pairs of two leads that share half of the shorter's runs of eight
words (70% of all in one outlet) are copies that the corpus holds, and are left out. Odd and even: the place of the
original among those that were edited. The edits draw from a fixed seed.
"""

from __future__ import annotations

import datetime
import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

from bench_reprints import articles, runs, same_by_runs

from index import clusters
from index.catalogue import Catalogue
from index.records import Article

PLACES = "Lindhafen Norrby Castrel Vesterholm Aldermouth Sankt-Ilse Port-Amel Grauberg Tolvik Marsund".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
SKY = ["sunny spells", "steady rain", "scattered showers", "thick fog", "light snow", "clear skies", "low cloud"]
WIND = ["a light breeze", "strong gusts", "a gale", "hardly any wind", "a fresh wind"]
NAMES = "Roe Dahl Ek Marsh Olsen Petri Quist Ruud Stahl Varga".split()

NOTICES = (
    "{place} can expect {sky} today with highs of {n} degrees and {wind} from the coast. Tomorrow brings {sky2} "
    "and {n2} degrees, the weather office said.",
    "The winning numbers in {day}'s national draw were {n}, {n2}, {n3}, {n4} and {n5}. The jackpot of {n6} "
    "million crowns was not won. The next draw takes place at the usual time.",
    "Shares on the {place} exchange closed {n} points higher on {day}, at {n7}. Banks gained {n2}.{n3} percent. "
    "Volume was {n4} million shares, brokers said.",
    "A magnitude {n8}.{n9} earthquake struck {n} kilometres off {place} on {day}, the survey said. There were no "
    "immediate reports of damage or injuries, and no tsunami warning was issued.",
    "Ferries from {place} leave today at {n8}.15, {n}.30 and {n2}.45. Foot passengers should be at the quay ten "
    "minutes before departure. Bicycles travel free of charge.",
    "{n} new infections were recorded in {place} on {day}, the health office said, bringing the total to {n7}. "
    "{n2} people are being treated in hospital, {n8} of them in intensive care.",
    "Police in {place} are appealing for witnesses after a {n}-year-old man was hurt in a collision on {day}. "
    "Anyone with information is asked to call the incident room, quoting reference {n7}.",
    "Crude oil traded at {n}.{n2} crowns a barrel on {day}, {n3} ore more than the day before. Analysts pointed "
    "to stocks in {place}. Gold stood at {n7} crowns an ounce.",
    "High water at {place} is at {n8}.{n} and {n2}.{n3} today. The pollen count is {n4}. The sun sets at "
    "{n5}.{n6}, the harbour office said in its daily notice to sailors.",
    "{place} beat {place2} {n8}-{n9} at home on {day} in front of {n7} spectators. {name} scored in the {n}th "
    "minute. The side stays in place {n2} of the table.",
)


def notices() -> list[Article]:
    """Each of the ten over sixty days, in the outlet whose series it is."""
    chance = random.Random(11)
    first = datetime.date(2024, 1, 1)
    made = []
    for at, form in enumerate(NOTICES):
        place = PLACES[at]
        for day in range(60):
            numbers = {f"n{'' if i == 1 else i}": chance.randint(10, 59) for i in range(1, 7)}
            numbers |= {"n7": chance.randint(2000, 9999), "n8": chance.randint(2, 9), "n9": chance.randint(0, 9)}
            when = first + datetime.timedelta(day)
            words = {
                "place": place,
                "place2": chance.choice([one for one in PLACES if one != place]),
                "day": DAYS[when.weekday()],
                "sky": chance.choice(SKY),
                "sky2": chance.choice(SKY),
                "wind": chance.choice(WIND),
                "name": chance.choice(NAMES),
            }
            made.append(
                Article(id=f"n{at}-{day}", text=form.format(**numbers, **words), source=f"series {at}", published=when)
            )
    return made


def leads(bench: Path) -> list[Article]:
    chance = random.Random(5)
    found, met = [], set()
    for article in articles(bench):
        most, text = chance.choice((15, 25, 40, 60, 80)), ""
        for sentence in sentences(article.text):
            if len(text.split()) >= most:
                break
            text = f"{text} {sentence}".strip()
        if 12 <= len(text.split()) <= 90 and text not in met:
            met.add(text)
            found.append(Article(id=article.id, text=text, source=article.source, published=article.published))
    shared = Counter(run for one in found for run in runs(one.text))
    return [one for one in found if all(shared[run] <= 2 for run in runs(one.text))]


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text.strip())


def headline(article: Article, chance: random.Random, others: list[str]) -> str:
    return f"{' '.join(chance.choice(others).split()[:9])}\n\n{article.text}"


def byline(article: Article, chance: random.Random, others: list[str]) -> str:
    return f"By Jane Roe, Lindhafen Wire\n\n{article.text}"


def cut(article: Article, chance: random.Random, others: list[str]) -> str:
    """The last sentence taken off, where there is another."""
    found = sentences(article.text)
    return " ".join(found[:-1] or found)


def touched(article: Article, chance: random.Random, others: list[str]) -> str:
    """A word in twenty is another."""
    words = article.text.split()
    fresh = [word for one in others[:50] for word in one.split()]
    return " ".join(chance.choice(fresh) if chance.random() < 0.05 else word for word in words)


EDITS: list[Callable[[Article, random.Random, list[str]], str]] = [headline, byline, cut, touched]


def main(bench: Path) -> None:
    chance = random.Random(7)
    corpus = leads(bench)
    times = Counter(one.text for one in corpus)
    both = [*corpus, *notices()]
    others = [one.text for one in corpus[::9]]
    edited = [one for one in both if times[one.text] <= 1][::4]
    print(f"{len(corpus)} leads, {len(both) - len(corpus)} notices; {len(edited)} of them edited")
    for known in (True, False):
        totals = [[0, 0, 0] for _ in range(2)]
        for edit in EDITS:
            made = []
            for one in edited:
                day = _day(one)
                later = day + datetime.timedelta(chance.randrange(2)) if day else None
                made.append(
                    Article(
                        id=f"{one.id} {edit.__name__}",
                        text=edit(one, chance, others),
                        source=f"{chance.randrange(8)}.test" if known else None,
                        published=later if known else None,
                    )
                )
            counted = measure(both, edited, made, known=known)
            for half in (0, 1):
                totals[half] = [a + b for a, b in zip(totals[half], counted[half], strict=True)]
            print(f"{'outlets' if known else 'unknown'} {edit.__name__:<9}{_shown(counted)}", flush=True)
        print(f"{'outlets' if known else 'unknown'} all      {_shown(totals)}", flush=True)


def measure(both: list[Article], edited: list[Article], made: list[Article], *, known: bool) -> list[list[int]]:
    """For the odd and the even originals: pairs that are right, wrong, and should have been found."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Catalogue.open(Path(folder) / "catalogue.sqlite")
        with catalogue.transaction():
            stored = {}
            for one in both:
                plain = one if known else Article(id=one.id, text=one.text)
                stored[catalogue.put(plain)] = one
            version_of = {one.id: version for version, one in stored.items()}
            story = {version: version for version in stored}
            for one, copy in zip(edited, made, strict=True):
                story[catalogue.put(copy)] = version_of[one.id]
        found = clusters.assign(catalogue, list(story))
        catalogue.close()
    halves = {version_of[one.id]: at % 2 for at, one in enumerate(edited)}
    members = defaultdict(list)
    for version, number in found.items():
        members[number].append(version)
    counts = [[0, 0, sum(half == side for half in halves.values())] for side in (0, 1)]
    for some in members.values():
        for a, b in combinations(some, 2):
            left, right = sorted((story[a], story[b]))
            half = halves.get(left, halves.get(right, 0))
            if left == right:
                counts[half][0] += 1
            elif left not in stored or not _is_copy(stored[left], stored[right]):
                counts[half][1] += 1
    return counts


def _is_copy(a: Article, b: Article) -> bool:
    return not (a.id[0] == "n" and "-" in a.id[:5]) and same_by_runs(a, b)


def _day(article: Article) -> datetime.date | None:
    when = article.published
    return when.date() if isinstance(when, datetime.datetime) else when


def _shown(counts: list[list[int]]) -> str:
    parts = []
    for label, sides in (("odd", (0,)), ("even", (1,)), ("all", (0, 1))):
        right, wrong, wanted = (sum(counts[side][i] for side in sides) for i in range(3))
        parts.append(f"{label} {right / max(1, right + wrong):.3f} {right / max(1, wanted):.3f} ({wrong} wrong)")
    return "  " + "; ".join(parts)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
