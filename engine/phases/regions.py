"""The regions of the phase diagram, in words: what may be said of each, and nothing stronger.

Counts are expected (annealed) numbers of stationary points about the equator, m ≈ 0; "works" means from an initial
overlap m₀ > 0, with m₀ → 0 taken first.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

ANNEALED_NOTE: Final = "Counts are expected (annealed) numbers of stationary points near the equator, m ≈ 0."


class Phase(StrEnum):
    """A region of the phase diagram: the first six at T = 0, from above in 1/Δ₂, the others at T > 0."""

    TRIVIAL = "trivial"
    RARE_MINIMA = "rare_minima"
    SURFING = "surfing"
    STUCK = "stuck"
    UNREACHABLE = "unreachable"
    NO_MINIMUM = "no_minimum"
    RECOVERS = "recovers"
    GLASSY = "glassy"
    PARAMAGNET = "paramagnet"

    @property
    def heading(self) -> str:
        """A few words for the phase diagram."""
        return TITLES[self]

    @property
    def sentence(self) -> str:
        """What may be said of every point of the region."""
        return SENTENCES[self]


TITLES: Final = {
    Phase.TRIVIAL: "only the good minimum",
    Phase.RARE_MINIMA: "rare minima, flow surfs",
    Phase.SURFING: "many minima, yet the flow works",
    Phase.STUCK: "AMP works, flow stuck",
    Phase.UNREACHABLE: "flow and AMP fail",
    Phase.NO_MINIMUM: "flow and AMP fail",
    Phase.RECOVERS: "Langevin dynamics recovers the signal",
    Phase.GLASSY: "Langevin dynamics stays glassy",
    Phase.PARAMAGNET: "paramagnet",
}

SENTENCES: Final = {
    Phase.TRIVIAL: (
        "Only the good minimum is left at m ≥ 0: from m₀ > 0 the flow finds it, still in a time proportional to "
        "ln(1/m₀)."
    ),
    Phase.RARE_MINIMA: (
        "Rare minima are left; typical stationary points are saddles that point to the signal: "
        "from m₀ > 0 the flow surfs on them."
    ),
    Phase.SURFING: (
        "There are exponentially many minima, yet from m₀ > 0 the flow works: the marginal states it meets have one "
        "downhill direction, towards the signal."
    ),
    Phase.STUCK: (
        "ML-AMP finds the signal, while the flow stays at threshold states: its overlap grows only as a power of time."
    ),
    Phase.UNREACHABLE: "A good minimum exists; neither ML-AMP nor the flow reaches it from scratch.",
    Phase.NO_MINIMUM: "The likelihood has no stable good minimum.",
    Phase.RECOVERS: "Langevin dynamics at this temperature recovers the signal.",
    Phase.GLASSY: "Langevin dynamics at this temperature stays among glassy states and does not find the signal.",
    Phase.PARAMAGNET: "At this temperature Langevin dynamics is paramagnetic: no glass, no overlap with the signal.",
}

MIRROR_MINIMUM: Final = "One mirror minimum remains at m < 0."
MIRROR_MARGINAL: Final = "At m < 0 marginal states remain."
AMP_NOT_A_MINIMUM: Final = "AMP's overlap belongs to no isolated minimum."
BAYES_TEMPERATURE: Final = "At T = 1 it reaches the Bayes-optimal overlap."
WEAK_OVERLAP: Final = "Here the matrix alone gives a weak overlap."
