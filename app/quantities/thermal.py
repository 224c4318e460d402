"""Which side of the Langevin line succeeds: the phases at a temperature, all over the diagram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..physics import Model, phases

PLACES: Final = 36  # along each axis: enough to find room for a name
DELTA_P: Final = (-1.5, 2.0)  # log10
INVERSE_DELTA_2: Final = (-0.5, 1.3)  # log10
RECOVERS, GLASSY, PARAMAGNET = 0, 1, 2


@dataclass(frozen=True, slots=True)
class ThermalPhases:
    """The phase at T > 0 all over the diagram.

    Parameters
    ----------
    delta_p : array, shape (n,)
        Δp, log-spaced.
    inverse_delta_2 : array, shape (k,)
        1/Δ₂, log-spaced.
    phase : array of int, shape (k, n)
        `RECOVERS`, `GLASSY` or `PARAMAGNET`.
    """

    delta_p: NDArray[np.float64]
    inverse_delta_2: NDArray[np.float64]
    phase: NDArray[np.int64]


def thermal_phases(p: int, temperature: float) -> ThermalPhases:
    """The phase at each place, as `engine.phases.classify` tells it of one point: a heuristic.

    Parameters
    ----------
    p : int
        Order of the tensor.
    temperature : float
        T > 0.
    """
    delta_p, inverse = np.logspace(*DELTA_P, PLACES), np.logspace(*INVERSE_DELTA_2, PLACES)
    return ThermalPhases(
        delta_p,
        inverse,
        np.array(
            [[_phase(p, 1 / float(a), float(noise), temperature) for noise in delta_p] for a in inverse]
        ),
    )


def _phase(p: int, delta_2: float, delta_p: float, temperature: float) -> int:
    response = phases.threshold_response(
        Model(p=p, delta_2=delta_2, delta_p=delta_p), temperature=temperature
    )
    if np.isnan(response):  # no threshold states
        return PARAMAGNET if 1 / delta_2 <= temperature else RECOVERS
    return RECOVERS if response > delta_2 else GLASSY
