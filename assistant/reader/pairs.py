"""What a reader reads: a question and a sentence, as token ids and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

QUESTION_TOKENS, CONTEXT_TOKENS, SENTENCE_TOKENS = 40, 48, 96
"""The most tokens read of each part; what is longer is cut at its end, the context at its beginning. A sentence may
also take what question and context leave."""

_CHARACTERS = 5
"""Of a token of English, with the blank before it."""


@dataclass(frozen=True)
class Pair:
    """A sentence to be read for a question. `context`: the headline and the sentence before, ". " between them, for a
    reader that was trained with it; the one that is shipped reads none."""

    question: str
    sentence: str
    context: str = ""

    @property
    def length(self) -> int:
        """Characters, of each part no more than its own tokens have in the mean: what a sentence takes of the others'
        is not counted."""
        parts = ((self.question, QUESTION_TOKENS), (self.context, CONTEXT_TOKENS), (self.sentence, SENTENCE_TOKENS))
        return sum(min(len(text), _CHARACTERS * most) for text, most in parts)


@dataclass(frozen=True)
class Encoded:
    """A pair as tokens: `types` is 1 for the sentence's own, whose characters in the sentence `offsets` gives."""

    ids: list[int]
    types: list[int]
    offsets: list[tuple[int, int]]


class PairTokenizer:
    """Makes `[CLS] question [SEP] context [SEP] sentence [SEP]`."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Raises ValueError where the tokenizer marks neither beginning nor end of a text."""
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        # What the tokenizer puts around a text: "[CLS]" and "[SEP]", "<s>" and "</s>". A vocabulary may hold others,
        # which the weights have never seen.
        around = tokenizer.encode("").ids
        if len(around) < 2:
            raise ValueError("it puts nothing around a text")
        self._cls, self._sep = around[0], around[-1]

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
