"""How the cards get their pictures: one request at a time through the page's gate, failures told on the card."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, no_update

from app import ids
from app.figures.figure import Figure
from app.figures.theme import Theme, theme
from app.services.compute import Answer, Compute, describe_duration
from app.state import CHOICES, Parameters, from_store
from engine import EngineError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """What the page asks for: a point, how to draw it, and what is looked at (see assets/0_state.js)."""

    parameters: Parameters
    look: Theme
    looks: Mapping[str, Any]

    @property
    def settled(self) -> bool:
        """Whether nothing moves any more, so that the full tolerance is due."""
        return bool(self.looks.get("settled", True))

    def chosen(self, name: str) -> Any:
        """The option looked at (a tuple of them where several may be), by its name in `CHOICES`."""
        choice = CHOICES[name]
        said = self.looks.get(name)
        picked = (
            None
            if said is None
            else choice.read(",".join(said) if isinstance(said, list | tuple) else str(said))
        )
        picked = choice.default if picked is None else picked
        return picked if choice.many else picked[0]


@dataclass(frozen=True, slots=True)
class Picture:
    """What a card shows; a card of words alone has no figure."""

    figure: Figure | None
    caption: Any
    note: str


Draw = Callable[[Compute, Request], Picture]


def register_panels(app: Dash, compute: Compute, panels: Mapping[ids.Panel, Draw]) -> None:
    """Wire the cards: one callback answers for all of them, since one flow serves them all.

    Parameters
    ----------
    app : Dash
        The app.
    compute : Compute
        The door to the engine.
    panels : mapping
        What draws each card. What it raises leaves the last good picture and a sentence on that card alone.
    """
    app.clientside_callback(
        ClientsideFunction("gate", "release"), Input(ids.ANSWERED, "data"), prevent_initial_call=True
    )

    @app.callback(
        Output(ids.ANSWERED, "data"),
        *[output for panel in panels for output in outputs(panel)],
        Input(ids.REQUEST, "data"),
        prevent_initial_call=True,
    )
    def update(data: Mapping[str, Any]) -> list[Any]:
        once = compute.once()
        answers: list[Any] = [data.get("number")]
        for panel, draw in panels.items():
            asked = panel.name in data.get("panels", ())
            answers += answer(panel, draw, once, data) if asked else [no_update] * len(outputs(panel))
        return answers


def outputs(panel: ids.Panel) -> list[Output]:
    """Where a card's answer goes."""
    words = [
        Output(panel.caption, "children"),
        Output(panel.note, "children"),
        Output(panel.note, "className"),
    ]
    return words if panel is ids.SENTENCE else [Output(panel.graph, "figure"), *words]


def answer(panel: ids.Panel, draw: Draw, compute: Compute, data: Mapping[str, Any]) -> list[Any]:
    """What goes onto a card: figure (if it has one), caption, note and the note's class."""
    try:
        request = Request(from_store(data["parameters"]), theme(data.get("theme")), data)
        picture = draw(compute, request)
        shown = [picture.figure, picture.caption, picture.note, "note"]
    except EngineError as error:
        shown = [no_update, str(error), "not computed", "note failed"]
    except Exception:
        log.exception("the card %s could not be drawn for %s", panel.name, data)
        shown = [no_update, "This could not be computed. The last picture stays.", "failed", "note failed"]
    return shown[1:] if panel is ids.SENTENCE else shown


def note_of(*answers: Answer[Any]) -> str:
    """One note for a card that asked several questions."""
    computed = [found.seconds for found in answers if not found.cached]
    return f"computed in {describe_duration(sum(computed))}" if computed else "cached"
