"""A card: a title, its views, an export menu, one picture, a live sentence, where its numbers came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from ..page import ids
from ..page.catalogue import Description, Look
from ..page.glossary import ABOUT
from .attributes import attributes
from .exports import export_menu

GRAPH_CONFIG: Final[Any] = {
    "displaylogo": False,
    "showSendToCloud": False,
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,  # a tap on a phone counts as two clicks
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


def note(card: ids.CardIds) -> Component:
    """Where the numbers of a card came from."""
    return html.Span("…", id=card.note, className="note")


def retry(card: ids.CardIds) -> Component:
    """Asks again; seen when a card has failed."""
    return html.Button("Retry", id=card.retry, className="retry")


def alone_button(card: ids.CardIds, title: str) -> Component:
    """Gives the whole page to this card, and takes it back."""
    return html.Button(
        html.Span(className="alone-sign"),
        className="tool small alone",
        title="Show alone, or all (F)",
        **attributes("data-alone", card.name),
        **attributes("aria-label", f"Show alone: {title}"),
        **attributes("aria-pressed", "false"),
    )


def about_button(card: ids.CardIds, title: str) -> Component:
    """Tells what the picture shows."""
    return html.Button(
        "?",
        className="tool small about",
        title="What am I looking at?",
        **attributes("data-about", card.name),
        **attributes("aria-label", f"What am I looking at? {title}"),
        **attributes("aria-expanded", "false"),
    )


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
        w=160,
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
    description: Description,
    *,
    overlay: Sequence[Component] = (),
    below: Sequence[Component] = (),
    foot: Sequence[Component] = (),
) -> Component:
    """One card of the page with a picture.

    Parameters
    ----------
    description : Description
        What it is.
    overlay, below, foot : sequences of components
        Over the picture; between the picture and the sentence; beside the sentence.
    """
    card = ids.CardIds(description.name)
    tools: list[Component] = []
    if description.look is not None:
        tools.append(look_control(description.look, description.title))
    if description.name in ABOUT:
        tools.append(about_button(card, description.title))
    tools += [export_menu(description), alone_button(card, description.title)]
    head = html.Div(
        [
            html.H2(description.title, id=f"{card.card}-title"),
            html.Span("look here", className="watch-sign", hidden=True),
            html.Div(tools, className="card-tools"),
        ],
        className="card-head",
    )
    return html.Section(
        [head, _picture(card, overlay, below, foot)],
        id=card.card,
        className="card pinned" if description.pinned else "card",
        **attributes("aria-labelledby", f"{card.card}-title"),
    )


def words(description: Description, *, beside: Sequence[Component] = ()) -> Component:
    """A card of words alone: a strip of fixed height, in which they scroll.

    Parameters
    ----------
    description : Description
        What it is.
    beside : sequence of components
        At its right end.
    """
    card = ids.CardIds(description.name)
    said = html.Div(
        id=card.caption,
        className="sentence",
        tabIndex=0,  # it may scroll
    )
    head = html.Div(
        [html.H2(description.title, id=f"{card.card}-title"), note(card), retry(card)], className="words-head"
    )
    return html.Section(
        [head, said, *beside],
        id=card.card,
        className="card words",
        **attributes("aria-labelledby", f"{card.card}-title"),
    )


def _picture(
    card: ids.CardIds, overlay: Sequence[Component], below: Sequence[Component], foot: Sequence[Component]
) -> Component:
    graph = dcc.Graph(id=card.graph, figure=EMPTY, config=GRAPH_CONFIG, responsive=True, className="graph")
    return html.Figure(
        [
            html.Div([graph, *overlay], className="picture"),
            *below,
            html.Figcaption(
                [
                    html.Div(id=card.caption, className="caption", tabIndex=0),  # all of it with the focus
                    *foot,
                    note(card),
                    retry(card),
                ],
                className="foot",
            ),
        ],
        className="card-body",
        role="group",
    )
