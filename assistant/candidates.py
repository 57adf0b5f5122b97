"""The sentences that may answer a question, scored: what the extractive answerer chooses from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from assistant.likeness import likeness
from assistant.question import Analysis, Kind
from assistant.reader import Pair, Reading
from assistant.speaker import needs_speaker, speaker_of
from index.embed import Embedder
from index.instructions import reported, reporting_spans
from index.records import Article, Field, Passage
from index.sentences import Span, adjoin
from index.words import stem_set, stems, words

WEIGHTS = {"likeness": 3.0, "passage": 2.7, "around": 1.0, "kind": 0.3, "speaker": 0.6, "names": 1.0}
"""What each feature counts before a sentence is read. `passage`, `around` and `kind` were fitted to half of the
articles of SQuAD 2.0's development set, `speaker` was set by hand: SQuAD does not ask what somebody said. `names`, by
hand too, keeps apart what is told alike of two ships or two towns whose names are alike. With
`likeness` in the place of a cosine of sentence embeddings and of the share of words held, the first 24 hold an
answering sentence for .974 of 738 questions about news, before .977, and no sentence is embedded for a question
(docs/reader.md)."""

READ = 24
"""How many candidates the reader reads."""

MOST_READ = 5_000
"""Characters of questions and sentences that are read for one question: reading takes the longer, the more
there are, and a reader waits."""

HEURISTIC_WEIGHT = 2.7
"""What the features' score counts beside the reader's logit."""

HEADLINE_LESS = 1.5
"""How much less a headline counts: of two that answer, the sentence of the text says more."""

_SHORTEST = 4
"""Words; a heading or a fragment is no answer."""

_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|billions?|"
    "half|third|quarter|twice"
)
_TIME_WORDS = (
    "(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|"
    r"november|december|today|yesterday|tomorrow|week|month|year|minute|hour|immediately|soon|\d{4}|\d+ [ap]\.m\."
)
_HOLDS = {
    Kind.NUMBER: re.compile(rf"\d|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE),
    Kind.TIME: re.compile(rf"\b(?:{_TIME_WORDS})s?\b", re.IGNORECASE),
    Kind.PLACE: re.compile(r"\b(?:in|at|from|near|to|of|outside|across|around)\s+(?:the\s+)?[A-Z]"),
    Kind.PERSON: re.compile(r"(?<!^)\b[A-Z][\w’'-]+"),
    Kind.REASON: re.compile(r"\b(?:because|since|so that|due to|in order|aim|to|reason|after|why|as)\b", re.IGNORECASE),
    Kind.STATEMENT: re.compile(
        r"[“”\"]|\b(?:said|says|stated|added|told|claimed|announced|concluded|emphasi[sz]ed|warned|argued)\b"
    ),
}


_CREDIT = re.compile(
    r"(?:[A-Z][\w.’'-]*\s+){0,4}[A-Z][\w.’'-]*(?:/[A-Z][\w.’' -]*?)*/(?:Getty Images|Reuters|Shutterstock|[A-Z]{2,6})"
    r"\s+(?=[A-Z][a-z])"
)
"""The credit of the picture before, on one line with a caption: "Jan Roe/AFP/Getty Images The bridge is closed."."""


_INVITES = re.compile(
    r"\W*(?:(?:support|e-?mail)(?! (?:for|of|from|addresses))|get|sign up|subscribe|click|tap|download|follow|contact|"
    r"read more|watch|listen|join)\b(?!-).{0,120}?"
    r"(?:\b(?:newsletters?|inbox|here|subscribers?|journalism|podcast|our (?:\w+ )?app|our \w+ (?:group|page))\b|@\w"
    r"|\bon (?:twitter|facebook|instagram|youtube|tiktok)\b)",
    re.IGNORECASE | re.DOTALL,
)
"""How a sentence begins that asks its reader to do something with the outlet: it reports nothing."""


class SentenceReader(Protocol):
    """Tells of each pair whether the sentence answers the question."""

    def read(self, pairs: Sequence[Pair]) -> list[Reading]: ...


@dataclass(frozen=True)
class Place:
    """A sentence, or a headline: where it stands, and the span that names who is said to say it."""

    passage: Passage
    field: Field
    span: Span
    speaker: Span | None

    @property
    def article(self) -> Article:
        return self.passage.article

    @property
    def text(self) -> str:
        return self.article.part(self.field)[self.span[0] : self.span[1]]

    @property
    def context(self) -> str | None:
        """Who speaks, where the sentence does not say."""
        if self.speaker is None or (self.span[0] <= self.speaker[0] and self.speaker[1] <= self.span[1]):
            return None
        return self.article.text[self.speaker[0] : self.speaker[1]]

    @property
    def shown(self) -> str:
        return f"{self.context}: {self.text}" if self.context else self.text


@dataclass(frozen=True)
class Candidate:
    """A place with the features it was scored by; `reading` is what the reader made of it, where there is one."""

    place: Place
    features: Mapping[str, float]
    score: float
    reading: Reading | None = None


def candidates(analysis: Analysis, passages: Sequence[Passage], embedder: Embedder) -> list[Candidate]:
    """Every sentence of `passages`, and their articles' headlines, best first."""
    places = list(_places(passages))
    if not places:
        return []
    shown = [place.shown for place in places]
    alike = likeness(analysis.text, shown, embedder)
    rarity = _rarity(analysis, shown)
    articles = {place.article.id: place.article for place in places}
    named = {id: _names_held(analysis.names, article) for id, article in articles.items()}
    found = []
    for place, text, its in zip(places, shown, alike, strict=True):
        features = _features(analysis, rarity, place, text, float(its), named[place.article.id])
        found.append(Candidate(place, features, sum(weight * features[name] for name, weight in WEIGHTS.items())))
    return sorted(found, key=lambda one: -one.score)


