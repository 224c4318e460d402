"""The story: points of the phase diagram at which one thing can be seen, with what to look at and to try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .state import Parameters


@dataclass(frozen=True, slots=True)
class StoryPoint:
    """One lesson: where to stand, what is true there, what to try, where to look."""

    key: str
    title: str
    parameters: Parameters
    sentences: str
    to_try: str


STORY: Final = (
    StoryPoint(
        "1",
        "Impossible for anyone",
        Parameters(d2=1.25),
        "The matrix is too noisy: no algorithm, whatever its cost, can find the signal here. "
        "On average exponentially many minima crowd the equator, and the flow's overlap decays.",
        "Lower Δ₂ until the outlier detaches from the Hessian's bulk.",
    ),
    StoryPoint(
        "2",
        "AMP works, the flow is stuck",
        Parameters(d2=0.5556),
        "ML-AMP reaches an overlap of 0.756. "
        "The flow stays at threshold states whose Hessian has no direction to the signal: its overlap grows only "
        "as a power of time.",
        "Move the moment along m(t): the bulk's lower edge creeps up to zero and nothing leaves it.",
    ),
    StoryPoint(
        "3",
        "Surfing past minima",
        Parameters(d2=0.4348),
        "Minima exist: their annealed complexity is still above zero. "
        "The flow does not stop at them: at its plateau, e ≈ −1.795, one direction leads down towards the signal, "
        "and it escapes near t = 400.",
        "Stop the moment just before the escape and look at the outlier below the bulk.",
    ),
    StoryPoint(
        "4",
        "Saddles only",
        Parameters(d2=1 / 3),
        "At the equator no minima are expected any more, only saddles, and they point to the signal. "
        "The outlier is deeper (θ = 1.34): the flow escapes near t = 73, five times sooner than at point 3.",
        "Compare Σ of minima with Σ of all stationary points: one is below zero, the other above.",
    ),
    StoryPoint(
        "5",
        "Exactly on the BBP line",
        Parameters(d2=0.5, tmax=1e5),
        "θ(0) = 1: the outlier is just born at the edge of the bulk. "
        "The escape rate vanishes here: the escape time grows as a power of ln(1/m₀), about 2.9 at this m₀ and less "
        "for smaller ones; it does not diverge.",
        "Set m₀ to 1e-15, then to 1e-20: the flow escapes near t = 14 500, then near t = 31 700.",
    ),
    StoryPoint(
        "6",
        "A fourth-order tensor",
        Parameters(p=4, d2=1 / 2.2, dp=1.5),
        "For p = 4 and Δp = 1.5 the gradient-flow line lies at 1/Δ₂ = 2 exactly. "
        "Just above it, minima exist, and the flow escapes past them near t = 556.",
        "Lower 1/Δ₂ to 1.8 and raise t_max to 1e5: this m₀ still escapes, near t = 82 300, 150 times later.",
    ),
    StoryPoint(
        "7",
        "The mirror trap of odd p",
        Parameters(d2=1 / 3, m0=-1e-4),
        "For odd p the sign of the start matters: from m₀ < 0 the flow ends in a mirror minimum at m = −0.569. "
        "Half of all random starts do.",
        "Its energy lies above that of the good minimum: flip the sign of m₀ and the flow finds the signal.",
    ),
)

BY_KEY: Final = {point.key: point for point in STORY}
