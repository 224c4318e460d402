"""The ensemble's dialog: sizes, start, time and number of its instances, Run, Cancel, progress, three pictures."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from ..page import ids
from ..page.sample import LADDER, SEEDS
from ..physics import whole
from .attributes import attributes
from .cards import EMPTY, GRAPH_CONFIG
from .controls import start_choice

PICTURES = (
    (ids.ENSEMBLE_BANDS, "m(t) of the instances"),
    (ids.ENSEMBLE_SUCCESS, "Success against N"),
    (ids.ENSEMBLE_ESCAPE, "Escape times"),
)
POLL = 400  # ms
USUAL_SIZES = LADDER[:3]  # larger ones take minutes


def ensemble_button() -> Component:
    """Opens the dialog."""
    return html.Button("Ensemble …", id=ids.ENSEMBLE_BUTTON, className="tool small")


def ensemble_body() -> Component:
    """What the dialog holds."""
    seeds = dmc.SegmentedControl(
        id=ids.ENSEMBLE_SEEDS,
        data=[{"value": str(n), "label": f"{n} seeds"} for n in SEEDS],
        value=str(SEEDS[0]),
        size="xs",
        attributes={"root": {"aria-label": "Instances of each size"}},
    )
    sizes = dmc.ChipGroup(
        [dmc.Chip(f"N = {whole(n)}", value=str(n), size="xs", variant="outline") for n in LADDER],
        id=ids.ENSEMBLE_SIZES,
        value=[str(n) for n in USUAL_SIZES],
        multiple=True,
    )
    until = dmc.TextInput(
        id=ids.ENSEMBLE_UNTIL,
        label="t final time",
        value="",
        size="xs",
        className="number-box",
        inputProps={"inputMode": "decimal"},
        attributes={"input": {"autoComplete": "off", "spellCheck": "false"}},
    )
    asked = html.Div(
        [
            html.Div(
                sizes,
                className="ensemble-sizes",
                role="group",
                **attributes("aria-label", "Sizes N of the instances"),
            ),
            html.Div(start_choice(ids.ENSEMBLE_START, "Where the instances start")),
            until,
        ],
        className="ensemble-head",
    )
    head = html.Div(
        [
            seeds,
            html.Button("Run", id=ids.ENSEMBLE_RUN, className="tool small"),
            html.Button("Cancel", id=ids.ENSEMBLE_CANCEL, className="tool small", disabled=True),
            html.Progress(
                id=ids.ENSEMBLE_PROGRESS, value="0", max="1", **attributes("aria-label", "Instances computed")
            ),
        ],
        className="ensemble-head",
    )
    pictures = [
        html.Figure(
            [
                html.H3(title),
                dcc.Graph(
                    id=name, figure=EMPTY, config=GRAPH_CONFIG, responsive=True, style={"height": "270px"}
                ),
                html.Figcaption(id=ids.caption_of(name), className="caption"),
            ]
        )
        for name, title in PICTURES
    ]
    return html.Div(
        [
            asked,
            html.P(id=ids.ENSEMBLE_HINT, className="caption"),
            head,
            html.P(
                "Real instances at the page's point, several sizes N; nothing has been run yet.",
                id=ids.ENSEMBLE_STATUS,
                className="caption",
                **attributes("aria-live", "polite"),
            ),
            html.Div(pictures, className="ensemble-pictures"),
            dcc.Interval(id=ids.ENSEMBLE_CLOCK, interval=POLL, disabled=True),
            dcc.Store(id=ids.ENSEMBLE_ASKED),
            dcc.Store(id=ids.ENSEMBLE_PLACE),
        ],
        className="ensemble-body",
        tabIndex=0,
    )
