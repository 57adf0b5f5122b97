"""Chunks of an article: whole sentences packed up to a number of tokens. Only an over-long sentence is cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from index.instructions import INSTRUCTIONS_VERSION, reported, reporting_spans
from index.records import Article, Chunk
from index.sentences import SENTENCES_VERSION, Span, sentence_spans

CHUNKS_VERSION = 3
SPLITTER_VERSION = f"{CHUNKS_VERSION}.{SENTENCES_VERSION}.{INSTRUCTIONS_VERSION}"
"""Raise `CHUNKS_VERSION` when the same text would be packed into other chunks."""

CHUNK_TOKENS = 200
"""The most tokens of a chunk's own text; about 900 characters of news."""

TITLE_TOKENS = 48
"""The most tokens of the headline that stands before a chunk when it is embedded."""

_LONGEST_GAP = 2_000
"""Characters of what speaks to a machine between two sentences of one chunk; more of it ends the chunk, since a
passage is shown and read whole."""


class Tokenizer(Protocol):
    """Counts in the embedding model's own tokens, without truncation and without special tokens."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text."""
        ...

    def offsets(self, text: str) -> list[Span]:
        """The character span of each token."""
        ...


def split(article: Article, tokenizer: Tokenizer, chunk_tokens: int = CHUNK_TOKENS) -> list[Chunk]:
    """The chunks of `article`, in order, without overlap; together they hold every sentence that reports something.

    What speaks to a machine takes no room and moves no boundary. An article of nothing else is packed as any other, so
    that it can be found. A chunk holds at most `chunk_tokens` tokens of what is embedded, and starts and ends where
    sentences do, unless one sentence is longer: that one is cut between words.
    """
    spans = reporting_spans(article.text) or sentence_spans(article.text)
    counts = tokenizer.count([article.text[start:end] for start, end in spans])
    packed: list[Span] = []
    room = -1
    for (start, end), count in zip(spans, counts, strict=True):
        if count > chunk_tokens:
            packed.extend(_cut(article.text, start, end, tokenizer, chunk_tokens))
            room = -1  # not even for a sentence without a token
        elif packed and count <= room and start - packed[-1][1] <= _LONGEST_GAP:
            packed[-1] = (packed[-1][0], end)
            room -= count
        else:
            packed.append((start, end))
            room = chunk_tokens - count
    return [Chunk(article.id, ordinal, start, end) for ordinal, (start, end) in enumerate(packed)]


def embedded_text(title: str, text: str) -> str:
    """What is embedded and keyword-indexed for a chunk: its article's headline, then its own words, both without what
    speaks to a machine. Of a chunk of nothing else, all of it."""
    title, text = reported(title), reported(text) or text
    return f"{title}\n{text}" if title else text


def _cut(text: str, start: int, end: int, tokenizer: Tokenizer, chunk_tokens: int) -> list[Span]:
    """One sentence in pieces of at most `chunk_tokens` tokens, cut where white space stands if there is any."""
    tokens: list[Span] = []
    for a, b in tokenizer.offsets(text[start:end]):
        # Of one character, as of a Hangul syllable, there may be several tokens: no place to cut.
        if not tokens or start + a >= tokens[-1][1]:
            tokens.append((start + a, start + b))
    pieces: list[Span] = []
    first = 0
    while first < len(tokens):
        last = min(first + chunk_tokens, len(tokens))
        while True:
            if last < len(tokens):
                breaks = [i for i in range(first + 1, last + 1) if text[tokens[i][0] - 1].isspace()]
                last = breaks[-1] if breaks else last
            # Part of a word may be more tokens than it was within the word.
            until = tokens[last][0] if last < len(tokens) else end
            if last == first + 1 or tokenizer.count([text[tokens[first][0] : until]])[0] <= chunk_tokens:
                break
            last -= 1
        pieces.append((tokens[first][0], tokens[last - 1][1]))
        first = last
    # Characters that no token covers (control characters, say) stay with the piece around them.
    edges = [start, *(a for a, _ in pieces[1:]), end]
    return [(a, a + len(text[a:b].rstrip())) for a, b in pairwise(edges)]
