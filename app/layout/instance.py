"""The controls of the real instance: its size, its noise, where it starts, how it goes on."""

from __future__ import annotations

from typing import Final

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from ..page import ids
from .attributes import attributes
from .controls import SAMPLE_CONTROLS, SEED, number_box, row, start_choice
from .ensemble import ensemble_button

#: What a button does (assets/instance.js), its text, and what it means.
ACTIONS: Final = (
    ("new", "New landscape", "Another sample of the noise"),
    ("other", "New start", "The same landscape from another random start"),
    ("flip", "Flip sign", "The same landscape from −x of where the run ended"),
    ("longer", "Go on to 2t", "The same run, continued exactly"),
)


def instance_controls() -> Component:
    """A switch, and what it opens."""
    size, until = SAMPLE_CONTROLS
    start = start_choice(ids.INSTANCE_START, "Where the instance starts")
    buttons = [
        html.Button(text, className="tool small", title=words, **attributes("data-instance", action))
        for action, text, words in ACTIONS
    ]
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Real instance"),
                    dmc.Switch(id=ids.INSTANCE_SWITCH, label="show", size="sm", checked=False),
                ],
                className="instance-head",
            ),
            html.Div(
                [
                    row(size),
                    row(until),
                    number_box(SEED, "seed"),
                    start,
                    html.Div([*buttons, ensemble_button(), _numbers()], className="actions"),
                ],
                id=ids.INSTANCE_CONTROLS,
                className="instance-controls",
                hidden=True,
            ),
        ],
        className="instance",
        **attributes("aria-label", "Real instance"),
    )


def _numbers() -> Component:
    return html.Button(
        "Data (CSV)",
        className="tool small",
        title="The numbers of this run",
        **attributes("data-export", "flow:instance.csv"),
        **attributes("data-needs", "instance"),
    )
