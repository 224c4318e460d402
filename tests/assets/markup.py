"""Parts of the layout as HTML, for a page without Dash."""

from __future__ import annotations

from html import escape
from typing import Any

NAMES = {"className": "class", "tabIndex": "tabindex"}


def markup_of(part: Any) -> str:
    """The HTML of a part that is made of plain elements."""
    if part is None or isinstance(part, str):
        return escape(part or "")
    if isinstance(part, list | tuple):
        return "".join(map(markup_of, part))
    said = part.to_plotly_json()
    assert said["namespace"] == "dash_html_components", said["type"]
    properties = dict(said["props"])
    children = properties.pop("children", None)
    held = {NAMES.get(name, name): value for name, value in properties.items() if value not in (None, False)}
    shown = "".join(f' {name}="{escape(str(value))}"' for name, value in held.items())
    tag = said["type"].lower()
    return f"<{tag}{shown}>{markup_of(children)}</{tag}>"
