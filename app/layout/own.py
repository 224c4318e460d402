"""Data of one's own over m(t): a button and the name of what is shown, and the dialog that takes them."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from ..page import ids
from .attributes import attributes

WORDS = (
    "Two columns, time and overlap, are drawn over m(t), linear or logarithmic. Paste them here, choose a file, or "
    "drop one anywhere on the page. They stay in this browser: nothing is sent to the server."
)


def own_button() -> Component:
    """What opens the dialog; what is shown, and what takes it away."""
    return html.Div(
        [
            _button("Own data", "open", title="Draw a CSV file of one's own over m(t)"),
            html.Span(id=ids.OWN_NAME, className="own-name", **attributes("aria-live", "polite")),
            _button("×", "remove", label="Remove own data", hidden=True),
        ],
        className="own",
    )


def own_body() -> Component:
    """What the dialog holds."""
    text = html.Textarea(
        id=ids.OWN_TEXT,
        rows=8,
        placeholder="time,overlap\n0.1,1e-10\n1,3e-10\n…",
        className="own-text",
        spellCheck="false",
        **attributes("aria-label", "Time and overlap, a row a line"),
        **attributes("aria-describedby", ids.OWN_ERROR),
    )
    buttons = [_button("Draw it", "text"), _button("Choose a file …", "file")]
    return html.Div(
        [
            html.P(WORDS, className="caption"),
            text,
            html.Div(id=ids.OWN_ERROR, className="control-error", role="alert"),
            html.Div(buttons, className="own"),
        ],
        className="own-body",
    )


def _button(text: str, what: str, *, title: str = "", label: str = "", hidden: bool = False) -> Component:
    said = attributes("aria-label", label) if label else {}
    return html.Button(
        text,
        className="tool small",
        title=title or None,
        hidden=hidden,
        **attributes("data-own", what),
        **said,
    )
