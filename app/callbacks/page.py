"""What concerns the whole page: what its buttons tell the scripts (assets/main.mjs has the functions)."""

from __future__ import annotations

import flask
from dash import ClientsideFunction, Dash, Input

from ..page import ids
from ..page.catalogue import Catalogue
from ..page.copied import citation, copied_lines
from .messages import route, say_build


def register(app: Dash, catalogue: Catalogue) -> None:
    """Wire the header and what is looked at, and add ``POST /python`` and ``POST /cite``."""
    app.clientside_callback(ClientsideFunction("page", "arrived"), Input(ids.STATUS, "id"))
    app.clientside_callback(ClientsideFunction("page", "theme"), Input(ids.DARK_BUTTON, "n_clicks"))
    for function, component, event in (
        ("link", ids.COPY_LINK, "n_clicks"),
        ("python", ids.COPY_PYTHON, "n_clicks"),
        ("help", ids.HELP_BUTTON, "n_clicks"),
        ("switched", ids.INSTANCE_SWITCH, "checked"),
        ("started", ids.INSTANCE_START, "value"),
    ):
        app.clientside_callback(
            ClientsideFunction("page", function), Input(component, event), prevent_initial_call=True
        )
    app.clientside_callback(
        ClientsideFunction("page", "looked"),
        *[Input(ids.choice(name), "value") for name in catalogue.choices],
        Input(ids.MOMENT, "value"),
        prevent_initial_call=True,
    )
    server: flask.Flask = app.server
    server.after_request(say_build)
    route(app, "python", lambda data: {"code": copied_lines(data)})
    route(app, "cite", lambda data: {"code": citation(data)})
