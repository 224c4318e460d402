"""Where the complexity is positive: bands of overlap, of energy and, at the equator, of the multiplier."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .._kernels import complexity as kernels
from .._kernels import phases as lines
from ..checks import (
    Floats,
    check_channels,
    check_index,
    check_noises,
    check_order,
    check_overlaps,
    read_only,
)
from ..errors import ParameterError
from ..model import AnyLandscape
from .counts import flat
from .terms import terms_of

SCAN = 801  # overlaps scanned for bands: odd, so that the equator is one of them


def overlap_bands(model: AnyLandscape, k: int) -> Floats:
    """Return the bands of overlap with Σ > 0 for the index k (-1: all); shape (n_bands, 2)."""
    m = np.tanh(np.linspace(-5.0, 5.0, SCAN))
    out = np.empty((SCAN, 2))
    n = kernels.overlap_bands(terms_of(model), k, m, out)
    return read_only(out[:n].copy())


def minima_bands(model: AnyLandscape) -> Floats:
    """Return the bands of overlap in which minima are exponentially many; shape (n_bands, 2), increasing.

    The isolated zero at the good minimum is not a band (tolerance 1e-8 in Σ). Where the good well is not a stable
    minimum it is a band of its own, or part of one.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.

    Returns
    -------
    ndarray, shape (n_bands, 2)
        Lower and upper overlaps.
    """
    return overlap_bands(model, 0)


def stationary_bands(model: AnyLandscape) -> Floats:
    """Return the bands of overlap in which stationary points are exponentially many; as `minima_bands`.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.

    Returns
    -------
    ndarray, shape (n_bands, 2)
        Lower and upper overlaps.
    """
    return overlap_bands(model, -1)


def energy_bands(model: AnyLandscape, overlap: ArrayLike, *, index: int | None = None) -> Floats:
    """Return the lowest and the highest energy with Σ(m, e) >= 0.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
    overlap : array_like, shape (...)
        Overlap m with the signal, inside (-1, 1).
    index : int, optional
        0 for minima, k for index k, None for all stationary points.

    Returns
    -------
    ndarray, shape (..., 2)
        Energies per degree of freedom; NaN where Σ(m) < 0, that is where there are none.

    Raises
    ------
    ParameterError
        If an overlap is not inside (-1, 1) or the index is not a whole number >= 0.
    """
    k = check_index(index)
    shape, (m,) = flat(check_overlaps(overlap))
    out = np.empty((m.size, 2))
    kernels.energy_bands(terms_of(model), m, k, out)
    return read_only(out.reshape((*shape, 2)))


def equator_band(p: int, delta_p: float, delta_2: ArrayLike, *, index: int | None = None) -> Floats:
    """Return the band of t = μ/σ in which Σ(0, t) >= 0, for the map of the equator over (1/Δ₂, t).

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p : float
        Noise variance of the tensor, or inf.
    delta_2 : array_like, shape (...)
        Noise variances of the matrix, or inf.
    index : {0, None}, optional
        0 for minima (t >= 2), None for all stationary points (symmetric about 0).

    Returns
    -------
    ndarray, shape (..., 2)
        Lower and upper t, dimensionless; NaN where there are none.

    Raises
    ------
    ParameterError
        If a parameter is out of range, or the index is neither 0 nor None.

    Notes
    -----
    Equation (12) of docs/theory/landscape.md, free of cancellation when the tensor is weak. Its crossing with the
    curve t = θ + 1/θ is `phases.typical_line`, of that curve with t = 2 `phases.gradient_flow_line`.
    """
    p = check_order(p)
    if index is not None and check_index(index) != 0:
        raise ParameterError(
            "index", "The equator's band is that of minima (index 0) or of all points (None)."
        )
    noise_p, noise_2 = check_noises("delta_p", delta_p), check_noises("delta_2", delta_2)
    check_channels(noise_2, noise_p)
    shape, (a, b) = flat(1 / noise_2, 1 / noise_p)
    out = np.empty((a.size, 2))
    lines.equator_bands(a, b, p, index is not None, out)
    return read_only(out.reshape((*shape, 2)))
