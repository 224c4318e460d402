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
    Phase.RARE_MINIMA: "atypical minima, flow surfs",
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
        "Minima are left, on average still exponentially many, but atypical: typical stationary points are saddles "
        "that point to the signal, and from m₀ > 0 the flow surfs on them."
    ),
    Phase.SURFING: (
        "On average there are exponentially many minima, yet from m₀ > 0 the flow works: the marginal states it meets "
        "have one downhill direction, towards the signal."
    ),
    Phase.STUCK: "ML-AMP finds the signal; in the limit m₀ → 0 the flow stays at threshold states.",
    Phase.UNREACHABLE: "A good minimum exists; in the limit m₀ → 0 neither ML-AMP nor the flow reaches it.",
    Phase.NO_MINIMUM: "The likelihood has no stable good minimum.",
    Phase.RECOVERS: "Langevin dynamics at this temperature recovers the signal.",
    Phase.GLASSY: (
        "In the limit m₀ → 0 Langevin dynamics at this temperature stays among glassy states and does not find the "
        "signal."
    ),
    Phase.PARAMAGNET: "At this temperature Langevin dynamics is paramagnetic: no glass, no overlap with the signal.",
}

BELOW_THE_FLOW_LINE: Final = "There an overlap grows only as a power of time."
ON_THE_FLOW_LINE: Final = (
    "On the line itself the rate of its escape vanishes, yet an overlap grows faster than any power of time."
)
ON_THE_MATRIX_LINE: Final = "On this line, without a tensor, an infinitesimal overlap grows as t^(1/4)."
MIRROR_MINIMUM: Final = "One mirror minimum remains at m < 0."
MIRROR_MARGINAL: Final = "At m < 0 marginal states remain."
BANDS: Final = "At m < 0 minima remain, on average exponentially many, at {}."
BANDS_AND_MIRROR: Final = (
    "At m < 0 one mirror minimum remains, and others, on average exponentially many, at {}."
)
AMP_NOT_A_MINIMUM: Final = "AMP's overlap belongs to no isolated minimum."
BAYES_TEMPERATURE: Final = "At T = 1 it reaches the Bayes-optimal overlap."
WEAK_OVERLAP: Final = "From scratch it stays at a weak overlap, {}; another state has {}."
