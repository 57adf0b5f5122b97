"""Whether an answer is right, and what a run of answers comes to. Pure: knows no file, model or index.

hit@k: the share of questions with one of their articles among the first k found. mrr@10: the mean of 1 / rank of the
first such article, 0 past rank 10 (Voorhees, TREC-8, 1999). Abstention precision: the share of abstentions that were
due; recall: the share of unanswerable questions that were abstained on.
"""

from __future__ import annotations

import re
import statistics
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.questions_file import JudgedQuestion
from assistant.records import Answer, Citation
from index.records import Article, text_sha256

Metrics = dict[str, float | int | None]
"""Metric by name; None where the run has nothing to measure it on."""

HITS = (1, 4, 10)
_DEEPEST = 10

_MARKER = re.compile(r"\[(\d+(?:,\s*\d+)*)\]")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")
_LITTLE_WORDS = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = {ord(mark): " " for mark in string.punctuation + "“”‘’–—…"}


@dataclass(frozen=True)
class Judgement:
    """What became of one question. `fault` says in words why it is not right, "" where it is.

    `rank`: that of the first of its articles, from 1; None where none was found. `milliseconds` and `words` are None
    where there is no answer to count. `invalid`: the markers of citations that do not hold.
    """

    question: JudgedQuestion
    answer: Answer | None
    fault: str
    rank: int | None = None
    milliseconds: float | None = None
    words: int | None = None
    citations: int = 0
    invalid: tuple[int, ...] = ()

    @property
    def right(self) -> bool:
        return not self.fault

    @property
    def failed(self) -> bool:
        """Whether asking ended in an error."""
        return self.answer is None

    @property
    def abstained(self) -> bool:
        return self.answer is not None and self.answer.abstained


def judge(question: JudgedQuestion, answer: Answer, article: Callable[[str], Article | None]) -> Judgement:
    """Judge `answer`. `article` gives the stored article of an id, against which every citation is checked."""
    invalid = tuple(one.marker for one in answer.citations if not holds_good(one, answer, article(one.article_id)))
    found = list(dict.fromkeys(passage.article.id for passage in answer.passages))
    return Judgement(
        question=question,
        answer=answer,
        fault=fault_of(question, answer),
        rank=next((rank for rank, one in enumerate(found, start=1) if one in question.articles), None),
        milliseconds=sum(answer.timings_ms.values()) if answer.timings_ms else None,
        words=None if answer.abstained else len(plain(answer.text).split()),
        citations=len(answer.citations),
        invalid=invalid,
    )


def fault_of(question: JudgedQuestion, answer: Answer) -> str:
    """Why `answer` is not a right one, in words; "" where it is.

    Right where unanswerable: an abstention. Else: no abstention, any of `answers` (if there are some) and all of
    `must_state`, in what the reader sees, context included.
    """
    if not question.answerable:
        return "" if answer.abstained else f"answered what the articles do not say: {answer.text}"
    if answer.reason is not None:
        return f"abstained ({answer.reason.value})"
    faults = []
    if question.answers and not any(holds(answer.text, one) for one in question.answers):
        faults.append(f"holds none of {_quoted(question.answers)}")
    if unstated := [one for one in question.must_state if not holds(answer.text, one)]:
        faults.append(f"does not state {_quoted(unstated)}")
    return "; ".join(faults)


def plain(text: str) -> str:
    """`text` for comparison: small letters, single spaces; no markers, possessive 's, punctuation, nor a, an, the."""
    bare = _POSSESSIVE.sub("", _MARKER.sub(" ", text).lower()).translate(_PUNCTUATION)
    return " ".join(_LITTLE_WORDS.sub(" ", bare).split())


def holds(said: str, wanted: str) -> bool:
    """Whether the words of `wanted` stand in `said` in a row, as whole words."""
    words = plain(wanted)
    return words != "" and f" {words} " in f" {plain(said)} "


def holds_good(citation: Citation, answer: Answer, article: Article | None) -> bool:
    """Whether a citation is what it claims to be.

    Its quote is not empty and stands at its offsets in the stored article, its sha256 is that article's, its marker
    stands in the answer.
    """
    if article is None or citation.sha256 != text_sha256(article.text):
        return False
    part = article.title if citation.field == "title" else article.text
    marked = {int(number) for group in _MARKER.findall(answer.text) for number in group.split(",")}
    within = 0 <= citation.start < citation.end <= len(part)
    return within and part[citation.start : citation.end] == citation.quote and citation.marker in marked


def measure(judgements: Sequence[Judgement]) -> Metrics:
    """The metrics of a run, or of a part of one. A question that failed counts as wrong and as found nowhere."""
    answerable = [one for one in judgements if one.question.answerable]
    unanswerable = [one for one in judgements if not one.question.answerable]
    with_articles = [one for one in answerable if one.question.articles]
    abstentions = [one for one in judgements if one.abstained]
    refused = sum(one.abstained for one in unanswerable)
    citations = sum(one.citations for one in judgements)
    words = [one.words for one in judgements if one.words is not None]
    times = [one.milliseconds for one in judgements if one.milliseconds is not None]
    return {
        "questions": len(judgements),
        "answerable": len(answerable),
        "unanswerable": len(unanswerable),
        "failed": sum(one.failed for one in judgements),
        "right": share(sum(one.right for one in judgements), len(judgements)),
        "correct": share(sum(one.right for one in answerable), len(answerable)),
        **{f"hit@{k}": share(sum(_within(one, k) for one in with_articles), len(with_articles)) for k in HITS},
        f"mrr@{_DEEPEST}": share(sum(map(_reciprocal_rank, with_articles)), len(with_articles)),
        "citations": citations,
        "citation_validity": share(citations - sum(len(one.invalid) for one in judgements), citations),
        "abstention_precision": share(refused, len(abstentions)),
        "abstention_recall": share(refused, len(unanswerable)),
        "false_abstentions": len(abstentions) - refused,
        "words": statistics.median(words) if words else None,
        "words_p90": percentile(words, 0.9),
        "p50_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
    }


def by_kind(judgements: Sequence[Judgement]) -> Mapping[str, Metrics]:
    """The metrics of each kind of question, in the order in which kinds come."""
    kinds: dict[str, list[Judgement]] = {}
    for one in judgements:
        kinds.setdefault(kind_of(one.question), []).append(one)
    return {kind: measure(some) for kind, some in kinds.items()}


def kind_of(question: JudgedQuestion) -> str:
    """The kind to show results by: the unanswerable ones that look answerable are a kind of their own."""
    return f"{question.kind}, on topic" if question.looks_answerable else question.kind


def share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def percentile(values: Iterable[float], at: float) -> float | None:
    """The value that the share `at` of `values` lies below: one of them, never a mean of two."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * at))] if ordered else None


def _within(one: Judgement, k: int) -> bool:
    return one.rank is not None and one.rank <= k


def _reciprocal_rank(one: Judgement) -> float:
    return 1 / one.rank if one.rank is not None and one.rank <= _DEEPEST else 0.0


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(f"“{text}”" for text in texts)
