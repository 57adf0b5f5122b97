"""Train the reader. `python tests/bench/train_reader.py TRAIN BENCH OUT [--steps 2000] [--mix first] [--seed 7]
[--hard-steps 0] [--without PART] [--context] [--encoder FOLDER]`; resumes from its last checkpoint. What is shipped is
of the first mix and seed.

Starts from the default embedding model's weights; `--encoder` starts from another's, to see what size brings. Reads the
benchmarks only to leave out what stands in them. The first quarter of the steps sees no news, most batches after it are
news. Hard steps come after them, at a lower rate: most of their batches are of questions asked in other words than the
text's, with more wrong sentences beside the right one. What is shipped has none. `--without` leaves something out, to
see what it brings.

Writes checkpoint.pt, step-N.pt (float32) and log.jsonl as it goes and, at the end, held_out.json and reader.pt
(float32), which export_reader.py turns into what the package ships.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import reader_data as data
import reader_news
import torch
from reader_metrics import Tokenize, held_out
from reader_mixes import MIXES, Mix, general
from reader_network import build_network
from shingles import Benchmarks, without_shared
from tokenizers import Tokenizer
from transformers import AutoModel

from assistant.reader.pairs import Encoded, PairTokenizer
from index.embed import default_folder, load_embedder

SEED, RATE, BATCH_TOKENS = 7, 1.5e-4, 4096

NEWS_FROM = 0.25
"""The share of the steps after which there is news. With news from the start its questions are learnt by heart long
before the rest is learnt."""

HARD_RATE, HARD_SHARE = 6e-5, 0.6
"""The learning rate that the hard steps begin with, and the share of their batches that are hard questions; the rest is
as before."""

KEEP_EVERY = 300
"""Steps from one checkpoint, and its figures on held-out data, to the next."""

Batch = list[tuple[data.Example, Encoded]]


class Pool:
    """Batches of about `BATCH_TOKENS` tokens without end, pairs of like length together, in new order at each pass."""

    def __init__(self, passes: Iterator[Sequence[data.Group]], tokenize: Tokenize, rng: random.Random) -> None:
        self._passes, self._tokenize, self._rng = passes, tokenize, rng
        self._ready: list[Batch] = []
        self._waiting: list[data.Example] = []

    def __next__(self) -> Batch:
        while not self._ready:
            while len(self._waiting) < 2048:
                groups = list(next(self._passes))
                self._rng.shuffle(groups)
                # What is taken last was put in first, so a pass is used up before the next one.
                self._waiting[:0] = [example for group in groups for example in group]
            some = [self._waiting.pop() for _ in range(2048)]
            encoded = self._tokenize([one.pair for one in some])
            pairs = sorted(zip(some, encoded, strict=True), key=lambda one: len(one[1].ids))
            batch: Batch = []
            for one in pairs:
                if batch and len(one[1].ids) * (len(batch) + 1) > BATCH_TOKENS:
                    self._ready.append(batch)
                    batch = []
                batch.append(one)
            self._ready.append(batch)
            self._rng.shuffle(self._ready)
        return self._ready.pop()


def tensors(batch: Batch):
    """Ids, mask, types, labels and spans (-100 where not known) of a batch, padded."""
    longest = max(len(encoded.ids) for _, encoded in batch)
    ids, mask, types = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(3))
    labels = torch.zeros(len(batch))
    spans = torch.full((len(batch), 2), -100)
    for i, (example, encoded) in enumerate(batch):
        ids[i, : len(encoded.ids)] = torch.tensor(encoded.ids)
        mask[i, : len(encoded.ids)] = 1
        types[i, : len(encoded.types)] = torch.tensor(encoded.types)
        labels[i] = float(example.answers)
        if example.span and example.answers:
            inside = [k for k, (a, b) in enumerate(encoded.offsets) if a < example.span[1] and b > example.span[0]]
            if inside:
                first = encoded.types.index(1)
                spans[i, 0], spans[i, 1] = first + inside[0], first + inside[-1]
    return ids, mask, types, labels, spans


def loss_of(scores: torch.Tensor, span: torch.Tensor, labels: torch.Tensor, spans: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of the labels and, with a quarter of its weight each, of where the spans that are known begin and
    end."""
    loss = torch.nn.functional.binary_cross_entropy_with_logits(scores.float(), labels)
    known = spans[:, 0] >= 0
    if known.any():
        start = torch.nn.functional.cross_entropy(span[known][:, :, 0].float(), spans[known][:, 0])
        end = torch.nn.functional.cross_entropy(span[known][:, :, 1].float(), spans[known][:, 1])
        loss = loss + 0.25 * (start + end) * known.float().mean().sqrt()
    return loss


