"""The tab where articles are added: paste, upload, what is staged, and the update of the index."""

# No `from __future__ import annotations`: Gradio reads the annotations of callbacks, and these name a local import.

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.browser import asking, editor, editor_view
from assistant.browser.editor import Form, Staged
from assistant.browser.events import QUIET, UPDATING, sent
from index.errors import DatelineError
from index.read import READERS, ReadArticle

if TYPE_CHECKING:
    import gradio as gr

    from assistant.assistant import Assistant

_KINDS = [*READERS, ".gz"]

_NOTHING = DatelineError("Nothing is staged.", "Paste an article or upload files first.")


def editor_tab(assistant: "Assistant", clicks: str) -> "tuple[gr.events.Dependency, gr.HTML]":
    """Build the tab where the caller stands. Returns the event of an update, and the HTML that holds its report."""
    import gradio as gr

    staged = gr.State(())
    recognised_in = gr.State("")
    with gr.Row(elem_id="sources-of-articles"):
        raw = gr.Textbox(
            label="Paste an article, as it stands on its page",
            placeholder="Headline, byline, date and text. What the page put around them is left out.",
            lines=8,
            max_lines=14,
            elem_id="paste",
            scale=3,
            min_width=260,
        )
        files = gr.File(
            label="Or upload files", file_count="multiple", file_types=_KINDS, elem_id="upload", scale=2, min_width=200
        )
    with gr.Column(visible=False, elem_id="recognised") as recognised:
        preview = gr.HTML(apply_default_css=False)
        title = gr.Textbox(label="Title", max_lines=3)
        with gr.Row():
            source = gr.Textbox(label="Outlet", max_lines=1, min_width=140)
            published = gr.Textbox(label="Published", placeholder="undated", max_lines=1, min_width=140)
            authors = gr.Textbox(label="Authors", placeholder="one, another", max_lines=1, min_width=140)
            url = gr.Textbox(label="URL", placeholder="https://…", max_lines=1, min_width=140)
        stage = gr.Button("Stage this article", elem_id="stage", size="sm")
    fields = [title, source, published, authors, url]
    gr.HTML('<h2 class="part">Staged</h2>', apply_default_css=False)
    list_of_staged = gr.HTML(editor_view.staged(()), js_on_load=clicks, elem_id="staged", apply_default_css=False)
    update = gr.Button("Update index", variant="primary", elem_id="update")
    report = gr.HTML(js_on_load=clicks, elem_id="report", apply_default_css=False)

    def on_paste(text: str) -> Any:
        form, removed = editor.recognised(text or "")
        values = (form.title, form.source, form.published, form.authors, form.url)
        return text, gr.update(visible=bool((text or "").strip())), editor_view.preview(form, removed), *values

    def with_pasted(items: Staged, text: str, known: str, *values: str) -> Staged:
        """What is staged and, if something is in the box, that too. Raises ReadError."""
        if not (text or "").strip():
            return items
        # Whoever pastes and presses at once is faster than the fields are filled.
        form = Form(text, *(value or "" for value in values)) if text == known else editor.recognised(text)[0]
        return editor.with_more(items, [editor.pasted(text, form)])

    def on_stage(items: Staged, *typed: str) -> Any:
        try:
            items = with_pasted(items, *typed)
        except DatelineError as error:
            return gr.skip(), gr.skip(), gr.skip(), editor_view.failure(error)
        return items, editor_view.staged(items), "", ""

    def on_upload(items: Staged, paths: list[str] | None) -> Any:
        try:
            items = editor.with_more(items, editor.uploaded([Path(path) for path in paths or []]))
        except Exception as error:
            return gr.skip(), gr.skip(), None, editor_view.failure(asking.explained(error))
        return items, editor_view.staged(items), None, ""

    def on_unstage(items: Staged, clicked: gr.EventData) -> Any:
        place = sent(clicked).get("place")
        items = tuple(item for number, item in enumerate(items) if place not in ("all", str(number)))
        return items, editor_view.staged(items)

    def on_update(items: Staged, *typed: str) -> Iterator[Any]:
        try:
            items = with_pasted(items, *typed)
            if not items:
                raise _NOTHING
            yield items, editor_view.staged(items), "", editor_view.progress(editor.Stage("reading", 0, None))
            for step in editor.updating(lambda progress: assistant.add(items, progress=progress)):
                if isinstance(step, editor.Stage):
                    yield gr.skip(), gr.skip(), gr.skip(), editor_view.progress(step)
                else:
                    titles = {one.article.id: one.article.title for one in items if isinstance(one, ReadArticle)}
                    yield (), editor_view.staged(()), gr.skip(), editor_view.report(step, titles)
        except Exception as error:
            yield gr.skip(), gr.skip(), gr.skip(), editor_view.failure(asking.explained(error))

    typed = [raw, recognised_in, *fields]
    shown = [staged, list_of_staged, raw, report]
    raw.change(
        on_paste, raw, [recognised_in, recognised, preview, *fields], queue=False, trigger_mode="always_last", **QUIET
    )
    stage.click(on_stage, [staged, *typed], shown, queue=False, **QUIET)
    files.upload(on_upload, [staged, files], [staged, list_of_staged, files, report], concurrency_id="upload", **QUIET)
    list_of_staged.unstage(on_unstage, staged, [staged, list_of_staged], queue=False, **QUIET)
    updated = update.click(on_update, [staged, *typed], shown, **UPDATING)
    return updated, report
