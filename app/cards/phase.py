"""The phase diagram's card: changes with p, T, the lines looked at and the pins; the handle moves by itself."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..compute.door import Answer, Door
from ..compute.question import closed_form
from ..figures.phase_diagram import phase_diagram_figure
from ..figures.phase_lines import FAMILIES
from ..figures.pinned import name_of
from ..figures.theme import theme
from ..page.catalogue import Description, Look, Offer, View
from ..page.state import DEFAULTS, Parameters
from ..page.wire import Request
from ..physics import atlas, phases
from ..quantities.atlas_table import atlas_table, measured_line_table
from ..quantities.lines import PhaseLines, langevin_line, phase_lines
from ..quantities.tables import langevin_table, lines_table
from ..quantities.thermal import ThermalPhases, thermal_phases
from .card import Card, Picture, Sheet, note_of
from .measured import LOOK as MEASURED
from .measured import show

COLD: Final = (
    "Drag the point, click, or use the arrow keys. Lines: N → ∞, then m₀ → 0; counts of minima are expected "
    "(annealed) ones near m = 0."
)
WARM: Final = (
    "With T > 0 the regions and lines of T = 0 are not drawn: they are about minima, which thermal motion "
    "leaves. Above the Langevin line (a heuristic) the flow at T finds the signal, below it is held or finds nothing."
)
BAYES: Final = (
    "Hatches and their lines: Bayes-optimal inference (T = 1), another question than gradient flow. "
    "Counts of minima are annealed."
)
LOOK: Final = Look(
    "lines",
    "Lines of the phase diagram",
    tuple(View(name, family.words) for name, family in FAMILIES.items()),
    default=("flow",),
    many=True,
)


def draw(door: Door, request: Request) -> Picture:
    """Draw the diagram of the live point's p, with the pinned points on it."""
    parameters = request.live.parameters
    families = request.looks[LOOK.name]
    found = door.answer(closed_form(phase_lines, parameters.p))
    # every second point of the table is finer than a pixel
    lines: dict[str, Any] = {
        name: np.asarray(getattr(found.value, name))[::2] for name in found.value.__dataclass_fields__
    }
    delta_p = lines.pop("delta_p")
    answers: list[Answer[Any]] = [found]
    if parameters.T > 0 or "langevin" in families:
        langevin = door.answer(closed_form(langevin_line, parameters.p, parameters.T or 1.0))
        lines["langevin_line"] = langevin.value
        answers.append(langevin)
    thermal = None
    if parameters.T > 0:
        thermal = door.answer(closed_form(thermal_phases, parameters.p, parameters.T))
        answers.append(thermal)
    shown = show(door, request)
    figure = phase_diagram_figure(
        parameters.p,
        delta_p,
        lines,
        theme(request.theme),
        temperature=parameters.T,
        families=families,
        pinned=[
            (name_of(k, *_otherwise(each, parameters)), each.dp, each.model.inverse_delta_2)
            for k, (each, _) in enumerate(request.pinned)
        ],
        chart=None if shown is None else shown.chart,
        thermal=None if thermal is None else thermal.value,
    )
    said = [BAYES if "bayes" in families else "", WARM if parameters.T > 0 else ""]
    note = note_of(*answers)
    if shown is None:
        return Picture(figure, " ".join(filter(None, said)) or COLD, note)
    caption = " ".join(filter(None, [shown.caption, *said]))
    return Picture(figure, caption, note, shown.more, shown.later, shown.work)


def _otherwise(pinned: Parameters, live: Parameters) -> list[str]:
    """In what a pinned point has another diagram."""
    return [f"p = {pinned.p}"] if pinned.p != live.p else []


def warm_up() -> None:
    """The lines, and what names a phase."""
    phase_lines(DEFAULTS.p)
    langevin_line(DEFAULTS.p, 1.0)
    phases.classify(DEFAULTS.model)


SHEETS: Final = (
    Sheet(Offer("lines", "lines"), lines_table),
    Sheet(Offer("langevin", "Langevin line"), langevin_table),
    Sheet(Offer("atlas", "what is measured"), atlas_table),
    Sheet(Offer("measured_line", "measured line"), measured_line_table),
)
CARD: Final = Card(
    Description(
        "phase",
        "Phase diagram",
        ("p", "T"),
        LOOK,
        looks=("work",),
        switch=MEASURED,
        switched=("m0", "tmax"),
        tables=tuple(sheet.offer for sheet in SHEETS),
        pinned=True,
    ),
    draw=draw,
    sheets=SHEETS,
    result_types=(PhaseLines, ThermalPhases, atlas.AtlasTile, atlas.MeasuredLine),
    warm_up=warm_up,
)
