"""What language models took for an answer, all calls together: tokens, and their cost where prices are set."""

from __future__ import annotations

from dataclasses import replace

from assistant.models import Piece
from assistant.records import Usage
from assistant.settings import Settings


def counted(usage: Usage, piece: Piece) -> Usage:
    """`usage` with the counts that `piece` tells; a provider tells them once, or again as they grow."""
    prompt = usage.prompt_tokens if piece.prompt_tokens is None else piece.prompt_tokens
    completion = usage.completion_tokens if piece.completion_tokens is None else piece.completion_tokens
    return replace(usage, prompt_tokens=prompt, completion_tokens=completion)


def priced(usage: Usage, settings: Settings) -> Usage:
    """`usage` with its cost; None where tokens or a price are not known."""
    tokens, prices = (usage.prompt_tokens, usage.completion_tokens), (settings.chat_price_in, settings.chat_price_out)
    known = [(count, price) for count, price in zip(tokens, prices, strict=True) if None not in (count, price)]
    cost = sum((count or 0) * (price or 0) for count, price in known) / 1e6 if len(known) == len(tokens) else None
    return replace(usage, cost=cost)


def together(rewriting: Usage | None, writing: Usage | None) -> Usage | None:
    """Of a follow-up's wording and of the answer. What one of them does not know, both do not: no sum is too small."""
    if rewriting is None or writing is None:
        return writing or rewriting
    return replace(
        writing,
        prompt_tokens=_sum(rewriting.prompt_tokens, writing.prompt_tokens),
        completion_tokens=_sum(rewriting.completion_tokens, writing.completion_tokens),
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
