"""Any Gaussian landscape on the sphere: noise and signal by order.

Notation as in docs/theory/landscapes.md: on the sphere |x|² = N the loss has covariance N Q(x·y/N) and mean -N S(m)
at overlap m = x·x*/N, with Q(x) = Σ a_k x^k/k and S(m) = Σ b_k m^k/k. `Model` is the case S = Q of two orders.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from . import temperatures
from .checks import Values, as_values, check_couplings, check_range
from .errors import ParameterError
from .temperatures import Terms, derivative
from .words import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """One Gaussian landscape; hashable, and the key under which results are cached.

    Parameters
    ----------
    noise : tuple of (int, float)
        Orders k, 1 to 12, and couplings a_k >= 0 of the noise; an order above 1 must be among them.
    signal : tuple of (int, float), optional
        Orders k and couplings b_k of the signal, of either sign. Without any there is nothing to find.
    planted : bool, optional
        Whether the signal is the initial condition itself, drawn at equilibrium (`at_equilibrium`): then b_k = a_k/T₀,
        a flow starts at overlap 1, and its overlap is its correlation C(t, 0) with the start.

    Raises
    ------
    ParameterError
        If an order or a coupling is out of range, an order is given twice, no order above 1 carries noise, or a
        planted landscape is none.

    Notes
    -----
    Terms are kept in increasing order and without zeros, so that equal landscapes are equal keys. Time is in units of
    the bare gradient flow ẋ = -∇H - μx. Equation (1) of docs/theory/landscapes.md.

    Examples
    --------
    >>> Landscape(noise=((3, 1.5), (4, 2.0))).q(1.0)
    1.0
    """

    noise: Terms
    signal: Terms = ()
    planted: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "noise", check_couplings("noise", self.noise))
        object.__setattr__(self, "signal", check_couplings("signal", self.signal))
        object.__setattr__(self, "planted", bool(self.planted))
        if not any(k > 1 for k, _ in self.noise):
            raise ParameterError("noise", "The noise needs a coupling above 0 at an order from 2 to 12.")
        if self.planted:
            self._check_planted()

    def _check_planted(self) -> None:
        a, b = dict(self.noise), dict(self.signal)
        if 1 in a:
            raise ParameterError(
                "noise",
                "With noise of order 1 an equilibrium start needs more than planting: it is not offered.",
            )
        if a.keys() != b.keys():
            raise ParameterError(
                "signal", "A planted landscape has a signal b = a/T₀ at every order of its noise."
            )
        temperature = max(a[k] / b[k] for k in a)
        if temperature <= 0 or any(abs(a[k] - b[k] * temperature) > 1e-9 * a[k] for k in a):
            raise ParameterError(
                "signal", "A planted landscape has a signal b = a/T₀ at every order of its noise."
            )
        lowest = temperatures.kauzmann(self.noise).temperature
        if temperature < lowest * (1 - 1e-9):
            raise ParameterError(
                "temperature_0",
                f"T₀ must be at least the static temperature {say(lowest, 6)}: below it equilibrium cannot be planted.",
            )

    @classmethod
    def of(cls, noise: Mapping[int, float], signal: Mapping[int, float] | None = None) -> Landscape:
        """Return a landscape from its couplings by order.

        Parameters
        ----------
        noise : mapping of int to float
            Couplings a_k by order.
        signal : mapping of int to float, optional
            Couplings b_k by order.

        Returns
        -------
        Landscape

        Examples
        --------
        Noise of order 3, signal of order 2:

        >>> Landscape.of({3: 1.0}, {2: 1.8}).signal
        ((2, 1.8),)
        """
        return cls(noise=_pairs("noise", noise), signal=_pairs("signal", {} if signal is None else signal))

    @classmethod
    def spiked(
        cls, inverse_delta: Mapping[int, float], weights: Mapping[int, float] | None = None
    ) -> Landscape:
        """Return the loss of a signal seen through tensors of several orders, each trusted with a weight.

        Parameters
        ----------
        inverse_delta : mapping of int to float
            Signal-to-noise ratio 1/Δ_k of the tensor of order k.
        weights : mapping of int to float, optional
            Weight f_k on its part of the loss; 1 where none is given, which is the likelihood.

        Returns
        -------
        Landscape
            With a_k = f_k²/Δ_k and b_k = f_k/Δ_k.

        Raises
        ------
        ParameterError
            If a weight belongs to no tensor, or a parameter is out of range.

        Examples
        --------
        >>> Landscape.spiked({2: 1.5, 3: 2.0}, {3: 0.5})
        Landscape(noise=((2, 1.5), (3, 0.5)), signal=((2, 1.5), (3, 1.0)), planted=False)
        """
        ratios = dict(check_couplings("noise", _pairs("inverse_delta", inverse_delta)))
        given = {} if weights is None else dict(_pairs("weights", weights))
        if given.keys() - dict(inverse_delta).keys():
            raise ParameterError("weights", "Each weight must belong to the order of one of the tensors.")
        trust = dict(check_couplings("weights", tuple(given.items())))
        f = {k: trust.get(k, 0.0) if k in given else 1.0 for k in ratios}
        return cls.of({k: f[k] ** 2 * s for k, s in ratios.items()}, {k: f[k] * s for k, s in ratios.items()})

    def at_equilibrium(self, temperature_0: float) -> Landscape:
        """Return the landscape as it is seen from a configuration drawn at equilibrium.

        Parameters
        ----------
        temperature_0 : float
            Temperature T₀ of the draw, from the static temperature up to 1e8, or inf: a random configuration.

        Returns
        -------
        Landscape
            Planted, with b_k = a_k/T₀; itself at T₀ = inf.

        Raises
        ------
        ParameterError
            If it has a signal already, noise of order 1, or T₀ is below the static temperature.

        Notes
        -----
        Where the annealed free energy is exact, landscape and configuration have the law of a random landscape with
        the mean -N Q(m)/T₀ added: equation (17) of docs/theory/landscapes.md.

        Examples
        --------
        >>> Landscape.of({3: 1.5}).at_equilibrium(0.6).signal
        ((3, 2.5),)
        """
        if self.signal:
            raise ParameterError("signal", "An equilibrium start is offered in a landscape without signal.")
        if temperature_0 == math.inf:
            return self
        T = check_range("temperature_0", temperature_0)
        return Landscape(noise=self.noise, signal=tuple((k, a / T) for k, a in self.noise), planted=True)

    def mirrored(self) -> Landscape:
        """Return the landscape seen at -m: signals of odd order change their sign.

        Returns
        -------
        Landscape
            Itself if all orders of the signal are even; never planted otherwise.
        """
        if all(k % 2 == 0 for k, _ in self.signal):
            return self
        return Landscape(noise=self.noise, signal=tuple((k, -b if k % 2 else b) for k, b in self.signal))

    @property
    def landscape(self) -> Landscape:
        """Itself: what takes a `Model` or a landscape asks either for this."""
        return self

    @property
    def orders(self) -> tuple[int, ...]:
        """All orders that carry noise or signal, increasing."""
        return tuple(sorted({k for k, _ in self.noise} | {k for k, _ in self.signal}))

    def q(self, x: ArrayLike) -> Values:
        """Covariance of the loss per degree of freedom, Q(x); broadcasts."""
        return _at(self.noise, x, 0)

    def q_prime(self, x: ArrayLike) -> Values:
        """Covariance of the gradient, Q′(x); broadcasts."""
        return _at(self.noise, x, 1)

    def q_second(self, x: ArrayLike) -> Values:
        """Covariance of the Hessian, Q″(x); broadcasts."""
        return _at(self.noise, x, 2)

    def s(self, overlap: ArrayLike) -> Values:
        """Minus the mean of the loss per degree of freedom, S(m); broadcasts."""
        return _at(self.signal, overlap, 0)

    def s_prime(self, overlap: ArrayLike) -> Values:
        """Force of the signal along itself, S′(m); broadcasts."""
        return _at(self.signal, overlap, 1)

    def s_second(self, overlap: ArrayLike) -> Values:
        """Curvature of the signal's part, S″(m); broadcasts."""
        return _at(self.signal, overlap, 2)

    @property
    def sigma(self) -> float:
        """σ = √Q″(1): the Hessian's bulk is a semicircle of radius 2σ, and 1/σ is the natural unit of time."""
        return math.sqrt(sum((k - 1) * a for k, a in self.noise))

    def theta(self, overlap: ArrayLike) -> Values:
        """Strength of the signal's rank-one spike in the Hessian in units of σ, θ = S″(m)(1-m²)/σ; broadcasts."""
        m = np.asarray(overlap, dtype=np.float64)
        return as_values(derivative(self.signal, m, 2) * (1 - m) * (1 + m) / self.sigma)


def _at(terms: Terms, x: ArrayLike, n: int) -> Values:
    return as_values(derivative(terms, np.asarray(x, dtype=np.float64), n))


def _pairs(name: str, couplings: Mapping[int, float]) -> Terms:
    try:
        return tuple(couplings.items())
    except AttributeError:
        raise ParameterError(name, "Give couplings by order, as a mapping.") from None
