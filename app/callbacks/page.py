"""What concerns the whole page: theme, handle, copying, help."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State

from app import ids
from app.services.export import python_lines
from app.state import from_store


def register(app: Dash) -> None:
    """Wire the header and what the page's scripts do by themselves."""
    sink = Output(ids.SINK, "data", allow_duplicate=True)
    app.clientside_callback(
        ClientsideFunction("page", "theme"),
        Output(ids.THEME, "data"),
        Output(ids.DARK_BUTTON, "children"),
        Input(ids.DARK_BUTTON, "n_clicks"),
    )
    app.clientside_callback(
        ClientsideFunction("handle", "place"),
        sink,
        Input(ids.PARAMETERS, "data"),
        Input(ids.PHASE.graph, "figure"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("page", "remember"),
        sink,
        Input(ids.PARAMETERS, "data"),
        State(ids.CONTROLS, "data"),
        State(ids.STORIES, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("page", "mark_story"), sink, Input(ids.STORY, "data"), prevent_initial_call=True
    )
    app.clientside_callback(
        ClientsideFunction("page", "copy_link"),
        sink,
        Input(ids.COPY_LINK, "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("page", "copy_python"),
        sink,
        Input(ids.PYTHON, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("page", "help"),
        sink,
        Input(ids.HELP_BUTTON, "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("parameters", "moment"),
        Output(ids.MOMENT_TEXT, "children"),
        Input(ids.MOMENT, "value"),
        Input(ids.PARAMETERS, "data"),
        Input(ids.FLOW.graph, "figure"),
        State(ids.THEME, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("parameters", "choose_moment"),
        Output(ids.MOMENT, "value"),
        Input(ids.FLOW.graph, "clickData"),
        State(ids.PARAMETERS, "data"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(ids.PYTHON, "data"),
        Input(ids.COPY_PYTHON, "n_clicks"),
        State(ids.PARAMETERS, "data"),
        prevent_initial_call=True,
    )
    def python_code(clicks: int | None, parameters: dict[str, Any] | None) -> dict[str, Any]:
        return {"code": python_lines(from_store(parameters or {})), "clicks": clicks}
