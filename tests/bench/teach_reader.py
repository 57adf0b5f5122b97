"""Teach a trained reader by a larger one (distillation, Hinton et al., 2015). `python tests/bench/teach_reader.py TRAIN
BENCH TEACHER STUDENT OUT --encoder FOLDER [--steps 1400]`; resumes from its last checkpoint.

TEACHER and STUDENT hold the reader.pt that train_reader.py leaves; FOLDER the embedding model that the teacher's
encoder began with. The student goes on with the same training data and the questions of hard_questions.jsonl, with more
wrong sentences beside what answers, and learns from the labels and from what the teacher says of every pair: how much a
sentence answers that is not the best one, and which sentence answers in other words, no label tells.

Each batch that the teacher has read is learnt from twice, but for those that wait for it when a run is broken
off. Writes checkpoint.pt, log.jsonl, held_out.json and reader.pt (float32), as train_reader.py does.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import reader_news
import torch
from reader_metrics import Tokenize, held_out
from reader_mixes import general
from shingles import Benchmarks, without_shared
from train_reader import SEED, Batch, Pool, Trainer, fresh_network, loss_of, passes, tensors, tokenizer_of

from index.embed import default_folder, load_embedder

RATE, KEEP_EVERY = 1e-4, 200

SHARES = {"general": 0.35, "news": 0.35, "hard": 0.3}
"""The share of the batches that are of each kind."""

BESIDE = (2, 3)
"""Wrong sentences of the article beside what answers: the nearest ones, and some of the next. The teacher tells them
apart, so more of them teach more."""

SURE = 6.0
"""The teacher's logits are cut to this: how much surer than sure it is teaches nothing."""

WAITING = 100
"""Batches that wait for their second time before the first is taken from among them."""


Said = tuple[torch.Tensor, torch.Tensor]
"""Logits that the sentence answers, shape (pairs,), and of spans, shape (pairs, tokens, 2), in float32."""


class Teacher:
    """A larger reader, in bfloat16. Its tokenizer must cut words as the student's does, so that the spans' tokens are
    the same."""

    def __init__(self, network: torch.nn.Module, tokenize: Tokenize) -> None:
        self._network, self._tokenize = network.eval().to(torch.bfloat16), tokenize

    def __call__(self, batch: Batch) -> Said:
        """What it says of each pair. Raises ValueError where a pair has other tokens."""
        own = self._tokenize([example.pair for example, _ in batch])
        for theirs, (_, encoded) in zip(own, batch, strict=True):
            if theirs.types != encoded.types or theirs.offsets != encoded.offsets:
                raise ValueError("the teacher's tokenizer cuts words in other places than the student's")
        again = [(example, theirs) for (example, _), theirs in zip(batch, own, strict=True)]
        ids, mask, types, _, _ = tensors(again)
        with torch.inference_mode():
            scores, spans = self._network(ids, mask, types)
        return scores.float().clone(), spans.float().clone()


def taught_loss(scores: torch.Tensor, span: torch.Tensor, said: Said) -> torch.Tensor:
    """The distance of the logits (Huber's, so that what the two see quite differently does not outweigh the rest) and
    the cross-entropy of the teacher's spans, each counting as much as the teacher finds that the sentence answers."""
    wanted, spans = said
    found = scores.float()
    # A student that is as sure as that, and of the same, is left where it is.
    as_sure = (wanted.abs() >= SURE) & (found * wanted.sign() >= SURE)
    logits = torch.nn.functional.smooth_l1_loss(found, torch.where(as_sure, found.detach(), wanted.clamp(-SURE, SURE)))
    answers = torch.sigmoid(wanted)
    cross = -(torch.softmax(spans, dim=1) * torch.log_softmax(span.float(), dim=1)).sum(1).sum(1)
    return logits + 0.25 * (cross * answers).sum() / answers.sum().clamp(min=1.0) * answers.mean().sqrt()


def pools(train: Path, benchmarks: Benchmarks, tokenize: Tokenize, rng: random.Random) -> dict[str, Pool]:
    """Endless batches of each kind in `SHARES`."""
    embedder = load_embedder()
    training = without_shared(general(train, random.Random(SEED))[0], benchmarks, "general")
    news = [*reader_news.stories(train)[0], *reader_news.invented()[0]]
    found = {"general": Pool(itertools.repeat(training), tokenize, rng)}
    for name, stories in (("news", news), ("hard", reader_news.hard(train))):
        pairs = reader_news.NewsPairs(stories, embedder, beside=BESIDE)
        found[name] = Pool(passes(pairs, benchmarks, rng, name), tokenize, rng)
    return found


