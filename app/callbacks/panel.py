"""How a card gets its picture: through its gate, one request in flight, failures told on the card."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from app import ids
from app.figures.theme import Theme, theme
from app.services.compute import Answer, describe_duration
from app.state import Parameters, from_store
from engine import EngineError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """What a card is asked to show."""

    parameters: Parameters
    look: Theme
    inputs: Mapping[str, Any]

    @property
    def settled(self) -> bool:
        """Whether nothing moves any more, so that the full tolerance is due."""
        return bool(self.inputs.get(ids.SETTLED, True))


@dataclass(frozen=True, slots=True)
class Picture:
    """What a card shows; a card of words alone has no figure."""

    figure: go.Figure | None
    caption: Any
    note: str


def read_request(data: Mapping[str, Any]) -> Request:
    """Read what a gate has sent."""
    return Request(from_store(data["parameters"]), theme(data.get("theme")), data)


def register_panel(app: Dash, panel: ids.Panel, draw: Callable[[Request], Picture]) -> None:
    """Wire a card: its gate on the page, and ``draw`` behind it on the server.

    Parameters
    ----------
    app : Dash
        The app.
    panel : ids.Panel
        The card.
    draw : callable
        Request in, picture out. What it raises leaves the last good picture and a sentence on the card.
    """
    app.clientside_callback(
        ClientsideFunction("gate", "request"),
        Output(panel.request, "data"),
        Input(ids.PARAMETERS, "data"),
        Input(ids.THEME, "data"),
        Input(panel.retry, "n_clicks"),
        *[Input(name, prop) for name, prop in panel.inputs],
        State(ids.GATES, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("gate", "release"),
        Output(ids.SINK, "data", allow_duplicate=True),
        Input(panel.running, "data"),
        prevent_initial_call=True,
    )
    outputs = [
        Output(panel.caption, "children"),
        Output(panel.note, "children"),
        Output(panel.note, "className"),
        Output(panel.retry, "hidden"),
    ]
    if panel is not ids.SENTENCE:
        outputs.insert(0, Output(panel.graph, "figure"))

    def update(data: Mapping[str, Any] | None) -> list[Any]:
        shown = answer(panel, draw, data)
        return shown if panel is not ids.SENTENCE else shown[1:]

    app.callback(
        *outputs,
        Input(panel.request, "data"),
        running=[(Output(panel.running, "data"), True, False)],
        prevent_initial_call=True,
    )(update)


def answer(panel: ids.Panel, draw: Callable[[Request], Picture], data: Mapping[str, Any] | None) -> list[Any]:
    """What goes onto the card: figure, caption, note, its class, whether Retry is hidden."""
    if data is None:
        return [no_update] * 5
    try:
        picture = draw(read_request(data))
    except EngineError as error:
        return [no_update, str(error), "not computed", "note failed", False]
    except Exception:
        log.exception("the card %s could not be drawn for %s", panel.name, data)
        return [
            no_update,
            "This could not be computed. The last picture stays.",
            "failed",
            "note failed",
            False,
        ]
    return [picture.figure, picture.caption, picture.note, "note", True]


def note_of(*answers: Answer[Any]) -> str:
    """One note for a card that asked several questions."""
    computed = [found.seconds for found in answers if not found.cached]
    return f"computed in {describe_duration(sum(computed))}" if computed else "cached"
