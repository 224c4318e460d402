"""Where the dynamics can come to rest: stable isolated minima (T = 0) and states in equilibrium (T > 0)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .checks import Floats
from .model import Model

__all__ = ["roots", "stable_states"]

_N_BISECT: Final = 60
_NEAR_ONE: Final = np.geomspace(1e-5, 0.9, 1000)
# Sizes of m to look at, dense at both ends: strong signals have their wells at m = 1, weak ones theirs at 0.
_SIZES: Final = np.union1d(np.geomspace(1e-8, 0.5, 500), np.sqrt((1 - _NEAR_ONE) * (1 + _NEAR_ONE)))


def stable_states(model: Model, temperature: float, *, mirror: bool) -> Floats:
    """Return size of the overlap, multiplier and energy of every state in which the dynamics can stay for ever.

    Parameters
    ----------
    model : Model
    temperature : float
    mirror : bool
        Whether the side is m < 0 at odd p: there the tensor's share of the signal changes sign.

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
    The state without signal, m = q = 0, is stable for 1/Δ₂ < T and 1/Δ₂ < T².
    """
    states = _States(model, temperature, mirror=mirror)
    m = roots(states.imbalance, _SIZES)
    m = m[states.inverse_chi(m) > temperature]
    m = m[states.are_stable(m)]
    found = np.column_stack([m, states.lagrange_multiplier(m), states.energy(m)])
    if model.inverse_delta_2 < min(temperature, temperature**2):
        found = np.vstack([_paramagnet(model, temperature), found])
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


def _paramagnet(model: Model, temperature: float) -> Floats:
    """The row of m = q = 0."""
    b, a = model.inverse_delta_2, model.inverse_delta_p
    return np.array([0.0, temperature + (a + b) / temperature, -(a / model.p + b / 2) / temperature])


class _States:
    """The replica-symmetric states with m > 0, by their overlap: χ = (1 - q)/T = m/S'(m)."""

    def __init__(self, model: Model, temperature: float, *, mirror: bool) -> None:
        self.p, self.T = model.p, temperature
        self.b, self.a = model.inverse_delta_2, model.inverse_delta_p
        self.sign = -1.0 if mirror else 1.0

    def inverse_chi(self, m: Floats) -> Floats:
        """1/χ = S'(m)/m."""
        inverse: Floats = self.b + self.sign * self.a * m ** (self.p - 2)
        return inverse

    def q(self, m: Floats) -> Floats:
        """Overlap of the state with itself, from the first equation; outside (0, 1] there is none."""
        q: Floats = 1 - self.T / self.inverse_chi(m)
        return q

    def slope(self, q: Floats) -> Floats:
        """Q'(q)."""
        slope: Floats = self.b * q + self.a * q ** (self.p - 1)
        return slope

    def imbalance(self, m: Floats) -> Floats:
        """(q - m²)/χ² - Q'(q): zero at a state, -1 where there is no q."""
        inverse = self.inverse_chi(m)
        exists = inverse > self.T
        q = 1 - self.T / np.where(exists, inverse, np.inf)
        kept = (1 - m) * (1 + m) * inverse**2 - self.T * inverse  # (q - m²)/χ² without cancellation
        imbalance: Floats = np.where(exists, kept - self.slope(q), -1.0)
        return imbalance

    def are_stable(self, m: Floats) -> NDArray[np.bool_]:
        """Whether no small disturbance grows, neither one of q nor one of m."""
        p, inverse, q = self.p, self.inverse_chi(m), self.q(m)
        inside = 1 - (self.b + (p - 1) * self.a * q ** (p - 2)) / inverse**2
        curvature = self.b + (p - 1) * self.sign * self.a * m ** (p - 2)  # S''(m)
        towards = (
            curvature / inverse - 1 - 2 * m * m * inverse / (self.T * inside + 2 * self.slope(q) / inverse)
        )
        return (inside > 0) & (towards < 0)

    def lagrange_multiplier(self, m: Floats) -> Floats:
        """Multiplier μ."""
        inverse = self.inverse_chi(m)
        return self.T + m * m * inverse + self._released(m, self.a, self.b)

    def energy(self, m: Floats) -> Floats:
        """Energy e."""
        signal = self.b * m * m / 2 + self.sign * self.a * m**self.p / self.p
        return -signal - self._released(m, self.a / self.p, self.b / 2)

    def _released(self, m: Floats, of_tensor: float, of_matrix: float) -> Floats:
        """[f(1) - f(q)]/T of f = of_tensor·q^p + of_matrix·q², finite at T = 0."""
        chi = 1 / self.inverse_chi(m)
        q = 1 - self.T * chi
        powers = sum(q**k for k in range(self.p))  # (1 - q^p)/(1 - q)
        released: Floats = chi * (of_tensor * powers + of_matrix * (1 + q))
        return released
