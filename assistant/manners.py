"""News manners: as of when an answer holds, and which day "on Friday" is. Knows the articles cited, not how they were
found."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.quoting.direct_speech import spoken
from assistant.records import Addition, Answer, Citation, Sentence
from assistant.shown import shown_date
from index.calendar_words import WEEKDAYS
from index.records import Article, Published
from index.relative_dates import DateMention, date_mentions

_OLD = datetime.timedelta(4)
"""Between the newest article cited and one whose sentence is dated."""

_LONGEST_STRETCH = 7
"""Days of a stretch that is told from its first to its last; a longer one is told if it is a month or a year."""

_WRITTEN_ON = re.compile(
    r"\blive (?:news |score |election )?(?:updates?|blog|coverage)\b|\blive\s*(?::|[–—]|\s-\s|$)|^live\b\s*[:|–—-]"
    r"|\bas it happened\b|\blatest updates\b",
    re.IGNORECASE,
)
"""A headline of a page that is written on for days, under the date of the first."""

_KEPT_UP = 2
"""Days before the date of such a page within which a day of the week is not yet one that came after."""

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATE = re.compile(rf"\b{_MONTH}\s+\d|\d\s+{_MONTH}")
_DATE_FOLLOWS = re.compile(rf",?\s+(?:the\s+)?(?:{_MONTH}\s+\d|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH})")
_TURNED = str.maketrans("[]", "()")


def as_of(answer: Answer) -> datetime.date | None:
    """The day of the latest article cited: the answer holds as of then. None where one of them is undated."""
    days = [_published(citation, answer.articles) for citation in answer.citations]
    dated = [_day(day) for day in days if day is not None]
    return max(dated) if dated and len(dated) == len(days) else None


def dated(sentence: Sentence, articles: Mapping[str, Article]) -> Sentence:
    """The sentence with the days that its "on Friday" and "last week" mean, as the articles' own dates tell.

    One that needs others' words to stand alone, and names no day, is given the day of its article. An undated article
    gives none.
    """
    found: dict[tuple[str, int], set[str]] = {}
    for citation in sentence.citations:
        article = articles.get(citation.article_id)
        if article is None or article.published is None:
            continue
        for mention in _mentions(citation, article):
            if place := _place(sentence, citation, mention):
                found.setdefault(place, set()).add(_words(mention, _day(article.published)))
    additions: dict[tuple[str, int], Addition] = {}
    for (part, at), told in sorted(found.items()):
        # What two articles mean by the same words of a language model is left open; each day is told once.
        words = next(iter(told)) if len(told) == 1 else ""
        told_there = {one.words for one in additions.values() if one.part == part}
        if words and words not in told_there and words not in (sentence.label or ""):
            additions[part, at] = Addition(at, words, "context" if part == "context" else "text")
    first = articles.get(sentence.citations[0].article_id) if sentence.citations else None
    if sentence.context and not sentence.label and not additions and first and first.published:
        at = len(sentence.context)
        additions["context", at] = Addition(at, f"reported {shown_date(first.published)}", "context")
    return replace(sentence, additions=tuple(sorted(additions.values(), key=lambda one: (one.part, one.at))))


def with_age(sentences: Sequence[Sentence], articles: Mapping[str, Article]) -> tuple[Sentence, ...]:
    """The sentences, each of them labelled with its day whose every article is more than `_OLD` older than the newest
    cited: what was so then may not be so now. One that has a label already, or names a day, needs none."""
    days = [[_day(day) for one in sentence.citations if (day := _published(one, articles))] for sentence in sentences]
    newest = max((day for some in days for day in some), default=None)
    found = []
    for sentence, some in zip(sentences, days, strict=True):
        is_old = newest is not None and some and len(some) == len(sentence.citations) and newest - max(some) > _OLD
        if is_old and not sentence.label and not sentence.additions:
            sentence = replace(sentence, label=f"Reported on {shown_date(max(some))}")
        found.append(sentence)
    return tuple(found)


def _published(citation: Citation, articles: Mapping[str, Article]) -> Published:
    article = articles.get(citation.article_id)
    return article.published if article else None


def _mentions(citation: Citation, article: Article) -> Iterator[DateMention]:
    """The days that the quote names. Of those in direct speech none, where what stands outside tells that it was not
    spoken when the article came out."""
    published = _day(article.published) if article.published else None
    found = tuple(one for one in date_mentions(citation.quote, published) if one.is_sure)
    speech = spoken(article.part(citation.field))

    def is_spoken(mention: DateMention) -> bool:
        start, end = citation.start + mention.start, citation.start + mention.end
        return any(one.start < start and end < one.end for one in speech)

    if published and _WRITTEN_ON.search(article.title):
        found = tuple(one for one in found if _is_fixed(one, published))
    outside = [mention for mention in found if not is_spoken(mention)]
    of_then = all(published and 0 <= (published - mention.last).days <= 1 for mention in outside)
    for mention in found:
        if (of_then or not is_spoken(mention)) and not _DATE_FOLLOWS.match(citation.quote, mention.end):
            yield mention


def _is_fixed(mention: DateMention, published: datetime.date) -> bool:
    """Whether the words mean that day on whichever of the days after `published` they were written."""
    is_weekday = mention.words.split()[0].lower() in WEEKDAYS
    is_of_before = 0 <= (published - mention.first).days <= _KEPT_UP
    return (is_weekday and is_of_before) or _DATE.search(mention.words) is not None


def _place(sentence: Sentence, citation: Citation, mention: DateMention) -> tuple[str, int] | None:
    """Where the words of a mention end in a sentence: at their own place in a quote. In a language model's sentence,
    which is nobody's quote, where they stand once."""
    if _is_quote(sentence.text, citation):
        return "text", mention.end
    if sentence.context and _is_quote(sentence.context, citation):
        return "context", mention.end
    if any(_is_quote(sentence.text, other) for other in sentence.citations):
        return None
    found = [match.end() for match in re.finditer(rf"(?<!\w){re.escape(mention.words)}(?!\w)", sentence.text)]
    return ("text", found[0]) if len(found) == 1 else None


def _is_quote(words: str, citation: Citation) -> bool:
    """Whether the words are the quote's, whose brackets the check may have turned."""
    return words.translate(_TURNED) == citation.quote.translate(_TURNED)


def _words(mention: DateMention, published: datetime.date) -> str:
    """The day or days in words; empty where the mention tells them itself, or they are too many to tell."""
    first, last = mention.first, mention.last
    if first == last:
        says_itself = _DATE.search(mention.words) and first.year == published.year
        return "" if says_itself else shown_date(first)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        # A number alone in brackets would read as a marker.
        return f"in {first.year}"
    next_day = last + datetime.timedelta(1)
    if first.day == 1 and next_day.day == 1 and (last - first).days < 31:
        return f"{first:%B %Y}"
    if (last - first).days >= _LONGEST_STRETCH:
        return ""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{shown_date(last)}"
    return (
        f"{first.day} {first:%B} – {shown_date(last)}"
        if first.year == last.year
        else (f"{shown_date(first)} – {shown_date(last)}")
    )


def _day(published: datetime.date) -> datetime.date:
    return published.date() if isinstance(published, datetime.datetime) else published
