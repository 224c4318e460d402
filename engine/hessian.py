"""Spectrum of the Hessian at a stationary point of given overlap and Lagrange multiplier.

Notation as in [SaraoMannelli2019a]: the noise makes a semicircle of radius 2σ about μ, the signal a rank-one spike of
strength θσ. For θ > 1 the spike pulls one eigenvalue out of the bulk (the transition of [BBP2005]).

More than 250 lines, of which two thirds say what seven short closed forms mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from .checks import (
    Values,
    as_values,
    check_channels,
    check_finite,
    check_noises,
    check_order,
    check_overlaps,
)
from .errors import ParameterError
from .landscape import Landscape
from .model import Model

__all__ = [
    "Spectrum",
    "bbp_multiplier",
    "equator_theta",
    "escape_rate",
    "late_growth",
    "negative_fraction",
    "spectrum",
]

_ROUNDING: Final = 1e-12  # θ computed on the line θ = 1 may fall a hair below it


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Spectrum of the Hessian for N → ∞; eigenvalues are curvatures per degree of freedom, in units of rate.

    Attributes
    ----------
    bulk_edge_lower, bulk_edge_upper : float
        Ends μ ∓ 2σ of the semicircle.
    theta : float
        Strength θ of the signal's spike in units of σ.
    outlier : float or None
        Isolated eigenvalue: below the bulk for θ > 1, above it for θ < -1, None in between.
    outlier_overlap : float
        Squared overlap of its eigenvector with the signal's tangential direction, 1 - 1/θ²; 0 without an outlier.
    negative_fraction : float
        Fraction of negative eigenvalues in the bulk.
    sigma, lagrange_multiplier : float
        σ and μ, of which the bulk is made.
    """

    bulk_edge_lower: float
    bulk_edge_upper: float
    theta: float
    outlier: float | None
    outlier_overlap: float
    negative_fraction: float
    sigma: float
    lagrange_multiplier: float

    def density(self, eigenvalue: ArrayLike) -> Values:
        """Density of the bulk, ρ(λ) = √(4σ² - (λ-μ)²)/(2πσ²), 0 outside; broadcasts. Its integral is 1.

        Parameters
        ----------
        eigenvalue : array_like
            λ, in units of rate.

        Returns
        -------
        float or ndarray
            In units of 1/rate.

        Raises
        ------
        ParameterError
            If an entry is not a finite number.
        """
        lam = check_finite("eigenvalue", eigenvalue, "The eigenvalue")
        x = (lam - self.lagrange_multiplier) / (2 * self.sigma)
        return as_values(np.sqrt(np.maximum(1 - x * x, 0)) / (math.pi * self.sigma))


def spectrum(model: Model | Landscape, overlap: float, lagrange_multiplier: float) -> Spectrum:
    """Return the spectrum of the Hessian at a typical stationary point of given overlap and multiplier.

    Exact for N → ∞ given (m, μ) when the point is independent of the noise but for being stationary; along a
    trajectory of the flow the bulk stays exact and the outlier is exact for m → 0 and at the end.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
    overlap : float
        Overlap m with the signal, between -1 and 1, the ends excluded.
    lagrange_multiplier : float
        -x·∇H/N = -Σ k ε_k, for a model -(2ε₂ + pεₚ), in units of rate: the multiplier μ of the spherical constraint at
        a stationary point and along gradient flow, μ - T along Langevin dynamics (`Trajectory.hessian_centre`).

    Returns
    -------
    Spectrum

    Raises
    ------
    ParameterError
        If the overlap is not inside (-1, 1) or the multiplier is not finite.

    Notes
    -----
    λ_out = μ - σ(θ + 1/θ) with θ = S″(m)(1-m²)/σ, of a model with S = Q, for abs(θ) > 1: [SaraoMannelli2019a],
    [BBP2005], [Peche2006].

    Examples
    --------
    At Δ₂ = 1/2 without tensor σ² = 2 and the spike is θσ = 2, so that at the edge μ = 2σ the outlier is 2√2 - 3:

    >>> round(spectrum(Model(p=3, delta_2=0.5, delta_p=float("inf")), 0.0, 8**0.5).outlier, 6)
    -0.171573
    """
    if np.ndim(overlap) or np.ndim(lagrange_multiplier):
        raise ParameterError(
            "overlap", "A spectrum is that of one point: give one overlap and one multiplier."
        )
    m = float(check_overlaps(overlap))
    mu = float(check_finite("lagrange_multiplier", lagrange_multiplier, "The Lagrange multiplier"))
    sigma, theta = model.sigma, float(model.theta(m))
    outside = abs(theta) > 1
    return Spectrum(
        bulk_edge_lower=mu - 2 * sigma,
        bulk_edge_upper=mu + 2 * sigma,
        theta=theta,
        outlier=mu - sigma * (theta + 1 / theta) if outside else None,
        outlier_overlap=(1 - 1 / theta) * (1 + 1 / theta) if outside else 0.0,
        negative_fraction=float(negative_fraction(mu / sigma)),
        sigma=sigma,
        lagrange_multiplier=mu,
    )


