"""The isolated minima: the good one, correlated with the signal, and the mirror one of an odd order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from .._kernels import complexity as counts
from .._kernels import message_passing as kernels
from ..checks import check_range
from ..equilibrium import stable_states
from ..model import Model

LARGEST_LEVEL: Final = 0.3  # of an escape: linear theory means something up to there
_MIRROR_LEVEL: Final = 0.1  # on the mirror side without a minimum: escapes end anywhere from 0.28 on


@dataclass(frozen=True, slots=True)
class GoodMinimum:
    """One isolated minimum of the loss, where the complexity vanishes and is stationary.

    Attributes
    ----------
    overlap : float
        Overlap m* with the signal.
    lagrange_multiplier : float
        μ* = A + σ²/A, in units of rate.
    energy, energy_2, energy_p : float
        Energies per degree of freedom: the sum and the two channels.
    is_stable : bool
        Whether it is a minimum with a gap, A > σ. Otherwise the well is glassy and has no single end point.
    """

    overlap: float
    lagrange_multiplier: float
    energy: float
    energy_2: float
    energy_p: float
    is_stable: bool


def isolated_minimum(model: Model, m: float) -> GoodMinimum:
    """Return the minimum at a fixed point m = Q'(m)/A of message passing, A² = Q'(1) + Q'(m)²."""
    a, b, p = model.inverse_delta_2, model.inverse_delta_p, model.p
    Q1, Q2 = a + b, a + (p - 1) * b
    q1 = a * m + b * m ** (p - 1)
    A = math.sqrt(Q1 + q1 * q1)
    mu = A + Q2 / A
    excess = (mu - m * q1) / (Q1 + Q2)
    energy_2, energy_p = -a * m * m / 2 - excess * a, -b * m**p / p - excess * b
    return GoodMinimum(
        overlap=m,
        lagrange_multiplier=mu,
        energy=energy_2 + energy_p,
        energy_2=energy_2,
        energy_p=energy_p,
        is_stable=model.sigma < A,
    )


def good_minimum(model: Model) -> GoodMinimum | None:
    """Return the well with the largest overlap, None if the likelihood has none.

    Parameters
    ----------
    model : Model
        The model.

    Returns
    -------
    GoodMinimum or None
        None where noise wins: no fixed point m* > 0.

    Notes
    -----
    m* = Q'(m*)/A with A = √(Q'(1) + Q'(m*)²), the fixed point of maximum-likelihood message passing
    [SaraoMannelli2019b]. There Σ = 0 exactly, so that it is one point and not a band: equation (9) of
    docs/theory/landscape.md.

    Examples
    --------
    Without tensor it is the leading eigenvector of a spiked matrix, m*² = 1 - Δ₂:

    >>> round(good_minimum(Model(p=3, delta_2=0.36, delta_p=float("inf"))).overlap, 12)
    0.8
    """
    m = kernels.fixed_point(kernels.ML, model.inverse_delta_2, model.inverse_delta_p, model.p, True)
    return isolated_minimum(model, m) if m > 0 else None


def mirror_minimum(model: Model) -> GoodMinimum | None:
    """Return the well at negative overlap of an odd order, None if there is none or the order is even.

    Its energy lies above that of the good minimum in every case checked. It is a stable minimum above
    `phases.mirror_line` (in 1/Δ₂).

    Parameters
    ----------
    model : Model
        The model.

    Returns
    -------
    GoodMinimum or None
        With m < 0.

    Notes
    -----
    The same equation as `good_minimum`, with m < 0: the matrix cannot tell x from -x, the tensor can.
    """
    if model.p % 2 == 0:
        return None
    m = kernels.mirror_point(model.inverse_delta_2, model.inverse_delta_p, model.p)
    return isolated_minimum(model, -m) if m > 0 else None


def escape_level(model: Model, *, temperature: float = 0.0, mirror: bool = False) -> float:
    """Return the overlap at which a path counts as escaped, min(0.3, m*/2).

    Half way to where a path that has found the signal ends, and within the reach of linear theory, which ends at
    about 0.3.

    Parameters
    ----------
    model : Model
        The model.
    temperature : float, optional
        0 to 2; above 0 the end is a state in equilibrium, not the good minimum.
    mirror : bool, optional
        Whether the path runs at m < 0 with odd p.

    Returns
    -------
    float
        Size of the overlap; 0.3 where there is no such end, or a glassy one, on the mirror side 0.1.

    Raises
    ------
    ParameterError
        If the temperature is out of range.

    Examples
    --------
    >>> escape_level(Model(p=3, delta_2=0.4, delta_p=1.0))
    0.3
    """
    if check_range("temperature", temperature) == 0.0 and not mirror:
        well = good_minimum(model)
        end = well.overlap if well is not None and well.is_stable else 0.0
    else:
        states = stable_states(model, temperature, mirror=mirror)
        end = float(states[-1, 0]) if states.size else 0.0
    if end > 0:
        return min(LARGEST_LEVEL, end / 2)
    return _MIRROR_LEVEL if mirror else LARGEST_LEVEL


def capture_overlap(model: Model) -> float:
    """Return the overlap beyond which threshold states point to the signal, θ(m) = 1.

    A flow that reaches it in its transient escapes although the gradient-flow line says that an infinitesimal
    overlap does not: a heuristic that agrees with the two-time equations.

    Parameters
    ----------
    model : Model
        The model.

    Returns
    -------
    float
        Smallest such m > 0; NaN where θ(0) > 1 (any overlap is captured) or θ < 1 at every overlap.

    Examples
    --------
    >>> round(capture_overlap(Model(p=3, delta_2=1 / 1.5, delta_p=0.5)), 4)
    0.2506
    """
    return float(counts.capture_overlap(model.inverse_delta_2, model.inverse_delta_p, model.p))
