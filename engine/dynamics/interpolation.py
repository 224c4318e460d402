"""Local polynomials through six neighbouring rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..checks import Floats

N_STENCIL = 6


def stencils(knots: Floats, at: Floats) -> tuple[NDArray[np.int64], Floats]:
    """First knot and Lagrange weights, shapes (n,) and (n, 6), centred where possible.

    Parameters
    ----------
    knots : ndarray, shape (k,)
        Strictly increasing, k >= 6.
    at : ndarray, shape (n,)
        Where to evaluate.
    """
    first = np.clip(np.searchsorted(knots, at, side="right") - 3, 0, knots.size - N_STENCIL)
    nodes = knots[first[:, None] + np.arange(N_STENCIL)]
    gaps = nodes[:, :, None] - nodes[:, None, :] + np.eye(N_STENCIL)
    distance = np.where(np.eye(N_STENCIL, dtype=bool), 1.0, (at[:, None] - nodes)[:, None, :])
    return first, (distance / gaps).prod(axis=2)


def interpolate(knots: Floats, values: Floats, at: Floats) -> Floats:
    """Values at `at`, shape (n, ...), of the six-knot polynomials through ``values``, shape (k, ...)."""
    first, weights = stencils(knots, at)
    around = values[first[:, None] + np.arange(N_STENCIL)]
    found: Floats = np.einsum("ni,ni...->n...", weights, around)
    return found
