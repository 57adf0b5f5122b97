"""A sentence of an article with what it needs to stand alone: who speaks, what "It" is; and how all that is cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.candidates import Place
from assistant.quoting.direct_speech import Quotation, quotation
from assistant.quoting.referents import SHORT_BEFORE, event, how_many, is_that, named, points_back
from assistant.quoting.reported import reporter
from assistant.records import Citation, Sentence, Support
from assistant.speaker import is_said_by_him, needs_speaker, opens_with_speech
from index.instructions import reported, reporting_spans
from index.records import Article, Field
from index.sentences import Span, adjoin
from index.words import stems, words

_SHORT_QUOTATION = 45
"""Words of a quotation over several sentences that is quoted whole."""

_LONGEST = 70
"""Words of one that is quoted whole because nobody is named who says it."""

_CAPTION = 16
"""Words of a sentence that is told whole for the name in it."""

_SHORTEST = 4
"""Words of a part of a sentence that is quoted alone."""


@dataclass(frozen=True)
class Cited:
    """Words of an article: `article.part(field)[start:end]`."""

    article: Article
    field: Field
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.article.part(self.field)[self.start : self.end]

    @property
    def citation(self) -> Citation:
        """Its marker is counted by the check."""
        return Citation(0, self.article.id, self.field, self.start, self.end, self.text, self.article.sha256)


@dataclass(frozen=True)
class Statement:
    """What is quoted: the words themselves, and before them those that tell of whom or what, where they do not.

    `is_speaker`: those name who speaks the words, not of whom they tell. `others` say the same; `label` is Dateline's
    own.
    """

    words: Cited
    context: Cited | None = None
    is_speaker: bool = True
    others: tuple[Cited, ...] = ()
    label: str | None = None

    @property
    def article(self) -> Article:
        return self.words.article

    @property
    def text(self) -> str:
        return self.words.text

    @property
    def sentence(self) -> Sentence:
        cited = [self.words, *([self.context] if self.context else []), *self.others]
        citations = tuple(one.citation for one in cited)
        context = self.context.text if self.context else None
        return Sentence(self.text, citations, Support.SUPPORTED, context, self.is_speaker, self.label)


def bare(place: Place) -> Statement:
    """The sentence as it stands, with who speaks, or who "he" is, where it does not say."""
    who = place.speaker if place.context is not None else None
    context = Cited(place.article, "text", *who) if who else None
    words = Cited(place.article, place.field, *place.span)
    return Statement(words, context, is_speaker=context is None or opens_with_speech(words.text))


def spoken(place: Place) -> Statement:
    """The same; of direct speech over several sentences the whole where it is short, else this one, no mark lone."""
    if place.field == "title":
        return bare(place)
    sentences = reporting_spans(place.article.text)
    at = next((i for i, span in enumerate(sentences) if span[1] >= place.span[1]), None)
    found = quotation(place.article.text, sentences, at) if at is not None else None
    return bare(place) if found is None else _quoted(place, found)


def complete(place: Place) -> Statement:
    """The same; where it goes on with a report, whose; where it opens with "It" or "The move", what that is: the
    sentence before, or else the headline."""
    statement = _captioned(spoken(place))
    if place.field == "title" or statement.context:
        return statement
    article, sentences = place.article, reporting_spans(place.article.text)
    at = next((i for i, span in enumerate(sentences) if statement.words.start < span[1]), None)
    if at is not None and (who := reporter(article.text, sentences, at)):
        return replace(statement, context=Cited(article, "text", *who), is_speaker=False)
    if not points_back(statement.text):
        return statement
    before = [span for span in sentences if span[1] <= statement.words.start]
    if not before:
        return statement
    told = Cited(article, "text", *before[-1])
    if is_that(statement.text) and len(words(told.text)) < _SHORTEST and any(map(str.isdigit, told.text)):
        # A figure in a line of its own, and below it "That's how many …".
        return replace(statement, context=told, is_speaker=False)
    if (count := how_many(statement.text)) > 1:
        return replace(statement, context=_with_names(article, before, count) or headline(article), is_speaker=False)
    called = event(statement.text)
    if called and set(stems(called)) & set(stems(article.title)):
        return replace(statement, context=headline(article), is_speaker=False)
    stands_alone = not (
        points_back(told.text) or needs_speaker(told.text) or _is_cut(article.text, before, len(before) - 1)
    )
    if stands_alone and _SHORTEST <= len(words(told.text)) <= SHORT_BEFORE:
        return replace(statement, context=told, is_speaker=False)
    return replace(statement, context=headline(article), is_speaker=False)


def _captioned(statement: Statement) -> Statement:
    """With the whole of a short sentence right before it for the name there that tells who "he" is: of a picture's
    caption that sentence tells when and where."""
    who = statement.context
    if who is None or statement.is_speaker or is_said_by_him(statement.text):
        return statement
    before = [span for span in reporting_spans(statement.article.text) if span[1] <= statement.words.start]
    if not before or not (before[-1][0] <= who.start and who.end <= before[-1][1]):
        return statement
    told = Cited(statement.article, "text", *before[-1])
    is_short = _SHORTEST <= len(words(told.text)) <= _CAPTION
    is_apart = "\n" in statement.article.text[told.end : statement.words.start]
    return replace(statement, context=told) if is_short and not is_apart else statement


def _with_names(article: Article, before: Sequence[Span], count: int) -> Cited | None:
    """The last of the sentences `before`, as many as it takes to name so many; None where that takes too long a run, or
    one that does not stand alone."""
    for most in range(1, len(before) + 1):
        told = Cited(article, "text", before[-most][0], before[-1][1])
        if len(words(told.text)) > SHORT_BEFORE or not adjoin(article.text, before[-most:]):
            return None
        if named(told.text, article.text) >= count and not points_back(told.text) and not needs_speaker(told.text):
            return told
    return None


def headline(article: Article) -> Cited | None:
    """The whole headline; None where it is too short to tell anything, or speaks to a machine."""
    is_told = len(words(article.title)) >= _SHORTEST and reported(article.title) == article.title
    return Cited(article, "title", 0, len(article.title)) if is_told else None


def _is_cut(text: str, sentences: Sequence[Span], at: int) -> bool:
    return quotation(text, sentences, at) is not None


def _quoted(place: Place, found: Quotation) -> Statement:
    article = place.article
    start, end = found.whole
    who = found.speaker and Cited(article, "text", *found.speaker)
    length = len(words(article.text[start:end]))
    cut = _trimmed(article.text, max(place.span[0], found.said[0]), min(place.span[1], found.said[1]))
    inside = Cited(article, "text", *cut)
    if length <= _SHORT_QUOTATION or len(words(inside.text)) < _SHORTEST:
        return Statement(Cited(article, "text", start, end), None if who is None or start <= who.start < end else who)
    if who is None:
        # Without who says it, a piece of a quotation would read as a fact.
        return Statement(Cited(article, "text", start, end)) if length <= _LONGEST else bare(place)
    return Statement(inside, who)


def _trimmed(text: str, start: int, end: int) -> Span:
    """The span without white space and marks at its ends, and without the comma before a closing mark."""
    while start < end and (text[start].isspace() or text[start] in '“”"'):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in '“”",'):
        end -= 1
    return start, end
