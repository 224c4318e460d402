"""The parameter controls: one table, one way to draw a row of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from ..page import ids
from ..page.proposal import INVERSE
from ..page.state import SYMBOLS


@dataclass(frozen=True, slots=True)
class Control:
    """A slider with a number box; ``scale`` says how the slider's position becomes a value."""

    name: str
    symbol: str
    words: str
    scale: str  # "log": value = 10**position ("log-whole": a whole number); "linear"; "integer"
    lower: float
    upper: float
    step: float
    marks: tuple[tuple[float, str], ...]


CONTROLS: Final = (
    Control(
        "d2", SYMBOLS["d2"], "matrix noise", "log", -1.3, 0.52, 0.01,
        ((-1, "0.1"), (-0.301, "0.5"), (0, "1"), (0.477, "3")),
    ),
    Control(
        "dp", SYMBOLS["dp"], "tensor noise", "log", -1.52, 2.0, 0.01,
        ((-1, "0.1"), (0, "1"), (1, "10"), (2, "100")),
    ),
    Control(
        "p", SYMBOLS["p"], "tensor order", "integer", 3, 6, 1,
        ((3, "3"), (4, "4"), (5, "5"), (6, "6")),
    ),
    Control(
        "m0", SYMBOLS["m0"], "start", "log", -20, -0.5, 0.5,
        ((-20, "10⁻²⁰"), (-10, "10⁻¹⁰"), (-1, "0.1")),
    ),
    Control(
        "T", SYMBOLS["T"], "temperature", "linear", 0, 2, 0.01,
        ((0, "0"), (1, "1"), (2, "2")),
    ),
    Control(
        "tmax", SYMBOLS["tmax"], "final time", "log", 1, 6, 0.5,
        ((1, "10"), (2, "10²"), (3, "10³"), (4, "10⁴"), (5, "10⁵"), (6, "10⁶")),
    ),
)  # fmt: skip
#: Of the real instance beside the theory.
SAMPLE_CONTROLS: Final = (
    Control(
        "N", "N", "dimension", "log-whole", 1.2041, 12, 0.02,
        ((2, "10²"), (4, "10⁴"), (6, "10⁶"), (9, "10⁹"), (12, "10¹²")),
    ),
    Control(
        "until", "t", "final time", "log", 0, 3, 0.05,
        ((0, "1"), (1, "10"), (2, "100"), (3, "1000")),
    ),
)  # fmt: skip
SEED: Final = "seed"
BOXES: Final = (*(control.name for control in (*CONTROLS, *SAMPLE_CONTROLS)), INVERSE, SEED)


#: The keypad of a phone: text where a minus, an exponent or "inf" may be needed, which the keypads of numbers lack.
KEYPADS: Final = {"p": "numeric", "T": "decimal", "until": "decimal", SEED: "numeric"}


def number_box(name: str, label: str) -> dmc.TextInput:
    """A box for a number: text, which the server reads and answers with a sentence if it is wrong."""
    return dmc.TextInput(
        id=ids.box(name),
        label=label,
        value="",
        size="xs",
        className="number-box",
        inputWrapperOrder=["label", "input", "error"],
        inputProps={"inputMode": KEYPADS.get(name, "text")},
        attributes={"input": {"autoComplete": "off", "spellCheck": "false"}},
    )


def start_choice(name: str, words: str) -> Component:
    """Where real instances start."""
    choice: Component = dmc.SegmentedControl(
        id=name,
        data=[{"value": "m0", "label": "start at m₀"}, {"value": "random", "label": "random start"}],
        value="m0",
        size="xs",
        fullWidth=True,
        attributes={"root": {"aria-label": words}},
    )
    return choice


def row(control: Control) -> Component:
    """The number box with its label (two for Δ₂) and the place for a sentence, and the slider."""
    boxes = [number_box(control.name, f"{control.symbol} {control.words}")]
    if control.name == "d2":
        boxes.append(number_box(INVERSE, "1/Δ₂ signal"))
    slider = dmc.Slider(
        id=ids.slider(control.name),
        min=control.lower,
        max=control.upper,
        step=control.step,
        value=control.lower,
        updatemode="drag",
        label=None,
        thumbLabel=f"{control.symbol} {control.words}",
        marks=[{"value": value, "label": label} for value, label in control.marks],
        size="sm",
        className="control-slider",
    )
    return html.Div([*boxes, slider], className="control")
