"""The conversation as HTML: questions, answers with their citation chips, abstentions, errors.

A chip says which answer and which citation it stands for; the page looks that up in its own session, so nothing that
comes back from a browser is taken as an article's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol

from assistant.browser import search_details, wording
from assistant.manners import as_of
from assistant.records import Answer, Citation, Exchange, Highlight, Question, Role, Sentence, Support, Turn
from assistant.short_answer import set_off
from assistant.shown import shown_date
from index.records import Article

_LONGEST_SHOWN = 240
"""Characters of a question that its heading repeats."""

_SUPPORT = {
    Support.PARTLY: ("partly supported", "The cited words carry a part of this sentence only."),
    Support.UNSUPPORTED: ("not supported", "The cited words do not carry this sentence."),
}

_CLASSES = {Role.TEXT: "words", Role.CONTEXT: "speaker", Role.OURS: "ours"}
_SAYS_WHOSE = {Role.OURS: ' title="Added by Dateline; not the article’s words"'}


class Headline(Protocol):
    """An article by its headline; `title` and `origin` are HTML."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def origin(self) -> str: ...


def turns(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The conversation as a chat history; questions that failed are no part of it."""
    return tuple(
        turn
        for one in exchanges
        if one.answer
        for turn in (Turn("user", one.question.text), Turn("assistant", one.answer.text, _cited(one.answer)))
    )


def _cited(answer: Answer) -> tuple[str, ...]:
    return tuple(dict.fromkeys(citation.article_id for citation in answer.citations))


def cited_articles(answer: Answer) -> dict[str, Article]:
    """The articles as they were when the answer was checked, by id."""
    return answer.articles


def conversation(exchanges: Sequence[Exchange], opening: str = "") -> str:
    """The whole conversation; `opening` is what stands there before the first question."""
    if not exchanges:
        return f'<div class="conversation">{opening}</div>'
    shown = "".join(_exchange(number, exchange) for number, exchange in enumerate(exchanges))
    return f'<div class="conversation" role="log" aria-label="Conversation">{shown}</div>'


def opening(questions: Sequence[str], latest: Sequence[Headline], held: int) -> str:
    """What stands there before the first question: some to begin with, and the `latest` of the `held` articles."""
    if not held:
        return """
<div class="opening">
  <h2>There is nothing to ask yet.</h2>
  <p>Dateline answers from articles, and from nothing else. Paste one or upload some, press “Update index”, and
     ask away: no restart is needed.</p>
  <p><button type="button" class="primary" data-event="add_articles">Add articles</button></p>
</div>"""
    asked = "".join(
        f'<li><button type="button" data-event="suggest" data-question="{words}">{words}</button></li>'
        for words in map(escape, questions)
    )
    headlines = "".join(
        f'<li><button type="button" data-event="open_article" data-article="{escape(one.id)}">{one.title}'
        f' <span class="source-origin">{one.origin}</span></button></li>'
        for one in latest
    )
    return f"""
<div class="opening">
  <h2>What do the articles say?</h2>
  <p>Every sentence of an answer cites the words it rests on. Each citation is checked against its article, and opens
     there.</p>
  {f'<h3>Ask, for example</h3><ul class="suggestions">{asked}</ul>' if asked else ""}
  <h3>Latest articles</h3><ul class="suggestions">{headlines}</ul>
</div>"""


def _exchange(number: int, exchange: Exchange) -> str:
    question = exchange.question
    limits = _limits(question)
    body = _body(number, exchange)
    return f"""
<section class="exchange">
  <h2 class="question" dir="auto">{escape(wording.beginning(question.text, _LONGEST_SHOWN))}</h2>
  {f'<p class="limits-shown">{limits}</p>' if limits else ""}
  {body}
</section>"""


def _limits(question: Question) -> str:
    days = (("as of", question.as_of), ("since", question.since), ("until", question.until))
    words = [f"{name} {shown_date(date)}" for name, date in days if date]
    words += [f"from {escape(question.source)}"] if question.source else []
    words += [f"by {escape(question.author)}"] if question.author else []
    words += [f"in {escape(question.language)}"] if question.language else []
    words += [f"only {escape(', '.join(question.articles))}"] if question.articles else []
    words += [f"only {escape(', '.join(question.cluster))} and reprints"] if question.cluster else []
    words += [] if question.understand else ["words taken as they stand"]
    return ", ".join(words)


def _body(number: int, exchange: Exchange) -> str:
    if exchange.error:
        return f"""
  <div class="failure" role="alert">
    <p class="failure-problem">{escape(exchange.error.problem)}</p>
    <p>{escape(exchange.error.remedy)}</p>
  </div>"""
    if exchange.answer is None:
        return _working("Searching the articles")
    if exchange.answer.is_awaited:
        return _working("Writing an answer from what was found")
    if exchange.answer.abstained:
        return _abstention(number, exchange.answer)
    return _answer(number, exchange.answer, is_whole=exchange.is_whole)


def _working(what: str) -> str:
    return f'<p class="searching" role="status">{what}<span class="dots" aria-hidden="true"></span></p>'


def _answer(number: int, answer: Answer, *, is_whole: bool) -> str:
    articles = cited_articles(answer)
    at = answer.short_at
    sentences = "".join(
        _sentence(number, sentence, articles, at if at and at.sentence == i else None)
        for i, sentence in enumerate(answer.sentences)
    )
    return f"""
  <div class="answer">{search_details.understood(answer)}{sentences}
    {"" if is_whole or not answer.usage else _working("Still writing")}
    <ol class="sources" aria-label="Cited articles">{_sources(number, answer, articles)}</ol>
    {_foot(answer) if is_whole else ""}
  </div>"""


def _foot(answer: Answer) -> str:
    """What stands below a whole answer: notes, what it took, and how it was searched for."""
    return f"""
    {"".join(f'<p class="aside note" role="note">{escape(note)}</p>' for note in answer.notes)}
    <p class="aside">{wording.counted(len(answer.citations), "citation")}, checked word for word\
{_as_of(answer)}{_by(answer)}{_took(answer)}</p>
    {search_details.details(answer)}"""


def _sentence(number: int, sentence: Sentence, articles: dict[str, Article], at: Highlight | None) -> str:
    chips = "".join(_chip(number, citation, articles.get(citation.article_id)) for citation in sentence.citations)
    label = ""
    if sentence.support in _SUPPORT:
        words, meaning = _SUPPORT[sentence.support]
        label = f' <span class="support" title="{meaning}">{words}</span>'
    return f"""
    <p class="sentence {sentence.support.value}" dir="auto">{_words(sentence, at)}\
<span class="chips">{chips}</span>{label}</p>"""


def _words(sentence: Sentence, at: Highlight | None) -> str:
    """The article's words, the shortest answer among them in bold; apart from them who speaks, and Dateline's own."""
    shown = ""
    for role, before, strong, behind in set_off(sentence, at):
        style = "told" if role is Role.CONTEXT and not sentence.is_speaker else _CLASSES[role]
        words = f"{escape(before)}<strong>{escape(strong)}</strong>{escape(behind)}" if strong else escape(before)
        shown += f'<span class="{style}"{_SAYS_WHOSE.get(role, "")}>{words}</span>'
    return shown


def _chip(number: int, citation: Citation, article: Article | None) -> str:
    of = wording.spoken(article) if article else escape(citation.article_id)
    return (
        f'<button type="button" class="chip" {_opens(number, citation.marker)}'
        f' aria-label="Citation {citation.marker}: {of}" title="{of}">{citation.marker}</button>'
    )


def _sources(number: int, answer: Answer, articles: dict[str, Article]) -> str:
    markers: dict[str, list[int]] = {}
    for citation in answer.citations:
        markers.setdefault(citation.article_id, []).append(citation.marker)
    return "".join(
        f'<li><span class="source-markers">{", ".join(map(str, cited))}</span>'
        f"{_source(number, cited[0], articles[article_id])}</li>"
        for article_id, cited in markers.items()
        if article_id in articles
    )


def _source(number: int, marker: int | str, article: Article) -> str:
    return (
        f'<button type="button" class="source" {_opens(number, marker)}>'
        f'<span class="source-title">{wording.title(article)}</span> '
        f'<span class="source-origin">{wording.origin(article)}</span></button>'
    )


def _opens(number: int, marker: int | str) -> str:
    """The attributes of a button that opens a citation of answer `number`, or its nearest passage."""
    return f'data-event="open_citation" data-answer="{number}" data-marker="{marker}"'


def _abstention(number: int, answer: Answer) -> str:
    heading = "The articles do not say."
    words = answer.words.strip()
    # The words begin with the heading where nothing was found; said once is enough.
    stripped = words.removeprefix("The articles do not say").lstrip(".: ")
    rest = stripped[:1].upper() + stripped[1:] if stripped != words else words
    heading = heading if stripped != words else "No answer."
    nearest = _source(number, "nearest", answer.passages[0].article) if answer.passages else ""
    took = f"{_by(answer)}{_took(answer)}".removeprefix(" · ")
    return f"""
  <div class="abstention">
    {search_details.understood(answer)}
    <h3>{heading}</h3>
    <p>{escape(rest)}</p>
    {f'<p class="nearest"><span>Nearest article</span>{nearest}</p>' if nearest else ""}
    {f'<p class="aside">{took}</p>' if took else ""}
    {search_details.details(answer)}
  </div>"""


def _as_of(answer: Answer) -> str:
    day = as_of(answer)
    return f" · as of {shown_date(day)}" if day else ""


def _by(answer: Answer) -> str:
    """Which language model wrote it, or was asked in vain, and what that took; nothing where none was asked."""
    usage = answer.usage
    if usage is None:
        return ""
    tokens = (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)
    wrote = usage.model == answer.answerer and not answer.abstained
    said = f" · {'written by' if wrote else 'asked:'} {escape(usage.model)}" + (
        f", {tokens:,} tokens" if tokens else ""
    )
    said += f", {usage.cost:.6f} at your prices" if usage.cost is not None else ""
    first = usage.first_sentence_ms
    return said + (f" · first sentence after {first / 1000:.2f} s" if first is not None else "")


def _took(answer: Answer) -> str:
    """ " · 0.05 s", or nothing where the time was not taken."""
    seconds = sum(answer.timings_ms.values()) / 1000
    return f" · {seconds:.2f} s" if answer.timings_ms else ""