def lessons(
    sources: Mapping[str, Iterator[Batch]], teacher: Callable[[Batch], Said], steps: int, rng: random.Random
) -> Iterator[tuple[Batch, Said]]:
    """`steps` batches with what the teacher says of them: each comes twice, the second time when at least
    `WAITING` wait for it, or at the end."""
    read: list[tuple[Batch, Said]] = []
    for step in range(steps):
        if (len(read) > WAITING and step % 2) or len(read) >= steps - step:
            yield read.pop(rng.randrange(len(read)))
        else:
            (kind,) = rng.choices(list(SHARES), weights=list(SHARES.values()))
            batch = next(sources[kind])
            read.append((batch, teacher(batch)))
            yield read[-1]


def rate_at(step: int, steps: int) -> float:
    """The learning rate: to its height in 50 steps, down in a line."""
    return RATE * min(1.0, (step + 1) / 50) * max(0.02, 1 - step / steps)


def load(folder: Path, encoder: Path) -> torch.nn.Module:
    network = fresh_network(encoder)
    network.load_state_dict(torch.load(folder / "reader.pt", weights_only=True))
    return network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("bench", type=Path, help="the benchmarks' folder: what shares 8 words in a row is left out")
    parser.add_argument("teacher", type=Path, help="the folder with the teacher's reader.pt")
    parser.add_argument("student", type=Path, help="the folder with the student's reader.pt")
    parser.add_argument("out", type=Path)
    parser.add_argument("--encoder", type=Path, required=True, help="the embedding model the teacher began with")
    parser.add_argument("--steps", type=int, default=1400)
    parser.add_argument("--labels", type=float, default=0.5, help="what the labels' loss counts beside the teacher's")
    parser.add_argument("--context", action="store_true", help="both read the headline and the sentence before, too")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    tokenize = tokenizer_of(default_folder(), context=options.context)
    teacher = Teacher(load(options.teacher, options.encoder), tokenizer_of(options.encoder, context=options.context))
    trainer = Trainer(load(options.student, default_folder()))
    began, step = time.time(), 0
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        if state["of"] != _settings(options):
            parser.error(f"{checkpoint} is of a run with {state['of']}")
        step = state["step"]
        began -= state["spent"]
        for master, kept in zip(trainer.master, state["master"], strict=True):
            master.copy_(kept)
        trainer.optimizer.load_state_dict(state["optimizer"])
        trainer.write()
    _, testing = general(options.train, random.Random(SEED))
    _, for_choices, _ = reader_news.stories(options.train)
    rng = random.Random(SEED + step)
    sources = pools(options.train, Benchmarks(options.bench), tokenize, rng)
    trainer.network.train()
    losses: list[tuple[float, float]] = []
    log = (options.out / "log.jsonl").open("a")
    for batch, said in lessons(sources, teacher, options.steps - step, rng):
        ids, mask, types, labels, spans = tensors(batch)
        scores, span = trainer.network(ids, mask, types)
        by_labels, by_teacher = loss_of(scores, span, labels, spans), taught_loss(scores, span, said)
        trainer.learn(options.labels * by_labels + by_teacher, rate_at(step, options.steps))
        losses.append((by_labels.item(), by_teacher.item()))
        step += 1
        if step % 50 == 0:
            line = {"step": step, "seconds": round(time.time() - began), **_means(losses[-100:])}
            if step % KEEP_EVERY == 0:
                line |= held_out(trainer.network, tokenize, testing[:150], for_choices[:7])
                state = {"master": trainer.master, "optimizer": trainer.optimizer.state_dict(), "step": step}
                torch.save(state | {"spent": time.time() - began, "of": _settings(options)}, checkpoint)
                torch.save(trainer.state(), options.out / f"step-{step}.pt")
            print(line, flush=True)
            log.write(json.dumps(line) + "\n")
            log.flush()
    torch.save(trainer.state(), options.out / "reader.pt")
    figures = held_out(trainer.network, tokenize, testing[:800], for_choices) | {"steps": step}
    (options.out / "held_out.json").write_text(json.dumps(figures, indent=1) + "\n")
    print("final", figures, flush=True)


def _settings(options: argparse.Namespace) -> dict[str, str]:
    """What a run must have in common with the one that it resumes."""
    return {
        name: str(getattr(options, name)) for name in ("teacher", "student", "encoder", "labels", "context", "steps")
    }


def _means(losses: Sequence[tuple[float, float]]) -> dict[str, float]:
    by_labels, by_teacher = np.mean(losses, axis=0)
    return {"loss": round(float(by_labels), 4), "teacher_loss": round(float(by_teacher), 4)}


if __name__ == "__main__":
    main()
