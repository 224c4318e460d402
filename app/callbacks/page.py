"""What concerns the whole page: theme, handle, copying, help."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State

from app import ids
from app.sample import sample_from
from app.services.export import python_lines
from app.state import CHOICES, from_store


def register(app: Dash) -> None:
    """Wire the header and what the page's scripts do by themselves."""
    app.clientside_callback(
        ClientsideFunction("page", "start"),
        Input(ids.SPECIFICATION, "data"),
        Input(ids.PANEL_SPECIFICATION, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("page", "theme"),
        Output(ids.DARK_BUTTON, "children"),
        Input(ids.DARK_BUTTON, "n_clicks"),
    )
    for function, component, event in (
        ("copy_link", ids.COPY_LINK, "n_clicks"),
        ("copy_python", ids.PYTHON, "data"),
        ("help", ids.HELP_BUTTON, "n_clicks"),
        ("choose_moment", ids.FLOW.graph, "clickData"),
    ):
        app.clientside_callback(
            ClientsideFunction("page", function), Input(component, event), prevent_initial_call=True
        )
    app.clientside_callback(
        ClientsideFunction("page", "look"),
        *[Input(ids.choice(name), "value") for name in CHOICES],
        Input(ids.MOMENT, "value"),
        prevent_initial_call=True,
    )

    app.clientside_callback(
        ClientsideFunction("instance", "switched"),
        Input(ids.INSTANCE_SWITCH, "checked"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("instance", "started"),
        Input(ids.INSTANCE_START, "value"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(ids.PYTHON, "data"),
        Input(ids.COPY_PYTHON, "n_clicks"),
        State(ids.PARAMETERS, "data"),
        prevent_initial_call=True,
    )
    def python_code(clicks: int | None, parameters: dict[str, Any] | None) -> dict[str, Any]:
        held = parameters or {}
        return {"code": python_lines(from_store(held), sample_from(held)), "clicks": clicks}