class Trainer:
    """The network in bfloat16 with float32 master weights: on a CPU that has the instructions, twice as fast. What
    words mean by themselves stays as the embedding model has it, so that words of no training text keep their
    meaning beside those of many."""

    def __init__(self, network: torch.nn.Module) -> None:
        self.network = network
        words = network.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        self._words = words.detach().clone().float()
        self._names = [name for name, p in network.named_parameters() if p.requires_grad]
        self._learnt = [p for p in network.parameters() if p.requires_grad]
        self.master = [p.detach().clone().float() for p in self._learnt]
        network.to(torch.bfloat16)
        kinds = ([m for m in self.master if m.ndim > 1], [m for m in self.master if m.ndim <= 1])
        groups = [{"params": some, "weight_decay": decay} for some, decay in zip(kinds, (0.01, 0.0), strict=True)]
        self.optimizer = torch.optim.AdamW(groups, lr=RATE, fused=True)

    def step(self, batch: Batch, rate: float) -> float:
        ids, mask, types, labels, spans = tensors(batch)
        return self.learn(loss_of(*self.network(ids, mask, types), labels, spans), rate)

    def learn(self, loss: torch.Tensor, rate: float) -> float:
        """One step down `loss`, a function of the network's weights."""
        self.network.zero_grad(set_to_none=True)
        loss.backward()
        for master, p in zip(self.master, self._learnt, strict=True):
            master.grad = p.grad.float() if p.grad is not None else None
        torch.nn.utils.clip_grad_norm_(self.master, 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.write()
        return float(loss.item())

    def write(self) -> None:
        """Round the master weights into the network."""
        with torch.no_grad():
            for master, p in zip(self.master, self._learnt, strict=True):
                p.copy_(master)

    def state(self) -> dict[str, torch.Tensor]:
        """The float32 weights by name."""
        words = {"encoder.embeddings.word_embeddings.weight": self._words}
        return dict(zip(self._names, self.master, strict=True)) | words


def fresh_network(folder: Path, dropout: float = 0.0) -> torch.nn.Module:
    """The reader's network with the weights of the embedding model in `folder` in its encoder."""
    pretrained = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    # Fused attention is slower than plain attention here, in bfloat16 and backwards.
    more = {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": dropout, "attn_implementation": "eager"}
    network = build_network(json.loads((folder / "config.json").read_text()) | more)
    network.encoder.load_state_dict(pretrained.state_dict())
    return network


def tokenizer_of(encoder: Path, *, context: bool) -> Tokenize:
    """Cuts pairs into the tokens of the embedding model in `encoder`; without `context` each pair's own is left out."""
    tokenize = PairTokenizer(Tokenizer.from_file(str(encoder / "tokenizer.json")))
    return tokenize if context else lambda pairs: tokenize(reader_news.without_context(pairs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("bench", type=Path, help="the benchmarks' folder: what shares 8 words in a row is left out")
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--mix", choices=sorted(MIXES), default="first")
    parser.add_argument("--seed", type=int, default=SEED, help="another makes a run to take the mean with")
    parser.add_argument("--hard-steps", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--without",
        choices=("news", "invented", "near"),
        help="news questions; invented articles; wrong sentences of the same article",
    )
    parser.add_argument("--context", action="store_true", help="read the headline and the sentence before, too")
    parser.add_argument("--encoder", type=Path, default=default_folder(), help="a folder with an embedding model")
    options = parser.parse_args()
    if options.without == "news" and options.hard_steps:
        parser.error("hard steps come after news")
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    benchmarks = Benchmarks(options.bench)
    tokenize = tokenizer_of(options.encoder, context=options.context)
    mix = MIXES[options.mix]
    training, testing = general(options.train, random.Random(options.seed), mix)
    training = without_shared(training, benchmarks, "general")
    _, for_choices, _ = reader_news.stories(options.train)
    print(len(training), "groups,", sum(map(len, training)), "pairs", flush=True)

    trainer = Trainer(fresh_network(options.encoder))
    began, spent, step, seen = time.time(), 0.0, 0, [0, 0]
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        for master, kept in zip(trainer.master, state["master"], strict=True):
            master.copy_(kept)
        trainer.optimizer.load_state_dict(state["optimizer"])
        for name, otherwise in (("mix", "first"), ("seed", SEED)):
            if (before := state.get(name, otherwise)) != getattr(options, name):
                parser.error(f"{checkpoint} is of a run with --{name} {before}")
        if state.get("without") != options.without:
            parser.error(f"{checkpoint} is of a run without {state.get('without') or 'nothing'}")
        if state.get("context", True) is not options.context:
            parser.error(f"{checkpoint} is of a run {'with' if state.get('context', True) else 'without'} --context")
        if (began_with := state.get("encoder", str(default_folder()))) != str(options.encoder):
            parser.error(f"{checkpoint} is of a run with --encoder {began_with}")
        spent, step, seen = state["spent"], state["step"], state["seen"]
        trainer.write()
    rng = random.Random(options.seed + step)
    pools = [Pool(itertools.repeat(training), tokenize, rng)]
    log = (options.out / "log.jsonl").open("a")
    trainer.network.train()
    losses: tuple[list[float], list[float]] = ([], [])
    while step < options.steps + options.hard_steps:
        if step >= NEWS_FROM * options.steps and len(pools) == 1 and options.without != "news":
            pools.append(Pool(_news_passes(options.train, benchmarks, rng, options.without, mix), tokenize, rng))
        if step >= options.steps and len(pools) == 2:
            pools.append(Pool(_hard_passes(options.train, benchmarks, rng), tokenize, rng))
        drawn = int(len(pools) > 1 and rng.random() < mix.news)
        if len(pools) == 3 and rng.random() < HARD_SHARE:
            drawn = 2
        batch = next(pools[drawn])
        which = min(1, drawn)
        losses[which].append(trainer.step(batch, _rate(step, options.steps, options.hard_steps)))
        step += 1
        seen[which] += len(batch)
        if step % 50 == 0:
            used = spent + time.time() - began
            line = {"step": step, "pairs": seen[0], "news_pairs": seen[1], "seconds": round(used)}
            line |= {"loss": _mean(losses[0]), "news_loss": _mean(losses[1])}
            if step % KEEP_EVERY == 0:
                line |= held_out(trainer.network, tokenize, testing[:150], for_choices[:7])
                keep(checkpoint, trainer, used, step, seen, options)
                torch.save(trainer.state(), options.out / f"step-{step}.pt")
            print(line, flush=True)
            log.write(json.dumps(line) + "\n")
            log.flush()
    keep(checkpoint, trainer, spent + time.time() - began, step, seen, options)
    torch.save(trainer.state(), options.out / "reader.pt")
    figures = held_out(trainer.network, tokenize, testing[:800], for_choices)
    figures |= {"steps": step, "pairs": seen[0], "news_pairs": seen[1], "context": options.context}
    (options.out / "held_out.json").write_text(json.dumps(figures, indent=1) + "\n")
    print("final", figures, flush=True)


def _rate(step: int, steps: int, hard_steps: int) -> float:
    """The learning rate: to its height in 100 steps, down in a line; and once more from a lower one."""
    if step >= steps:
        done = step - steps
        return HARD_RATE * min(1.0, (done + 1) / 50) * max(0.02, 1 - done / hard_steps)
    return RATE * min(1.0, (step + 1) / 100) * max(0.02, 1 - step / steps)


def _news_passes(
    train: Path, benchmarks: Benchmarks, rng: random.Random, without: str | None, mix: Mix
) -> Iterator[list[data.Group]]:
    stories = [*reader_news.stories(train)[0], *([] if without == "invented" else reader_news.invented()[0])]
    embedder, near = load_embedder(), without != "near"
    found = [passes(reader_news.NewsPairs(stories, embedder, near=near), benchmarks, rng, "news")]
    if mix.hard:
        harder = reader_news.NewsPairs(reader_news.hard(train), embedder, near=near)
        found.append(passes(harder, benchmarks, rng, "hard"))
    for parts in zip(*found, strict=True):
        yield list(itertools.chain.from_iterable(parts))


def _hard_passes(train: Path, benchmarks: Benchmarks, rng: random.Random) -> Iterator[list[data.Group]]:
    hard = reader_news.NewsPairs(reader_news.hard(train), load_embedder(), beside=(2, 2))
    yield from passes(hard, benchmarks, rng, "hard")


def passes(
    pairs: reader_news.NewsPairs, benchmarks: Benchmarks, rng: random.Random, name: str
) -> Iterator[list[data.Group]]:
    print(len(pairs), "questions,", name, flush=True)
    while True:
        yield without_shared(list(pairs.groups(rng)), benchmarks, name)


def _mean(losses: list[float]) -> float:
    return round(float(np.mean(losses[-100:])), 4) if losses else 0.0


def keep(
    checkpoint: Path, trainer: Trainer, spent: float, step: int, seen: list[int], options: argparse.Namespace
) -> None:
    """Write what a run resumes from; `spent` is in seconds."""
    state = {"master": trainer.master, "optimizer": trainer.optimizer.state_dict(), "spent": spent, "step": step}
    state |= {"seen": seen, "encoder": str(options.encoder)}
    state |= {name: getattr(options, name) for name in ("mix", "seed", "without", "context")}
    torch.save(state, checkpoint)


if __name__ == "__main__":
    main()
