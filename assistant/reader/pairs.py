"""What the reader reads: a question and a sentence with its context, as token ids and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

QUESTION_TOKENS, CONTEXT_TOKENS, SENTENCE_TOKENS = 40, 48, 96
"""The most tokens read of each part; what is longer is cut at its end, the context at its beginning. A sentence may
also take what question and context leave."""


@dataclass(frozen=True)
class Pair:
    """A sentence to be read for a question. `context`: the headline and the sentence before, ". " between them."""

    question: str
    sentence: str
    context: str = ""


@dataclass(frozen=True)
class Encoded:
    """A pair as tokens: `types` is 1 for the sentence's own, whose characters in the sentence `offsets` gives."""

    ids: list[int]
    types: list[int]
    offsets: list[tuple[int, int]]


class PairTokenizer:
    """Makes `[CLS] question [SEP] context [SEP] sentence [SEP]`."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        self._cls, self._sep = (_special(tokenizer, names) for names in (("[CLS]", "<s>"), ("[SEP]", "</s>")))

    def __call__(self, pairs: Sequence[Pair]) -> list[Encoded]:
        parts = [text for pair in pairs for text in (pair.question, pair.context, pair.sentence)]
        found = self._tokenizer.encode_batch(parts, add_special_tokens=False)
        encoded = []
        for i in range(0, len(found), 3):
            question, context, sentence = found[i : i + 3]
            head = [self._cls, *question.ids[:QUESTION_TOKENS], self._sep]
            head += [*context.ids[-CONTEXT_TOKENS:], self._sep]
            most = SENTENCE_TOKENS + QUESTION_TOKENS + CONTEXT_TOKENS + 3 - len(head)
            ids = sentence.ids[:most]
            types = [0] * len(head) + [1] * len(ids) + [0]
            encoded.append(Encoded([*head, *ids, self._sep], types, sentence.offsets[:most]))
        return encoded


def _special(tokenizer: Tokenizer, names: Sequence[str]) -> int:
    """The id of the first of `names` that the tokenizer knows. `KeyError` if it knows none."""
    for name in names:
        found = tokenizer.token_to_id(name)
        if found is not None:
            return int(found)
    raise KeyError(f"The tokenizer has no {' or '.join(names)}.")
