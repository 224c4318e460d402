"""The spiked matrix-tensor model: its parameters and the covariance of its loss.

Notation as in [SaraoMannelli2019a] (Sarao Mannelli, Biroli, Cammarota, Krzakala, Zdeborová, NeurIPS 2019):
a signal x* on the sphere |x|² = N is observed through a noisy matrix (variance Δ₂) and a noisy order-p tensor
(variance Δp). The loss H has covariance N Q(x·y/N) and mean -N Q(m) at overlap m = x·x*/N.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import ParameterError

Values: TypeAlias = float | NDArray[np.float64]


class Range(NamedTuple):
    """The closed interval of values a parameter may take, and how to say so."""

    lower: float
    upper: float
    sentence: str


RANGES: Final[Mapping[str, Range]] = MappingProxyType(
    {
        "p": Range(3, 10, "p must be an integer from 3 to 10."),
        "delta_2": Range(
            1e-4, 1e8, "Δ₂ must be a number from 0.0001 to 1e8, or inf to switch the matrix off."
        ),
        "delta_p": Range(
            1e-4, 1e8, "Δp must be a number from 0.0001 to 1e8, or inf to switch the tensor off."
        ),
        "temperature": Range(0.0, 2.0, "The temperature must be a number from 0 to 2."),
        "overlap_0": Range(
            1e-100, 0.999, "The initial overlap must have a size from 1e-100 to 0.999; its sign is free."
        ),
        "overlap": Range(-1.0, 1.0, "The overlap must be a number between -1 and 1, the ends excluded."),
        "t_max": Range(1.0, 1e6, "The final time must be a number from 1 to 1e6."),
        "tolerance": Range(1e-8, 1e-2, "The tolerance must be a number from 1e-8 to 1e-2."),
    }
)


def check_range(name: str, value: float, *, magnitude: bool = False) -> float:
    """Return ``value`` as a float if it lies in the range of ``name``.

    Parameters
    ----------
    name : str
        A key of `RANGES`.
    value : float
        The value to check.
    magnitude : bool, optional
        Whether the range is one of ``abs(value)``.

    Raises
    ------
    ParameterError
        If it does not, or is not a number at all.
    """
    lower, upper, sentence = RANGES[name]
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ParameterError(name, sentence) from None
    if not lower <= (abs(number) if magnitude else number) <= upper:
        raise ParameterError(name, sentence)
    return number


def check_order(p: int) -> int:
    """Return the tensor order as an int, or raise `ParameterError`."""
    sentence = RANGES["p"].sentence
    try:
        order = int(p)
    except (TypeError, ValueError, OverflowError):
        raise ParameterError("p", sentence) from None
    if order != p or isinstance(p, bool) or not RANGES["p"].lower <= order <= RANGES["p"].upper:
        raise ParameterError("p", sentence)
    return order


def check_noise(name: str, value: float) -> float:
    """Return a noise variance as a float: in range, or infinite (its channel switched off)."""
    return math.inf if value == math.inf else check_range(name, value)


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
        if math.isinf(self.delta_2) and math.isinf(self.delta_p):
            raise ParameterError(
                "delta_p", "Δ₂ and Δp cannot both be inf: one channel must carry the signal."
            )

    @property
    def inverse_delta_2(self) -> float:
        """1/Δ₂, the signal-to-noise ratio of the matrix; 0 if it is switched off."""
        return 1.0 / self.delta_2

    @property
    def inverse_delta_p(self) -> float:
        """1/Δp, the signal-to-noise ratio of the tensor; 0 if it is switched off."""
        return 1.0 / self.delta_p

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
