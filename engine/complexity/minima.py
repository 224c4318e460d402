"""The isolated minima: the good one, correlated with the signal, and the mirror one of odd orders."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.polynomial import Polynomial

from .._kernels import complexity as counts
from .._kernels import message_passing as kernels
from ..checks import check_range
from ..equilibrium import roots, stable_states
from ..fixed_points import informed_overlap
from ..landscape import Landscape
from ..model import Model
from .terms import terms_of

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
        Energies per degree of freedom: the sum, that of order 2, and those of all other orders (of a model: the
        tensor's).
    is_stable : bool
        Whether it is a minimum with a gap, A > σ. Otherwise the well is glassy and has no single end point.
    energies : tuple of float
        By increasing order.
    """

    overlap: float
    lagrange_multiplier: float
    energy: float
    energy_2: float
    energy_p: float
    is_stable: bool
    energies: tuple[float, ...]


def isolated_minimum(model: Model | Landscape, m: float) -> GoodMinimum:
    """Return the minimum at a fixed point m = S'(m)/A of message passing, A² = Q'(1) + S'(m)²."""
    terms = terms_of(model)
    orders, noise, couplings = terms.parts.tolist()
    signal = [b * m ** (k - 1) for k, b in zip(orders, couplings, strict=True)]
    slope = sum(signal)
    A = math.sqrt(terms.Q1 + slope * slope)
    mu = A + terms.Q2 / A
    excess = (mu - m * slope) / (terms.Q1 + terms.Q2)
    energies = tuple(-x * m / k - excess * a for k, x, a in zip(orders, signal, noise, strict=True))
    second = math.fsum(e for k, e in zip(orders, energies, strict=True) if k == 2)
    rest = math.fsum(e for k, e in zip(orders, energies, strict=True) if k != 2)
    return GoodMinimum(
        overlap=m,
        lagrange_multiplier=mu,
        energy=second + rest,
        energy_2=second,
        energy_p=rest,
        is_stable=model.sigma < A,
        energies=energies,
    )


def good_minimum(model: Model | Landscape) -> GoodMinimum | None:
    """Return the well with the largest overlap, None if the likelihood has none.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.

    Returns
    -------
    GoodMinimum or None
        None where noise wins: no fixed point m* > 0.

    Notes
    -----
    m* = S'(m*)/A with A = √(Q'(1) + S'(m*)²) and S = Q for a model, the fixed point of maximum-likelihood message
    passing [SaraoMannelli2019b]. There Σ = 0 exactly, so that it is one point and not a band: equation (9) of
    docs/theory/landscape.md.

    Examples
    --------
    Without tensor it is the leading eigenvector of a spiked matrix, m*² = 1 - Δ₂:

    >>> round(good_minimum(Model(p=3, delta_2=0.36, delta_p=float("inf"))).overlap, 12)
    0.8
    """
    m = informed_overlap(model)
    return isolated_minimum(model, m) if m > 0 else None


def mirror_minimum(model: Model | Landscape) -> GoodMinimum | None:
    """Return the well at negative overlap of an odd order, None if there is none or the order is even.

    Its energy lies above that of the good minimum in every case checked. It is a stable minimum above
    `phases.mirror_line` (in 1/Δ₂).

    Parameters
    ----------
    model : Model or Landscape
        The landscape.

    Returns
    -------
    GoodMinimum or None
        With m < 0.

    Notes
    -----
    The same equation as `good_minimum`, with m < 0: signals of even order cannot tell x from -x.
    """
    if isinstance(model, Landscape):
        if model.mirrored() == model:
            return None
        m = informed_overlap(model.mirrored())
        return isolated_minimum(model, -m) if m > 0 else None
    if model.p % 2 == 0:
        return None
    m = kernels.mirror_point(model.inverse_delta_2, model.inverse_delta_p, model.p)
    return isolated_minimum(model, -m) if m > 0 else None


def escape_level(model: Model | Landscape, *, temperature: float = 0.0, mirror: bool = False) -> float:
    """Return the overlap at which a path counts as escaped, min(0.3, m*/2).

    Half way to where a path that has found the signal ends, and within the reach of linear theory, which ends at
    about 0.3.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
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


def capture_overlap(model: Model | Landscape) -> float:
    """Return the overlap beyond which threshold states point to the signal, θ(m) = 1.

    A flow that reaches it in its transient escapes although the gradient-flow line says that an infinitesimal
    overlap does not: a heuristic that agrees with the two-time equations.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.

    Returns
    -------
    float
        Smallest such m > 0; NaN where θ(0) > 1 (any overlap is captured) or θ < 1 at every overlap.

    Examples
    --------
    >>> round(capture_overlap(Model(p=3, delta_2=1 / 1.5, delta_p=0.5)), 4)
    0.2506
    """
    if isinstance(model, Landscape):
        return _capture_overlap(model)
    return float(counts.capture_overlap(model.inverse_delta_2, model.inverse_delta_p, model.p))


def _capture_overlap(landscape: Landscape) -> float:
    """The same of a general landscape: θσ is a polynomial, and rises or falls between the roots of its slope."""
    curvature = Polynomial([0.0])
    for k, b in landscape.signal:
        if k > 1:
            curvature += Polynomial([0.0] * (k - 2) + [(k - 1) * b])
    spike = curvature * Polynomial([1.0, 0.0, -1.0])
    if spike(0.0) > landscape.sigma or not landscape.signal:
        return math.nan
    turns = spike.deriv().roots()
    turns = np.sort(turns.real[(abs(turns.imag) < 1e-9) & (turns.real > 0) & (turns.real < 1)])
    found = roots(lambda m: spike(m) - landscape.sigma, np.concatenate([[0.0], turns, [1.0]]))
    return float(found[0]) if found.size else math.nan
