"""Work space of the kernels."""

from __future__ import annotations

import numpy as np

from .._kernels.dynamics_flow import ORDER, ORDER_Y, ROWS, History, Scratch


def history(moving: int, columns: int) -> History:
    """Room for the history matrices of a grid of ``moving`` nodes in rows of ``columns``."""
    square = [np.empty((moving, moving)) for _ in range(6)]
    return History._make([*square, np.empty(ROWS), np.empty((2, columns))])


def scratch(moving: int, fixed: int) -> Scratch:
    """Room for one row of ``moving`` nodes behind ``fixed`` columns."""
    columns = moving + fixed
    unknowns = 2 * (columns - 1) + 1
    cross = [np.empty((moving - 1, fixed)) for _ in range(2)]
    row = [np.empty(columns) for _ in range(9)]
    system = [np.empty(unknowns), np.empty((unknowns, unknowns))]
    difference = [np.empty(ORDER + 1), np.empty(ORDER_Y + 1)]
    terms = [np.empty(columns - 1) for _ in range(2)]
    arrays = [*cross, np.zeros(moving), *row, *system, *difference, *terms]
    return Scratch._make([history(moving, columns), *arrays])
