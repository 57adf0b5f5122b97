"""The browser face: one page, made with Gradio. The only place that knows Gradio.

page.py          the layout, and which event does what; events.py has what all of them have in common
asking.py        a question asked, a citation opened
chat.py          the conversation as HTML; suggestions.py has questions to begin one with
reader_pane.py   an article with its cited words marked
listing.py       the list of articles; articles_tab.py shows it
editor.py        staging articles and updating the index; editor_tab.py and editor_view.py show it
limits.py        the fields under the question box -> a question
masthead.py      the head of the page
wording.py       how titles, outlets and dates are worded
theme.py         Gradio's own parts in the colours of style.css
clicks.js, reader.js, tab.js, style.css, mark.svg
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.assistant import Assistant


_HEAD = """
<meta name="color-scheme" content="light dark">
<meta name="description" content="Answers from news articles, every citation checked.">
<style>{style}</style>
"""
"""Gradio puts a prefix before every rule that it is given as css, also where it has no place, such as `:root`."""


def mount(app: FastAPI, assistant: Assistant) -> None:
    """Serve the page at "/" of `app`. Mount it last: it takes every path that nothing before it took."""
    import os
    from pathlib import Path

    # Gradio reads these when it is imported, and would otherwise report to its makers and their model hub.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import gradio as gr

    from assistant.browser.page import build_page
    from assistant.browser.theme import theme

    here = Path(__file__).parent
    gr.mount_gradio_app(
        app,
        build_page(assistant),
        path="/",
        theme=theme(),
        head=_HEAD.format(style=(here / "style.css").read_text(encoding="utf-8")),
        favicon_path=str(here / "mark.svg"),
        footer_links=[],
        run_history=False,  # it would keep every question in the browser's own storage
        ssr_mode=False,
        pwa=False,
        enable_monitoring=False,
        show_error=False,
        max_file_size="64mb",
    )
