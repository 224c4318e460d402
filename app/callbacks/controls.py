"""Sliders and boxes tell the page's scripts; what a box or an address says is read by the server."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, State

from ..layout.controls import BOXES, CONTROLS, SAMPLE_CONTROLS
from ..page import ids
from ..page.catalogue import Catalogue
from ..page.wire import read_text
from .messages import route


def register(app: Dash, catalogue: Catalogue) -> None:
    """Wire the controls, and add ``POST /read``."""
    boxes = [ids.box(name) for name in BOXES]
    app.clientside_callback(
        ClientsideFunction("page", "slid"),
        *[Input(ids.slider(control.name), "value") for control in (*CONTROLS, *SAMPLE_CONTROLS)],
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("page", "typed"),
        *[Input(name, event) for name in boxes for event in ("n_blur", "n_submit")],
        *[State(name, "value") for name in boxes],
        prevent_initial_call=True,
    )
    route(app, "read", lambda data: read_text(data, catalogue))
