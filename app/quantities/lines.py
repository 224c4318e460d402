"""The lines of the phase diagram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..physics import phases

LINE_POINTS: Final = 400
LINE_RANGE: Final = (-1.6, 2.1)  # log10 of Δp


@dataclass(frozen=True, slots=True)
class PhaseLines:
    """Lines of the phase diagram for one p; every array has shape (n,), Δ₂ against Δp."""

    delta_p: NDArray[np.float64]
    gradient_flow_line: NDArray[np.float64]
    amp_line: NDArray[np.float64]
    typical_line: NDArray[np.float64]
    trivialization_line: NDArray[np.float64]
    trivialization_line_equator: NDArray[np.float64]
    trivialization_line_all: NDArray[np.float64]
    good_well_line: NDArray[np.float64]
    mirror_line: NDArray[np.float64]
    decay_line: NDArray[np.float64]
    bayes_dynamic: NDArray[np.float64]
    bayes_information: NDArray[np.float64]
    bayes_algorithmic: NDArray[np.float64]


def phase_lines(p: int) -> PhaseLines:
    """The lines of the diagram at `LINE_POINTS` values of Δp over the diagram and a little beyond."""
    delta_p = np.logspace(*LINE_RANGE, LINE_POINTS)
    bayes = phases.bayes_lines(p, delta_p)
    lines = {
        "gradient_flow_line": phases.gradient_flow_line(p, delta_p),
        "amp_line": phases.amp_line(p, delta_p),
        "typical_line": phases.typical_line(p, delta_p),
        "trivialization_line": phases.trivialization_line(p, delta_p),
        "trivialization_line_equator": phases.trivialization_line(p, delta_p, overlaps="equator"),
        "trivialization_line_all": phases.trivialization_line(p, delta_p, overlaps="all"),
        "good_well_line": phases.good_well_line(p, delta_p),
        "mirror_line": phases.mirror_line(p, delta_p),
        "decay_line": phases.decay_line(p, delta_p),
        "bayes_dynamic": bayes.dynamic,
        "bayes_information": bayes.information,
        "bayes_algorithmic": bayes.algorithmic,
    }
    return PhaseLines(delta_p=delta_p, **{name: np.asarray(line) for name, line in lines.items()})


def langevin_line(p: int, temperature: float) -> NDArray[np.float64]:
    """Δp and Δ₂ along the Langevin line where it bounds a phase, shape (2, k); empty where the temperature has none."""
    top = min(1.0, 1 / temperature) if temperature > 0 else 1.0
    delta_2 = np.concatenate(
        [np.logspace(-2, np.log10(top / 2), 200)[:-1], top - np.logspace(np.log10(top / 2), -6, 200)]
    )
    delta_p = np.asarray(phases.langevin_line(p, delta_2, temperature))
    shown = np.isfinite(delta_p) & phases.is_langevin_boundary(p, delta_2, temperature=temperature)
    return np.stack([delta_p[shown], delta_2[shown]])