def read(question: str, ranked: Sequence[Candidate], reader: SentenceReader) -> list[Candidate]:
    """The best of `ranked` as the reader ranks them, best first: at most `READ`, and fewer where they are long; the
    rest is left out."""
    pairs = [Pair(question, one.place.shown) for one in ranked[:READ]]
    long = np.cumsum([pair.length for pair in pairs]) > MOST_READ
    pairs = pairs[: max(1, int(np.argmax(long)))] if long.any() else pairs
    first = ranked[: len(pairs)]
    found = [
        replace(
            one,
            reading=reading,
            score=reading.logit + HEURISTIC_WEIGHT * one.score - HEADLINE_LESS * (one.place.field == "title"),
        )
        for one, reading in zip(first, reader.read(pairs), strict=True)
    ]
    return sorted(found, key=lambda one: -one.score)


def _places(passages: Sequence[Passage]) -> Iterator[Place]:
    titled: set[str] = set()
    for passage in passages:
        article = passage.article
        if (
            article.id not in titled
            and len(words(article.title)) >= _SHORTEST
            and reported(article.title) == article.title
            and not _asks(article.title)
        ):
            titled.add(article.id)
            yield Place(passage, "title", (0, len(article.title)), None)
        spans = reporting_spans(article.text)
        for at, (start, end) in enumerate(spans):
            if (start <= passage.start and passage.end < end) or (start < passage.start and passage.end <= end):
                # The chunk is a piece of one over-long sentence.
                yield Place(passage, "text", (passage.start, passage.end), None)
            text = article.text[start:end]
            if (
                not (passage.start <= start and end <= passage.end)
                or len(words(text)) < _SHORTEST
                or _is_no_sentence(text)
            ):
                continue
            if credit := _CREDIT.match(text):
                start += credit.end()
                text = article.text[start:end]
            who = speaker_of(article.text, spans, at)
            if who is None and (_asks(text) or _INVITES.match(text)):
                continue
            if who is None and at and needs_speaker(text) and adjoin(article.text, spans[at - 1 : at + 1]):
                # Nobody can be named, so the sentence before is quoted with it.
                start = spans[at - 1][0]
            yield Place(passage, "text", (start, end), who)


def _features(
    analysis: Analysis, rarity: Mapping[str, float], place: Place, shown: str, alike: float, named: float
) -> dict[str, float]:
    held = stem_set(shown)
    around = held | stem_set(reported(f"{place.article.title}\n{place.passage.text}"))
    total = sum(rarity.values())
    return {
        "likeness": alike,
        "passage": place.passage.signals.get("dense", place.passage.score),
        "around": sum(weight for stem, weight in rarity.items() if stem in around) / total,
        "kind": float(_holds_kind(analysis, shown)),
        "names": named,
        "speaker": float(_is_said_by(analysis.speaker, place)),
    }


def _names_held(names: Sequence[str], article: Article) -> float:
    """The share of the question's names that the article mentions anywhere; 1 where it names nobody."""
    if not names:
        return 1.0
    told = [article.text[start:end] for start, end in reporting_spans(article.text)]
    there = set(words(" ".join([reported(article.title), *told])))
    return sum(name in there for name in names) / len(names)


def _is_said_by(asked: frozenset[str], place: Place) -> bool:
    """Whether whoever must have said it is who says it; true where the question names nobody."""
    if not asked:
        return True
    said = place.speaker and place.article.text[place.speaker[0] : place.speaker[1]]
    return bool(said and asked & set(stems(said)))


def _holds_kind(analysis: Analysis, text: str) -> bool:
    """Whether `text` holds the kind of words asked for, others than the question's own."""
    pattern = _HOLDS.get(analysis.kind)
    if pattern is None:
        return True
    asked = set(words(analysis.text))
    return any(not words(match.group()) or not set(words(match.group())) <= asked for match in pattern.finditer(text))


def _rarity(analysis: Analysis, texts: Sequence[str]) -> dict[str, float]:
    """What each of the question's stems counts: one that few candidates hold counts more (inverse document
    frequency)."""
    held = [stem_set(text) for text in texts]
    return {
        stem: weight * float(np.log(1 + len(held) / (0.5 + sum(stem in one for one in held))))
        for stem, weight in analysis.weights.items()
    }


def _asks(text: str) -> bool:
    """Whether it is a question: it states nothing, and where somebody asks it, who that is must be told."""
    return bool(re.search(r"\?[”\"’')\]]*\s*$", text))


def _is_no_sentence(text: str) -> bool:
    """Headings end without a stop; what begins small is the end of something that was cut, but for "von Roe"."""
    cut = re.match(r"(?!(?:von|de|van|der|del|bin|ibn|da|di|du|le|la|el|al)\b)[a-z]+(?=\s)", text)
    return bool(cut) or not re.search(r"[.!?…][”\"’')\]]*$|[”\"]$", text)
