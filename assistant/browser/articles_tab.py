"""The tab that lists the articles: search, open, remove."""

# No `from __future__ import annotations`: Gradio reads the annotations of callbacks, and these name a local import.

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.browser import asking, editor, editor_view
from assistant.browser.events import UPDATING, sent

if TYPE_CHECKING:
    import gradio as gr

    from assistant.assistant import Assistant


def articles_tab(assistant: "Assistant", clicks: str) -> "tuple[gr.Textbox, gr.HTML, gr.events.Dependency]":
    """Build the tab where the caller stands. Returns the search box, the list, and the event of a removal.

    What the list shows is the caller's to fill in, since it changes with the index.
    """
    import gradio as gr

    wanted = gr.Textbox(label="Search the articles", placeholder="Title, outlet, date or id", elem_id="wanted")
    removal = gr.HTML(elem_id="removal", apply_default_css=False)
    shelf = gr.HTML(js_on_load=clicks, elem_id="shelf", apply_default_css=False)

    def on_remove(clicked: gr.EventData) -> Iterator[str]:
        article_id = str(sent(clicked).get("article"))
        try:
            for step in editor.updating(lambda progress: assistant.remove([article_id], progress=progress)):
                yield editor_view.progress(step) if isinstance(step, editor.Stage) else editor_view.report(step, {})
        except Exception as error:
            yield editor_view.failure(asking.explained(error))

    return wanted, shelf, shelf.remove_article(on_remove, None, removal, **UPDATING)