def negative_fraction(scaled_multiplier: ArrayLike) -> Values:
    """Fraction of negative eigenvalues of a semicircle of radius 2 about t = μ/σ; broadcasts.

    α(t) = 1/2 - [arcsin(t/2) + (t/2)√(1 - t²/4)]/π, from 1 at t <= -2 to 0 at t >= 2.

    >>> negative_fraction(0.0)
    0.5

    Parameters
    ----------
    scaled_multiplier : array_like
        t, dimensionless.

    Returns
    -------
    float or ndarray
        From 0 to 1.

    Raises
    ------
    ParameterError
        If an entry is not a finite number.
    """
    t = check_finite("lagrange_multiplier", scaled_multiplier, "The Lagrange multiplier")
    x = np.clip(t / 2, -1, 1)
    alpha = 0.5 - (np.arcsin(x) + x * np.sqrt((1 - x) * (1 + x))) / math.pi
    return as_values(np.clip(alpha, 0.0, 1.0))


def equator_theta(p: int, delta_p: ArrayLike, delta_2: ArrayLike) -> Values:
    """Return the strength of the signal's spike at the equator, θ(0) = 1/(Δ₂σ); broadcasts.

    `Model.theta` of many models at once, at m = 0, where the tensor's part vanishes.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p, delta_2 : array_like
        Noise variances of tensor and matrix, 1e-4 to 1e8 or inf, not both. Dimensionless.

    Returns
    -------
    float or ndarray
        θ, in units of σ; 1 on the gradient-flow line, larger above it in 1/Δ₂.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Notes
    -----
    Equation (14) of docs/theory/landscape.md is θ(0) = 1, [SaraoMannelli2019a].

    Examples
    --------
    >>> equator_theta(3, 1.0, 0.5)
    1.0
    """
    order = check_order(p)
    noise_p, noise_2 = check_noises("delta_p", delta_p), check_noises("delta_2", delta_2)
    check_channels(noise_2, noise_p)
    a = 1 / noise_2
    return as_values(a / np.sqrt(a + (order - 1) / noise_p))


def bbp_multiplier(theta: ArrayLike) -> Values:
    """Return the scaled multiplier t = μ/σ at which the outlier below the bulk is at zero, θ + 1/θ; broadcasts.

    Below it a stationary point outside the bulk (t > 2) is a saddle that points to the signal, above it a minimum.

    Parameters
    ----------
    theta : array_like
        Strength θ of the spike, in units of σ: `equator_theta`, `Model.theta` or `Spectrum.theta`.

    Returns
    -------
    float or ndarray
        t, dimensionless; 2 at θ = 1 (to rounding, 1e-12), NaN where θ < 1 and no outlier lies below the bulk.

    Raises
    ------
    ParameterError
        If an entry is not a finite number.

    Notes
    -----
    λ_out = μ - σ(θ + 1/θ): [BBP2005], [Peche2006].

    Examples
    --------
    >>> bbp_multiplier(2.0)
    2.5
    """
    x = check_finite("theta", theta, "θ")
    outside = x >= 1 - _ROUNDING
    y = np.where(outside, x, 1.0)
    return as_values(np.where(outside, y + 1 / y, np.nan))


def late_growth(theta: ArrayLike) -> Values:
    """Return the limit of an infinitesimal overlap's growth, (d ln m/dt + μ)/σ for t → ∞; broadcasts.

    What `Gain.growth` of gradient flow tends to: `bbp_multiplier` where the threshold states have an outlier, elsewhere
    the edge of the bulk, 2.

    Parameters
    ----------
    theta : array_like
        Strength θ(0) of the spike at the equator, in units of σ.

    Returns
    -------
    float or ndarray
        Dimensionless, 2 or more.

    Raises
    ------
    ParameterError
        If an entry is not a finite number.

    Examples
    --------
    >>> late_growth([0.5, 2.0])
    array([2. , 2.5])
    """
    t = np.asarray(bbp_multiplier(theta))
    return as_values(np.where(np.isnan(t), 2.0, t))


def escape_rate(model: Model | Landscape) -> float:
    """Rate at which threshold states (m = 0, μ = 2σ) are left towards the signal, σ(√θ - 1/√θ)²; 0 for θ <= 1.

    Late growth rate d ln m/dt of an infinitesimal overlap, in units of 1/time: an asymptotic slope only.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.

    Returns
    -------
    float
        In units of the bare flow.
    """
    theta = float(model.theta(0.0))
    return model.sigma * (theta - 1) ** 2 / theta if theta > 1 else 0.0
