"""Typical energies at a stationary point, and the two energies called threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from ..checks import Floats, check_finite, check_overlaps, read_only
from ..errors import ParameterError
from ..model import AnyLandscape
from .counts import flat
from .terms import terms_of


@dataclass(frozen=True, slots=True)
class TypicalEnergies:
    """Energies per degree of freedom of typical stationary points; arrays of one common shape.

    Attributes
    ----------
    energy : ndarray
        Their sum.
    energy_2, energy_p : ndarray
        Those of order 2 and of all other orders: of a model's matrix and tensor.
    energies : ndarray, shape (..., K)
        By increasing order.
    """

    energy: Floats
    energy_2: Floats
    energy_p: Floats
    energies: Floats


def typical_energies(
    model: AnyLandscape, overlap: ArrayLike, lagrange_multiplier: ArrayLike
) -> TypicalEnergies:
    """Return the energies at which most stationary points of given overlap and multiplier lie; broadcasts.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
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
    ε_k = -b_k mᵏ/k - a_k (μ - mS'(m))/V with V = Q'(1) + Q″(1): equation (8) of docs/theory/landscapes.md.
    """
    mu = check_finite("lagrange_multiplier", lagrange_multiplier, "The Lagrange multiplier")
    shape, (m, mu) = flat(check_overlaps(overlap), mu)
    terms = terms_of(model)
    order, a, b = terms.parts
    column = m[:, None]
    signal = b * column ** (order - 1)
    excess = (mu - m * signal.sum(axis=1)) / (terms.Q1 + terms.Q2)
    energies = -signal * column / order - a * excess[:, None]
    total, second = energies.sum(axis=1), energies[:, order == 2].sum(axis=1)
    rest = energies[:, order != 2].sum(axis=1)
    return TypicalEnergies(
        energy=read_only(total.reshape(shape)),
        energy_2=read_only(second.reshape(shape)),
        energy_p=read_only(rest.reshape(shape)),
        energies=read_only(energies.reshape((*shape, order.size))),
    )


def threshold_energy(model: AnyLandscape, *, kind: Literal["kac_rice", "aging"] = "kac_rice") -> float:
    """Return the energy per degree of freedom of marginal states without overlap.

    The two kinds agree only with noise of one order and know nothing of a signal; which energy the flow ends at is
    decided by μ → 2σ, not by either.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
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
    terms, sigma = terms_of(model), model.sigma
    if kind == "kac_rice":
        return -2 * sigma * terms.Q1 / (terms.Q1 + terms.Q2)
    if kind == "aging":
        return -(terms.Q1 / sigma + (sigma / terms.Q1 - 1 / sigma) * terms.Q0)
    raise ParameterError("kind", 'The kind must be "kac_rice" or "aging".')
