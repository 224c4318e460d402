"""Where the dynamics can come to rest: stable isolated minima (T = 0) and states in equilibrium (T > 0)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .checks import Floats
from .landscape import Landscape
from .model import AnyLandscape
from .temperatures import Terms, derivative

__all__ = ["roots", "stable_states"]

_N_BISECT: Final = 60
_NEAR_ONE: Final = np.geomspace(1e-5, 0.9, 1000)
# Sizes of m to look at, dense at both ends: strong signals have their wells at m = 1, weak ones theirs at 0.
_SIZES: Final = np.union1d(np.geomspace(1e-8, 0.5, 500), np.sqrt((1 - _NEAR_ONE) * (1 + _NEAR_ONE)))


def stable_states(model: AnyLandscape, temperature: float, *, mirror: bool) -> Floats:
    """Return size of the overlap, multiplier and energy of every state in which the dynamics can stay for ever.

    Parameters
    ----------
    model : Model or Landscape
    temperature : float
    mirror : bool
        Whether the side is m < 0 of the signal: there its shares of odd order change sign.

    Returns
    -------
    ndarray, shape (n, 3)
        By increasing size of the overlap, in units of the bare flow; may be empty.

    Notes
    -----
    Replica-symmetric states of overlap q with themselves, χ = (1 - q)/T and a signal S: m = χ S'(m) and
    q - m² = χ² Q'(q) (equations (10) of docs/theory/dynamics.md). They are stable in themselves if χ² Q''(q) < 1,
    towards the signal if χ S'(m) - m falls with m along the second equation. There
    μ = T + m S'(m) + [Q'(1) - q Q'(q)]/T and e = -S(m) - [Q(1) - Q(q)]/T. At T = 0 they are the isolated minima.
    The state without signal, m = q = 0, is one where no order 1 acts; it is stable for b₂ < T and a₂ < T².
    """
    landscape = model.landscape.mirrored() if mirror else model.landscape
    states = _States(landscape, temperature)
    if not landscape.signal:
        found = np.empty((0, 3))
        return np.vstack([_paramagnet(landscape, temperature), found]) if states.has_paramagnet() else found
    m = roots(states.imbalance, _SIZES)
    m = m[states.inverse_chi(m) > temperature]
    m = m[states.are_stable(m)]
    found = np.column_stack([m, states.lagrange_multiplier(m), states.energy(m)])
    if states.has_paramagnet():
        found = np.vstack([_paramagnet(landscape, temperature), found])
    return found


def roots(function: Callable[[Floats], Floats], at: Floats) -> Floats:
    """Return where a function changes its sign between neighbours of increasing numbers, by bisection.

    Parameters
    ----------
    function : callable
        Of an array of any length, elementwise.
    at : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (k,)
        Increasing.
    """
    negative = function(at) < 0  # a zero that is hit exactly is a change as well
    changes = np.flatnonzero(negative[:-1] != negative[1:])
    low, high = at[changes], at[changes + 1]
    rising = negative[changes]
    for _ in range(_N_BISECT):
        middle = (low + high) / 2
        below = (function(middle) < 0) == rising
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def _paramagnet(landscape: Landscape, temperature: float) -> Floats:
    """The row of m = q = 0."""
    slope, value = float(landscape.q_prime(1.0)), float(landscape.q(1.0))
    return np.array([0.0, temperature + slope / temperature, -value / temperature])


def _powers(terms: Terms, x: Floats, n: int) -> Floats:
    """Σ c_k x^(k-n): `derivative` of order n = 1, and that divided by x, where each call counts."""
    constant = sum(c for k, c in terms if k == n)
    total: Floats | float = constant
    for k, c in terms:
        if k != n:
            total = total + (c * x if k == n + 1 else c * x ** (k - n))
    return total if isinstance(total, np.ndarray) else np.full_like(x, total)


class _States:
    """The replica-symmetric states with m > 0, by their overlap: χ = (1 - q)/T = m/S'(m)."""

    def __init__(self, landscape: Landscape, temperature: float) -> None:
        self.noise, self.signal, self.T = landscape.noise, landscape.signal, temperature

    def has_paramagnet(self) -> bool:
        """Whether m = q = 0 is a stable state."""
        a, b, T = dict(self.noise), dict(self.signal), self.T
        return 1 not in a and 1 not in b and a.get(2, 0.0) < T * T and b.get(2, 0.0) < T

    def inverse_chi(self, m: Floats) -> Floats:
        """1/χ = S'(m)/m."""
        inverse: Floats = _powers(self.signal, m, 2)
        return inverse

    def q(self, m: Floats) -> Floats:
        """Overlap of the state with itself, from the first equation; outside (0, 1] there is none."""
        q: Floats = 1 - self.T / self.inverse_chi(m)
        return q

    def imbalance(self, m: Floats) -> Floats:
        """(q - m²)/χ² - Q'(q): zero at a state, -1 where there is no q."""
        inverse = self.inverse_chi(m)
        exists = inverse > self.T
        q = 1 - self.T / np.where(exists, inverse, np.inf)
        kept = (1 - m) * (1 + m) * inverse**2 - self.T * inverse  # (q - m²)/χ² without cancellation
        imbalance: Floats = np.where(exists, kept - _powers(self.noise, q, 1), -1.0)
        return imbalance

    def are_stable(self, m: Floats) -> NDArray[np.bool_]:
        """Whether no small disturbance grows, neither one of q nor one of m."""
        inverse, q = self.inverse_chi(m), self.q(m)
        inside = 1 - derivative(self.noise, q, 2) / inverse**2
        slope, curvature = derivative(self.noise, q, 1), derivative(self.signal, m, 2)
        towards = curvature / inverse - 1 - 2 * m * m * inverse / (self.T * inside + 2 * slope / inverse)
        return (inside > 0) & (towards < 0)

    def lagrange_multiplier(self, m: Floats) -> Floats:
        """Multiplier μ."""
        return self.T + m * m * self.inverse_chi(m) + self._released(m, self.noise)

    def energy(self, m: Floats) -> Floats:
        """Energy e."""
        each = tuple((k, a / k) for k, a in self.noise)
        return -derivative(self.signal, m, 0) - self._released(m, each)

    def _released(self, m: Floats, terms: Terms) -> Floats:
        """[f(1) - f(q)]/T of f = Σ c_k q^k, finite at T = 0."""
        chi = 1 / self.inverse_chi(m)
        q = 1 - self.T * chi
        total = np.zeros_like(m)
        for k, c in terms:
            total = total + c * sum(q**j for j in range(k))  # (1 - q^k)/(1 - q)
        released: Floats = chi * total
        return released
