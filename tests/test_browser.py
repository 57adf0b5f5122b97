"""The page in a real Chromium over a real server: asking, opening citations, adding articles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import live_server
import pytest
from chat_models import SlowModel
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from assistant.assistant import Assistant
from assistant.records import Question

assistant = live_server.assistant
live_url = live_server.live_url

STOLTENBERG = "What did Stoltenberg say about Putin's proposal?"
FRANCE = "Who is the president of France?"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
ARTICLE = """Harbour bridge at Lunden reopens

By Marta Quill

3 May 2025

The harbour bridge at Lunden reopened on Saturday after the engineer Odo Brask replaced 412 rivets.

The council had closed it in March. <script>window.pwned = 1</script> stands in its notice, word for word, and so does
<img src=x onerror="window.pwned = 2">, $x^2$ and **no bold**.
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        yield launched
        launched.close()


def opened(browser: Browser, url: str, **context: Any) -> Iterator[Page]:
    """A page that must load nothing from elsewhere and complain of nothing."""
    with browser.new_context(**context) as session:
        session.set_default_timeout(15_000)
        page = session.new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        expect(page.locator(".opening")).to_be_visible()
        yield page
        assert page.evaluate("window.pwned") is None
        assert asked
        outside = [one for one in asked if urlsplit(one).hostname not in ("127.0.0.1", None)]
        assert not outside
        assert not complaints


@pytest.fixture
def page(browser: Browser, live_url: str) -> Iterator[Page]:
    yield from opened(browser, live_url, viewport={"width": 1400, "height": 900})


@pytest.fixture
def phone(browser: Browser, live_url: str) -> Iterator[Page]:
    yield from opened(browser, live_url, viewport={"width": 390, "height": 844}, color_scheme="dark")


def ask(page: Page, question: str) -> Locator:
    """The finished exchange."""
    number = page.locator(".exchange").count()
    page.get_by_role("textbox", name="Question").fill(question)
    page.keyboard.press("Enter")
    exchange = page.locator(".exchange").nth(number)
    expect(exchange.locator(".answer .aside, .abstention, .failure").first).to_be_visible()
    return exchange


def marked(page: Page) -> str:
    """The words in the strong colour, once they are in view."""
    mark = page.locator("mark.active")
    expect(mark.first).to_be_in_viewport()
    return "".join(mark.all_text_contents())


def test_a_reader_asks_and_opens_each_citation_at_its_very_words(page: Page, live_url: str) -> None:
    exchange = ask(page, STOLTENBERG)
    citations = httpx.post(f"{live_url}/api/ask", json={"question": STOLTENBERG}).json()["citations"]
    assert "Stoltenberg" in exchange.locator(".sentence").all_text_contents()[0]
    assert citations
    for citation in citations:
        chip = exchange.locator(f".chip[data-marker='{citation['marker']}']").first
        assert citation["title"] in str(chip.get_attribute("aria-label"))
        chip.click()
        expect(chip).to_have_attribute("aria-current", "true")
        part = page.locator(".reader-title" if citation["field"] == "title" else ".reader-text")
        expect(part.locator("mark.active").first).to_have_text(citation["quote"][:9_999])
        assert marked(page) == citation["quote"]
    text = httpx.get(f"{live_url}/api/articles/{citations[-1]['article_id']}").json()["text"]
    assert page.locator(".reader-text").evaluate("element => element.textContent") == text


def test_a_conversation_survives_a_reload_and_a_new_one_does_not_bring_it_back(page: Page) -> None:
    first, second = ask(page, STOLTENBERG), ask(page, FRANCE)
    said = first.locator(".words").first.inner_text(), second.locator("h3").inner_text()
    page.reload()
    expect(page.locator(".exchange")).to_have_count(2)
    again = page.locator(".exchange")
    assert (again.nth(0).locator(".words").first.inner_text(), again.nth(1).locator("h3").inner_text()) == said
    again.nth(0).locator(".chip").first.click()
    assert marked(page), "what a kept citation points at opens, too"
    assert ask(page, "When was that?").is_visible(), "the conversation goes on"
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".opening")).to_be_visible()
    page.reload()
    expect(page.locator(".opening")).to_be_visible()
    assert page.locator(".exchange").count() == 0
    assert page.evaluate("Object.keys(localStorage).filter((key) => localStorage[key].includes('Stoltenberg'))") == []


