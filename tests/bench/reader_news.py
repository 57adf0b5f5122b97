"""Training pairs for the reader from news: the questions of news_questions.jsonl with the articles of Wikinews that
they were written over, and the articles of invented_news.jsonl with theirs.

The questions were written for this purpose by a large language model that had read each article whole, up to `MOST`
sentences; a third of them have no answer there. The articles' text is not in this repository: it is found by URL in
TRAIN/wikinews_1920/data.jsonl, and the questions hold its character offsets. Of the invented articles, which a large
language model wrote so that the reader meets more voices than Wikinews' one, the text is in the file.

hard_questions.jsonl asks more of the same articles, of those for training only: in other words than theirs, and for
what they do not say.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from reader_data import Example, Group, context_of, without_span

from assistant.candidates import Place, _places
from assistant.reader.pairs import Pair
from index.embed import Embedder
from index.instructions import reporting_spans
from index.records import Article, Passage
from index.sentences import sentence_spans

QUESTIONS = Path(__file__).with_name("news_questions.jsonl")
INVENTED = Path(__file__).with_name("invented_news.jsonl")
HARD = Path(__file__).with_name("hard_questions.jsonl")

MOST = 40
"""Sentences of an article that the questions were written over."""

HELD_EVERY = 7
"""Of the articles, one in so many is held out, and the half of those is kept from all choices."""


@dataclass(frozen=True)
class Asked:
    """A question on one article: the numbers of the places that answer it, best first, and the answer's characters
    in the first of them."""

    text: str
    kind: str
    right: tuple[int, ...]
    span: tuple[int, int] | None

    @property
    def answerable(self) -> bool:
        return bool(self.right)


@dataclass(frozen=True)
class Story:
    """An article with its sentences as the answerer sees them, and the questions on it."""

    article: Article
    places: tuple[Place, ...]
    asked: tuple[Asked, ...]


def stories(train: Path) -> tuple[list[Story], list[Story], list[Story]]:
    """The articles of Wikinews for training, for choices, and for figures alone."""
    return _parted(stories_of(QUESTIONS, train / "wikinews_1920/data.jsonl"))


def invented(path: Path = INVENTED) -> tuple[list[Story], list[Story], list[Story]]:
    """The invented articles for training, for choices, and for figures alone."""
    return _parted([_story(row, row["questions"]) for row in _invented_rows(path)])


def hard(train: Path) -> list[Story]:
    """The articles that hard_questions.jsonl asks of, with those questions; all are among those for training."""
    wikinews = map(json.loads, (train / "wikinews_1920/data.jsonl").open(encoding="utf-8"))
    rows = {row["url"]: row for row in itertools.chain(wikinews, _invented_rows(INVENTED))}
    return [_story(rows[one["url"]], one["questions"]) for one in map(json.loads, HARD.open(encoding="utf-8"))]


def _invented_rows(path: Path) -> Iterator[dict]:
    for i, row in enumerate(map(json.loads, path.open(encoding="utf-8"))):
        yield row | {"url": f"invented:{i}"}


def _parted(found: list[Story]) -> tuple[list[Story], list[Story], list[Story]]:
    held = found[3::HELD_EVERY]
    kept = [one for i, one in enumerate(found) if i % HELD_EVERY != 3]
    return kept, held[::2], held[1::2]


def stories_of(questions: Path, articles: Path) -> list[Story]:
    """The articles that the lines of `questions` are about, found in `articles` by URL."""
    rows = {row["url"]: row for row in map(json.loads, articles.open(encoding="utf-8"))}
    asked = map(json.loads, questions.open(encoding="utf-8"))
    return [_story(rows[one["url"]], one["questions"]) for one in asked]


def _story(row: dict, questions: Sequence[dict]) -> Story:
    text = row["text"]
    article = Article(id=row["url"], title=row["title"], text=text)
    spans = sentence_spans(text)[:MOST]
    whole = Passage(article, 0, spans[-1][1], 1.0)
    places = tuple(place for place in _places([whole]) if place.field == "text")
    by_end = {place.span[1]: i for i, place in enumerate(places)}
    asked = []
    for one in questions:
        ends = [end for _, end in one.get("sentences", ())]
        right = tuple(by_end[end] for end in ends if end in by_end)
        if ends and (not right or ends[0] not in by_end):
            continue
        span = None
        if right and "answer" in one:
            place = places[right[0]]
            before = len(place.shown) - len(place.text)
            start, end = (at - place.span[0] + before for at in one["answer"])
            span = (start, end)
        asked.append(Asked(one["question"], one["kind"], right, span))
    return Story(article, places, tuple(asked))


class NewsPairs:
    """Groups of pairs, other ones at each pass: a question with what answers it, with the sentences of its article that
    are most like it, and with some of other articles."""

    def __init__(
        self, some: Sequence[Story], embedder: Embedder, beside: tuple[int, int] = (1, 1), *, near: bool = True
    ) -> None:
        """`beside`: how many of the sentences most like the question, and how many of the next few, stand beside what
        answers it; one more of the first where nothing does. Not `near`: up to three sentences of
        any other articles stand there, and none has its answer taken out."""
        self._stories = some
        self._near = near
        self._nearest, self._next = beside
        self._vectors = [embedder.embed_chunks([place.shown for place in one.places]) for one in some]
        self._all = np.concatenate(self._vectors)
        self._owner = np.concatenate([np.full(len(one), i) for i, one in enumerate(self._vectors)])
        self._first = np.cumsum([0, *map(len, self._vectors)])
        self._asked = [
            (i, one, vector)
            for i, story in enumerate(some)
            for one, vector in zip(
                story.asked, embedder.embed_chunks([asked.text for asked in story.asked]), strict=True
            )
        ]

    def __len__(self) -> int:
        return len(self._asked)

    def groups(self, rng: random.Random) -> Iterator[Group]:
        """One pass over the questions, in random order."""
        for i, asked, vector in rng.sample(self._asked, len(self._asked)):
            text = asked.text.lower().rstrip("?") if rng.random() < 0.1 else asked.text
            if not self._near:
                yield self._loose(i, asked, text, rng)
                continue
            scores = self._all @ vector
            own = [int(k) for k in np.argsort(-scores[self._first[i] : self._first[i + 1]]) if k not in asked.right]
            other = scores.copy()
            other[self._owner == i] = -1.0
            far = [int(k) for k in np.argpartition(-other, 8)[:8]]
            group: Group = []
            if asked.answerable:
                place = self._stories[i].places[asked.right[0]]
                pair = self._pair(i, asked.right[0], text, rng)
                group.append(Example(pair, True, asked.span))
                if len(asked.right) > 1 and rng.random() < 0.5:
                    group.append(Example(self._pair(i, rng.choice(asked.right[1:]), text, rng), True))
                wrong = self._wrong(own, self._nearest, rng)
                group += [Example(self._pair(i, k, text, rng), False) for k in wrong]
                if asked.span and rng.random() < 0.25:
                    cut = without_span(place.shown, asked.span, rng, also=("there",))
                    group.append(Example(replace(pair, sentence=cut), False))
            else:
                wrong = self._wrong(own, self._nearest + 1, rng)
                group += [Example(self._pair(i, k, text, rng), False) for k in wrong]
            if rng.random() < 0.6:
                k = rng.choice(far)
                j = int(self._owner[k])
                group.append(Example(self._pair(j, k - int(self._first[j]), text, rng), False))
            yield group

    def _loose(self, i: int, asked: Asked, text: str, rng: random.Random) -> Group:
        """The same with sentences drawn by lot beside what answers."""
        group: Group = [Example(self._pair(i, asked.right[0], text, rng), True, asked.span)] if asked.answerable else []
        for k in rng.sample(range(len(self._owner)), 3):
            j = int(self._owner[k])
            if j != i:
                group.append(Example(self._pair(j, k - int(self._first[j]), text, rng), False))
        return group

    def _wrong(self, own: list[int], nearest: int, rng: random.Random) -> list[int]:
        """Of the article's other sentences, most like the question first, the first `nearest` and some of the next."""
        following = own[nearest : nearest + 4 * self._next]
        return [*own[:nearest], *rng.sample(following, min(self._next, len(following)))]

    def _pair(self, story: int, place: int, question: str, rng: random.Random) -> Pair:
        shown = self._stories[story].places[place]
        return Pair(question, shown.shown, context_of(shown.article.title, before(shown), rng))


def all_pairs(story: Story) -> list[Pair]:
    """Every question of an article with every sentence of it."""
    return [
        Pair(asked.text, place.shown, ". ".join(part for part in (story.article.title, before(place)) if part))
        for asked in story.asked
        for place in story.places
    ]


def without_context(pairs: Sequence[Pair]) -> list[Pair]:
    """As the reader that is shipped reads them."""
    return [replace(one, context="") for one in pairs]


def before(place: Place) -> str:
    """The sentence before, or nothing: where one is quoted with the one before it, that is part of it."""
    spans = reporting_spans(place.article.text)
    at = next((i for i, (_, end) in enumerate(spans) if end == place.span[1]), 0)
    start, end = spans[at - 1] if at else (0, 0)
    return place.article.text[start:end] if end <= place.span[0] else ""
