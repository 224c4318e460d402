"""Curves Σ(m): the complexity maximised over the Lagrange multiplier, for the landscape panel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .._kernels import complexity as kernels
from ..checks import Floats, check_index, check_overlaps, read_only
from ..model import AnyLandscape
from .counts import flat
from .terms import terms_of


@dataclass(frozen=True, slots=True)
class ComplexityProfile:
    """Complexity maximised over μ; all arrays have the shape of the overlaps asked for.

    Attributes
    ----------
    overlap : ndarray
        Overlaps m with the signal.
    complexity : ndarray
        Σ(m), nats per degree of freedom.
    lagrange_multiplier : ndarray
        The μ at which the maximum lies, in units of rate.
    """

    overlap: Floats
    complexity: Floats
    lagrange_multiplier: Floats


@dataclass(frozen=True, slots=True)
class Landscape:
    """The two curves of the landscape panel; all arrays have shape (n,).

    Attributes
    ----------
    overlap : ndarray
        Overlaps m with the signal, increasing.
    complexity_all, complexity_minima : ndarray
        Σ(m) of all stationary points and of minima, each maximised over μ; nats per degree of freedom.
    multiplier_all, multiplier_minima : ndarray
        The μ at which each maximum lies, in units of rate.
    """

    overlap: Floats
    complexity_all: Floats
    complexity_minima: Floats
    multiplier_all: Floats
    multiplier_minima: Floats


def complexity_profile(
    model: AnyLandscape, overlap: ArrayLike, *, index: int | None = None
) -> ComplexityProfile:
    """Return the complexity at given overlaps, maximised over the Lagrange multiplier in closed form.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
    overlap : array_like
        Overlap m with the signal, inside (-1, 1); any shape.
    index : int, optional
        0 for minima, k for index k, None for all stationary points.

    Returns
    -------
    ComplexityProfile
        Arrays of the shape of the overlaps.

    Raises
    ------
    ParameterError
        If an overlap is not inside (-1, 1) or the index is not a whole number >= 0.

    Notes
    -----
    Equation (8) of docs/theory/landscape.md: Σ is concave in μ, and its slope is a quadratic in s on each piece.
    The maximum of minima may lie at the edge μ = 2σ, which is included.
    """
    k = check_index(index)
    shape, (m,) = flat(check_overlaps(overlap))
    out, mu = np.empty(m.size), np.empty(m.size)
    kernels.maxima(terms_of(model), m, k, out, mu)
    m = np.array(m)
    return ComplexityProfile(*(read_only(array.reshape(shape)) for array in (m, out, mu)))


def landscape_curves(model: AnyLandscape, overlap: ArrayLike | None = None) -> Landscape:
    """Return Σ(m) of all stationary points and of minima; 401 overlaps from -0.999 to 0.999 unless told.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
    overlap : array_like, shape (n,), optional
        Overlaps, inside (-1, 1).

    Returns
    -------
    Landscape
        Arrays of shape (n,).

    Raises
    ------
    ParameterError
        If an overlap is not inside (-1, 1).
    """
    m = np.linspace(-0.999, 0.999, 401) if overlap is None else np.atleast_1d(check_overlaps(overlap)).ravel()
    everything, minima = complexity_profile(model, m), complexity_profile(model, m, index=0)
    return Landscape(
        overlap=everything.overlap,
        complexity_all=everything.complexity,
        complexity_minima=minima.complexity,
        multiplier_all=everything.lagrange_multiplier,
        multiplier_minima=minima.lagrange_multiplier,
    )
