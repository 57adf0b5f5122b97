"""The extractive answerer: one to four sentences of the articles, word for word. Needs no language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.candidates import Candidate, Place, SentenceReader, candidates, read
from assistant.confidence import confidence as confidence_of
from assistant.question import Analysis, Kind, analyse, asks_each_article
from assistant.records import Citation, Question, Reason, Sentence, Support
from assistant.retrieve import Retrieved
from index.embed import Embedder
from index.words import stems, words

_SAME_FACT = 0.6
"""Two sentences that share this much of the shorter one's content words say the same."""

_NEXT_WITHIN = 0.75
"""A further sentence must score at least this share of the best one's score."""

_NEXT_PROBABILITY = 0.3
"""The same for the reader's probability."""

_SHORT_KINDS = frozenset({Kind.PERSON, Kind.TIME, Kind.PLACE, Kind.NUMBER, Kind.OTHER})

_EVIDENCE = 8
"""Sentences handed to a language model; its prompt has room for about as many."""

_MOST_WORDS = 70
"""Of an answer, unless its best sentence alone is longer."""

_ON_TOPIC = 0.35
"""The cosine of a passage with the question above which it is on the question's topic, answer or not."""


@dataclass(frozen=True)
class Draft:
    """What an answerer proposes, before the check. `reason` says why to abstain if `confidence` is too low.

    `evidence`: the best sentences of each part of the question, best first, for a language model to write from.
    """

    sentences: tuple[Sentence, ...]
    confidence: float
    reason: Reason
    short_answer: str | None = None
    evidence: tuple[Sentence, ...] = ()


class ExtractiveAnswerer:
    """Chooses sentences by similarity to the question, shared words, and whether they hold the kind of answer
    asked for."""

    name = "extractive"

    def __init__(self, embedder: Embedder, most_sentences: int, reader: SentenceReader | None = None) -> None:
        self._embedder = embedder
        self._reader = reader
        self._most = most_sentences

    def answer(self, question: Question, found: Retrieved) -> Draft:
        """The sentences that answer best, in reading order, with how sure it is that they answer (0 to 1).

        A question of two parts gets sentences for each part, and is answered as surely as its less sure one.
        """
        if not analyse(found.text).is_understood:
            return Draft((), 0.0, Reason.NOT_UNDERSTOOD)
        asked = found.asked[: self._most]
        most = self._most if len(asked) == 1 else max(1, self._most // len(asked))
        chosen: list[Candidate] = []
        evidence: list[Candidate] = []
        confidence, on_topic, short = 1.0, False, None
        for text, chunks in asked:
            analysis = analyse(text)
            ranked = candidates(analysis, chunks, self._embedder)
            if not ranked:
                return Draft((), 0.0, Reason.NO_EVIDENCE)
            on_topic = on_topic or max(one.features["passage"] for one in ranked) > _ON_TOPIC
            if self._reader:
                ranked = read(text, ranked, self._reader)
            some = _chosen(ranked, most, each_article=asks_each_article(question.text))
            chosen += [one for one in some if all(_says_more(one, other) for other in chosen)]
            evidence += [*some, *ranked[: _EVIDENCE // len(asked)]]
            confidence = min(confidence, confidence_of(analysis, ranked))
            short = short or _short_answer(analysis, some[0])
        order = {id: i for i, id in reversed(list(enumerate(passage.article.id for passage in found.passages)))}
        places = sorted(
            (one.place for one in chosen),
            key=lambda place: (order[place.article.id], place.field == "text", place.span),
        )
        reason = Reason.TOPIC_ONLY if on_topic else Reason.NO_EVIDENCE
        best = tuple(dict.fromkeys(_sentence(one.place) for one in evidence))
        return Draft(tuple(_sentence(place) for place in places), confidence, reason, short, best)


def _chosen(ranked: Sequence[Candidate], most: int, *, each_article: bool) -> list[Candidate]:
    """The best sentence, and the next ones that are nearly as good and say something else.

    With `each_article` the best sentence of every other article comes before a second one of the same.
    """
    if each_article:
        firsts = list({one.place.article.id: one for one in reversed(ranked)}.values())
        return sorted(firsts, key=lambda one: -one.score)[:most]
    chosen = [ranked[0]]
    room = _MOST_WORDS - len(words(ranked[0].place.text))
    for one in ranked[1:]:
        if len(chosen) == most or not _is_nearly_as_good(one, ranked[0]):
            break
        length = len(words(one.place.text))
        if length <= room and all(_says_more(one, other) for other in chosen):
            chosen.append(one)
            room -= length
    return chosen


def _is_nearly_as_good(one: Candidate, best: Candidate) -> bool:
    if one.reading and best.reading:
        return one.reading.probability >= _NEXT_PROBABILITY * best.reading.probability
    return one.score >= _NEXT_WITHIN * best.score


def _short_answer(analysis: Analysis, best: Candidate) -> str | None:
    """The words of the best sentence that answer, for questions that a few words can answer."""
    if best.reading is None or best.reading.span is None or analysis.kind not in _SHORT_KINDS:
        return None
    start, end = best.reading.span
    shown = best.place.shown[start:end]
    return shown if shown in best.place.text or shown == best.place.context else None


def _says_more(one: Candidate, other: Candidate) -> bool:
    a, b = set(stems(one.place.text)), set(stems(other.place.text))
    return len(a & b) / max(1, min(len(a), len(b))) < _SAME_FACT


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
