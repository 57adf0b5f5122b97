"""What the reader is trained on beside news, and how much of it is news: the two mixes of train_reader.py."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import reader_data as data
from synonyms import Synonyms


@dataclass(frozen=True)
class Mix:
    """What is trained on: how many of QAMR's questions, with `near` wrong sentences or not; the share of batches that
    are news once there is any; and whether the hard questions are among the news."""

    qamr: int
    near: bool
    news: float
    hard: bool


MIXES = {"first": Mix(6000, near=False, news=0.6, hard=False), "second": Mix(9000, near=True, news=0.5, hard=True)}


def general(train: Path, rng: random.Random, mix: Mix = MIXES["first"]) -> tuple[list[data.Group], list[data.Group]]:
    """Groups that are not news, or not asked by people, for training and held out; split by article."""
    squad = data.squad_like(train / "squad_dev/data.jsonl", rng)
    titles = sorted(squad)
    held = set(titles[::8])
    natural = [g for t in titles if t not in held for g in squad[t]]
    testing = [g for t in sorted(held) for g in squad[t]]
    nq = {**data.squad_like(train / "qed_dev/data.jsonl", rng)}
    questions = {e.pair.question for groups in nq.values() for g in groups for e in g}
    for title, groups in data.squad_like(train / "nq_oracle/data.jsonl", rng).items():
        nq.setdefault(title, []).extend(g for g in groups if g and g[0].pair.question not in questions)
    natural += [g for t in sorted(nq) for g in nq[t]]
    training = natural + list(data.said(train / "wikinews_1920/data.jsonl", rng, 1500))
    training += list(data.selqa(train / "selqa/data.jsonl", rng))
    training += list(data.qamr(train / "qamr", rng, mix.qamr, near=mix.near))
    training += list(data.discourse(train / "qadiscourse/data.jsonl", rng, 2000))
    training += list(data.nqg(train / "nqg_sent/data.jsonl", rng, 2000))
    training += list(data.reworded(rng.sample(natural, len(natural) // 2), Synonyms(), rng))
    return [g for g in training if g], testing
