"""The reader: a small cross-encoder that tells whether a sentence answers a question, and with which of its words."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.reader.pairs import Encoded, Pair, PairTokenizer
from assistant.reader.weights import REMEDY, Files, read_files
from index.errors import ModelError

if TYPE_CHECKING:
    import onnxruntime

__all__ = ["Pair", "Reader", "Reading", "best_span", "load_reader", "open_session"]

_LONGEST_SPAN = 16
"""Tokens; a short answer is not a clause."""


@dataclass(frozen=True)
class Reading:
    """`logit` that the sentence answers, calibrated: the probability is its logistic function. `span`: the
    characters of the sentence that answer best; None where it holds none."""

    logit: float
    span: tuple[int, int] | None

    @property
    def probability(self) -> float:
        return float(1 / (1 + np.exp(-self.logit)))


class Reader:
    """Reads pairs, several at a time. Safe to call from several threads."""

    def __init__(self, files: Files, threads: int = 0) -> None:
        """`threads`: 0 takes one for each core. Raises ModelError where network or tokenizer cannot be loaded."""
        from tokenizers import Tokenizer

        self._session = open_session(files.network)
        try:
            self._tokenize = PairTokenizer(Tokenizer.from_str(files.tokenizer))
        except Exception as error:  # tokenizers raises a bare Exception
            raise ModelError(f"The reader's tokenizer cannot be loaded: {error}.", REMEDY) from error
        self._temperature = files.temperature
        self._pool = ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="reader")

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        """One reading for each pair, in order, and the same whatever else is read."""
        return list(self._pool.map(self._read, self._tokenize(pairs)))

    def _read(self, one: Encoded) -> Reading:
        # Activations are quantised by the range of what is read together, so each pair is read alone: in a batch a
        # logit would move by up to half a unit with its neighbours. It takes no longer, since nothing is padded.
        ids, types = np.array([one.ids], np.int64), np.array([one.types], np.int64)
        inputs = {"ids": ids, "mask": np.ones_like(ids), "types": types}
        relevance, spans = self._session.run(["relevance", "spans"], inputs)
        return Reading(float(relevance[0]) / self._temperature, best_span(one, spans[0]))


def open_session(network: bytes) -> onnxruntime.InferenceSession:
    """Runs the ONNX model `network` on one thread for each call, to the same numbers on every processor. Raises
    ModelError where it cannot be loaded."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    # Where a processor has no VNNI instructions (AMD before Zen 4, say), onnxruntime adds two products of int8 weights
    # in 16 bits, which overflow, unless it is told not to: logits move by .16 in the mean, by up to 1.
    options.add_session_config_entry("session.x64quantprecision", "1")
    try:
        return onnxruntime.InferenceSession(
            network,
            options,
            providers=["CPUExecutionProvider"],
            # The operator that it makes takes five times as long on a CPU as those that it takes the place of.
            disabled_optimizers=["SkipLayerNormFusion"],
        )
    except Exception as error:  # onnxruntime has no error of its own that all of these share
        remedy = "Reinstall onnxruntime, or set reader = false to answer without the reader."
        raise ModelError(f"The reader cannot be loaded: {error}", remedy) from error


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
