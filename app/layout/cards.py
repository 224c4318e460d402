"""A card: a title, where its numbers came from, an export menu, one picture and a live sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from app import ids

GRAPH_CONFIG: Final[Any] = {
    "displaylogo": False,
    "showSendToCloud": False,
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": "reset",
    "responsive": True,
}
EMPTY: Final[dict[str, Any]] = {
    "data": [],
    "layout": {
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
    },
}
DATA_FORMATS: Final = (("csv", "CSV"), ("json", "JSON"), ("npz", "NPZ"))
PICTURE_FORMATS: Final = (("png", "PNG picture"), ("svg", "SVG picture"))


def attributes(name: str, value: str) -> dict[str, Any]:
    """An attribute whose name is no Python name, such as ``aria-label``."""
    return {name: value}


def note(panel: ids.Panel) -> Component:
    """Where the numbers of a card came from."""
    return html.Span("…", id=panel.note, className="note")


def export_menu(panel: ids.Panel, title: str, table: str) -> Component:
    """Pictures made by the browser, numbers by the data addresses."""
    orders = [
        *((text, kind) for kind, text in PICTURE_FORMATS),
        *((f"{text} data", f"{table}.{kind}") for kind, text in DATA_FORMATS),
        ("Show as a table", f"table:{table}"),
    ]
    items = [
        html.Button(text, className="menu-item", **attributes("data-export", f"{panel.name}:{order}"))
        for text, order in orders
    ]
    summary = html.Summary("Export", className="tool small", **attributes("aria-label", f"Export: {title}"))
    return html.Details([summary, html.Div(items, className="menu-items")], id=panel.export, className="menu")


def graph(panel: ids.Panel, overlay: Sequence[Component] = ()) -> Component:
    """The picture, with anything that floats over it."""
    return html.Div(
        [
            dcc.Graph(id=panel.graph, figure=EMPTY, config=GRAPH_CONFIG, responsive=True, className="graph"),
            *overlay,
        ],
        className="picture",
    )


def card(
    panel: ids.Panel,
    title: str,
    *,
    table: str,
    tools: Sequence[Component] = (),
    overlay: Sequence[Component] = (),
    below: Sequence[Component] = (),
) -> Component:
    """One card of the page.

    Parameters
    ----------
    panel : ids.Panel
        Its ids.
    title : str
        Its heading.
    table : str
        Name of its data address, such as ``"flow"``.
    tools, overlay, below : sequences of components
        Beside the heading; over the picture; between the picture and the sentence.
    """
    return html.Section(
        [
            html.Div(
                [
                    html.H2(title, id=f"{panel.card}-title"),
                    html.Div([*tools, note(panel), export_menu(panel, title, table)], className="card-tools"),
                ],
                className="card-head",
            ),
            html.Figure(
                [
                    graph(panel, overlay),
                    *below,
                    html.Figcaption(id=panel.caption, className="caption"),
                ],
                className="card-body",
                role="group",
            ),
            html.Button("Retry", id=panel.retry, className="retry"),
        ],
        id=panel.card,
        className="card",
        **attributes("aria-labelledby", f"{panel.card}-title"),
    )
