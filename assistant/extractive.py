"""The extractive answerer: one to four sentences of the articles, word for word. Needs no language model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from assistant.article_frames import asks_each_article, of_the_news
from assistant.candidates import Candidate, Place, SentenceReader, candidates, read
from assistant.check import denies
from assistant.confidence import confidence as confidence_of
from assistant.imprint import asks, imprints
from assistant.manners import dated
from assistant.question import Analysis, Kind, analyse, is_yes_or_no
from assistant.quoting.accounts import Account, account
from assistant.quoting.facts import shared
from assistant.quoting.referents import adds, hangs, names_nothing
from assistant.quoting.statement import Cited, Statement, complete, headline, spoken
from assistant.records import Question, Reason, Sentence
from assistant.retrieve import Retrieved
from assistant.short_answer import Found, whole_list
from assistant.speaker import is_said_by_him
from index.embed import Embedder
from index.words import words
from prompts import load

_REPEATS = 0.6
"""A sentence that shares this much of the shorter one's content words with another is no further sentence. Who else
tells the same, and who says otherwise, is told with the first one."""

_NEXT_WITHIN = 0.75
"""A further sentence must score at least this share of the best one's score."""

_NEXT_PROBABILITY = 0.12
"""The same for the reader's probability."""

_SHORT_KINDS = frozenset({Kind.PERSON, Kind.TIME, Kind.PLACE, Kind.NUMBER, Kind.OTHER})

_EVIDENCE = 8
"""Sentences handed to a language model; its prompt has room for about as many."""

_MOST_WORDS = 66
"""Of an answer as it is shown, unless its best sentence alone, or with one more, is longer."""

_MOST_OF_TWO = 96
"""The same of two sentences: where they are long, one alone is often half an answer."""

_TELLS_THE_SAME = 0.6
"""The cosine of two articles' sentences from which they are taken to tell of one thing."""

_ON_TOPIC = 0.35
"""The cosine of a passage with the question above which it is on the question's topic, answer or not."""


@dataclass(frozen=True)
class Evidence:
    """A sentence that a language model may word anew, and where it stands."""

    sentence: Sentence
    place: Place

    @property
    def alone(self) -> Sentence:
        """The same as it is told where it stands alone."""
        return complete(self.place).sentence


@dataclass(frozen=True)
class Draft:
    """What an answerer proposes, before the check. `reason` says why to abstain if `confidence` is too low.

    `short_found`: the article's words that `short_answer` is.
    `evidence`: the best sentences of each part of the question, best first, for a language model to write from.
    `notes`: what a reader should know of what the articles say, whoever writes it up.
    `best`: the sentence that answers best what is answered.
    `needed`: of a question of several parts, or about each article, the sentence that answers each.
    `is_whole`: there is nothing to write up.
    """

    sentences: tuple[Sentence, ...]
    confidence: float
    reason: Reason
    short_answer: str | None = None
    short_found: Found | None = None
    evidence: tuple[Evidence, ...] = ()
    best: Sentence | None = None
    needed: tuple[Sentence, ...] = ()
    notes: tuple[str, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True)
class _Part:
    """What one part of the question is answered with, and how surely."""

    text: str
    analysis: Analysis
    ranked: tuple[Candidate, ...]
    accounts: tuple[Account, ...]
    confidence: float


