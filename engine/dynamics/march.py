"""The run in natural units: stages of about a decade each, the restart at an escape, the stop rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from .._kernels import dynamics_flow as kernels
from .._kernels.dynamics_flow import Control, Couplings, Past, Rows, State, Stop, Tables
from ..checks import Floats
from .grid import ThetaGrid, theta_grid, transfer
from .restart import distances, restarted_rows, static_memory
from .scratch import scratch
from .settings import FORGOTTEN, Settings
from .start import empty_rows, start_rows

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
    targets : ndarray, shape (n, 3)
        Overlap, multiplier and energy of the states in which the run can stay.
    gain : bool
        Linear growth only: ln m may become huge and is then controlled relative to its size.
    planted : bool
        The signal is the initial condition: its overlap only falls, so that nothing escapes, and at T > 0 the flow
        may stand still before it has forgotten it.
    dies : bool
        The overlap may die exponentially without the run coming to rest: then it is not followed for ever.
    """

    couplings: Couplings
    settings: Settings
    y_0: float
    t_max: float
    targets: Floats
    gain: bool = False
    planted: bool = False
    dies: bool = False
    n: int = kernels.ROWS
    stage: float = 1.0
    stop: Stop = Stop.RUNNING
    grid: ThetaGrid = field(init=False)
    tables: Tables = field(init=False)
    rows: Rows = field(init=False)
    past: Past = field(init=False)
    state: State = field(init=False)
    before: Chapter | None = None  # the run up to its restart
    laid: int = 0  # rows taken over from it

    def __post_init__(self) -> None:
        self._use_grid()
        self.rows = empty_rows(self.settings.n_rows_max, self.grid.size, self.couplings.order.size)
        start_rows(self.couplings, self.grid, self.rows, y_0=self.y_0, first_time=self._first_time())
        none = np.empty((0, 1))
        self.past = Past(0.0, none, none, none, np.empty(0), np.empty(0))
        self.state = State(step=self.settings.step_start)

    def run(self, report: Callable[[March], bool]) -> None:
        """Advance to the end; ``report`` is called after every stage and may return False to stop."""
        while True:
            self._advance()
            if self.stop is Stop.ESCAPED:
                self._restart()
            elif self.stop is Stop.RUNNING:
                self._next_stage()
            else:
                break
            if not report(self):
                self.stop = Stop.CANCELLED
                return
        if self.stop.is_failure:
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

    def _first_time(self) -> float:
        """End of the series: earlier where a signal of order 1 lifts a small overlap at once."""
        field = self.couplings.b[self.couplings.order == 1].sum()
        first = self.settings.first_time
        return first if field == 0 else min(first, 0.1 * float(np.exp(self.y_0) / field))

    def _use_grid(self) -> None:
        self.grid, self.tables = theta_grid(*self.settings.grid_shape(self.stage))

    def _control(self) -> Control:
        return self.settings.control(
            self.t_max,
            self.targets,
            single=self.settings.single_precision(self.stage),
            may_restart=self.before is None and not self.planted,
            gain=self.gain,
            planted=self.planted,
            faint=self.y_0 + FORGOTTEN if self.dies else -np.inf,
        )

    def _advance(self) -> None:
        with np.errstate(all="ignore"):
            try:
                self.n, stop, self.state = kernels.advance(
                    self.n, self.stage, self.couplings, self.tables, self.past, self.rows,
                    scratch(self.grid.size, self.past.W.size), self._control(), self.state,
                )  # fmt: skip
            except np.linalg.LinAlgError:  # an exactly singular Jacobian: no step can be taken from here
                stop = Stop.STALLED
        self.stop = Stop(stop)

    def _next_stage(self) -> None:
        """Move every stored row to the grid of the next decade."""
        own_time = self.time - self.past.te
        self.stage = self.settings.stage_for(own_time * (1 + 1e-12))
        old, fixed = self.grid, self.past.W.size
        self._use_grid()
        h = np.empty((self.rows.V.size, 2, fixed + self.grid.size))
        h[: self.n, :, :fixed] = self.rows.H[: self.n, :, :fixed]
        h[: self.n, :, fixed:] = self.rows.H[: self.n, :, fixed:] @ transfer(old, self.grid)
        self.rows = self.rows._replace(H=h)

    def _restart(self) -> None:
        """Lay the memory of the escape down in fixed columns and start the stages again."""
        (self.before,) = self.chapters()
        old, escape = self.grid, self.state.peak_row
        now = self.time
        self.past = static_memory(self.rows, escape, old, self.tables)
        te = self.past.te
        after = distances(np.exp(self.rows.V[: self.n]), te, self.settings.step_start)
        self.stage = self.settings.stage_for(after[-1])
        self._use_grid()
        self.rows, self.n = restarted_rows(self.rows, self.n, te, after, old, self.grid)
        self.laid = self.n
        last = self.rows.V[self.n - 1] - self.rows.V[self.n - 2]
        step = min(self.settings.steps.most, self.state.step * now / after[-1], 1.5 * last)
        self.state = self.state._replace(step=float(step))

    def _cut(self, time: float) -> None:
        """Drop the rows after ``time``; what just precedes a failure is already wrong."""
        chapters = self.chapters()
        kept = [int(np.searchsorted(chapter.times(), time)) for chapter in chapters]
        self.n = max(kept[-1], chapters[-1].first, kernels.ROWS)
        if self.before is not None and self.n == self.laid:
            self.before = self.before._replace(n=max(kept[0], kernels.ROWS))
