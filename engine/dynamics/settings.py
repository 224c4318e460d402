"""What a tolerance means: steps, grids and stop rules."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Numerical choices in natural units, all from one tolerance; measured in docs/theory/dynamics.md.

    Attributes
    ----------
    tolerance : float
        Of the step control: largest change between prediction and solution of a row.
    first_time : float
        Last time of the series start.
    step_max, step_start : float
        In ln t.
    resolution : float
        d of the theta grid, the time its ends resolve (spacing about d/10).
    newton : float
        Largest last Newton correction; the error left is about its square.
    energy_rise : float
        Rise of the energy that stops a run at T = 0, in units of the energy.
    still : float
        How near and how slow counts as stationary.
    n_rows_max : int
    overlap_weight : float
        Of a change of ln m in the step control, against changes of C and R.
    restart_after, restart_step, restart_fraction : float
        A restart at the escape: not before this time, only where the step has fallen below `restart_step`,
        once the overlap's growth per unit of ln t has fallen to this fraction of its maximum.
    """

    tolerance: float
    first_time: float
    step_max: float
    resolution: float
    newton: float
    energy_rise: float
    still: float
    n_rows_max: int
    width: float
    step_start: float = 0.15
    overlap_weight: float = 5.0
    restart_after: float = 20.0
    restart_step: float = 0.05
    restart_fraction: float = 0.3

    @classmethod
    def from_tolerance(cls, tolerance: float) -> Settings:
        """Tighten steps and grid together."""
        ratio = tolerance / 1e-4
        finer = min(1.0, ratio)
        return cls(
            tolerance=tolerance,
            first_time=2e-3 * min(1.0, 10 * ratio) ** (1 / 3),
            step_max=0.15 if tolerance < 5e-4 else 0.25,
            resolution=0.5 * finer**0.125,
            newton=5e-4 * math.sqrt(min(1.0, 100 * ratio)),
            energy_rise=0.2 * tolerance,
            still=min(max(1e-3 * tolerance, 1e-8), 1e-6),
            n_rows_max=int(900 * max(1.0, 1 / ratio) ** 0.2),
            width=min(ratio, 10.0) ** 0.125,
        )

    def grid_shape(self, stage: float) -> tuple[int, float]:
        """Number of elements and extent U of the grid for times up to `stage`.

        Elements get narrower at late times, where the soft mode of ageing multiplies interpolation errors by
        t.
        """
        extent = math.log(stage / self.resolution)
        width = self.width * (1.6 if stage <= 1e4 else 1.3 if stage <= 1e5 else 1.1)
        return max(2, math.ceil(2 * extent / width)), extent

    def single_precision(self, stage: float) -> bool:
        """Whether float32 does for the linear systems; late in ageing the soft mode feels the rounding."""
        return stage <= 1e5 and self.tolerance >= 3e-7
