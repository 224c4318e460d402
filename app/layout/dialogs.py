"""What opens over the page: keys, theory, the ensemble, data of one's own, a table of numbers."""

from __future__ import annotations

from typing import Final

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from ..page import ids
from .attributes import attributes
from .ensemble import ensemble_body
from .own import own_body

THEORY_PAGES: Final = (
    ("landscape", "Landscape"),
    ("dynamics", "Flow"),
    ("landscapes", "Other landscapes"),
    ("simulation", "Finite N"),
    ("atlas", "Measured"),
    ("notation", "Notation"),
    ("glossary", "Glossary"),
    ("references", "References"),
)
KEYS: Final = (
    ("0 … 8", "go to a point of the story"),
    ("arrows", "move the point on the phase diagram (when it has the focus; Shift: ten times as far)"),
    ("space", "play the flow from its start, or pause"),
    ("PageDown, PageUp", "next of the story, or back; in a lecture also → and ←"),
    ("[ and ]", "lower or raise p"),
    ("C", "pin this point, to compare others with it"),
    ("F", "give the page to the picture under the pointer or with the focus, or back to all"),
    ("L", "lecture: two large pictures, or all again"),
    ("D", "dark or light"),
    ("S", "copy the link to what you see"),
    ("P", "copy the Python lines that compute it"),
    ("T", "the theory behind the pictures"),
    ("?", "this list"),
    ("Esc", "close what is open; end the tour; back to all pictures"),
)


def dialogs() -> list[Component]:
    """What opens over the page."""
    rows = [html.Tr([html.Th(key, scope="row"), html.Td(what)]) for key, what in KEYS]
    keys = html.Table(html.Tbody(rows), className="keys")
    switch = dmc.Switch(
        id=ids.KEYS_SWITCH, label="Keys of one character work (turn them off for speech input)", checked=True
    )
    pages = dmc.SegmentedControl(
        id=ids.THEORY_PAGE,
        data=[{"value": value, "label": label} for value, label in THEORY_PAGES],
        value=THEORY_PAGES[0][0],
        size="xs",
        attributes={"root": {"aria-label": "Page of the theory"}},
    )
    return [
        _dialog(ids.HELP, "Keys", html.Div([switch, keys])),
        _dialog(
            ids.THEORY,
            "Theory",
            html.Div([pages, html.Div(id=ids.THEORY_BODY, className="theory-body", tabIndex=0)]),
        ),
        _dialog(ids.ENSEMBLE, "Ensemble of instances", ensemble_body()),
        _dialog(ids.OWN, "Own data over m(t)", own_body()),
        _dialog(ids.TABLE, "Data", html.Div(id=ids.TABLE_BODY, className="table-body", tabIndex=0)),
    ]


def _dialog(name: str, title: str, body: Component) -> Component:
    close = html.Button("Close", className="tool small", **attributes("data-close", name))
    head = html.Div([html.H2(title, id=f"{name}-title"), close], className="card-head")
    return html.Dialog([head, body], id=name, **attributes("aria-labelledby", f"{name}-title"))
