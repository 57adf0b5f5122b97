"""Train the reader. `python tests/bench/train_reader.py TRAIN BENCH OUT [--minutes 100]`; resumes from its last
checkpoint.

Starts from the default embedding model's weights. Reads the benchmarks only to leave out what stands in them. Writes
checkpoint.pt, log.jsonl and, at the end,
what the package ships: reader.safetensors (int8), tokenizer.json and config.json. The rate falls with the time used, so
a run on a slower machine sees fewer pairs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import time
from pathlib import Path

import numpy as np
import reader_data as data
import torch
from safetensors.torch import save
from shingles import Benchmarks
from synonyms import Synonyms
from tokenizers import Tokenizer
from transformers import BertModel

from assistant.reader.network import build_network
from assistant.reader.pairs import PairTokenizer
from assistant.reader.weights import quantised
from index.embed import default_folder

SEED, RATE, BATCH_TOKENS = 7, 1.2e-4, 4096


def load(train: Path, rng: random.Random, benchmarks: Benchmarks) -> tuple[list[data.Group], list[data.Group]]:
    """Training groups and held-out ones; split by article. What shares a run of words with the benchmarks is left
    out."""
    squad = data.squad_like(train / "squad_dev/data.jsonl", rng)
    titles = sorted(squad)
    held = set(titles[::8])
    natural = [g for t in titles if t not in held for g in squad[t]]
    testing = [g for t in held for g in squad[t]]
    nq = {**data.squad_like(train / "qed_dev/data.jsonl", rng)}
    questions = {e.pair.question for groups in nq.values() for g in groups for e in g}
    for title, groups in data.squad_like(train / "nq_oracle/data.jsonl", rng).items():
        nq.setdefault(title, []).extend(g for g in groups if g and g[0].pair.question not in questions)
    natural += [g for t in sorted(nq) for g in nq[t]]
    natural += list(data.said(train / "wikinews_1920/data.jsonl", rng, 2500))
    training = natural + list(data.selqa(train / "selqa/data.jsonl", rng))
    training += list(data.qamr(train / "qamr", rng, 9000))
    training += list(data.discourse(train / "qadiscourse/data.jsonl", rng, 3000))
    training += list(data.nqg(train / "nqg_sent/data.jsonl", rng, 4000))
    training += list(data.reworded(natural, Synonyms(), rng))
    whole = len(training)
    training = [g for g in training if g and not any(benchmarks.share(text) for text in _texts(g))]
    print(whole - len(training), "groups left out that share a run of words with the benchmarks", flush=True)
    rng.shuffle(training)
    return training, testing


def _texts(group: data.Group) -> set[str]:
    return {text for one in group for text in (one.pair.question, one.pair.context, one.pair.sentence)}


def batches(groups: list[data.Group], tokenize: PairTokenizer, rng: random.Random):
    """Batches of about `BATCH_TOKENS` tokens, pairs of like length together."""
    examples = [example for group in groups for example in group]
    rng.shuffle(examples)
    for at in range(0, len(examples), 2048):
        some = examples[at : at + 2048]
        encoded = sorted(zip(some, tokenize([e.pair for e in some]), strict=True), key=lambda x: len(x[1].ids))
        batch, longest, ready = [], 0, []
        for one in encoded:
            longest = max(longest, len(one[1].ids))
            if batch and longest * (len(batch) + 1) > BATCH_TOKENS:
                ready.append(batch)
                batch, longest = [], len(one[1].ids)
            batch.append(one)
        ready.append(batch)
        rng.shuffle(ready)
        yield from ready


def tensors(batch):
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


def evaluate(network, groups, tokenize) -> dict[str, float]:
    """Held out: the answering sentence first among its group; spans exact; AUC of answerable against unanswerable."""
    network.eval()
    right = total = 0
    positive, negative = [], []
    span_right = span_total = 0
    with torch.inference_mode():
        for at in range(0, len(groups), 16):
            some = groups[at : at + 16]
            flat = [e for g in some for e in g]
            batch = list(zip(flat, tokenize([e.pair for e in flat]), strict=True))
            ids, mask, types, _, spans = tensors(batch)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores, span = network(ids, mask, types)
            scores, span = scores.float().numpy(), span.float()
            known = spans[:, 0] >= 0
            if known.any():
                best = span[known].argmax(1)
                span_right += int(((best[:, 0] == spans[known][:, 0]) & (best[:, 1] == spans[known][:, 1])).sum())
                span_total += int(known.sum())
            k = 0
            for g in some:
                s = scores[k : k + len(g)]
                k += len(g)
                if g[0].answers:
                    plain = [i for i, e in enumerate(g) if e.pair.question == g[0].pair.question]
                    total += 1
                    right += int(np.argmax(s[plain]) == 0)
                    positive.append(s[0])
                else:
                    negative.append(s.max())
    network.train()
    pos, neg = np.array(positive), np.array(negative)
    auc = float((pos[:, None] > neg[None]).mean()) if len(neg) else 0.0
    return {"select": right / total, "span_exact": span_right / max(1, span_total), "auc": auc}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("bench", type=Path, help="the benchmarks' folder: what shares 8 words in a row is left out")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=100)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)
    torch.manual_seed(SEED)
    training, testing = load(options.train, rng, Benchmarks(options.bench))
    print(len(training), "groups", sum(map(len, training)), "pairs", len(testing), "held out", flush=True)
    folder = default_folder()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenize = PairTokenizer(tokenizer)
    config = json.loads((folder / "config.json").read_text())
    network = build_network(config)
    network.encoder.load_state_dict(BertModel.from_pretrained(folder, add_pooling_layer=False).state_dict())
    decay = [p for n, p in network.named_parameters() if p.ndim > 1]
    plain = [p for n, p in network.named_parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}], lr=RATE
    )
    began, spent, step = time.time(), 0.0, 0
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        spent, step = state["spent"], state["step"]
        rng.seed(SEED + step)
    log = (options.out / "log.jsonl").open("a")
    budget = options.minutes * 60
    network.train()
    losses, pairs, epoch = [], 0, 0
    done = False
    while not done:
        epoch += 1
        for batch in batches(training, tokenize, rng):
            used = spent + time.time() - began
            if used > budget:
                done = True
                break
            # The rate falls with the time used: the budget, not a number of passes, is what is fixed.
            share = used / budget
            for g in optimizer.param_groups:
                g["lr"] = RATE * min(1.0, (step + 1) / 100) * max(0.02, 1 - share)
            ids, mask, types, labels, spans = tensors(batch)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores, span = network(ids, mask, types)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(scores.float(), labels)
            known = spans[:, 0] >= 0
            if known.any():
                start = torch.nn.functional.cross_entropy(span[known][:, :, 0].float(), spans[known][:, 0])
                end = torch.nn.functional.cross_entropy(span[known][:, :, 1].float(), spans[known][:, 1])
                loss = loss + 0.25 * (start + end)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            step += 1
            pairs += len(batch)
            losses.append(loss.item())
            if step % 50 == 0:
                line = {
                    "step": step,
                    "epoch": epoch,
                    "pairs": pairs,
                    "seconds": round(used),
                    "loss": float(np.mean(losses[-200:])),
                }
                if step % 400 == 0:
                    line |= evaluate(network, testing[:400], tokenize)
                    keep(checkpoint, network, optimizer, spent + time.time() - began, step)
                print(line, flush=True)
                log.write(json.dumps(line) + "\n")
                log.flush()
    keep(checkpoint, network, optimizer, spent + time.time() - began, step)
    print("final", evaluate(network, testing, tokenize), flush=True)
    export(network, config, folder, options.out)


def keep(checkpoint: Path, network, optimizer, spent: float, step: int) -> None:
    """Write what a run resumes from; `spent` is in seconds."""
    state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "spent": spent, "step": step}
    torch.save(state, checkpoint)


ENCODER = (
    *("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act"),
    *("max_position_embeddings", "type_vocab_size", "layer_norm_eps", "hidden_dropout_prob", "pad_token_id"),
    "attention_probs_dropout_prob",
)


def export(network, config, folder: Path, out: Path, temperature: float = 1.0) -> None:
    """Write what the package ships."""
    raw = save(quantised(network.state_dict()))
    (out / "reader.safetensors").write_bytes(raw)
    shutil.copy(folder / "tokenizer.json", out / "tokenizer.json")
    fields = {
        "encoder": {name: config[name] for name in ENCODER},
        "temperature": temperature,
        "sha256": hashlib.sha256(raw).hexdigest(),
    }
    (out / "config.json").write_text(json.dumps(fields, indent=1) + "\n")


if __name__ == "__main__":
    main()