def test_where_the_articles_do_not_say_it_says_so_and_opens_the_nearest(page: Page) -> None:
    exchange = ask(page, FRANCE)
    expect(exchange.locator(".abstention h3")).to_have_text("The articles do not say.")
    expect(exchange.locator(".abstention")).to_contain_text("I searched 2 articles")
    exchange.locator(".nearest button").click()
    assert marked(page)
    expect(page.locator(".reader-note")).to_contain_text("does not answer")


def test_a_pasted_article_is_answered_from_without_a_restart_and_its_script_is_text(page: Page) -> None:
    page.get_by_role("tab", name="Add articles").click()
    page.get_by_label("Paste an article").fill(ARTICLE)
    expect(page.get_by_label("Title")).to_have_value("Harbour bridge at Lunden reopens")
    expect(page.get_by_label("Published")).to_have_value("2025-05-03")
    page.get_by_label("Outlet").last.fill("The Lunden <b>Herald</b>")
    page.get_by_role("button", name="Update index").click()
    report = page.locator(".report")
    expect(report.locator("h3")).to_have_text("1 added", timeout=30_000)
    expect(report).to_contain_text("serves already: 3 articles")
    expect(page.locator(".masthead-status")).to_contain_text("3 articles")

    page.get_by_role("tab", name="Ask", exact=True).click()
    exchange = ask(page, "Who replaced the rivets of the harbour bridge at Lunden?")
    expect(exchange.locator(".answer")).to_contain_text("Odo Brask replaced 412 rivets")
    expect(exchange.locator(".sources .source-origin")).to_contain_text("The Lunden <b>Herald</b> · 3 May 2025")
    exchange.locator(".chip").first.click()
    assert "Odo Brask" in marked(page)
    for words in (
        "<script>window.pwned = 1</script>",
        '<img src=x onerror="window.pwned = 2">',
        "$x^2$",
        "**no bold**",
    ):
        expect(page.locator(".reader-text")).to_contain_text(words)
    expect(ask(page, "<img src=x onerror=window.pwned=3> **Lunden** $x^2$?").locator(".question")).to_have_text(
        "<img src=x onerror=window.pwned=3> **Lunden** $x^2$?"
    )

    page.get_by_role("tab", name="Articles", exact=True).click()
    expect(page.locator("#shelf li")).to_have_count(3)
    page.get_by_label("Search the articles").fill("lunden")
    expect(page.locator("#shelf li")).to_have_count(1)
    remove = page.locator("#shelf .remove")
    remove.click()
    expect(remove).to_have_text("Really remove?")
    remove.click()
    expect(page.locator("#removal")).to_contain_text("1 removed", timeout=30_000)
    expect(page.locator("#shelf")).to_contain_text("None of 2 articles")


def test_files_are_uploaded_and_what_cannot_be_read_says_why(page: Page, tmp_path: Path) -> None:
    lines = tmp_path / "week.jsonl"
    lines.write_text('{"id": "w1", "title": "Ferry late", "text": "The ferry was late."}\n{broken\n', encoding="utf-8")
    page.get_by_role("tab", name="Add articles").click()
    page.locator("#upload input[type=file]").set_input_files(lines)
    staged = page.locator("#staged")
    expect(staged).to_contain_text("Ferry late")
    expect(staged.locator(".unread")).to_contain_text("week.jsonl, line 2")
    assert str(Path("gradio")) not in staged.inner_text(), "the server's own folders are no one's business"
    staged.get_by_role("button", name="Dismiss").click()
    expect(staged.locator("li")).to_have_count(1)
    staged.get_by_role("button", name="Take out").click()
    expect(staged).to_have_text("Nothing is staged.")
    page.get_by_role("button", name="Update index").click()
    expect(page.locator("#report .failure")).to_contain_text("Paste an article or upload files first.")


def test_what_cannot_be_asked_is_told_in_the_conversation(page: Page) -> None:
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Type a question first.")).to_be_visible()
    expect(ask(page, "word " * 10_000).locator(".failure")).to_contain_text("at most")
    page.get_by_role("button", name="Limits").click()
    page.get_by_label("As of").fill("last week")
    expect(ask(page, STOLTENBERG).locator(".failure")).to_contain_text("“last week” under “As of” is no date.")
    page.get_by_label("As of").fill("2020-01-01")
    expect(ask(page, STOLTENBERG).locator(".limits-shown")).to_have_text("as of 1 January 2020")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".opening")).to_be_visible()


