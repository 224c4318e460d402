"""The stages of a run on a real instance: bounded in work, which is counted and not timed.

A stage therefore ends at the same step whoever computes it, and resumes the one before it exactly
(`engine.simulation.Simulation.resume`). All runs on one landscape together may take `WHOLE`; then the last one is cut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..compute.memory import RUNS
from ..page.reading import changed
from ..page.sample import STEPS, Sample
from ..physics import Model, Status, say, simulation

Floats = NDArray[np.float64]
STAGE: Final = 1e8
"""Work of a stage, in the units of `engine.simulation.Simulation.work`: about 50 ms."""

GLIMPSE: Final = 5e7
"""Work of all runs of an address together while something moves."""

WHOLE: Final = 1.6e10
"""Work of all runs of an address together: about 8 seconds."""

ALONG: Final = 2e8
"""Work of the outlier along a path, a fourth of it while that goes on; where it is not enough, points are left out."""

LEAST_POINTS: Final = 8
BYTES: Final = simulation.MEMORY + simulation.SLACK
LATE: Final = (
    "The run was cut at t = {}: the time that one request may take was over. What is there is kept for a while:"
    " ask again, and it goes on from there."
)
CUT: Final = (
    "The run was cut at t = {}: it has used the work that the runs of one address may take together."
    " Ask for a shorter time, or compute it in Python, where it may take its time."
)


@dataclass(frozen=True, slots=True)
class Descent:
    """The curves of a run: those of `engine.simulation.Simulation` under the same names, each of shape (n,).

    ``n_outliers`` is the number of points at which the outlier has been computed; between them it is interpolated.
    While a run goes on there may be none.
    """

    time: Floats
    overlap: Floats
    energy: Floats
    energy_2: Floats
    energy_p: Floats
    lagrange_multiplier: Floats
    gradient_norm: Floats
    outlier: Floats
    outlier_overlap: Floats
    n_outliers: int
    status: Status
    message: str

    def nearest(self, time: float) -> int:
        """Index of the point nearest to a time."""
        return int(np.argmin(np.abs(self.time - time)))


def stage(model: Model, sample: Sample, overlap_0: float, k: int) -> simulation.Simulation:
    """The state of a run after its stage k, with all earlier runs on its landscape."""
    if k == 0:
        return first_stage(model, sample, overlap_0, lambda: run(model, before_last(sample), overlap_0))
    before = stage(model, sample, overlap_0, k - 1)
    return next_stage(before, sample) if goes_on(before) else before


def first_stage(
    model: Model,
    sample: Sample,
    overlap_0: float,
    before: Callable[[], simulation.Simulation] | None = None,
    work: float = STAGE,
) -> simulation.Simulation:
    """The first stage of a run, after the one ``before`` on the same landscape, if there was one."""
    if before is None or not sample.then:
        start = None if sample.start == "random" else overlap_0
        with RUNS.share(BYTES):
            return simulation.simulate(
                model, n_dim=sample.N, seed=sample.seed, overlap_0=start, t_max=sample.until, work=work
            )
    earlier = before()
    kind = STEPS[sample.then[-1]]
    given = None if sample.start == "random" or kind == "flipped" else overlap_0
    with RUNS.share(BYTES):
        return earlier.restart(start=kind, overlap_0=given, t_max=sample.until, work=min(work, left(earlier)))


def next_stage(state: simulation.Simulation, sample: Sample) -> simulation.Simulation:
    """The next stage of a run that goes on."""
    with RUNS.share(BYTES):
        return state.resume(sample.until, work=min(STAGE, left(state)))


def left(state: simulation.Simulation) -> float:
    """The work that is left for the runs of its landscape."""
    return max(WHOLE - state.work, 0.0)


def goes_on(state: simulation.Simulation) -> bool:
    """Whether a run is neither at its end nor cut."""
    return state.is_paused and left(state) > 0


def run(model: Model, sample: Sample, overlap_0: float) -> simulation.Simulation:
    """The whole run of a sample, with all earlier runs on its landscape: its last stage."""
    state = stage(model, sample, overlap_0, 0)
    while goes_on(state):
        state = next_stage(state, sample)
    return state


def glimpse(model: Model, sample: Sample, overlap_0: float) -> simulation.Simulation:
    """The beginning of a run, for which those before it are only begun as well: for what is looked at in passing."""
    share = GLIMPSE / (1 + len(sample.then))
    return first_stage(
        model, sample, overlap_0, lambda: _begun(model, before_last(sample), overlap_0, share), share
    )


def _begun(model: Model, sample: Sample, overlap_0: float, work: float) -> simulation.Simulation:
    return first_stage(
        model, sample, overlap_0, lambda: _begun(model, before_last(sample), overlap_0, work), work
    )


def before_last(sample: Sample) -> Sample:
    """The run before, on the same landscape."""
    return changed(sample, then=sample.then[:-1])


def descent(model: Model, sample: Sample, overlap_0: float) -> Descent:
    """The curves of `run`."""
    return curves_of(run(model, sample, overlap_0))


def descent_to(model: Model, sample: Sample, overlap_0: float, k: int) -> Descent:
    """The curves of `stage`."""
    return curves_of(stage(model, sample, overlap_0, k))


def descent_seen(model: Model, sample: Sample, overlap_0: float) -> Descent:
    """The curves of `glimpse`."""
    return curves_of(glimpse(model, sample, overlap_0))


def curves_of(state: simulation.Simulation, *, is_late: bool = False) -> Descent:
    """What is kept of a run on disk; of one for which there is no more time, what is answered."""
    points = _looked_at(state)
    outlier, overlap = np.full((2, state.time.size), np.nan)
    if points.size:
        found = state.outlier_at(points)
        outlier, overlap = (np.interp(np.arange(state.time.size), points, values) for values in found)
        outlier[points], overlap[points] = found  # where the next one is missing too
    status, message = state.status, state.message
    if state.is_paused:
        message = (LATE if is_late else CUT).format(say(float(state.time[-1]), 4))
        if goes_on(state) and not is_late:
            status, message = (
                Status.AGEING,
                f"Computed up to t = {say(float(state.time[-1]), 4)}; it goes on.",
            )
    names = ("time", "overlap", "energy", "energy_2", "energy_p", "lagrange_multiplier", "gradient_norm")
    return Descent(
        **{name: getattr(state, name) for name in names},
        outlier=outlier,
        outlier_overlap=overlap,
        n_outliers=points.size,
        status=status,
        message=message,
    )


def _looked_at(state: simulation.Simulation) -> NDArray[np.int64]:
    """Points at which the outlier is computed: all of them, or so many, evenly spaced in log t, or none for now."""
    last, under_way = state.time.size - 1, goes_on(state)
    once, each = state.work_of_outliers
    n = int(((ALONG / 4 if under_way else ALONG) - once) / each)
    if n > last:
        return np.arange(last + 1)
    if n < LEAST_POINTS and under_way:
        return np.arange(0)
    return np.unique(np.round(np.geomspace(1, last + 1, max(n, LEAST_POINTS))).astype(np.int64) - 1)
