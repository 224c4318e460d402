"""In which phase a model is, why, and how far from the nearest line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from .._kernels import message_passing, phases
from ..checks import check_range
from ..complexity import minima_bands
from ..model import Model
from ..words import fixed, say
from .bayes import BayesPhase, bayes_phase
from .langevin import langevin_phase
from .regions import (
    AMP_NOT_A_MINIMUM,
    BANDS,
    BANDS_AND_MIRROR,
    BELOW_THE_FLOW_LINE,
    MIRROR_MARGINAL,
    MIRROR_MINIMUM,
    ON_THE_FLOW_LINE,
    ON_THE_MATRIX_LINE,
    Phase,
)

LINE_NAMES: Final = {
    "trivialization_line": "trivialization line",
    "typical_line": "typical line",
    "gradient_flow_line": "gradient-flow line",
    "amp_line": "ML-AMP line",
    "good_well_line": "good-well line",
    "mirror_line": "mirror line",
    "langevin_line": "Langevin line",
    "paramagnet_line": "paramagnet line",
}


@dataclass(frozen=True, slots=True)
class Classification:
    """The phase of one model, with its reason.

    Attributes
    ----------
    phase : Phase
        The region of the phase diagram at the temperature asked for.
    bayes : BayesPhase
        What Bayes-optimal inference can do there; another question, with another answer.
    sentence : str
        What may be said of this model: the phase's sentence and what an odd order or a glassy well add to it.
    nearest_line : str
        Public name of the line nearest in ln(1/Δ₂) at the same Δp, e.g. ``"gradient_flow_line"``.
    distance : float
        Distance to it, abs(Δ ln(1/Δ₂)); inf if the matrix is switched off.
    reason : str
        The inequality that decides.
    bayes_sentence : str
        What may be said of Bayes-optimal inference.
    """

    phase: Phase
    bayes: BayesPhase
    sentence: str
    nearest_line: str
    distance: float
    reason: str
    bayes_sentence: str


def critical_snr(model: Model) -> dict[str, float]:
    """Return 1/Δ₂ of every line of the partition at T = 0 at the model's Δp, by public name; NaN where none."""
    p, b = model.p, model.inverse_delta_p
    lines = {
        "trivialization_line": 1 + phases.solve(phases.TRIVIAL, p, b),
        "typical_line": 1 + phases.solve(phases.TYPICAL, p, b),
        "gradient_flow_line": 1 + phases.flow_line(p, b),
        "amp_line": 1 + phases.flow_line(2, b),
        "good_well_line": 1 + phases.solve(phases.GOOD_WELL, p, b),
    }
    if p % 2:
        lines["mirror_line"] = 1 + phases.solve(phases.MIRROR, p, b)
    return {name: float(a) for name, a in lines.items()}


def partition(a: float, lines: dict[str, float]) -> tuple[Phase, str, str]:
    """Return the phase at T = 0 and the names of the lines below and above it; ties go to the lower region."""
    steps = (
        (Phase.TRIVIAL, "trivialization_line"),
        (Phase.RARE_MINIMA, "typical_line"),
        (Phase.SURFING, "gradient_flow_line"),
        (Phase.STUCK, "amp_line"),
    )
    above = ""
    for phase, line in steps:
        if a > lines[line]:
            return phase, line, above
        above = line
    well = lines["good_well_line"]
    if math.isnan(well) or a > well:
        return Phase.UNREACHABLE, "" if math.isnan(well) else "good_well_line", above
    return Phase.NO_MINIMUM, "", "good_well_line" if well < lines["amp_line"] else above


