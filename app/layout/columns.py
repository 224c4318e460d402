"""The page's three columns: controls and story; the diagram and the sentence about the point on it; the other cards."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from ..page import ids
from ..page.catalogue import Catalogue
from ..page.story import STORY
from .cards import attributes, card
from .controls import CONTROLS, row
from .extras import BELOW, OVERLAYS
from .instance import instance_controls


def parameter_column() -> Component:
    """The controls, then the story."""
    buttons = [
        html.Button(
            [html.Span(point.key, className="story-key"), point.title],
            className="story-button",
            **attributes("data-story", point.key),
        )
        for point in STORY
    ]
    return html.Aside(
        [
            html.H2("Parameters"),
            html.Div(id=ids.ADDRESS_ERROR, className="control-error", role="alert"),
            *[row(control) for control in CONTROLS],
            instance_controls(),
            html.H2("Story"),
            html.Div(buttons, className="story"),
        ],
        className="column parameters",
        **attributes("aria-label", "Parameters"),
    )


def card_column(catalogue: Catalogue, column: str) -> Component:
    """The cards of one column, in the order of the catalogue."""
    cards = [
        card(
            description,
            overlay=[OVERLAYS[description.name]()] if description.name in OVERLAYS else (),
            below=[BELOW[description.name](description)] if description.name in BELOW else (),
        )
        for description in catalogue.cards.values()
        if description.column == column
    ]
    return html.Div(cards, className=f"column {column}")