class ExtractiveAnswerer:
    """Chooses sentences by similarity to the question, shared words, and whether they hold the kind of answer
    asked for."""

    name = "extractive"

    def __init__(
        self, embedder: Embedder, most_sentences: int, reader: SentenceReader | None = None, sure_from: float = 0.5
    ) -> None:
        """`sure_from`: the confidence from which one part of a question is answered where another is not."""
        self._embedder = embedder
        self._reader = reader
        self._most = most_sentences
        self._sure_from = sure_from

    def answer(self, question: Question, found: Retrieved) -> Draft:
        """The sentences that answer best, in reading order, with how sure it is that they answer (0 to 1).

        A question of two parts gets sentences for each part. Of two questions in one, or what two people said, the one
        that is answered is answered, and the other named; any other is answered as surely as its less sure part.
        """
        if not analyse(found.text).is_understood:
            return Draft((), 0.0, Reason.NOT_UNDERSTOOD)
        if what := asks(found.text):
            told = tuple(one.sentence for one in imprints(question.text, what, found, self._most))
            return Draft(told, float(bool(told)), Reason.TOPIC_ONLY, is_whole=True)
        asked = found.asked[: self._most]
        most = self._most if len(asked) == 1 else max(1, self._most // len(asked))
        each = asks_each_article(question.text)
        on_topic = False
        parts: list[_Part] = []
        reprints = {passage.article.id: passage.copies for passage in found.passages}
        for text, held in asked:
            chunks = [replace(chunk, copies=reprints.get(chunk.article.id, ())) for chunk in held]
            analysis = analyse(of_the_news(text))
            ranked = candidates(analysis, chunks, self._embedder)
            if not ranked:
                return Draft((), 0.0, Reason.NO_EVIDENCE)
            on_topic = on_topic or max(one.features["passage"] for one in ranked) > _ON_TOPIC
            if self._reader:
                ranked = read(analysis.text, ranked, self._reader)
            accounts = self._accounts(analysis, ranked, most, each_article=each)
            sure = confidence_of(ranked, found.searched, found.told_apart)
            parts.append(_Part(text, analysis, tuple(ranked), tuple(accounts), sure))
        reason = Reason.TOPIC_ONLY if on_topic else Reason.NO_EVIDENCE
        answered, missing = self._answered(found, parts)
        # What answers a part comes before what another part has beside its own answer, and may be alike.
        firsts, further = (one.accounts[0] for one in answered), (more for one in answered for more in one.accounts[1:])
        accounts = list(_without_repeats(chain(firsts, further)))
        short, short_found = next(filter(None, map(_short_answer, answered)), (None, None))
        names = {one.part.text: one.part.name for one in found.parts}
        notes = tuple(load("missing-part").render(part=names[part.text]) for part in missing)
        return Draft(
            tuple(statement.sentence for statement in _in_reading_order(accounts, found)),
            min(part.confidence for part in answered),
            reason,
            short,
            short_found,
            _evidence(parts),
            answered[0].accounts[0].statements[0].sentence,
            tuple(one.statements[0].sentence for one in _needed(answered, each_article=each)),
            (*notes, *(one.disagree for one in accounts if one.disagree)),
        )

    def _answered(self, found: Retrieved, parts: list[_Part]) -> tuple[list[_Part], list[_Part]]:
        """The parts to answer, and those that the articles do not, which are named."""
        stand_alone = len(parts) > 1 and all(one.part.stands_alone for one in found.parts)
        sure = [part for part in parts if part.confidence >= self._sure_from]
        if not stand_alone or not sure:
            return parts, []
        return sure, [part for part in parts if part not in sure]

    def _accounts(
        self, analysis: Analysis, ranked: Sequence[Candidate], most: int, *, each_article: bool
    ) -> list[Account]:
        """The best sentence, and the next ones that are nearly as good and say something else.

        With `each_article` every article has one sentence, on what the best one tells of.
        """
        counts = analysis.kind is Kind.NUMBER
        if each_article:
            return [account(one, [], self._embedder, counts=False) for one in self._of_each(ranked)[:most]]
        told = [account(ranked[0], ranked, self._embedder, counts=counts)]
        total = _length(told[0])
        for one in ranked[1:]:
            if len(told) == most or not _is_nearly_as_good(one, ranked[0]):
                break
            room = (_MOST_OF_TWO if len(told) == 1 else _MOST_WORDS) - total
            if len(words(one.place.text)) > room or any(_repeats(one, other) for other in told):
                continue
            further = account(one, ranked, self._embedder, counts=counts)
            length = _length(further)
            if length <= room and not _shares_words(further, told) and not _is_cut_off(further):
                told.append(further)
                total += length
        return told

    def _of_each(self, ranked: Sequence[Candidate]) -> list[Candidate]:
        """Of each article one sentence, best first: of the first its best, of any other the one most like that, since
        both are asked of one thing; its own best where none is like it."""
        best = ranked[0]
        others = [one for one in ranked if one.place.article.id != best.place.article.id]
        if not others:
            return [best]
        vectors = self._embedder.embed_chunks([one.place.shown for one in (best, *others)])
        alike = dict(zip(map(id, others), (vectors[1:] @ vectors[0]).tolist(), strict=True))
        found = {best.place.article.id: best}
        for article_id in dict.fromkeys(one.place.article.id for one in others):
            own = [one for one in others if one.place.article.id == article_id]
            nearest = max(own, key=lambda one: alike[id(one)])
            found[article_id] = nearest if alike[id(nearest)] >= _TELLS_THE_SAME else own[0]
        return sorted(found.values(), key=lambda one: -one.score)


def _is_nearly_as_good(one: Candidate, best: Candidate) -> bool:
    if one.reading and best.reading:
        return one.reading.probability >= _NEXT_PROBABILITY * best.reading.probability
    return one.score >= _NEXT_WITHIN * best.score


def _is_cut_off(told: Account) -> bool:
    """Whether it hangs on a sentence before that is not told with it."""
    before = told.statements[0].context
    return hangs(told.statements[0].text) and (before is None or before.field == "title")


def _shares_words(one: Account, told: Sequence[Account]) -> bool:
    """Whether words that it would quote, of an earlier figure say, were quoted already."""
    quoted = [statement.words for other in told for statement in other.statements]
    return any(statement.words in quoted for statement in one.statements)


def _repeats(one: Candidate, told: Account) -> bool:
    """Whether it shares most words with what was told, or stands in it."""
    place = one.place
    return shared(place.text, told.chosen.place.text) >= _REPEATS or any(
        statement.article.id == place.article.id
        and statement.words.field == place.field
        and statement.words.start < place.span[1]
        and place.span[0] < statement.words.end
        for statement in told.statements
    )


def _without_repeats(accounts: Iterator[Account]) -> Iterator[Account]:
    told: list[Account] = []
    for one in accounts:
        if not any(_repeats(one.chosen, other) for other in told):
            told.append(one)
            yield one


def _length(told: Account) -> int:
    """In words, as it will be shown."""
    return sum(_shown_length(statement) for statement in told.statements)


def _shown_length(statement: Statement) -> int:
    sentence = dated(statement.sentence, {statement.article.id: statement.article})
    return len(words("".join(piece for _, piece in sentence.pieces)))


def _in_reading_order(accounts: Sequence[Account], found: Retrieved) -> Iterator[Statement]:
    """What a correction corrects first; then the statements of articles found first, as they stand there; those on one
    thing stay together.

    What tells of whom or what is left out where the statement right before says just that.
    """
    order = {passage.article.id: i for i, passage in reversed(list(enumerate(found.passages)))}

    def place(one: Account) -> tuple[bool, tuple[int, bool, int]]:
        told = [statement.words for statement in one.statements if statement.article.id in order]
        first = min((order[words.article.id], words.field == "text", words.start) for words in told)
        return not one.is_corrected, first

    before: Statement | None = None
    for one in sorted(accounts, key=place):
        for statement in one.statements:
            if before and _tells(before.words, statement):
                statement = replace(statement, context=None)
            elif before and before.article.id != statement.article.id and _is_of_nothing(statement):
                # Behind another article's words it would be read as about what those tell of.
                statement = replace(statement, context=headline(statement.article), is_speaker=False)
            yield statement
            before = statement


def _tells(before: Cited, statement: Statement) -> bool:
    """Whether what tells of whom or what stands in the words right before it, and nobody speaks who must be named."""
    told, words = statement.context, statement.words
    if told is None or statement.is_speaker or is_said_by_him(words.text) or before.article.id != told.article.id:
        return False
    if (before.field, before.start, before.end) == (told.field, told.start, told.end):
        return True
    is_in = before.field == told.field and before.start <= told.start and told.end <= before.end
    return is_in and before.end <= words.start and not before.article.text[before.end : words.start].strip()


def _is_of_nothing(statement: Statement) -> bool:
    is_bare = not statement.context and not statement.label and statement.words.field != "title"
    return is_bare and (adds(statement.text) or names_nothing(statement.text, statement.article.text))


def _evidence(parts: Sequence[_Part]) -> tuple[Evidence, ...]:
    best = (
        one
        for part in parts
        for one in (*(told.chosen for told in part.accounts), *part.ranked[: _EVIDENCE // len(parts)])
    )
    places = {spoken(one.place).sentence: one.place for one in best}
    return tuple(Evidence(sentence, place) for sentence, place in places.items())


def _needed(answered: Sequence[_Part], *, each_article: bool) -> list[Account]:
    if each_article:
        return [one for part in answered for one in part.accounts]
    return [part.accounts[0] for part in answered] if len(answered) > 1 else []


def _short_answer(part: _Part) -> tuple[str, Found] | None:
    """The words of the best sentence that answer, for questions that a few words can answer.

    None where sources disagree about them, or a correction overrides them; and "yes" or "no" is for the reader to say.
    """
    told = part.accounts[0]
    best = told.latest or told.chosen
    if told.disagree or told.is_corrected or is_yes_or_no(part.analysis.text):
        return None
    if best.reading is None or best.reading.span is None or part.analysis.kind not in _SHORT_KINDS:
        return None
    if denies(part.analysis.text, best.place.text):
        # Of "Roe denied that he took it" Roe is no answer to "who took it?".
        return None
    place = best.place
    start, end = whole_list(part.analysis.text, place.shown, *best.reading.span)
    shown, before = place.shown[start:end], len(place.shown) - len(place.text)
    if start >= before:
        first = place.span[0] + start - before
        return shown, Found(place.article.id, place.field, first, first + len(shown))
    if shown == place.context and place.speaker is not None:
        return shown, Found(place.article.id, "text", *place.speaker)
    return None
