"""One real instance beside the theory: a descent that is computed piece by piece.

A descent is asked for in stages, so that no request waits for a long run: each stage resumes the one before it, exactly
(`engine.simulation.Simulation.resume`). Curves are kept on both shelves; the state of a run, which can take megabytes,
in memory only, and is computed again if it has gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..compute.compute import Answer, Door
from ..compute.question import question
from ..page.reading import changed
from ..page.sample import NO_SAMPLE, STEPS, Sample
from ..page.state import Parameters, Point
from ..physics import EngineError, Model, Status, simulation

Floats = NDArray[np.float64]
#: Final time of the first stage by p, all that is computed while something moves: tens of milliseconds of work.
FIRST_STAGE: Final[Mapping[int, float]] = {3: 12.0, 4: 8.0, 5: 5.0}
HIGH_ORDER: Final = 3.0  # the same for p > 5
NEXT_STAGE: Final = 1.5
HUGE: Final = 10**12  # as good as infinite


@dataclass(frozen=True, slots=True)
class Descent:
    """The curves of a run: those of `engine.simulation.Simulation` under the same names, each of shape (n,)."""

    time: Floats
    overlap: Floats
    energy: Floats
    energy_2: Floats
    energy_p: Floats
    lagrange_multiplier: Floats
    gradient_norm: Floats
    outlier: Floats
    outlier_overlap: Floats
    status: Status
    message: str

    def nearest(self, time: float) -> int:
        """Index of the point nearest to a time."""
        return int(np.argmin(np.abs(self.time - time)))


@dataclass(frozen=True, slots=True)
class Running:
    """A run so far.

    Parameters
    ----------
    found : Answer or None
        Its curves; None if there is no instance, or it cannot be computed.
    sentence : str
        Why there is none, else empty.
    more : bool
        Whether it goes on: the same question, asked again, is answered with a longer run.
    until : float
        The stage's final time.
    sample : Sample
        Which instance it is, by what its run depends on.
    """

    found: Answer[Descent] | None = None
    sentence: str = ""
    more: bool = False
    until: float = 0.0
    sample: Sample = NO_SAMPLE

    @property
    def descent(self) -> Descent | None:
        """The curves, if there are any."""
        return None if self.found is None else self.found.value


def run(model: Model, sample: Sample, overlap_0: float, until: float) -> simulation.Simulation:
    """The whole run of a sample to a time, with all earlier runs on its landscape."""
    start = None if sample.start == "random" else overlap_0
    if not sample.then:
        return simulation.simulate(model, n_dim=sample.N, seed=sample.seed, overlap_0=start, t_max=until)
    before = run(model, before_last(sample), overlap_0, sample.until)
    return _follow(before, sample, overlap_0, until)


def _follow(
    before: simulation.Simulation, sample: Sample, overlap_0: float, until: float
) -> simulation.Simulation:
    start = STEPS[sample.then[-1]]
    given = None if sample.start == "random" or start == "flipped" else overlap_0
    return before.restart(start=start, overlap_0=given, t_max=until)


def before_last(sample: Sample) -> Sample:
    """The run before, on the same landscape."""
    return changed(sample, then=sample.then[:-1])


def descent(model: Model, sample: Sample, overlap_0: float, until: float) -> Descent:
    """The curves of `run`."""
    return curves_of(run(model, sample, overlap_0, until))


def curves_of(done: simulation.Simulation) -> Descent:
    """What is kept of a run on disk."""
    names = Descent.__dataclass_fields__
    return Descent(**{name: getattr(done, name) for name in names})


def follow(door: Door, point: Point, *, settled: bool = True, stage: bool = True) -> Running:
    """The instance's run so far; within one request all who ask get the same stage.

    Parameters
    ----------
    door : Door
        The door to the engine.
    point : Point
        Its model and m₀, and which instance.
    settled : bool
        While something moves, or what the eye waits for is due, only the first stage is computed, and kept in memory
        alone.
    stage : bool
        Whether one stage more is computed at most; else the whole run.
    """
    parameters, sample = point
    if not sample.is_shown:
        return Running()
    if parameters.T > 0:
        return Running(sentence="An instance is gradient descent, at T = 0: none is shown at T > 0.")

    def work() -> Running:
        try:
            return _follow_stages(door, parameters, sample, settled=settled, stage=stage)
        except EngineError as error:
            return Running(sentence=str(error))

    return door.one((point, settled, stage), work)


def _follow_stages(
    door: Door, parameters: Parameters, sample: Sample, *, settled: bool, stage: bool
) -> Running:
    model, m0 = parameters.model, parameters.m0
    times = stages(sample.until, parameters.p)
    if settled:
        for k in range(len(sample.then)):  # the runs before this one come first
            done = _longer(door, parameters, changed(sample, then=sample.then[:k])) if stage else Running()
            if done.more:
                return done
        return _longer(door, parameters, sample) if stage else _to(door, parameters, sample, times[-1])
    known = door.recall(question(descent, model, identity(sample), m0, times[-1]))
    if known is not None:
        return Running(known, until=times[-1], sample=identity(sample))
    first = _to(door, parameters, changed(sample, until=times[0]), times[0], brief=True)
    return replace(first, more=times[0] < sample.until)


def _longer(door: Door, parameters: Parameters, sample: Sample) -> Running:
    """One stage beyond the longest that is known."""
    times = stages(sample.until, parameters.p)
    for k in range(len(times) - 1, -1, -1):
        known = door.recall(question(descent, parameters.model, identity(sample), parameters.m0, times[k]))
        if known is None:
            continue
        if k == len(times) - 1 or known.value.status is Status.STOPPED_EARLY:
            return Running(known, until=times[k], sample=identity(sample))
        return _to(door, parameters, sample, times[k + 1])
    return _to(door, parameters, sample, times[0])


def _to(door: Door, parameters: Parameters, sample: Sample, until: float, *, brief: bool = False) -> Running:
    asked = (parameters.model, identity(sample), parameters.m0, until)
    brief = brief or until < sample.until  # a stage is soon followed by the next
    found = door.answer(question(descent, *asked), by=lambda: curves_of(state_of(door, *asked)), brief=brief)
    cut = found.value.status is Status.STOPPED_EARLY
    return Running(found, more=until < sample.until and not cut, until=until, sample=identity(sample))


def state_of(
    door: Door, model: Model, sample: Sample, overlap_0: float, until: float
) -> simulation.Simulation:
    """The state of a run, resumed from the longest stage in memory, or computed."""

    def work() -> simulation.Simulation:
        for earlier in stages(until, model.p)[-2::-1]:
            known = door.recall(question(run, model, sample, overlap_0, earlier))
            if known is not None and known.value.status is not Status.STOPPED_EARLY:
                return known.value.resume(until)
        if not sample.then:
            return run(model, sample, overlap_0, until)
        before = state_of(door, model, identity(before_last(sample)), overlap_0, sample.until)
        return _follow(before, sample, overlap_0, until)

    return door.answer(question(run, model, sample, overlap_0, until), by=work, brief=True).value


def identity(sample: Sample) -> Sample:
    """The sample without what its last run does not depend on: the final time, if no other run came before."""
    return sample if sample.then else changed(sample, until=NO_SAMPLE.until)


def stages(until: float, p: int) -> tuple[float, ...]:
    """Final times of the stages of a run at the order p."""
    times = []
    time = FIRST_STAGE.get(p, HIGH_ORDER)
    while time < until / 1.05:
        times.append(time)
        time *= NEXT_STAGE
    return (*times, until)


def infinite(sample: Sample) -> Sample:
    """The same start at N = 10¹², where nothing is left to chance."""
    return Sample(N=HUGE, seed=1, start="m0", until=sample.until)
