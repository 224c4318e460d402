"""The page's parts: the column of controls and story; the strip of words; the pictures, and which of them is seen."""

from __future__ import annotations

from typing import Final

from dash import html
from dash.development.base_component import Component

from ..page import ids
from ..page.catalogue import Catalogue
from ..page.story import STORY
from .attributes import attributes
from .cards import card, choice_of, words
from .controls import CONTROLS, row
from .extras import BELOW, FOOT, OVERLAYS, story_steps
from .instance import instance_controls
from .opening import opening
from .pins import comparison, pin_buttons

FIRST: Final = ("d2", "dp", "p")  # in sight; the other controls unfold


def parameter_column() -> Component:
    """The controls, which scroll if they must, then the story, which stays."""
    rows = {control.name: row(control) for control in CONTROLS}
    more = html.Details(
        [
            html.Summary(
                ["More ", html.Span(id=ids.MORE_WORDS, className="more-words")], className="tool small"
            ),
            *[made for name, made in rows.items() if name not in FIRST],
        ],
        id=ids.MORE,
        className="more",
    )
    controls = html.Div(
        [
            html.H2("Parameters", className="visually-hidden"),
            html.Div(id=ids.ADDRESS_ERROR, className="control-error", role="alert"),
            *[rows[name] for name in FIRST],
            more,
            instance_controls(),
        ],
        className="controls",
    )
    buttons = [
        html.Button(
            [html.Span(point.key, className="story-key"), point.title],
            className="story-button",
            **attributes("data-story", point.key),
        )
        for point in STORY
    ]
    story = html.Section(
        [html.H2("Story", id="story-title"), html.Div(buttons, className="story")],
        **attributes("aria-labelledby", "story-title"),
    )
    return html.Aside(
        [controls, pin_buttons(), story], className="parameters", **attributes("aria-label", "Parameters")
    )


def cards(catalogue: Catalogue) -> list[Component]:
    """Words first, then the choice of a picture where there is no room for all, then the pictures."""
    described = catalogue.cards.values()
    return [
        *[
            comparison(one) if one.compares else words(one, beside=[story_steps()])
            for one in described
            if not one.has_picture
        ],
        opening(),
        html.Div(choice_of(catalogue.beside), className="panes"),
        *[
            card(
                one,
                overlay=[OVERLAYS[one.name]()] if one.name in OVERLAYS else (),
                below=[BELOW[one.name](one)] if one.name in BELOW else (),
                foot=[FOOT[one.name](one)] if one.name in FOOT else (),
            )
            for one in described
            if one.has_picture
        ],
    ]
