"""What single cards carry beside their picture: the point over the diagram, strips under diagram and flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from ..page import ids
from ..page.catalogue import Description
from .attributes import attributes
from .strip import strip, strip_words


def handle() -> Component:
    """The operating point on the phase diagram: drag it, or move it with the arrow keys."""
    aria: dict[str, Any] = {
        "aria-label": "Operating point: tensor noise and signal-to-noise ratio",
        "aria-valuemin": "0",
        "aria-valuemax": "100",
        "aria-valuenow": "50",
        "aria-valuetext": "",
        "aria-orientation": "vertical",
    }
    return html.Div(id=ids.HANDLE, className="handle", role="slider", tabIndex=0, **aria)


def measured(description: Description) -> Component:
    """What the flow really does, measured all over the diagram."""
    return strip(description, words="Measured phase diagram", table="atlas", formats=("csv", "json", "npz"))


def moment(_: Description) -> Component:
    """The moment of the flow that every card shows, and Play, which walks through it."""
    return html.Div(
        [
            html.Button(
                "Play",
                id=ids.PLAY,
                className="tool small",
                title="Walk through the flow (space)",
                **attributes("aria-pressed", "false"),
            ),
            dmc.Slider(
                id=ids.MOMENT,
                min=0,
                max=1,
                step=0.002,
                value=1,
                updatemode="drag",
                label=None,
                thumbLabel="Moment of the flow shown in every card",
                size="sm",
                className="moment-slider",
            ),
        ],
        className="moment",
    )


def story_steps() -> Component:
    """Back and on in the story, whatever is told."""
    return html.Div(
        [
            html.Button(
                sign, id=name, className="tool step", title=words,
                **attributes("aria-label", words), **attributes("data-step", step),
            )
            for sign, name, words, step in (
                ("‹", ids.STORY_BACK, "Back in the story", "-1"),
                ("›", ids.STORY_NEXT, "Next of the story", "1"),
            )
        ],
        className="steps",
    )  # fmt: skip


def moment_words(_: Description) -> Component:
    """Which moment is shown."""
    return html.Span("shown: the end", id=ids.MOMENT_TEXT, className="moment-text")


#: By the name of a card: what floats over its picture, what stands between picture and sentence, what beside it.
OVERLAYS: Final[Mapping[str, Callable[[], Component]]] = {"phase": handle}
BELOW: Final[Mapping[str, Callable[[Description], Component]]] = {"phase": measured, "flow": moment}
FOOT: Final[Mapping[str, Callable[[Description], Component]]] = {
    "phase": strip_words,
    "flow": moment_words,
}
