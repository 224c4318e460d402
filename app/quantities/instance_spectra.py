"""The Hessian of a real instance at moments of its run, drawn given the whole run."""

from __future__ import annotations

import time as clock
from typing import Final

import numpy as np

from ..compute.door import Answer, Door
from ..compute.question import question
from ..page.sample import Sample
from ..page.state import Parameters
from ..physics import Model, simulation
from .instance import Running, seen, state_of
from .instance_stages import glimpse, run

BUDGET: Final = 0.2  # seconds of drawing Hessians per request
MOMENTS: Final = 9
FIRST_TIME: Final = 0.1  # where pictures over log t begin


def hessian_at(model: Model, sample: Sample, overlap_0: float, moment: float) -> simulation.HessianSample:
    """The Hessian's spectrum at a moment of `run`, given the whole run."""
    return run(model, sample, overlap_0).hessian(moment)


def hessian_seen(model: Model, sample: Sample, overlap_0: float, moment: float) -> simulation.HessianSample:
    """The same of `glimpse`."""
    return glimpse(model, sample, overlap_0).hessian(moment)


def spectrum_of(
    door: Door, parameters: Parameters, running: Running, moment: float
) -> Answer[simulation.HessianSample] | None:
    """The Hessian at a moment of the run, if that is at its end or a glimpse; None if its state is not there yet."""
    asked = (parameters.model, running.sample, parameters.m0)
    if running.descent is not None:  # the point of the path that is meant
        moment = float(running.descent.time[running.descent.nearest(moment)])
    asking = question(hessian_seen if running.is_glimpse else hessian_at, *asked, moment)
    known = door.recall(asking)
    if known is not None:
        return known
    state = seen(door, *asked) if running.is_glimpse else state_of(door, *asked)
    return None if state is None else door.answer(asking, by=lambda: state.hessian(moment))


def spectra_along(
    door: Door, parameters: Parameters, running: Running
) -> tuple[tuple[simulation.HessianSample, ...], bool]:
    """Spectra at `MOMENTS` log-spaced moments, as many as a request has time for, and whether there are more."""
    descent_so_far = running.descent
    if descent_so_far is None or running.more:
        return (), running.more
    started = clock.perf_counter()
    drawn: list[simulation.HessianSample] = []
    for moment in moments(running):
        if clock.perf_counter() - started > BUDGET:
            return tuple(drawn), True
        found = spectrum_of(door, parameters, running, moment)
        if found is None:
            return tuple(drawn), True
        drawn.append(found.value)
    return tuple(drawn), False


def moments(running: Running) -> list[float]:
    """`MOMENTS` log-spaced moments of a run; none while there is no path."""
    path = running.descent
    if path is None:
        return []
    first = max(FIRST_TIME, float(path.time[1]))
    return [float(time) for time in np.geomspace(first, float(path.time[-1]), MOMENTS)]
