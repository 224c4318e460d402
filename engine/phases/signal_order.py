"""Lines of the (p, k) model: noise of one order p, signal of one order k.

Notation as in docs/theory/landscapes.md: Q = a x^p/p and S = b m^k/k; lines are values of b/√a.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..checks import check_count

__all__ = ["SignalOrderLines", "signal_order_lines"]

_N_BISECT: Final = 200


@dataclass(frozen=True, slots=True)
class SignalOrderLines:
    """Values of b/√a; NaN where there is no such line.

    Attributes
    ----------
    spinodal : float
        Above it there is a good minimum.
    stable : float
        Above it the good minimum has a gap.
    flow : float
        Above it gradient flow from m → 0 finds the signal (k = 2; for k >= 3 it never does).
    typical : float
        Above it typical minima of the equator are saddles (k = 2).
    trivial : float
        Above it no minimum is left on the equator (k = 2), or no stationary point at all but two (k = 1).
    """

    spinodal: float
    stable: float
    flow: float
    typical: float
    trivial: float


def signal_order_lines(p: int, k: int) -> SignalOrderLines:
    """Return the lines of noise of order p and a signal of order k.

    Parameters
    ----------
    p : int
        Order of the noise, 3 to 10.
    k : int
        Order of the signal, 1 to 12.

    Returns
    -------
    SignalOrderLines

    Raises
    ------
    ParameterError
        If an order is out of range.

    Notes
    -----
    Equations (11)-(13) of docs/theory/landscapes.md with Q''(1)/Q'(1) = p - 1. For k = p the spinodal is that of the
    spiked tensor.

    Examples
    --------
    A matrix in the noise of a tensor: where the good minimum is stable the flow finds it.

    >>> lines = signal_order_lines(5, 2)
    >>> lines.stable, lines.flow
    (2.0, 2.0)
    """
    p, k = check_count("p", p), check_count("k", k, key="order")
    ratio = p - 1.0  # Q''(1)/Q'(1)
    none = math.nan
    if k == 1:
        return SignalOrderLines(0.0, math.sqrt(p - 2), none, none, math.sqrt(p - 2))
    if k == 2:
        sigma = math.sqrt(ratio)
        return SignalOrderLines(1.0, sigma, sigma, sigma * _typical(ratio), sigma * _trivial(ratio))
    spinodal = math.sqrt((k - 1) ** (k - 1) / (k - 2) ** (k - 2))
    gap = math.sqrt(ratio) * (ratio / (p - 2)) ** ((k - 2) / 2)
    return SignalOrderLines(spinodal, spinodal if k >= p else gap, none, none, none)


def _typical(ratio: float) -> float:
    """θ at which Σ(0, σ(θ + 1/θ)) of all stationary points vanishes, with Φ = 1/2 + 1/(2θ²) + ln θ."""

    def complexity(theta: float) -> float:
        t = theta + 1 / theta
        spectral = 0.5 + 0.5 / theta**2 + math.log(theta)
        return 0.5 * math.log(ratio) - 0.5 * t * t * ratio / (1 + ratio) + spectral

    return _zero(complexity)


def _trivial(ratio: float) -> float:
    """θ at which minima of the equator vanish at t = 2."""

    def complexity(theta: float) -> float:
        cost = (theta - 1) ** 2 / 4 - 0.5 * (theta - 1 - math.log(theta))
        return 0.5 * math.log(ratio) - (ratio - 1) / (ratio + 1) - cost

    return _zero(complexity)


def _zero(falling: Callable[[float], float]) -> float:
    """The θ > 1 at which a falling function changes its sign."""
    low, high = 1.0, 2.0
    while falling(high) > 0:
        low, high = high, 2 * high
    for _ in range(_N_BISECT):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        if falling(middle) > 0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
