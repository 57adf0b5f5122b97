"""How an answer reads on a terminal: its sentences with their markers, then the sources that the markers stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from assistant.cli.terminal import console, printable, shortened
from assistant.manners import as_of
from assistant.records import Answer, Highlight, Role, Sentence, Support, Usage
from assistant.retrieval.account import account
from assistant.short_answer import set_off
from assistant.shown import shown_date
from index.records import Article

_QUOTE, _TITLE = 160, 50
"""Characters of a quote and of a title that the list of sources shows; the article holds the rest."""

_MARKER = "bold cyan"
_OURS = "dim italic"
_SHORT = "bold"


def print_answer(answer: Answer) -> None:
    """Write the answer to standard output: colours and wrapped lines on a terminal only."""
    screen = console()
    for line, indent in _lines(answer):
        if screen.is_terminal:
            screen.print(Padding(line, (0, 0, 0, indent), expand=False))
        else:
            # In a pipe a line stays whole, however long: it is the reading program's to wrap.
            screen.print(Text(" " * indent) + line, soft_wrap=True)


def grown(stages: Iterable[Answer], screen: Console) -> Answer:
    """The whole answer, the last of `stages`. On a terminal it is shown while a language model writes it, and taken
    away when it is whole."""
    if not screen.is_terminal:
        *_, last = stages
        return last
    from rich.live import Live

    told: Answer | None = None
    with Live(console=screen, transient=True, auto_refresh=False) as live:
        for answer in stages:
            if answer is not told and (answer.is_awaited or answer.usage):
                live.update(Text.assemble(_sentences(answer), ("\nWriting…", "dim")), refresh=True)
            told = answer
    assert told is not None, "a stream has at least one stage"
    return told


def _lines(answer: Answer) -> Iterator[tuple[Text, int]]:
    """The lines, each with its indent."""
    for said in account(answer.search, answer.question.text) if answer.search else []:
        yield Text(printable(said), style="dim"), 0
    if answer.abstained:
        for paragraph in answer.words.splitlines():
            yield Text(printable(paragraph)), 0
        yield from _took(answer)
        return
    yield _sentences(answer), 0
    yield Text(), 0
    articles = answer.articles
    for citation in answer.citations:
        article = articles[citation.article_id]
        yield Text.assemble((f"[{citation.marker}]", _MARKER), f" {_origin(article)}"), 0
        yield Text(shortened(citation.quote, _QUOTE), style="italic"), 4
    for sentence in answer.sentences:
        if sentence.support is not Support.SUPPORTED:
            only = "only in part" if sentence.support is Support.PARTLY else "not"
            yield Text(f"The sources carry this {only}: {shortened(sentence.text, _QUOTE)}", style="yellow"), 0
    if day := as_of(answer):
        yield Text(f"As of {shown_date(day)}, when the latest of these was published."), 0
    for note in answer.notes:
        yield Text(printable(note), style="yellow"), 0
    if answer.short_answer:
        yield Text.assemble("In short: ", (printable(answer.short_answer), _SHORT)), 0
    yield from _took(answer)


def _sentences(answer: Answer) -> Text:
    """The sentences with their markers, the shortest answer among them set off."""
    at = answer.short_at
    shown = (_shown(sentence, at if at and at.sentence == i else None) for i, sentence in enumerate(answer.sentences))
    return Text(" ").join(shown)


def _took(answer: Answer) -> Iterator[tuple[Text, int]]:
    """Who was asked, what that took, and how long all of it took."""
    if answer.usage:
        yield Text(_usage(answer.answerer, answer.usage), style="dim"), 0
    if answer.timings_ms:
        stages = ", ".join(f"{stage} {spent:.0f} ms" for stage, spent in answer.timings_ms.items())
        yield Text(f"Took {sum(answer.timings_ms.values()) / 1000:.2f} s: {stages}.", style="dim"), 0


def _usage(answerer: str, usage: Usage) -> str:
    """Who wrote it, and what that took, as far as it is known."""
    counts = ((usage.prompt_tokens, "tokens read"), (usage.completion_tokens, "written"))
    parts = [f"{count:,} {words}" for count, words in counts if count is not None]
    parts += [f"{usage.cost:.6f} at your prices"] if usage.cost is not None else []
    if usage.first_sentence_ms is not None:
        parts.append(f"first sentence after {usage.first_sentence_ms / 1000:.2f} s")
    return ", ".join(
        [f"Written by {printable(answerer)}" if answerer == usage.model else f"Asked: {usage.model}", *parts]
    )


def _shown(sentence: Sentence, at: Highlight | None) -> Text:
    """The sentence, Dateline's own words in it dim, its markers and the shortest answer set off."""
    shown = Text()
    for role, before, short, behind in set_off(sentence, at):
        style = _OURS if role is Role.OURS else ""
        for piece, its_style in ((before, style), (short, _SHORT), (behind, style)):
            shown.append(_printable_within(piece) if piece else "", its_style)
    return Text.assemble(shown, " ", (sentence.marked, _MARKER)) if sentence.marked else shown


def _printable_within(piece: str) -> str:
    """A piece of a line, with the white space that sets it off from the next."""
    before, behind = (" " if end.isspace() else "" for end in (piece[:1], piece[-1:]))
    return f"{before}{printable(piece)}{behind}"


def _origin(article: Article) -> str:
    """The outlet, or else the title, the day, and the address where it has one."""
    named = shortened(article.source or article.title or article.id, _TITLE)
    return ", ".join(part for part in (named, shown_date(article.published), printable(article.url or "")) if part)
