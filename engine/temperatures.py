"""Temperatures of the glass transition of a mixed p-spin model, from the couplings of its noise alone.

Notation as in docs/theory/landscapes.md: Q(x) = Σ a_k x^k/k is the covariance of the noise, q the overlap of two
configurations of one state.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np

from .checks import Floats

Terms: TypeAlias = tuple[tuple[int, float], ...]

_GRID: Final = 1 / (
    1 + np.exp(-np.linspace(-14.0, 18.0, 2401))
)  # dense at both ends: high orders have q near 1
_N_BISECT: Final = 80
_SERIES: Final = 0.1  # below it -q - ln(1 - q) is summed, not subtracted


@dataclass(frozen=True, slots=True)
class Critical:
    """A temperature at which a glass changes.

    Attributes
    ----------
    temperature : float
        In the units of the landscape's energies.
    overlap : float
        Of the states that appear, take over or lose their gap there; 0 in a continuous transition.
    """

    temperature: float
    overlap: float


def derivative(terms: Terms, x: Floats, n: int) -> Floats:
    """n-th derivative of Σ c_k x^k/k; n from 0 to 3."""
    total = np.zeros_like(x)
    for k, c in terms:
        if k >= n:
            total = total + c * math.prod(range(k - n + 1, k + 1)) / k * x ** (k - n)
    return total


def _entropy(q: Floats) -> Floats:
    """-q - ln(1 - q)."""
    small = np.minimum(q, _SERIES)
    series = sum((small**k / k for k in range(2, 22)), np.zeros_like(q))
    return np.where(q < _SERIES, series, -q - np.log1p(-q))


def _maximum(
    ratio: Callable[[Floats], Floats], slope: Callable[[Floats], Floats], at_zero: float
) -> Critical:
    """The largest value of a ratio over q, whose slope's sign is that of ``slope``; T² is that value."""
    values = ratio(_GRID)
    i = int(np.argmax(values))
    if values[i] <= at_zero * (1 + 1e-9):
        return Critical(math.sqrt(at_zero), 0.0)
    low, high = _GRID[max(i - 1, 0)], _GRID[min(i + 1, _GRID.size - 1)]
    for _ in range(_N_BISECT):
        middle = (low + high) / 2
        if slope(np.array([middle]))[0] > 0:
            low = middle
        else:
            high = middle
    q = (low + high) / 2
    return Critical(math.sqrt(float(ratio(np.array([q]))[0])), float(q))


def _of_order_2(noise: Terms) -> float:
    return dict(noise).get(2, 0.0)


@lru_cache(maxsize=256)
def mode_coupling(noise: Terms) -> Critical:
    """T² = max over q of Q'(q)(1 - q)/q: below it equilibrium is divided into states (dynamic transition)."""
    return _maximum(
        lambda q: derivative(noise, q, 1) * (1 - q) / q,
        lambda q: derivative(noise, q, 2) * q * (1 - q) - derivative(noise, q, 1),
        _of_order_2(noise),
    )


@lru_cache(maxsize=256)
def kauzmann(noise: Terms) -> Critical:
    """T² = max over q of Q(q)/(-q - ln(1 - q)): below it two configurations share a state (static transition)."""
    return _maximum(
        lambda q: derivative(noise, q, 0) / _entropy(q),
        lambda q: derivative(noise, q, 1) * _entropy(q) - derivative(noise, q, 0) * q / (1 - q),
        _of_order_2(noise),
    )


def state_following(noise: Terms) -> Critical:
    """T₀ below which a state of equilibrium has a bottom with a gap: m² = 1 - Q'(1)/Q''(1), T₀ = Q'(m)/(mσ).

    NaN where no order above 2 carries noise.
    """
    one = np.ones(1)
    first, second = float(derivative(noise, one, 1)[0]), float(derivative(noise, one, 2)[0])
    if second <= first:
        return Critical(math.nan, math.nan)
    m = math.sqrt(sum((k - 2) * a for k, a in noise) / second)
    return Critical(float(derivative(noise, np.array([m]), 1)[0]) / (m * math.sqrt(second)), m)
