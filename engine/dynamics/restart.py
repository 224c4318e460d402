"""Going on from an escape at t_e with its memory laid down in fixed columns.

After an escape the memory around t' = t_e is a step of fixed shape that drifts through a grid in t'/t, where
it holds the time step down and where every change of grid damages it. So a row's columns become [fixed t' <
t_e | t' = t_e + theta (t - t_e)], the clock ln(t - t_e), and the stages begin again: the step stands still,
and both sides of t_e are resolved geometrically.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from .._kernels.dynamics_flow import ROWS, Past, Row, Rows, Tables, history_matrices
from ..checks import Floats
from .grid import ThetaGrid
from .interpolation import interpolate, stencils
from .scratch import history
from .start import empty_rows

# First row after t_e; with 2e-3 R(t_e, s) would be wrong by as much on a whole unit of time behind t_e.
_NEAREST = 1e-6


def static_memory(rows: Rows, escape: int, grid: ThetaGrid, tables: Tables) -> Past:
    """History matrices of the row at the escape: what all later rows need of s < t_e and t' < t_e."""
    te = float(np.exp(rows.V[escape]))
    size = grid.size
    matrices, none = history(size, size), np.zeros(size)
    history_matrices(Row(escape, te, 0), rows, tables, none, none, matrices)
    times, first = grid.theta[:-1] * te, np.exp(rows.V[0])
    inside = np.log(np.maximum(times, first))
    y = interpolate(rows.V[: escape + ROWS], rows.Y[: escape + ROWS], inside)
    y += rows.DY[0] * np.minimum(times - first, 0.0)  # on a tangent before the first row
    a, b, g = (matrix[:-1].copy() for matrix in (matrices.A, matrices.B, matrices.G))
    return Past(te, a, b, g, te * grid.weights[:-1], y)


def distances(old_times: Floats, te: float, widest: float) -> Floats:
    """Distances t - t_e of the rows to lay between t_e and now, increasing.

    Backwards from now, never wider than the old rows there, nor than ``widest`` in ln(t - t_e).
    """
    times = old_times.tolist()  # numbers of Python's: each is looked at alone
    steps = [float(times[-1] - te)]
    far, near = float(np.exp(-widest)), float(np.exp(-2 * widest))
    while steps[-1] > _NEAREST or len(steps) < ROWS:
        last = steps[-1]
        i = min(max(bisect_left(times, te + last), 1), len(times) - 1)
        steps.append(max(last - (times[i] - times[i - 1]), last * (far if last > 0.1 else near)))
    return np.array(steps[::-1])


def restarted_rows(
    rows: Rows, n: int, te: float, after: Floats, old: ThetaGrid, new: ThetaGrid
) -> tuple[Rows, int]:
    """Interpolate rows 0..n - 1 at te + ``after``, on columns [te·old nodes | te + after·new nodes]."""
    times = te + after
    first, weights = stencils(rows.V[:n], np.minimum(np.log(times), rows.V[n - 1]))
    fixed = old.size - 1
    waiting = np.hstack([np.tile(te * old.theta[:-1], (times.size, 1)), te + after[:, None] * new.theta])
    lag = np.hstack([after[:, None] + te * old.x[:-1], after[:, None] * new.x])
    start, weight = old.interpolation(waiting / times[:, None], lag / times[:, None])
    laid = empty_rows(rows.V.size, fixed + new.size, rows.E.shape[1])
    count = times.size
    laid.V[:count] = np.log(after)
    around = first[:, None] + np.arange(ROWS)
    blended = (weights[:, :, None, None] * rows.H[around]).sum(axis=1)
    nodes = start[..., None] + np.arange(weight.shape[-1])
    for q in range(2):
        gathered = np.take_along_axis(blended[:, q], nodes.reshape(count, -1), axis=1)
        laid.H[:count, q] = (gathered.reshape(nodes.shape) * weight).sum(axis=-1)
    for name in ("Y", "DY", "MU"):
        getattr(laid, name)[:count] = (weights * getattr(rows, name)[around]).sum(axis=1)
    laid.E[:count] = (weights[:, :, None] * rows.E[around]).sum(axis=1)
    return laid, count
