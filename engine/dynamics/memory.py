"""The stored rows of a run: C(t, t') and R(t, t') at any pair of times it covered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..checks import Floats
from .grid import ThetaGrid
from .interpolation import N_STENCIL, stencils
from .march import Chapter, March
from .units import Units


@dataclass(frozen=True, kw_only=True)
class History:
    """Rows before or after the restart of a run, in single precision, times in units of the bare flow.

    Attributes
    ----------
    time : ndarray, shape (k,)
    rows : ndarray of float32, shape (k, 2, L)
        C and R on the nodes of the inner grid over [0, origin) and of the moving one over [origin, t].
    origin : float
        Time of the restart, 0 before it.
    n_elements, extent, n_inner, inner_extent
        Shapes of the two grids; ``n_inner`` is 0 without a restart.
    """

    time: Floats
    rows: NDArray[np.float32]
    origin: float
    n_elements: int
    extent: float
    n_inner: int
    inner_extent: float

    def at(self, t: float, waiting: Floats) -> Floats:
        """C and R, shape (2, n), at one time t and n waiting times <= t."""
        knots = np.log(self.time - self.origin)
        # before the first row the row in t'/t is that row: C and R hardly move there
        clock = np.clip(np.log(max(t - self.origin, 1e-300)), knots[0], knots[-1])
        first, weights = stencils(knots, np.array([clock]))
        row = np.tensordot(weights[0], self.rows[first[0] : first[0] + N_STENCIL].astype(np.float64), 1)
        grid = ThetaGrid.build(self.n_elements, self.extent)
        own = max(t - self.origin, 1e-300)
        moving = np.clip((waiting - self.origin) / own, 0.0, 1.0)
        fixed = row.shape[1] - grid.size
        values = _on_grid(grid, row[:, fixed:], moving, np.clip((t - waiting) / own, 0.0, 1.0))
        if self.n_inner:
            inner = ThetaGrid.build(self.n_inner, self.inner_extent)
            theta = np.clip(waiting / self.origin, 0.0, 1.0)
            early = _on_grid(inner, row[:, : fixed + 1], theta, 1 - theta)
            values = np.where(waiting < self.origin, early, values)
        return values


def _on_grid(grid: ThetaGrid, row: Floats, theta: Floats, x: Floats) -> Floats:
    start, weights = grid.interpolation(theta, x)
    values: Floats = (row[:, start[:, None] + np.arange(weights.shape[1])] * weights).sum(axis=-1)
    return values


@dataclass(frozen=True, kw_only=True)
class Memory:
    """All rows of a run: those up to its restart, and those after it (``None`` without one)."""

    early: History
    late: History | None

    @property
    def first_time(self) -> float:
        """First stored time."""
        return float(self.early.time[0])

    def row(self, time: float, earlier: Floats) -> tuple[Floats, Floats]:
        """C(t, s) and R(t, s) at one time t and increasing earlier times s."""
        history = self.early if self.late is None or time <= self.early.time[-1] else self.late
        correlation, response = history.at(time, earlier)
        return correlation, response

    def two_time(self, times: Floats) -> tuple[Floats, Floats]:
        """Symmetric correlation and causal response, shape (n, n), at increasing times."""
        n = times.size
        correlation, response = np.eye(n), np.eye(n)
        for i, t in enumerate(times[1:], start=1):
            correlation[i, :i], response[i, :i] = self.row(float(t), times[:i])
            correlation[:i, i] = correlation[i, :i]
        return correlation, response


def _history(chapter: Chapter, units: Units) -> History:
    first = max(chapter.first - N_STENCIL, 0)
    time = units.bare_time(chapter.times()[first:])
    rows = chapter.rows.H[first : chapter.n].astype(np.float32)
    time.setflags(write=False)
    rows.setflags(write=False)
    inner = chapter.inner
    return History(
        time=time,
        rows=rows,
        origin=units.bare_time(chapter.origin),
        n_elements=chapter.grid.n_elements,
        extent=chapter.grid.extent,
        n_inner=inner.n_elements if inner else 0,
        inner_extent=inner.extent if inner else 0.0,
    )


def memory_of(march: March, *, units: Units) -> Memory:
    """Copy the rows of a run."""
    chapters = march.chapters()
    late = chapters[1] if len(chapters) > 1 and chapters[1].n > chapters[1].first else None
    return Memory(early=_history(chapters[0], units), late=_history(late, units) if late else None)
