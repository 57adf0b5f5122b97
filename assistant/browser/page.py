"""The page: its layout, and which event does what. All that is shown is made elsewhere."""

# No `from __future__ import annotations`: Gradio reads the annotations of callbacks, and these name a local import.

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.browser import asking, chat, editor_view, limits, reader_pane
from assistant.browser.events import QUIET, sent
from assistant.browser.limits import ANY_OUTLET
from assistant.browser.listing import Listing
from assistant.browser.masthead import masthead
from assistant.conversations import Conversations
from index.errors import DatelineError

if TYPE_CHECKING:
    import gradio as gr

    from assistant.assistant import Assistant

_HERE = Path(__file__).parent

ASKING = 8
"""Questions answered at the same time; further ones wait their turn."""

_HEADLINES = 3


def build_page(assistant: "Assistant") -> "gr.Blocks":
    """The page as Gradio blocks, for `assistant.browser.mount`."""
    import gradio as gr

    from assistant.browser.articles_tab import articles_tab
    from assistant.browser.editor_tab import editor_tab

    listing = Listing(assistant)
    conversations = Conversations(assistant.home, assistant.settings.conversation_days)
    names = (_HERE / "tab.js").read_text(encoding="utf-8")
    clicks = (_HERE / "clicks.js").read_text(encoding="utf-8")

    page = gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True, delete_cache=(3600, 86400))
    with page:
        exchanges = gr.State(())
        # The name of this tab's conversation, which tab.js makes and keeps for as long as the tab is open.
        tab = gr.Textbox(visible=False)
        head = gr.HTML(masthead(assistant), elem_id="masthead", apply_default_css=False)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="work", scale=6, min_width=0), gr.Tabs(elem_id="tabs", selected="ask") as tabs:
                with gr.Tab("Ask", id="ask"):
                    conversation = gr.HTML(js_on_load=clicks, elem_id="conversation", apply_default_css=False)
                    with gr.Column(elem_id="composer"):
                        with gr.Row(elem_id="composer-row"):
                            box = gr.Textbox(
                                label="Question",
                                placeholder="Ask about the articles",
                                show_label=False,
                                container=False,
                                autofocus=True,
                                max_lines=6,
                                elem_id="question",
                                scale=1,
                                min_width=0,
                            )
                            send = gr.Button("Ask", variant="primary", elem_id="send", scale=0, min_width=84)
                            stop = gr.Button(
                                "Stop", variant="secondary", elem_id="stop", scale=0, min_width=84, visible=False
                            )
                        with gr.Row(elem_id="composer-foot"):
                            with gr.Accordion("Limits", open=False, elem_id="limits"):
                                with gr.Row():
                                    dates = [
                                        gr.Textbox(label=label, placeholder="2024-06-14", max_lines=1, min_width=110)
                                        for label in limits.DAYS
                                    ]
                                with gr.Row():
                                    outlet = gr.Dropdown([ANY_OUTLET], value=ANY_OUTLET, label="Outlet", min_width=150)
                                    author = gr.Textbox(label="Author", max_lines=1, min_width=110)
                                    language = gr.Textbox(label="Language", placeholder="en", max_lines=1, min_width=80)
                                with gr.Row(elem_id="only-articles"):
                                    chosen = gr.Textbox(label=limits.ARTICLES, max_lines=1, min_width=150)
                                    reprints = gr.Checkbox(
                                        value=False, label=limits.REPRINTS, container=False, min_width=110
                                    )
                                understand = gr.Checkbox(
                                    value=True, label=limits.UNDERSTAND, container=False, elem_id="understand"
                                )
                                gr.HTML(limits.HINT, apply_default_css=False)
                            new = gr.Button("New conversation", size="sm", elem_id="new", scale=0, min_width=140)
                with gr.Tab("Articles", id="articles") as articles:
                    wanted, shelf, removed = articles_tab(assistant, clicks)
                with gr.Tab("Add articles", id="add"):
                    updated, report = editor_tab(assistant, clicks)
            with gr.Column(elem_id="desk-reader", scale=5, min_width=0):
                reader = gr.HTML(
                    reader_pane.EMPTY,
                    js_on_load=(_HERE / "reader.js").read_text(encoding="utf-8"),
                    elem_id="reader",
                    apply_default_css=False,
                )

        # Asking

        def on_ask(before: asking.Exchanges, name: str | None, *typed: Any) -> Iterator[Any]:
            text, *fields = typed
            grown = before
            if not (text or "").strip():
                gr.Info("Type a question first.", duration=4)
                yield tuple(gr.skip() for _ in range(6))
                return
            with closing(asking.ask(assistant, before, text, limits.Typed(*fields))) as stages:
                for stage in stages:
                    if stage is grown:
                        # Nothing is new, but here the reader may stop it.
                        yield tuple(gr.skip() for _ in range(6))
                        continue
                    grown = stage
                    if grown[-1].answer is None and grown[-1].error is None:
                        conversations.keep(name or "", len(before), grown[-1])
                    yield grown, chat.conversation(grown), "", gr.skip(), *buttons(grown)
            conversations.keep(name or "", len(before), grown[-1])
            # An editor may have updated the index since this page was opened.
            yield gr.skip(), gr.skip(), gr.skip(), masthead(assistant), *buttons(grown)

        def buttons(shown: asking.Exchanges) -> tuple[Any, Any]:
            """Ask, or in its place Stop while a language model may be at work."""
            busy = bool(shown) and not shown[-1].is_whole and assistant.has_chat_model
            return gr.update(visible=not busy), gr.update(visible=busy)

        def on_stop(shown: asking.Exchanges, name: str | None) -> Any:
            ended = asking.stopped(shown)
            if ended:
                conversations.keep(name or "", len(ended) - 1, ended[-1])
            return ended, chat.conversation(ended) if ended else gr.skip(), *buttons(ended)

        def on_suggest(clicked: gr.EventData) -> str:
            return str(sent(clicked).get("question", ""))

        def on_ask_literally(clicked: gr.EventData) -> tuple[str, bool]:
            return on_suggest(clicked), False

        def on_new(name: str | None) -> Any:
            return name, (), _opening(listing), reader_pane.EMPTY, *buttons(())

        def on_return(name: str | None) -> Any:
            kept = conversations.kept(name or "")
            return name, kept, chat.conversation(kept) if kept else gr.skip()

        ask: dict[str, Any] = {
            "fn": on_ask,
            "inputs": [exchanges, tab, box, *dates, outlet, author, language, chosen, reprints, understand],
            "outputs": [exchanges, conversation, box, head, send, stop],
            "concurrency_id": "ask",
            "concurrency_limit": ASKING,
            **QUIET,
        }
        asked = [gr.on([box.submit, send.click], **ask)]
        suggested = conversation.suggest(on_suggest, None, box, queue=False, **QUIET)
        asked.append(suggested.then(**ask))
        literal = conversation.ask_literally(on_ask_literally, None, [box, understand], queue=False, **QUIET)
        asked.append(literal.then(**ask))
        begun = {"js": f"() => ({names})(true)", "queue": False, **QUIET}
        new.click(on_new, tab, [tab, exchanges, conversation, reader, send, stop], cancels=asked, **begun)
        stopping = [exchanges, conversation, send, stop]
        stop.click(on_stop, [exchanges, tab], stopping, cancels=asked, queue=False, **QUIET)

        # Reading

        def on_open_citation(before: asking.Exchanges, clicked: gr.EventData) -> Any:
            return asking.opened_citation(assistant, before, sent(clicked)) or gr.skip()

        def on_open_article(clicked: gr.EventData) -> str:
            try:
                return asking.opened_article(assistant, str(sent(clicked).get("article")))
            except Exception as error:
                return editor_view.failure(asking.explained(error))

        conversation.open_citation(on_open_citation, exchanges, reader, queue=False, **QUIET)
        for place in (conversation, shelf, report):
            place.open_article(on_open_article, None, reader, queue=False, **QUIET)

        # What is indexed

        def on_refresh(before: asking.Exchanges, words: str | None, chosen: str) -> Any:
            try:
                outlets = [ANY_OUTLET, *listing.outlets()]
                shown = listing.shown(words or "")
            except DatelineError as error:
                outlets, shown = [ANY_OUTLET], editor_view.failure(error)
            choice = gr.update(choices=outlets, value=chosen if chosen in outlets else ANY_OUTLET)
            return masthead(assistant), gr.skip() if before else _opening(listing), shown, choice

        refresh: dict[str, Any] = {
            "fn": on_refresh,
            "inputs": [exchanges, wanted, outlet],
            "outputs": [head, conversation, shelf, outlet],
            "queue": False,
            **QUIET,
        }
        back = {"js": f"() => ({names})(false)", "queue": False, **QUIET}
        page.load(on_return, tab, [tab, exchanges, conversation], **back).then(**refresh)
        articles.select(**refresh)
        updated.then(**refresh)
        wanted.change(**refresh, trigger_mode="always_last")
        conversation.add_articles(lambda: gr.Tabs(selected="add"), None, tabs, queue=False, **QUIET)
        removed.then(**refresh)
    return page


def _opening(listing: Listing) -> str:
    """What stands in an empty conversation; where the index cannot be opened, why."""
    try:
        entries = listing.entries()
    except DatelineError as error:
        return chat.conversation((), editor_view.failure(error))
    return chat.conversation((), chat.opening(listing.suggestions(), entries[:_HEADLINES], len(entries)))
