"""What the page shows and does, without a browser: HTML in which nothing comes alive, citations looked up, staging."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import live_server
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.browser import asking, chat, editor, limits
from assistant.browser.limits import Typed
from assistant.browser.reader_pane import Span, highlighted, pane
from assistant.browser.wording import link
from assistant.records import Addition, Answer, Citation, Exchange, Question, Reason, Sentence, Support, Usage
from assistant.short_answer import placed
from index.errors import BusyError, ReadError
from index.read import ReadArticle
from index.records import Article, Passage
from index.update import Progress, UpdateReport

assistant = live_server.assistant

FRANCE = "Who is the president of France?"
PASTED = """Harbour bridge at Lunden reopens

By Marta Quill

3 May 2025

The harbour bridge at Lunden reopened on Saturday after the engineer Odo Brask replaced 412 rivets.

The council had closed it in March, and the ferry carried some 9,000 people a day meanwhile.
"""

# HTML


class Reading(HTMLParser):
    """What a browser makes of HTML: the text of the whole, and of the marks of each class."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.marks = {"active": "", "paler": ""}
        self._inside: list[str] = []
        self.feed(html)
        self.close()
        assert not self._inside, "every mark is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "mark", f"<{tag}> came from the text"
        assert not self._inside, "no mark stands in another"
        self._inside.append(dict(attrs)["class"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        for name in self._inside:
            self.marks[name] += data


texts = st.text(st.sampled_from("ab <>&\"'\n\u00a0é𝔄;#x"), max_size=60)
spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4)


@given(texts, spans, spans)
def test_marks_hold_exactly_the_words_of_their_spans_however_they_overlap(
    text: str, active: list[tuple[int, int]], paler: list[tuple[int, int]]
) -> None:
    read = Reading(highlighted(text, active, paler))
    strong = {at for start, end in active for at in range(start, min(end, len(text)))}
    weak = {at for start, end in paler for at in range(start, min(end, len(text)))} - strong
    assert read.text == text
    assert read.marks["active"] == "".join(text[at] for at in sorted(strong))
    assert read.marks["paler"] == "".join(text[at] for at in sorted(weak))


def test_everything_of_an_article_is_escaped() -> None:
    hostile = '"><script>alert(1)</script>'
    article = Article(
        id=hostile, text=hostile, title=hostile, source=hostile, authors=(hostile,), url=f"https://a.example/{hostile}"
    )
    html = pane(article, [Span("title", 0, 3)], note=hostile)
    assert "<script" not in html
    assert not re.search(r'href="[^"]*"[^ >]', html)


def test_what_dateline_adds_is_set_apart_from_the_quote_and_the_short_answer_is_highlighted_in_it() -> None:
    text = "Mira Holt <b> won on Sunday in Ley."
    additions = (Addition(text.index(" in"), "2 June 2024"), Addition(4, "in 2023", "context"))
    one = Sentence(text, (), Support.SUPPORTED, "Holt", True, "Earlier, on 3 June 2024", additions)

    def shown(short: str) -> str:
        answer = Answer(
            Question("Who won?"), (one,), (), "extractive", short_answer=short, short_at=placed(short, (one,))
        )
        return chat.conversation([Exchange(answer.question, answer)])

    html = shown("Sunday in Ley")
    words = re.sub(r"<[^>]+>", "", html.split('<p class="sentence', 1)[1].split("</p>", 1)[0].split(">", 1)[1])
    assert unescape(words) == one.shown
    assert one.shown == "[Earlier, on 3 June 2024] Holt [in 2023]: Mira Holt <b> won on Sunday [2 June 2024] in Ley."
    assert html.count('class="ours"') == 3
    assert re.findall(r"<strong>(.*?)</strong>", html) == ["Sunday", " in Ley"]
    assert re.findall(r'class="speaker"><strong>(.*?)</strong>', shown("Holt")) == []
    assert re.findall(r"<strong>(.*?)</strong>", shown("Holt")) == ["Holt"]
    assert re.findall(r'class="speaker"><strong>(.*?)</strong>', shown("Roe")) == []


def test_a_short_answer_that_is_who_speaks_is_highlighted_there() -> None:
    one = Sentence("“We will.”", (), Support.SUPPORTED, "Ada North")
    at = placed("Ada North", (one,))
    answer = Answer(Question("Who said so?"), (one,), (), "extractive", short_answer="Ada North", short_at=at)
    html = chat.conversation([Exchange(answer.question, answer)])
    assert '<span class="speaker"><strong>Ada North</strong></span>' in html


def test_where_the_told_of_stands_in_brackets_the_short_answer_in_it_is_highlighted_whole() -> None:
    one = Sentence("It opened.", (), Support.SUPPORTED, "The new bridge", is_speaker=False)
    answer = Answer(
        Question("What?"), (one,), (), "x", short_answer="The new bridge", short_at=placed("The new bridge", (one,))
    )
    html = chat.conversation([Exchange(answer.question, answer)])
    assert re.findall(r"<strong>(.*?)</strong>", html) == ["The new bridge"]


def test_what_a_language_model_took_is_told_whether_or_not_its_words_are_shown() -> None:
    one = Sentence("It cost 41 crowns.", (), Support.SUPPORTED)
    usage = Usage("some:model", 1200, 34, 0.000123, 1540.0)
    took = {"retrieve": 20.0, "write": 2000.0}
    asked = Question("What?")
    wrote = Answer(asked, (one,), (), "some:model", timings_ms=took, usage=usage)
    for answer, said in (
        (wrote, "written by some:model"),
        (replace(wrote, answerer="extractive"), "asked: some:model"),
        (replace(wrote, sentences=(), reason=Reason.NO_EVIDENCE, words="No."), "asked: some:model"),
    ):
        html = chat.conversation([Exchange(asked, answer)])
        assert f"{said}, 1,234 tokens, 0.000123 at your prices · first sentence after 1.54 s · 2.02 s" in html
    assert "some:model" not in chat.conversation([Exchange(asked, replace(wrote, answerer="extractive", usage=None))])


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//a.example", "https://", "http://[", None]
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert link(url) == ""
    assert 'rel="noopener noreferrer nofollow"' in link("https://a.example/x?y=1&z")


# What happens


def test_an_article_changed_since_is_shown_as_it_was_cited(assistant: Assistant, tmp_path: Path) -> None:
    ours = Assistant(live_server.settings_for(tmp_path), assistant.embedder)
    first = Article(id="a", title="Bridge", text="The engineer Odo Brask replaced 412 rivets of the harbour bridge.")
    ours.add([ReadArticle(first, "here")])
    *_, exchanges = asking.ask(ours, (), "Who replaced the rivets of the harbour bridge?", Typed())
    answer = exchanges[0].answer
    assert answer is not None
    click = {"answer": "0", "marker": str(answer.citations[0].marker)}
    before = asking.opened_citation(ours, exchanges, click)
    ours.add([ReadArticle(replace(first, text="Nobody replaced any rivets."), "here")])
    after = asking.opened_citation(ours, exchanges, click)
    assert before is not None
    assert after is not None
    assert "changed since" not in before
    assert "changed since" in after
    assert answer.citations[0].quote in after


@pytest.mark.parametrize(
    "click", [{}, {"answer": "1", "marker": "1"}, {"answer": "-1", "marker": "<b>"}, {"answer": None}]
)
def test_a_click_on_nothing_that_was_said_opens_nothing(assistant: Assistant, click: dict[str, Any]) -> None:
    *_, exchanges = asking.ask(assistant, (), FRANCE, Typed())
    assert asking.opened_citation(assistant, exchanges, click) is None


def test_an_unexpected_error_is_told_without_its_words(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(assistant, "stream", fail)
    *_, exchanges = asking.ask(assistant, (), FRANCE, Typed())
    html = chat.conversation(exchanges)
    assert "RuntimeError" in html
    assert "secret" not in html
    assert "Traceback" not in html
    assert chat.turns(exchanges) == (), "a question that failed is no part of the history"


def test_pasted_again_it_is_an_update_and_corrected_fields_are_kept() -> None:
    form, removed = editor.recognised(PASTED)
    assert (form.title, form.published, form.authors) == (
        "Harbour bridge at Lunden reopens",
        "2025-05-03",
        "Marta Quill",
    )
    assert removed
    corrected = replace(form, source="The Herald", published="2025-05-03 18:07")
    first = editor.pasted(PASTED, corrected).article
    again = editor.pasted(f"{PASTED}\nOne more sentence was added to it.", corrected).article
    assert (first.source, first.published) == ("The Herald", datetime.datetime(2025, 5, 3, 18, 7))
    assert first.id == again.id
    assert first.sha256 != again.sha256
    assert editor.pasted(PASTED, replace(corrected, url="https://www.a.example/1")).article.id.startswith(
        "a.example-1-"
    )
    with pytest.raises(ReadError, match="is no full date"):
        editor.pasted(PASTED, replace(form, published="spring"))


def test_an_update_tells_how_far_it_is_and_what_it_raised() -> None:
    def work(progress: Progress) -> UpdateReport:
        progress("reading", 1, None)
        return UpdateReport(added=("a",))

    *stages, report = editor.updating(work)
    assert report == UpdateReport(added=("a",))
    assert stages in ([], [editor.Stage("reading", 1, None)])

    def fail(progress: Progress) -> UpdateReport:
        raise BusyError("Another process is writing.", "Wait for it.")

    with pytest.raises(BusyError):
        list(editor.updating(fail))


@pytest.mark.parametrize(("reprints", "articles", "cluster"), [(False, ("a", "b"), ()), (True, (), ("a", "b"))])
def test_ids_typed_under_limits_are_the_only_articles_or_the_only_stories(
    reprints: bool, articles: tuple[str, ...], cluster: tuple[str, ...]
) -> None:
    asked = limits.question("Who?", Typed(articles=" a, b ,", reprints=reprints), ())
    assert (asked.articles, asked.cluster) == (articles, cluster)


def test_what_was_taken_from_the_question_s_words_can_be_switched_off_beside_it(assistant: Assistant) -> None:
    *_, exchanges = asking.ask(assistant, (), "What did Putin propose last week?", Typed())
    shown = chat.conversation(exchanges)
    assert "“last week”" in shown
    assert 'data-event="ask_literally" data-question="What did Putin propose last week?"' in shown
    *_, exchanges = asking.ask(assistant, (), "What did Putin propose last week?", Typed(understand=False))
    shown = chat.conversation(exchanges)
    assert "ask_literally" not in shown
    assert "words taken as they stand" in shown


# An answer that grows


def growing(**changes: Any) -> Exchange:
    text = "It cost 41 crowns."
    article = Article(id="a", title="Bridge", text=text)
    one = Sentence(text, (Citation(1, "a", "text", 0, len(text), text, article.sha256),), Support.SUPPORTED)
    passages = (Passage(article, 0, len(text), 0.5),)
    answer = Answer(Question("What?"), (one,), passages, "some:model", {"write": 5.0}, usage=Usage("some:model"))
    return Exchange(answer.question, replace(answer, **changes), is_whole=False)


def test_while_a_model_writes_the_page_says_so_and_only_a_whole_answer_has_its_times() -> None:
    assert "Searching the articles" in chat.conversation([Exchange(Question("What?"), is_whole=False)])
    awaited = chat.conversation([growing(sentences=(), usage=None)])
    assert "Writing an answer from what was found" in awaited
    assert 'class="sentence' not in awaited
    begun = chat.conversation([growing()])
    assert "41 crowns" in begun
    assert "Still writing" in begun
    assert "checked word for word" not in begun
    whole = chat.conversation([replace(growing(), is_whole=True)])
    assert "riting" not in whole
    assert "checked word for word" in whole
    assert "riting" not in chat.conversation([growing(usage=None, answerer="extractive")]), "that takes no time"


def test_what_is_stopped_keeps_what_was_checked_and_says_so() -> None:
    asked = Question("What?")
    before = replace(growing(), is_whole=True)
    for one in (Exchange(asked, is_whole=False), growing(sentences=(), usage=None)):
        (kept, ended) = asking.stopped((before, one))
        assert kept is before
        assert ended.is_whole
        assert ended.answer is None
        assert ended.error is not None
        assert ended.error.remedy
    (ended,) = asking.stopped((growing(),))
    assert ended.is_whole
    assert ended.answer is not None
    assert ended.answer.sentences == growing().answer.sentences  # type: ignore[union-attr]
    assert "You stopped this answer" in ended.answer.notes[0]
    assert asking.stopped((before,)) == (before,), "what was whole before the click stays as it is"
    assert asking.stopped(()) == ()


def test_the_conversation_tells_which_articles_it_cited() -> None:
    assert [turn.articles for turn in chat.turns([replace(growing(), is_whole=True)])] == [(), ("a",)]
