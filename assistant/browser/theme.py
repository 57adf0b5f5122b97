"""How Gradio's own parts look: its theme in the page's colours, with the fonts that a machine has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes import Base

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")


def theme() -> Base:
    """The theme. Its colours are the variables of style.css, which knows light and dark."""
    import gradio as gr

    colours = {
        "body_background_fill": "var(--paper)",
        "body_text_color": "var(--ink)",
        "body_text_color_subdued": "var(--ink-soft)",
        "background_fill_primary": "var(--paper)",
        "background_fill_secondary": "var(--paper)",
        "block_background_fill": "var(--paper)",
        "block_border_color": "var(--rule)",
        "block_label_text_color": "var(--ink-soft)",
        "block_title_text_color": "var(--ink-soft)",
        "border_color_primary": "var(--rule)",
        "border_color_accent": "var(--accent)",
        "color_accent": "var(--accent)",
        "color_accent_soft": "var(--accent-soft)",
        "link_text_color": "var(--accent)",
        "input_background_fill": "var(--sheet)",
        "input_background_fill_focus": "var(--sheet)",
        "input_border_color": "var(--edge)",
        "input_border_color_focus": "var(--accent)",
        "input_placeholder_color": "var(--ink-soft)",
        "button_primary_background_fill": "var(--button)",
        "button_primary_background_fill_hover": "var(--button-strong)",
        "button_primary_text_color": "var(--on-button)",
        "button_secondary_background_fill": "transparent",
        "button_secondary_background_fill_hover": "var(--accent-soft)",
        "button_secondary_border_color": "var(--edge)",
        "button_secondary_text_color": "var(--ink)",
        "checkbox_background_color": "var(--sheet)",
        "checkbox_background_color_selected": "var(--button)",
        "checkbox_border_color": "var(--edge)",
        "checkbox_border_color_selected": "var(--button)",
        "checkbox_label_text_color": "var(--ink)",
    }
    # Gradio has a second set for dark mode; ours is in the variables. The one accent has no dark twin.
    dark = {f"{name}_dark": value for name, value in colours.items() if name != "color_accent"}
    return gr.themes.Base(font=SANS, font_mono=MONO, radius_size="sm", spacing_size="md").set(
        **colours, **dark, block_border_width="0px", block_shadow="none"
    )
