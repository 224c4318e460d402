"""The spiked matrix-tensor model: its parameters and the covariance of its loss.

Notation as in [SaraoMannelli2019a] (Sarao Mannelli, Biroli, Cammarota, Krzakala, Zdeborová, NeurIPS 2019):
a signal x* on the sphere |x|² = N is observed through a noisy matrix (variance Δ₂) and a noisy order-p tensor
(variance Δp). The loss H has covariance N Q(x·y/N) and mean -N Q(m) at overlap m = x·x*/N.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from .checks import Floats, Values, check_channels, check_noise, check_order
from .landscape import Landscape


def _number_or_array(x: ArrayLike) -> Values:
    array = np.asarray(x, dtype=np.float64)
    return array if array.ndim else float(array)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One spiked matrix-tensor model; hashable, and the key under which results are cached.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_2 : float
        Noise variance Δ₂ of the matrix, 1e-4 to 1e8, or ``inf`` (no matrix). Dimensionless.
    delta_p : float
        Noise variance Δp of the tensor, 1e-4 to 1e8, or ``inf`` (no tensor). Dimensionless.

    Raises
    ------
    ParameterError
        If a parameter is outside its range, or both channels are switched off.

    Notes
    -----
    Q(x) = x²/(2Δ₂) + xᵖ/(pΔp). Time is in units of the bare gradient flow ẋ = -∇H - μx.

    Examples
    --------
    >>> Model(p=3, delta_2=0.5, delta_p=1.0).q(1.0)
    1.3333333333333333
    """

    p: int
    delta_2: float
    delta_p: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "p", check_order(self.p))
        object.__setattr__(self, "delta_2", check_noise("delta_2", self.delta_2))
        object.__setattr__(self, "delta_p", check_noise("delta_p", self.delta_p))
        check_channels(self.delta_2, self.delta_p)

    @property
    def inverse_delta_2(self) -> float:
        """1/Δ₂, the signal-to-noise ratio of the matrix; 0 if it is switched off."""
        return 1.0 / self.delta_2

    @property
    def inverse_delta_p(self) -> float:
        """1/Δp, the signal-to-noise ratio of the tensor; 0 if it is switched off."""
        return 1.0 / self.delta_p

    @property
    def landscape(self) -> Landscape:
        """The same as a general landscape: noise and signal are one, a_2 = b_2 = 1/Δ₂ and a_p = b_p = 1/Δp."""
        terms = ((2, self.inverse_delta_2), (self.p, self.inverse_delta_p))
        return Landscape(noise=terms, signal=terms)

    def q(self, x: ArrayLike) -> Values:
        """Covariance of the loss per degree of freedom, Q(x) = x²/(2Δ₂) + xᵖ/(pΔp); broadcasts."""
        x = _number_or_array(x)
        return self.inverse_delta_2 * x * x / 2 + self.inverse_delta_p * x**self.p / self.p

    def q_prime(self, x: ArrayLike) -> Values:
        """Covariance of the gradient, Q′(x) = x/Δ₂ + xᵖ⁻¹/Δp; broadcasts."""
        x = _number_or_array(x)
        return self.inverse_delta_2 * x + self.inverse_delta_p * x ** (self.p - 1)

    def q_second(self, x: ArrayLike) -> Values:
        """Covariance of the Hessian, Q″(x) = 1/Δ₂ + (p-1)xᵖ⁻²/Δp; broadcasts."""
        x = _number_or_array(x)
        return self.inverse_delta_2 + (self.p - 1) * self.inverse_delta_p * x ** (self.p - 2)

    @property
    def sigma(self) -> float:
        """σ = √Q″(1): the Hessian's bulk is a semicircle of radius 2σ, and 1/σ is the natural unit of time."""
        return math.sqrt(self.inverse_delta_2 + (self.p - 1) * self.inverse_delta_p)

    def theta(self, overlap: ArrayLike) -> Values:
        """Strength of the signal's rank-one spike in the Hessian in units of σ, θ = Q″(m)(1-m²)/σ; broadcasts."""
        m = _number_or_array(overlap)
        return self.q_second(m) * (1 - m) * (1 + m) / self.sigma


AnyLandscape: TypeAlias = Model | Landscape


def of_matrix_and_rest(orders: tuple[int, ...], energies: Floats) -> tuple[Floats, Floats]:
    """Energies of order 2 and of all others together, shape (n,) each, from those by order, shape (n, K)."""
    is_second = np.array(orders) == 2
    return energies[:, is_second].sum(axis=1), energies[:, ~is_second].sum(axis=1)
