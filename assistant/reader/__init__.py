"""The reader: a small cross-encoder that tells whether a sentence answers a question, and with which of its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.reader.pairs import Encoded, Pair, PairTokenizer
from assistant.reader.weights import Files, read_files
from index.errors import ModelError

__all__ = ["Pair", "Reader", "Reading", "best_span", "load_reader"]

_LONGEST_SPAN = 16
"""Tokens; a short answer is not a clause."""

_BATCH = 8


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
    """Reads pairs in batches, sorted by length. Safe to call from several threads."""

    def __init__(self, files: Files, threads: int = 0) -> None:
        """`threads`: 0 takes one for each core. Raises ModelError where the network cannot be loaded."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Threads that spin while they wait take the time of whoever else computes on this machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(files.network, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has no error of its own that all of these share
            remedy = "Reinstall onnxruntime, or set reader = false to answer without the reader."
            raise ModelError(f"The reader cannot be loaded: {error}", remedy) from error
        self._tokenize = PairTokenizer(Tokenizer.from_str(files.tokenizer))
        self._temperature = files.temperature

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        """One reading for each pair, in order."""
        encoded = self._tokenize(pairs)
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].ids))
        found: dict[int, Reading] = {}
        for at in range(0, len(order), _BATCH):
            batch = order[at : at + _BATCH]
            found.update(zip(batch, self._read([encoded[i] for i in batch]), strict=True))
        return [found[i] for i in range(len(encoded))]

    def _read(self, batch: Sequence[Encoded]) -> list[Reading]:
        longest = max(len(one.ids) for one in batch)
        ids, mask, types = (np.zeros((len(batch), longest), np.int64) for _ in range(3))
        for i, one in enumerate(batch):
            ids[i, : len(one.ids)] = one.ids
            mask[i, : len(one.ids)] = 1
            types[i, : len(one.types)] = one.types
        relevance, spans = self._session.run(["relevance", "spans"], {"ids": ids, "mask": mask, "types": types})
        logits = (relevance / self._temperature).tolist()
        return [
            Reading(logit, best_span(one, spans[i])) for i, (one, logit) in enumerate(zip(batch, logits, strict=True))
        ]


def load_reader(threads: int = 0) -> Reader:
    """The reader that is shipped. Raises ModelError if its files are missing, changed or cannot be loaded."""
    return Reader(read_files(), threads)


def best_span(one: Encoded, scores: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[int, int] | None:
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
