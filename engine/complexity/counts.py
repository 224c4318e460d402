"""The complexity Σ: (1/N) log of the expected number of stationary points with given overlap and energies."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .._kernels import complexity as kernels
from ..checks import Floats, Values, as_values, check_finite, check_index, check_inside, check_overlaps
from ..errors import ParameterError
from ..landscape import Landscape
from ..model import AnyLandscape, Model
from .terms import terms_of


def flat(*arrays: Floats) -> tuple[tuple[int, ...], list[Floats]]:
    """Broadcast arrays together; return their common shape and contiguous flat copies for a kernel."""
    try:
        together = np.broadcast_arrays(*arrays)
    except ValueError:
        raise ParameterError("overlap", "The arguments' shapes do not broadcast together.") from None
    return together[0].shape, [np.ascontiguousarray(array, dtype=np.float64).ravel() for array in together]


def complexity(
    model: AnyLandscape, overlap: ArrayLike, lagrange_multiplier: ArrayLike, *, index: int | None = None
) -> Values:
    """Return the annealed complexity of stationary points with given overlap and Lagrange multiplier.

    An upper bound on the typical logarithm of their number: Σ < 0 proves that there are none (with a probability
    tending to 1), Σ > 0 does not prove that there are some.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
    overlap : array_like
        Overlap m with the signal, inside (-1, 1). Broadcasts with ``lagrange_multiplier``.
    lagrange_multiplier : array_like
        Multiplier μ = -Σ k ε_k, for a model -(2ε₂ + pεp), in units of rate.
    index : int, optional
        Number of negative eigenvalues of the Hessian: 0 for minima. None counts all stationary points.

    Returns
    -------
    float or ndarray
        Σ, nats per degree of freedom; -inf where there are none (a given index and μ < 2σ).

    Raises
    ------
    ParameterError
        If an overlap is not inside (-1, 1), a multiplier is not finite or the index is not a whole number >= 0.

    Notes
    -----
    Equations (2)-(6) of docs/theory/landscape.md; [SaraoMannelli2019b], [RosBenArousBiroliCammarota2019]. Unlike the
    papers, which leave an integral, the large-deviation cost of the spike's eigenvalue is in closed form.

    Examples
    --------
    Without tensor and without overlap the pure matrix has N pairs of stationary points, not exponentially many:

    >>> complexity(Model(p=3, delta_2=0.25, delta_p=float("inf")), 0.0, 0.0)
    0.0
    """
    k = check_index(index)
    m = check_overlaps(overlap)
    mu = check_finite("lagrange_multiplier", lagrange_multiplier, "The Lagrange multiplier")
    shape, (m, mu) = flat(m, mu)
    out = np.empty(m.size)
    kernels.complexity_at(terms_of(model), m, mu, k, out)
    return as_values(out.reshape(shape))


def complexity_of_energies(
    model: Model, overlap: ArrayLike, energy_p: ArrayLike, energy_2: ArrayLike, *, index: int | None = None
) -> Values:
    """Return the annealed complexity at given overlap and given energies of the two channels; broadcasts.

    Parameters
    ----------
    model : Model
        The model.
    overlap : array_like
        Overlap m with the signal, inside (-1, 1).
    energy_p, energy_2 : array_like
        Energies εp and ε₂ per degree of freedom. A channel switched off has energy 0, any other value has Σ = -inf.
    index : int, optional
        As in `complexity`.

    Returns
    -------
    float or ndarray
        Σ, nats per degree of freedom; -inf where there are none.

    Raises
    ------
    ParameterError
        As `complexity`; energies must be finite. For a `Landscape`, whose energies go by order: `complexity_by_order`.

    Notes
    -----
    Equation (1) of docs/theory/landscape.md; [SaraoMannelli2019b].
    """
    check_index(index)
    m = check_overlaps(overlap)
    e_p = check_finite("energy_p", energy_p, "The energy")
    e_2 = check_finite("energy_2", energy_2, "The energy")
    shape, (m, e_p, e_2) = flat(m, e_p, e_2)
    if isinstance(model, Landscape):
        raise ParameterError("energy_p", "Energies of a landscape go by order: ask complexity_by_order.")
    by_order = {2: e_2, model.p: e_p}
    orders = model.landscape.orders
    found = complexity_by_order(
        model, m, np.stack([by_order.pop(order) for order in orders], axis=-1), index=index
    )
    silent = [energy == 0 for energy in by_order.values()]  # of a channel that is switched off
    return as_values(np.where(np.all(silent, axis=0), found, -np.inf).reshape(shape))


def complexity_by_order(
    model: AnyLandscape, overlap: ArrayLike, energies: ArrayLike, *, index: int | None = None
) -> Values:
    """Return the annealed complexity at given overlap and given energy of every order.

    Parameters
    ----------
    model : Model or Landscape
        The landscape, of K orders (`Landscape.orders`).
    overlap : array_like
        Overlap m with the signal, inside (-1, 1). Broadcasts with the energies' leading axes.
    energies : array_like, shape (..., K)
        Energies ε_k per degree of freedom, by increasing order. Without noise at an order Σ = -inf unless ε_k is what
        the signal makes it, -b_k mᵏ/k.
    index : int, optional
        As in `complexity`.

    Returns
    -------
    float or ndarray
        Σ, nats per degree of freedom; -inf where there are none.

    Raises
    ------
    ParameterError
        As `complexity`; energies must be finite, one for every order.

    Notes
    -----
    Equation (5) of docs/theory/landscapes.md; for a model [SaraoMannelli2019b].
    """
    k = check_index(index)
    e = check_finite("energies", energies, "The energy")
    terms = terms_of(model)
    if e.ndim == 0 or e.shape[-1] != terms.parts.shape[1]:
        raise ParameterError(
            "energies", "Give one energy for every order of the landscape, on the last axis."
        )
    shape, (m, *columns) = flat(check_overlaps(overlap), *np.moveaxis(e, -1, 0))
    out = np.empty(m.size)
    kernels.complexity_at_energies(terms, m, np.column_stack(columns), k, out)
    return as_values(out.reshape(shape))


def complexity_of_energy(
    model: AnyLandscape, overlap: ArrayLike, energy: ArrayLike, *, index: int | None = None
) -> Values:
    """Return the annealed complexity at given overlap and total energy, maximised over the split; broadcasts.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
    overlap : array_like
        Overlap m with the signal, inside (-1, 1).
    energy : array_like
        Total energy e per degree of freedom.
    index : int, optional
        As in `complexity`.

    Returns
    -------
    float or ndarray
        Σ, nats per degree of freedom; -inf where there are none.

    Raises
    ------
    ParameterError
        As `complexity`; energies must be finite.

    Notes
    -----
    Equation (7) of docs/theory/landscape.md: given e, μ is Gaussian with variance w; the maximum over μ solves a
    quadratic equation on each piece. With noise of one order alone e fixes μ.
    """
    k = check_index(index)
    shape, (m, e) = flat(check_overlaps(overlap), check_finite("energy", energy, "The energy"))
    out = np.empty(m.size)
    kernels.complexity_at_energy(terms_of(model), m, e, k, out)
    return as_values(out.reshape(shape))


def complexity_of_fraction(model: AnyLandscape, overlap: ArrayLike, negative_fraction: ArrayLike) -> Values:
    """Return the annealed complexity of stationary points with an extensive index, of which the fraction is given.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
    overlap : array_like
        Overlap m with the signal, inside (-1, 1). Broadcasts with the fraction.
    negative_fraction : array_like
        Fraction α of negative eigenvalues, strictly between 0 and 1.

    Returns
    -------
    float or ndarray
        Σ, nats per degree of freedom.

    Raises
    ------
    ParameterError
        If an overlap or a fraction is out of range.

    Notes
    -----
    Fixing α fixes t = μ/σ inside (-2, 2): t = 2 sin φ with φ + sin φ cos φ = π(1/2 - α), solved by bisection.
    """
    alpha = check_inside("negative_fraction", negative_fraction)
    shape, (m, alpha) = flat(check_overlaps(overlap), alpha)
    lower, upper = np.full(m.size, -np.pi / 2), np.full(m.size, np.pi / 2)
    for _ in range(60):
        phi = 0.5 * (lower + upper)
        below = phi + np.sin(phi) * np.cos(phi) < np.pi * (0.5 - alpha)
        lower, upper = np.where(below, phi, lower), np.where(below, upper, phi)
    mu = 2 * model.sigma * np.sin(0.5 * (lower + upper))
    return as_values(np.asarray(complexity(model, m, mu)).reshape(shape))
