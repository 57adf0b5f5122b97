"""The reader: a small cross-encoder that tells whether a sentence answers a question, and with which of its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.reader.network import build_network
from assistant.reader.pairs import Encoded, Pair, PairTokenizer
from assistant.reader.weights import FOLDER, read_weights

if TYPE_CHECKING:
    import torch

__all__ = ["Pair", "Reader", "Reading", "load_reader"]

_LONGEST_SPAN = 16
"""Tokens; a short answer is not a clause."""


@dataclass(frozen=True)
class Reading:
    """`logit` that the sentence answers, calibrated: the probability is its logistic function. `span`: the
    characters of
    the sentence that answer best; None where it holds none."""

    logit: float
    span: tuple[int, int] | None

    @property
    def probability(self) -> float:
        return float(1 / (1 + np.exp(-self.logit)))


class Reader:
    """Reads pairs in one batch, sorted by length. Safe to call from several threads."""

    def __init__(self, network: Any, tokenize: PairTokenizer, dtype: torch.dtype, temperature: float) -> None:
        self._network = network
        self._tokenize = tokenize
        self._dtype = dtype
        self._temperature = temperature

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        """One reading for each pair, in order."""
        encoded = self._tokenize(pairs)
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].ids))
        found: dict[int, Reading] = {}
        for at in range(0, len(order), 8):
            batch = order[at : at + 8]
            found.update(zip(batch, self._read([encoded[i] for i in batch]), strict=True))
        return [found[i] for i in range(len(encoded))]

    def _read(self, batch: Sequence[Encoded]) -> list[Reading]:
        import torch

        longest = max(len(one.ids) for one in batch)
        ids, mask, types = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(3))
        for i, one in enumerate(batch):
            ids[i, : len(one.ids)] = torch.tensor(one.ids)
            mask[i, : len(one.ids)] = 1
            types[i, : len(one.types)] = torch.tensor(one.types)
        with torch.inference_mode():
            relevance, spans = self._network(ids, mask, types)
        logits = (relevance.float() / self._temperature).tolist()
        scores = spans.float().numpy()
        return [Reading(logit, _span(one, scores[i])) for i, (one, logit) in enumerate(zip(batch, logits, strict=True))]


def load_reader() -> Reader:
    """The reader that is shipped. Raises ModelError if its files are missing or changed."""
    import torch
    from tokenizers import Tokenizer

    from index.embed import has_bfloat16

    config, weights = read_weights()
    dtype = torch.bfloat16 if has_bfloat16() else torch.float32
    network = build_network(config["encoder"])
    network.load_state_dict(weights)
    tokenize = PairTokenizer(Tokenizer.from_file(str(FOLDER / "tokenizer.json")))
    return Reader(network.to(dtype).eval(), tokenize, dtype, float(config["temperature"]))


def _span(one: Encoded, scores: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[int, int] | None:
    """The characters from the start to the end whose scores add up to most, at most `_LONGEST_SPAN` tokens apart."""
    if not one.offsets:
        return None
    first = one.types.index(1)
    starts, ends = scores[first : first + len(one.offsets), 0], scores[first : first + len(one.offsets), 1]
    total = starts[:, None] + ends[None, :]
    rows, columns = np.indices(total.shape)
    total[(columns < rows) | (columns - rows >= _LONGEST_SPAN)] = -np.inf
    start, end = np.unravel_index(int(total.argmax()), total.shape)
    return one.offsets[int(start)][0], one.offsets[int(end)][1]
