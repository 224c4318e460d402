"""The phase diagram: changes with p, T, the lines looked at and the theme; the handle moves by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.callbacks.panel import Picture, Request, note_of
from app.figures.phase_diagram import phase_diagram_figure
from app.services.compute import Answer, Compute
from app.services.quantities import langevin_line, phase_lines

COLD = (
    "Drag the point, click, or use the arrow keys. Lines: N → ∞, then m₀ → 0; counts of minima are expected "
    "(annealed) ones near m = 0."
)
WARM = "With T > 0 the regions and lines of T = 0 are not drawn: they are about minima, which thermal motion leaves."
BAYES = (
    "Hatches and their lines: Bayes-optimal inference (T = 1), another question than gradient flow. "
    "Counts of minima are annealed."
)


def draw(compute: Compute, request: Request) -> Picture:
    """Draw the diagram of one p."""
    parameters = request.parameters
    families: tuple[str, ...] = request.chosen("lines")
    found = compute(phase_lines, parameters.p)
    # every second point of the table is finer than a pixel
    lines: dict[str, Any] = {
        name: np.asarray(getattr(found.value, name))[::2] for name in found.value.__dataclass_fields__
    }
    delta_p = lines.pop("delta_p")
    answers: list[Answer[Any]] = [found]
    if parameters.T > 0 or "langevin" in families:
        langevin = compute(langevin_line, parameters.p, parameters.T or 1.0)
        lines["langevin_line"] = langevin.value
        answers.append(langevin)
    caption = WARM if parameters.T > 0 else COLD
    if "bayes" in families:
        caption = BAYES
    figure = phase_diagram_figure(
        parameters.p, delta_p, lines, request.look, temperature=parameters.T, families=families
    )
    return Picture(figure, caption, note_of(*answers))
