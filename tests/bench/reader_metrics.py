"""What the reader reaches on what it was not trained on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import torch
from reader_data import Group
from reader_news import Story, all_pairs

from assistant.reader import best_span
from assistant.reader.pairs import Encoded, Pair

Tokenize = Callable[[Sequence[Pair]], list[Encoded]]
How = Callable[[Sequence[Pair]], tuple[np.ndarray, list[tuple[int, int] | None]]]


def held_out(
    network: torch.nn.Module, tokenize: Tokenize, groups: Sequence[Group], stories: Sequence[Story]
) -> dict[str, float]:
    """`select`: the answering sentence first among the few of its group; `auc`: answerable against unanswerable, by the
    best sentence of each. `news_…`: the same among all sentences of an article, `mrr` of the first that answers, and
    `exact`, the span of the answer letter for letter. `paraphrase_mrr`: of questions that share no content word."""
    network.eval()
    found = _general(network, tokenize, groups)
    found |= news_figures(lambda pairs: read(network, tokenize(pairs)), stories)
    network.train()
    return {name: round(value, 4) for name, value in found.items()}


def _general(network: torch.nn.Module, tokenize: Tokenize, groups: Sequence[Group]) -> dict[str, float]:
    flat = [one.pair for group in groups for one in group]
    scores, _ = read(network, tokenize(flat))
    right, positive, negative, at = [], [], [], 0
    for group in groups:
        its = scores[at : at + len(group)]
        at += len(group)
        if group[0].answers:
            same = [i for i, one in enumerate(group) if one.pair.question == group[0].pair.question]
            right.append(int(np.argmax(its[same]) == 0))
            positive.append(its[0])
        else:
            negative.append(its.max())
    return {"select": float(np.mean(right)), "auc": area(positive, negative)}


def news_figures(how: How, stories: Sequence[Story]) -> dict[str, float]:
    """The figures of `held_out` on news; `how` gives a logit and a span for each pair."""
    ranks: dict[str, list[float]] = defaultdict(list)
    exact: list[float] = []
    best: dict[bool, list[float]] = {True: [], False: []}
    for story in stories:
        scores, spans = how(all_pairs(story))
        for i, asked in enumerate(story.asked):
            first = i * len(story.places)
            its = scores[first : first + len(story.places)]
            best[asked.answerable].append(float(its.max()))
            if not asked.answerable:
                continue
            order = np.argsort(-its)
            ranks[asked.kind].append(1 / (1 + min(int(np.flatnonzero(order == k)[0]) for k in asked.right)))
            if asked.span:
                exact.append(float(spans[first + asked.right[0]] == asked.span))
    every = [rank for some in ranks.values() for rank in some]
    return {
        "news_select": float(np.mean([rank == 1 for rank in every])),
        "news_mrr": float(np.mean(every)),
        "news_auc": area(best[True], best[False]),
        "news_exact": float(np.mean(exact)),
        **{f"{kind}_mrr": float(np.mean(some)) for kind, some in ranks.items()},
    }


def read(network: torch.nn.Module, encoded: Sequence[Encoded]) -> tuple[np.ndarray, list[tuple[int, int] | None]]:
    """A logit for each pair, and the characters of the best span."""
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].ids))
    scores, spans = np.zeros(len(encoded)), [None] * len(encoded)
    with torch.inference_mode():
        for at in range(0, len(order), 32):
            some = order[at : at + 32]
            longest = max(len(encoded[i].ids) for i in some)
            ids, mask, types = (torch.zeros(len(some), longest, dtype=torch.long) for _ in range(3))
            for row, i in enumerate(some):
                one = encoded[i]
                ids[row, : len(one.ids)] = torch.tensor(one.ids)
                mask[row, : len(one.ids)] = 1
                types[row, : len(one.types)] = torch.tensor(one.types)
            relevance, span = network(ids, mask, types)
            for row, i in enumerate(some):
                scores[i] = float(relevance[row])
                spans[i] = best_span(encoded[i], span[row].float().numpy())
    return scores, spans


def area(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The area under the ROC curve: how often a positive scores above a negative, ties half."""
    pos, neg = np.array(positive)[:, None], np.array(negative)[None]
    return float(((pos > neg) + 0.5 * (pos == neg)).mean()) if pos.size and neg.size else 0.0
