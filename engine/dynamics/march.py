"""The run in natural units: stages of about a decade each, the restart at an escape, the stop rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from engine._kernels import dynamics_flow as kernels
from engine._kernels.dynamics_flow import Control, Couplings, Past, Rows, Scratch, Tables
from engine.checks import Floats
from engine.dynamics.grid import ThetaGrid, theta_grid
from engine.dynamics.restart import distances, restarted_rows, static_memory
from engine.dynamics.settings import Settings
from engine.dynamics.start import empty_rows, start_rows

CANCELLED: Final = 5  # stop code beside those of the kernels: the caller said so
_TRUSTED: Final = 0.8  # of the time before a failure; measured: at 0.8 the energy is right to 2e-7 σ


class Chapter(NamedTuple):
    """Rows first..n - 1 of a run, before or after its restart.

    Their columns are the nodes of `inner` over [0, origin), if there is one, and of `grid` over [origin, t].
    """

    rows: Rows
    first: int
    n: int
    origin: float
    grid: ThetaGrid
    inner: ThetaGrid | None

    def times(self) -> Floats:
        """Times of rows 0..n - 1."""
        times: Floats = self.origin + np.exp(self.rows.V[: self.n])
        return times


@dataclass
class March:
    """State of a run, in natural units.

    Parameters
    ----------
    couplings, settings
        The equations and the numerical choices.
    y_0 : float
        ln m at t = 0.
    t_max : float
    targets : ndarray, shape (n,)
        Overlaps of the stable minima.
    gain : bool
        Linear growth only: ln m may become huge and is then controlled relative to its size.
    """

    couplings: Couplings
    settings: Settings
    y_0: float
    t_max: float
    targets: Floats
    gain: bool = False
    n: int = kernels.ROWS
    stage: float = 1.0
    stop: int = kernels.RUNNING
    grid: ThetaGrid = field(init=False)
    tables: Tables = field(init=False)
    rows: Rows = field(init=False)
    past: Past = field(init=False)
    state: Floats = field(init=False)
    before: Chapter | None = None  # the run up to its restart
    laid: int = 0  # rows taken over from it

    def __post_init__(self) -> None:
        self._use_grid()
        self.rows = empty_rows(self.settings.n_rows_max, self.grid.size)
        start_rows(self.couplings, self.grid, self.rows, y_0=self.y_0, first_time=self.settings.first_time)
        none = np.empty((0, 1))
        self.past = Past(0.0, none, none, none, np.empty(0), np.empty(0))
        self.state = np.zeros(kernels.STATE_SIZE)
        self.state[kernels.STEP] = self.settings.step_start
        self.state[kernels.LOW] = np.inf

    def run(self, report: Callable[[March], bool]) -> None:
        """Advance to the end; ``report`` is called after every stage and may return False to stop."""
        while True:
            self._advance()
            if self.stop == kernels.ESCAPED:
                self._restart()
            elif self.stop != kernels.RUNNING or self.time >= self.t_max * (1 - 1e-12):
                break
            else:
                self._next_stage()
            if not report(self):
                self.stop = CANCELLED
                return
        if self.stop in (kernels.ENERGY_ROSE, kernels.STALLED):
            self._cut(_TRUSTED * self.time)

    def chapters(self) -> list[Chapter]:
        """One chapter, or two after a restart."""
        inner = self.before.grid if self.before else None
        present = Chapter(self.rows, self.laid, self.n, self.past.te, self.grid, inner)
        return [present] if self.before is None else [self.before, present]

    @property
    def time(self) -> float:
        """Time of the last row."""
        return self.past.te + float(np.exp(self.rows.V[self.n - 1]))

    def _use_grid(self) -> None:
        self.grid, self.tables = theta_grid(*self.settings.grid_shape(self.stage))

    def _control(self) -> Control:
        s = self.settings
        return Control(
            t_max=self.t_max,
            tol=s.tolerance,
            dv_max=s.step_max,
            newton_tol=s.newton,
            y_weight=s.overlap_weight,
            y_relative=1.0 if self.gain else 0.0,
            energy_tol=s.energy_rise,
            targets=self.targets,
            still=0.0 if self.gain else s.still,
            restart_after=s.restart_after if self.before is None else 0.0,
            restart_step=s.restart_step,
            restart_fraction=s.restart_fraction,
            single=s.single_precision(self.stage),
        )

    def _scratch(self) -> Scratch:
        moving, fixed = self.grid.size, self.past.W.size
        columns = moving + fixed
        unknowns = 2 * (columns - 1) + 1
        square = [np.empty((moving, moving)) for _ in range(6)]
        cross = [np.empty((moving - 1, fixed)) for _ in range(2)]
        row = [np.empty(columns) for _ in range(9)]
        system = [np.empty((2, columns)), np.empty(unknowns), np.empty((unknowns, unknowns))]
        return Scratch._make([*square, *cross, np.zeros(moving), *row, *system])

    def _advance(self) -> None:
        with np.errstate(all="ignore"):
            try:
                self.n, self.stop = kernels.advance(
                    self.n, self.stage, self.couplings, self.tables, self.past, self.rows,
                    self._scratch(), self._control(), self.state,
                )  # fmt: skip
            except np.linalg.LinAlgError:  # an exactly singular Jacobian: no step can be taken from here
                self.stop = kernels.STALLED

    def _next_stage(self) -> None:
        """Move every stored row to the grid of the next decade."""
        own_time = self.time - self.past.te
        self.stage = self.settings.stage_for(own_time * (1 + 1e-12))
        old, fixed = self.grid, self.past.W.size
        self._use_grid()
        start, weight = old.interpolation(self.grid.theta, self.grid.x)
        matrix = np.zeros((old.size, self.grid.size))
        matrix[start[:, None] + np.arange(weight.shape[1]), np.arange(self.grid.size)[:, None]] = weight
        h = np.empty((self.rows.V.size, 2, fixed + self.grid.size))
        h[: self.n, :, :fixed] = self.rows.H[: self.n, :, :fixed]
        h[: self.n, :, fixed:] = self.rows.H[: self.n, :, fixed:] @ matrix
        self.rows = self.rows._replace(H=h)

    def _restart(self) -> None:
        """Lay the memory of the escape down in fixed columns and start the stages again."""
        (self.before,) = self.chapters()
        old, escape = self.grid, int(self.state[kernels.PEAK_ROW])
        now = self.time
        self.past = static_memory(self.rows, escape, old, self.tables)
        te = self.past.te
        after = distances(np.exp(self.rows.V[: self.n]), te, self.settings.step_start)
        self.stage = self.settings.stage_for(after[-1])
        self._use_grid()
        self.rows, self.n = restarted_rows(self.rows, self.n, te, after, old, self.grid)
        self.laid = self.n
        last = self.rows.V[self.n - 1] - self.rows.V[self.n - 2]
        self.state[kernels.STEP] = min(
            self.settings.step_max, self.state[kernels.STEP] * now / after[-1], 1.5 * last
        )

    def _cut(self, time: float) -> None:
        """Drop the rows after ``time``; what just precedes a failure is already wrong."""
        chapters = self.chapters()
        kept = [int(np.searchsorted(chapter.times(), time)) for chapter in chapters]
        self.n = max(kept[-1], chapters[-1].first, kernels.ROWS)
        if self.before is not None and self.n == self.laid:
            self.before = self.before._replace(n=max(kept[0], kernels.ROWS))
