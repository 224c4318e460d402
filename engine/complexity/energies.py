"""Typical energies at a stationary point, and the two energies called threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ..checks import Floats, check_finite, check_overlaps, read_only
from ..errors import ParameterError
from ..model import Model
from .counts import flat


@dataclass(frozen=True, slots=True)
class TypicalEnergies:
    """Energies per degree of freedom of typical stationary points; arrays of one common shape."""

    energy: Floats
    energy_2: Floats
    energy_p: Floats


def typical_energies(model: Model, overlap: ArrayLike, lagrange_multiplier: ArrayLike) -> TypicalEnergies:
    """Return the energies at which most stationary points of given overlap and multiplier lie; broadcasts.

    Parameters
    ----------
    model : Model
        The model.
    overlap : array_like
        Overlap m with the signal, inside (-1, 1).
    lagrange_multiplier : array_like
        Multiplier μ, in units of rate.

    Returns
    -------
    TypicalEnergies
        Arrays of the common shape.

    Raises
    ------
    ParameterError
        If an overlap is not inside (-1, 1) or a multiplier is not finite.

    Notes
    -----
    ε₂ = -m²/(2Δ₂) - (μ - mQ'(m))/(Δ₂V), εp = -mᵖ/(pΔp) - (μ - mQ'(m))/(ΔpV), V = Q'(1) + Q″(1).
    """
    mu = check_finite("lagrange_multiplier", lagrange_multiplier, "The Lagrange multiplier")
    shape, (m, mu) = flat(check_overlaps(overlap), mu)
    a, b, p = model.inverse_delta_2, model.inverse_delta_p, model.p
    excess = (mu - m * model.q_prime(m)) / (2 * a + p * b)
    energy_2, energy_p = -a * m * m / 2 - excess * a, -b * m**p / p - excess * b
    return TypicalEnergies(
        *(read_only(np.reshape(x, shape)) for x in (energy_2 + energy_p, energy_2, energy_p))
    )


def threshold_energy(model: Model, *, kind: Literal["kac_rice", "aging"] = "kac_rice") -> float:
    """Return the energy per degree of freedom of marginal states without overlap.

    The two kinds agree only in a pure model; which energy the flow ends at is decided by μ → 2σ, not by either.

    Parameters
    ----------
    model : Model
        The model.
    kind : {"kac_rice", "aging"}
        The dominant marginal stationary points, -2σQ'(1)/V; or the ageing ansatz of [CugliandoloKurchan1993],
        -[Q'(1)/σ + (σ/Q'(1) - 1/σ)Q(1)].

    Returns
    -------
    float
        Energy per degree of freedom.

    Raises
    ------
    ParameterError
        If the kind is another one.
    """
    a, b, p, sigma = model.inverse_delta_2, model.inverse_delta_p, model.p, model.sigma
    Q1 = a + b
    if kind == "kac_rice":
        return -2 * sigma * Q1 / (2 * a + p * b)
    if kind == "aging":
        return -(Q1 / sigma + (sigma / Q1 - 1 / sigma) * (a / 2 + b / p))
    raise ParameterError("kind", 'The kind must be "kac_rice" or "aging".')
