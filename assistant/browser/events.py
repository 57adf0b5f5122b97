"""What every event of the page has in common, and what a click brings along."""

from __future__ import annotations

from typing import Any

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""Of every event: no veil over what is shown, and no entry in Gradio's own API. Ours is /api."""

UPDATING: dict[str, Any] = {"concurrency_id": "update", "concurrency_limit": 1, **QUIET}
"""Of an event that changes the index: one at a time, beside the questions and not before them."""


def sent(clicked: Any) -> dict[str, Any]:
    """What a click sent; a browser may send anything."""
    return clicked._data if isinstance(clicked._data, dict) else {}
