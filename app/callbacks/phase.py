"""The phase diagram: changes with p, the temperature and the theme; the handle moves by itself."""

from __future__ import annotations

from typing import Any

from app.callbacks.panel import Picture, Request, note_of
from app.figures.phase_diagram import phase_diagram_figure
from app.services.compute import Answer, Compute
from app.services.quantities import langevin_line, phase_lines


def draw(compute: Compute, request: Request) -> Picture:
    """Draw the diagram of one p."""
    parameters = request.parameters
    found = compute(phase_lines, parameters.p)
    # every second point of the table is finer than a pixel
    lines = {name: getattr(found.value, name)[::2] for name in found.value.__dataclass_fields__}
    delta_p = lines.pop("delta_p")
    answers: list[Answer[Any]] = [found]
    caption = (
        "Drag the point, click, or use the arrow keys. Lines: N → ∞, then m₀ → 0; counts of minima are expected "
        "(annealed) ones near m = 0."
    )
    if parameters.T > 0:
        langevin = compute(langevin_line, parameters.p, parameters.T)
        lines["langevin_line"] = langevin.value
        answers = [langevin]
        caption = (
            "With T > 0 only the line of Langevin dynamics is drawn: the regions of T = 0 are about minima, "
            "which thermal motion leaves."
        )
    figure = phase_diagram_figure(parameters.p, delta_p, lines, request.look, temperature=parameters.T)
    return Picture(figure, caption, note_of(*answers))