def in_words(a: float, lines: dict[str, float], below: str, above: str) -> str:
    """Return the inequality in words, with as many digits as tell its numbers apart."""
    numbers = [a, *(lines[name] for name in (below, above) if name)]
    digits = 2
    while digits < 17 and len({fixed(x, digits) for x in numbers}) < len(set(numbers)):
        digits += 1
    told = {name: f"the {LINE_NAMES[name]} {fixed(lines[name], digits)}" for name in (below, above) if name}
    start = f"1/Δ₂ = {fixed(a, digits)} lies"
    if above and a == lines[above]:
        return f"{start} on {told[above]}."
    if below and above:
        return f"{start} between {told[below]} and {told[above]}."
    return f"{start} above {told[below]}." if below else f"{start} below {told[above]}."


def addition(model: Model, phase: Phase, lines: dict[str, float]) -> str:
    """Return what an odd order or a glassy well add to the phase's sentence."""
    a, b, p = model.inverse_delta_2, model.inverse_delta_p, model.p
    if phase is Phase.TRIVIAL and p % 2:
        return left_at_negative_overlap(model, has_mirror=a > lines["mirror_line"])
    on_the_line = a == lines["gradient_flow_line"]
    if on_the_line and math.isinf(model.delta_p):
        return ON_THE_MATRIX_LINE
    if phase is Phase.STUCK:
        growth = ON_THE_FLOW_LINE if on_the_line else BELOW_THE_FLOW_LINE
        m = message_passing.fixed_point(message_passing.ML, a, b, p, False)
        if (a + b) / ((1 - m) * (1 + m)) <= model.sigma**2:  # A² <= σ²
            return f"{growth} {AMP_NOT_A_MINIMUM}"
        return growth
    return ""


def left_at_negative_overlap(model: Model, *, has_mirror: bool) -> str:
    """Return what is left of minima at m < 0 beyond the trivialization: the bands, and the mirror minimum."""
    left = [f"{say(low)} < m < {say(high)}" for low, high in minima_bands(model) if high < 0]
    if not left:
        return MIRROR_MINIMUM if has_mirror else MIRROR_MARGINAL
    return (BANDS_AND_MIRROR if has_mirror else BANDS).format(" and ".join(left))


def nearest(a: float, lines: dict[str, float]) -> tuple[str, float]:
    """Return the name of the line nearest in ln(1/Δ₂), and the distance."""
    there = {name: x for name, x in lines.items() if x > 0}
    if a == 0:
        return min(there, key=lambda name: there[name]).rstrip("0123456789"), math.inf
    distances = {name: abs(math.log(a / x)) for name, x in there.items()}
    name = min(distances, key=lambda key: distances[key])
    return name.rstrip("0123456789"), distances[name]


def classify(model: Model, *, temperature: float = 0.0) -> Classification:
    """Return the phase of a model.

    Parameters
    ----------
    model : Model
        The model.
    temperature : float
        0 for gradient flow; up to 2 for Langevin dynamics, in units of the Bayes-optimal temperature.

    Returns
    -------
    Classification

    Raises
    ------
    ParameterError
        If the temperature is not in 0 to 2.

    Notes
    -----
    At T = 0 the plane is cut by five lines, tested from above in 1/Δ₂: trivialization, typical, gradient flow, ML-AMP
    and good well; a model on a line belongs to the region below it. At T > 0 the Langevin line decides.

    Examples
    --------
    >>> result = classify(Model(p=3, delta_2=1 / 2.1, delta_p=1.0))
    >>> result.phase.heading
    'many minima, yet the flow works'
    >>> result.reason
    '1/Δ₂ = 2.10 lies between the gradient-flow line 2.00 and the typical line 2.19.'
    """
    T = check_range("temperature", temperature)
    a = model.inverse_delta_2
    bayes, bayes_sentence = bayes_phase(model)
    if T > 0:
        phase, sentence, reason, lines = langevin_phase(model, T)
    else:
        lines = critical_snr(model)
        phase, below, above = partition(a, lines)
        sentence = f"{phase.sentence} {addition(model, phase, lines)}".strip()
        reason = in_words(a, lines, below, above)
    name, distance = nearest(a, lines)
    return Classification(phase, bayes, sentence, name, float(distance), reason, bayes_sentence)
