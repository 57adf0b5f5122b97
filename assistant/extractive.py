"""The extractive answerer: one to four sentences of the articles, word for word. Needs no language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.candidates import Candidate, Place, candidates
from assistant.question import Analysis, analyse, asks_each_article, parts
from assistant.records import Citation, Question, Reason, Sentence, Support
from assistant.retrieve import Retrieved
from index.embed import Embedder
from index.words import stems, words

_CHUNKS_READ = 8
_SAME_FACT = 0.6
"""Two sentences that share this much of the shorter one's content words say the same."""

_NEXT_WITHIN = 0.75
"""A further sentence must score at least this share of the best one's score."""

_MOST_WORDS = 75
"""Of an answer, unless its best sentence alone is longer."""

_ON_TOPIC = 0.35
"""The cosine above which a sentence is on the question's topic, answer or not."""


@dataclass(frozen=True)
class Draft:
    """What an answerer proposes, before the check. `reason` says why to abstain if `confidence` is too low."""

    sentences: tuple[Sentence, ...]
    confidence: float
    reason: Reason
    short_answer: str | None = None


class ExtractiveAnswerer:
    """Chooses sentences by similarity to the question, shared words, and whether they hold the kind of answer
    asked for."""

    name = "extractive"

    def __init__(self, embedder: Embedder, most_sentences: int) -> None:
        self._embedder = embedder
        self._most = most_sentences

    def answer(self, question: Question, found: Retrieved) -> Draft:
        """The sentences that answer best, in reading order, with how sure it is that they answer (0 to 1).

        A question of two parts gets sentences for each part, and is answered as surely as its less sure one.
        """
        if not analyse(question.text).is_understood:
            return Draft((), 0.0, Reason.NOT_UNDERSTOOD)
        asked = parts(question.text)
        most = self._most if len(asked) == 1 else max(1, self._most // len(asked))
        chosen: list[Candidate] = []
        confidence, on_topic = 1.0, False
        for text in asked:
            analysis = analyse(text)
            vector = found.question_vector if text == question.text else self._embedder.embed_query(text)
            ranked = candidates(analysis, vector, found.chunks[:_CHUNKS_READ], self._embedder)
            if not ranked:
                return Draft((), 0.0, Reason.NO_EVIDENCE)
            some = _chosen(ranked, most, each_article=asks_each_article(question.text))
            chosen += [one for one in some if all(_says_more(one, other) for other in chosen)]
            confidence = min(confidence, _confidence(analysis, some))
            on_topic = on_topic or ranked[0].features["cosine"] > _ON_TOPIC
        order = {id: i for i, id in reversed(list(enumerate(passage.article.id for passage in found.chunks)))}
        places = sorted(
            (one.place for one in chosen),
            key=lambda place: (order[place.article.id], place.field == "text", place.span),
        )
        reason = Reason.TOPIC_ONLY if on_topic else Reason.NO_EVIDENCE
        return Draft(tuple(_sentence(place) for place in places), confidence, reason)


def _chosen(ranked: Sequence[Candidate], most: int, *, each_article: bool) -> list[Candidate]:
    """The best sentence, and the next ones that are nearly as good and say something else.

    With `each_article` the best sentence of every other article comes before a second one of the same.
    """
    if each_article:
        firsts = list({one.place.article.id: one for one in reversed(ranked)}.values())
        return sorted(firsts, key=lambda one: -one.score)[: max(2, most)]
    chosen = [ranked[0]]
    room = _MOST_WORDS - len(words(ranked[0].place.text))
    for one in ranked[1:]:
        if len(chosen) == most or one.score < _NEXT_WITHIN * ranked[0].score:
            break
        length = len(words(one.place.text))
        if length <= room and all(_says_more(one, other) for other in chosen):
            chosen.append(one)
            room -= length
    return chosen


def _says_more(one: Candidate, other: Candidate) -> bool:
    a, b = set(stems(one.place.text)), set(stems(other.place.text))
    return len(a & b) / max(1, min(len(a), len(b))) < _SAME_FACT


def _confidence(analysis: Analysis, chosen: Sequence[Candidate]) -> float:
    """How sure it is that the sentences answer, 0 to 1: a logistic function of what the best ones hold."""
    best = chosen[0].features
    whole = " ".join(f"{one.place.article.title} {one.place.passage.text} {one.place.context or ''}" for one in chosen)
    there = set(words(whole))
    evidence = (
        6.0 * (best["cosine"] - 0.45)
        + 3.0 * (best["around"] - 0.6)
        + 1.5 * (best["coverage"] - 0.4)
        + 2.5 * (max(one.features["kind"] for one in chosen) - 0.8)
        + 3.0 * (max(one.features["speaker"] for one in chosen) - 1.0)
        - 2.0 * sum(name not in there for name in analysis.names)
        - 1.0 * sum(number not in whole for number in analysis.numbers)
    )
    return float(1 / (1 + np.exp(-evidence)))


def _sentence(place: Place) -> Sentence:
    """The words of `place` with their citation, and that of who speaks where it is shown."""
    article = place.article
    cited = [(place.field, *place.span)]
    if place.context is not None and place.speaker is not None:
        cited.append(("text", *place.speaker))
    citations = tuple(
        Citation(marker, article.id, field, start, end, article.part(field)[start:end], article.sha256)
        for marker, (field, start, end) in enumerate(cited, 1)
    )
    return Sentence(place.text, citations, Support.SUPPORTED, place.context)
