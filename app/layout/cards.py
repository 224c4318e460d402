"""A card: a title, its views, where its numbers came from, an export menu, one picture and a live sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from ..page import ids
from ..page.catalogue import Description, Look

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
MOST_SEGMENTS: Final = 4  # more views than these are a list
DATA_FORMATS: Final = (("csv", "CSV"), ("json", "JSON"), ("npz", "NPZ"))
PICTURE_FORMATS: Final = (("png", "PNG picture"), ("svg", "SVG picture"))


def attributes(name: str, value: str) -> dict[str, Any]:
    """An attribute whose name is no Python name, such as ``aria-label``."""
    return {name: value}


def note(card: ids.CardIds) -> Component:
    """Where the numbers of a card came from."""
    return html.Span("…", id=card.note, className="note")


def export_menu(card: ids.CardIds, title: str, table: str) -> Component:
    """Pictures made by the browser, numbers by the data addresses."""
    numbers = [
        *((f"{text} data", f"{table}.{kind}") for kind, text in DATA_FORMATS),
        ("Show as a table", f"table:{table}"),
    ]
    orders = [
        *((text, kind) for kind, text in PICTURE_FORMATS),
        *(numbers if table else ()),
    ]
    items = [
        html.Button(text, className="menu-item", **attributes("data-export", f"{card.name}:{order}"))
        for text, order in orders
    ]
    summary = html.Summary("Export", className="tool small", **attributes("aria-label", f"Export: {title}"))
    return html.Details([summary, html.Div(items, className="menu-items")], id=card.export, className="menu")


def choice_of(look: Look) -> Component:
    """All views of a look beside each other, one of them chosen."""
    segments: Component = dmc.SegmentedControl(
        id=ids.choice(look.name),
        data=[{"value": view.name, "label": view.words} for view in look.views],
        value=look.default[0],
        size="xs",
        attributes={"root": {"aria-label": look.words}},
    )
    return segments


def look_control(look: Look, title: str) -> Component:
    """The choice between a card's views: a menu of boxes where several may be chosen, a list where there are many."""
    name = ids.choice(look.name)
    data = [{"value": view.name, "label": view.words} for view in look.views]
    if look.many:
        return _boxes(look, name, title)
    if len(data) <= MOST_SEGMENTS:
        return choice_of(look)
    listed: Component = dmc.Select(
        id=name,
        data=data,
        value=look.default[0],
        size="xs",
        w=172,
        allowDeselect=False,
        comboboxProps={"withinPortal": True},
        attributes={"input": {"aria-label": look.words}},
    )
    return listed


def _boxes(look: Look, name: str, title: str) -> Component:
    boxes = dmc.CheckboxGroup(
        [
            dmc.Checkbox(label=view.words, value=view.name, size="xs", className="line-family")
            for view in look.views
        ],
        id=name,
        value=list(look.default),
        attributes={"root": {"aria-label": look.words}},
    )
    words = look.name.capitalize()
    summary = html.Summary(words, className="tool small", **attributes("aria-label", f"{words}: {title}"))
    return html.Details(
        [summary, html.Div(boxes, className="menu-items")], className="menu", id=ids.menu(look.name)
    )


def card(
    description: Description, *, overlay: Sequence[Component] = (), below: Sequence[Component] = ()
) -> Component:
    """One card of the page.

    Parameters
    ----------
    description : Description
        What it is.
    overlay, below : sequences of components
        Over the picture; between the picture and the sentence.
    """
    card = ids.CardIds(description.name)
    tools: list[Component] = []
    if description.look is not None:
        tools.append(look_control(description.look, description.title))
    tools.append(note(card))
    if description.has_picture:
        tools.append(export_menu(card, description.title, description.table))
    head = html.Div(
        [
            html.H2(description.title, id=f"{card.card}-title"),
            html.Div(tools, className="card-tools"),
        ],
        className="card-head",
    )
    return html.Section(
        [
            head,
            _picture(card, overlay, below) if description.has_picture else _words(card),
            html.Button("Retry", id=card.retry, className="retry"),
        ],
        id=card.card,
        className="card",
        **attributes("aria-labelledby", f"{card.card}-title"),
    )


def _picture(card: ids.CardIds, overlay: Sequence[Component], below: Sequence[Component]) -> Component:
    graph = dcc.Graph(id=card.graph, figure=EMPTY, config=GRAPH_CONFIG, responsive=True, className="graph")
    return html.Figure(
        [
            html.Div([graph, *overlay], className="picture"),
            *below,
            html.Figcaption(id=card.caption, className="caption"),
        ],
        className="card-body",
        role="group",
    )


def _words(card: ids.CardIds) -> Component:
    return html.Div(
        id=card.caption,
        className="sentence",
        tabIndex=0,  # it may scroll
        **attributes("aria-live", "polite"),
    )
