"""What the editor sees, as HTML: what was recognised, what is staged, how far an update is, and its report."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.browser import wording
from assistant.browser.editor import Form, Stage, Staged
from index.errors import DatelineError
from index.read import ReadArticle, Unread
from index.update import UpdateReport

_MOST_SHOWN = 50
"""Failures, and lines left out; each of them is worth reading."""

_FEW = 10
"""Articles that went well."""

_STAGES = {"reading": "Reading", "embedding": "Embedding", "storing": "Storing", "probing": "Trying"}
_UNITS = {"reading": "article", "embedding": "article", "storing": "passage", "probing": "passage"}


def preview(form: Form, removed: Sequence[str]) -> str:
    """What is left of a pasted page, and what was left out of it."""
    if not form.text:
        return ""
    words = wording.counted(len(form.text.split()), "word")
    left_out = ""
    if removed:
        lines = "".join(f"<li>{escape(wording.beginning(line, 200))}</li>" for line in removed[:_MOST_SHOWN])
        left_out = (
            f"<details><summary>{wording.counted(len(removed), 'line')} left out</summary><ul>{lines}</ul></details>"
        )
    return f"""
<div class="preview">
  <p class="preview-count">{words} of text, beginning “{escape(wording.beginning(form.text, 90))}”</p>
  {left_out}
</div>"""


def staged(items: Staged) -> str:
    """What the next update will take in, and the files that could not be read."""
    if not items:
        return '<p class="list-empty">Nothing is staged.</p>'
    numbered = list(enumerate(items))
    failed = [one for one in numbered if isinstance(one[1], Unread)]
    read = [one for one in numbered if isinstance(one[1], ReadArticle)]
    rows = "".join(_staged(place, item) for place, item in (*failed[:_MOST_SHOWN], *read[:_FEW]))
    count = wording.counted(len(read), "article")
    count += f", {len(failed):,} could not be read" if failed else ""
    clear = '<button type="button" class="remove" data-event="unstage" data-place="all">Take all out</button>'
    return f"""
<p class="list-count" role="status">{count}{clear if len(items) > 1 else ""}</p>
<ul class="articles">{rows}{_and_more(len(read))}</ul>"""


def progress(now: Stage) -> str:
    """The stages, and a bar for the one under way."""
    names = list(_STAGES)
    at = names.index(now.stage) if now.stage in names else 0
    steps = "".join(
        f'<li class="{"done" if place < at else "now" if place == at else "ahead"}">{_STAGES[name]}</li>'
        for place, name in enumerate(names)
    )
    counted = wording.counted(now.total if now.total is not None else now.done, _UNITS.get(now.stage, "part"))
    words = f"{now.done:,} of {counted}" if now.total is not None else counted
    share = f'style="width: {min(100, 100 * now.done // now.total)}%"' if now.total else 'class="unknown"'
    return f"""
<div class="update" role="status">
  <ol class="stages">{steps}</ol>
  <div class="bar" aria-hidden="true"><span {share}></span></div>
  <p class="aside">{words}. Readers go on asking meanwhile.</p>
</div>"""


def report(done: UpdateReport, titles: dict[str, str]) -> str:
    """What an update did; `titles` are those of the articles it was given, by id."""
    counts = [
        (len(done.added), "added"),
        (len(done.updated), "updated"),
        (len(done.removed), "removed"),
        (done.unchanged, "unchanged"),
    ]
    words = ", ".join(f"{number:,} {name}" for number, name in counts if number) or "Nothing to do"
    serving = ""
    if done.changed and done.serving:
        held = f"{wording.counted(done.serving.articles, 'article')}, {wording.counted(done.serving.chunks, 'passage')}"
        aside = f"{done.seconds:.1f} s · {done.serving.name}"
        serving = f'<p>The new index serves already: {held}.</p><p class="aside">{aside}</p>'
    elif not done.failures:
        serving = "<p>The index held just this; it serves on unchanged.</p>"
    new = [*done.added, *done.updated]
    links = "".join(
        f'<li><button type="button" class="source" data-event="open_article" data-article="{escape(one)}">'
        f'<span class="source-title">{escape(titles.get(one) or one)}</span></button></li>'
        for one in new[:_FEW]
    )
    failures = "".join(f'<li class="unread">{_unread(failure)}</li>' for failure in done.failures[:_MOST_SHOWN])
    if failures:
        failures = f'<p>{len(done.failures):,} could not be taken in:</p><ul class="articles">{failures}</ul>'
    return f"""
<div class="report" role="status">
  <h3>{words}</h3>
  {serving}
  {failures}
  {f'<ul class="report-articles">{links}{_and_more(len(new))}</ul>' if links else ""}
</div>"""


def failure(error: DatelineError) -> str:
    """An error of the editor's work."""
    return f"""
<div class="failure" role="alert">
  <p class="failure-problem">{escape(error.problem)}</p>
  <p>{escape(error.remedy)}</p>
</div>"""


def _staged(place: int, item: ReadArticle | Unread) -> str:
    button = f'<button type="button" class="remove" data-event="unstage" data-place="{place}"'
    if isinstance(item, Unread):
        return f'<li class="unread">{_unread(item)}{button} aria-label="Dismiss">Dismiss</button></li>'
    title = wording.title(item.article)
    return f"""
<li>
  <span class="listed"><span class="listed-title">{title}</span>
    <span class="listed-origin">{wording.origin(item.article)}<code>{escape(item.origin)}</code></span></span>
  {button} aria-label="Take out “{title}”">Take out</button>
</li>"""


def _and_more(number: int) -> str:
    return f'<li class="more">and {number - _FEW:,} more</li>' if number > _FEW else ""


def _unread(item: Unread) -> str:
    return (
        f'<span class="listed"><span class="listed-title">{escape(item.where)}</span>'
        f'<span class="listed-origin">{escape(item.problem)} {escape(item.remedy)}</span></span>'
    )
