"""Spectrum of the Hessian at a stationary point of given overlap and Lagrange multiplier.

Notation as in [SaraoMannelli2019a]: the noise makes a semicircle of radius 2σ about μ, the signal a rank-one spike of
strength θσ. For θ > 1 the spike pulls one eigenvalue out of the bulk (the transition of [BBP2005]).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.checks import Values, as_values, check_finite, check_overlaps
from engine.errors import ParameterError
from engine.model import Model

__all__ = ["Spectrum", "escape_rate", "negative_fraction", "spectrum"]


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
        """Density of the bulk, ρ(λ) = √(4σ² - (λ-μ)²)/(2πσ²), 0 outside; broadcasts. Its integral is 1."""
        lam = check_finite("eigenvalue", eigenvalue, "The eigenvalue")
        x = (lam - self.lagrange_multiplier) / (2 * self.sigma)
        return as_values(np.sqrt(np.maximum(1 - x * x, 0)) / (math.pi * self.sigma))


def spectrum(model: Model, overlap: float, lagrange_multiplier: float) -> Spectrum:
    """Return the spectrum of the Hessian at a typical stationary point of given overlap and multiplier.

    Exact for N → ∞ given (m, μ) when the point is independent of the noise but for being stationary; along a
    trajectory of the flow the bulk stays exact and the outlier is exact for m → 0 and at the end.

    Parameters
    ----------
    model : Model
        The model.
    overlap : float
        Overlap m with the signal, between -1 and 1, the ends excluded.
    lagrange_multiplier : float
        Multiplier μ of the spherical constraint, in units of rate.

    Raises
    ------
    ParameterError
        If the overlap is not inside (-1, 1) or the multiplier is not finite.

    Notes
    -----
    λ_out = μ - σ(θ + 1/θ) with θ = Q″(m)(1-m²)/σ, for abs(θ) > 1: [SaraoMannelli2019a], [BBP2005], [Peche2006].

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
    """
    t = check_finite("lagrange_multiplier", scaled_multiplier, "The Lagrange multiplier")
    x = np.clip(t / 2, -1, 1)
    alpha = 0.5 - (np.arcsin(x) + x * np.sqrt((1 - x) * (1 + x))) / math.pi
    return as_values(np.clip(alpha, 0.0, 1.0))


def escape_rate(model: Model) -> float:
    """Rate at which threshold states (m = 0, μ = 2σ) are left towards the signal, σ(√θ - 1/√θ)²; 0 for θ <= 1.

    Late growth rate d ln m/dt of an infinitesimal overlap, in units of 1/time: an asymptotic slope only.
    """
    theta = float(model.theta(0.0))
    return model.sigma * (theta - 1) ** 2 / theta if theta > 1 else 0.0