def test_a_window_that_the_question_s_words_gave_is_shown_and_switched_off_by_a_click(page: Page) -> None:
    exchange = ask(page, "What did Stoltenberg say last week?")
    expect(exchange).to_contain_text("“last week”")
    exchange.get_by_role("button", name="Search the words as they stand").click()
    expect(page.locator(".exchange")).to_have_count(2)
    expect(page.locator(".exchange").last.locator(".limits-shown")).to_have_text("words taken as they stand")


def test_on_a_phone_an_article_opens_as_a_sheet_also_by_keyboard(phone: Page) -> None:
    chip = ask(phone, STOLTENBERG).locator(".chip").first
    expect(phone.locator("#desk-reader")).to_be_hidden()
    chip.focus()
    phone.keyboard.press("Enter")
    assert marked(phone)
    close = phone.get_by_role("button", name="Close the article")
    expect(close).to_be_focused()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    close.click()
    expect(phone.locator("#desk-reader")).to_be_hidden()
    expect(chip).to_be_focused()


# While a language model writes


REPLY = (
    "Stoltenberg called ",
    "the proposal ",
    "a proposal of more aggression ",
    "and more occupation [1]. ",
    *["It is also said that "] * 400,
)


PATIENT = {"chat_tokens": 4096, "chat_timeout": 600}
"""So that it is the reader who ends it."""


def warm(assistant: Assistant) -> None:
    """Load what the first question loads, but ask no model."""
    with closing(assistant.stream(Question(STOLTENBERG))) as stages:
        assert next(stages).is_awaited


@pytest.fixture
def slow(assistant: Assistant) -> Iterator[tuple[str, SlowModel]]:
    """Where a server answers whose chat model takes its time, and the model."""
    model = SlowModel(*REPLY, seconds=0.5)
    ours = Assistant(
        assistant.settings.model_copy(update=PATIENT | {"unsupported": "mark"}),
        assistant.embedder,
        open_model=lambda: model,
    )
    warm(ours)
    with live_server.serving_here(ours) as url:
        yield url, model


def test_a_model_s_answer_is_seen_growing_and_stop_keeps_what_was_checked(
    browser: Browser, slow: tuple[str, SlowModel]
) -> None:
    url, model = slow
    for page in opened(browser, url, viewport={"width": 1400, "height": 900}):
        expect(page.locator("#stop")).to_be_hidden()
        page.get_by_role("textbox", name="Question").fill(STOLTENBERG)
        page.keyboard.press("Enter")
        expect(page.locator(".searching")).to_contain_text("Writing an answer from what was found")
        stop = page.get_by_role("button", name="Stop", exact=True)
        expect(stop).to_be_visible()
        expect(page.locator("#send")).to_be_hidden()
        expect(page.locator(".sentence")).to_have_count(1)
        expect(page.locator(".answer .searching")).to_have_text("Still writing")
        stop.click()
        expect(page.locator(".answer .note").last).to_contain_text("You stopped this answer")
        expect(page.locator(".searching")).to_have_count(0)
        expect(page.locator("#send")).to_be_visible()
        expect(stop).to_be_hidden()
        assert model.closed.wait(10), "the model writes on"
        assert model.given < 200
        said = page.locator(".sentence").inner_text()
        page.locator(".chip").first.click()
        assert marked(page)
        page.reload()
        expect(page.locator(".sentence")).to_have_text(said)
        expect(page.locator(".answer .note").last).to_contain_text("You stopped this answer")


def test_stopping_before_there_is_a_sentence_leaves_the_question_and_lets_ask_again(
    browser: Browser, assistant: Assistant
) -> None:
    model = SlowModel("It ", *["is said "] * 400, seconds=0.5)
    ours = Assistant(assistant.settings.model_copy(update=PATIENT), assistant.embedder, open_model=lambda: model)
    warm(ours)
    with live_server.serving_here(ours) as url:
        for page in opened(browser, url, viewport={"width": 390, "height": 844}, color_scheme="dark"):
            page.get_by_role("textbox", name="Question").fill(STOLTENBERG)
            page.keyboard.press("Enter")
            expect(page.locator(".searching")).to_contain_text("Writing an answer")
            page.get_by_role("button", name="Stop", exact=True).click()
            expect(page.locator(".failure")).to_contain_text("Stopped before there was an answer.")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            assert model.closed.wait(10)
            expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
