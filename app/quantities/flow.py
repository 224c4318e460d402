"""The flow of a point, and what theory says of it without integrating anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..compute.door import Answer, Door
from ..compute.question import Question, question
from ..page.state import Parameters
from ..physics import Model, Status, complexity, dynamics, hessian, message_passing, phases

FINE: Final = 1e-4  # tolerance of a flow at rest
COARSE: Final = 4e-3  # and while something moves: an error of 1e-3 in m, half the time of a tolerance of 1e-3
TABLE_TIMES: Final = 401
FIRST_TIME: Final = 1e-2
STEP: Final = 0.012  # of m between two points of a drawn curve: a few pixels
PASSES, MOST_PARTS = 2, 40
PACE_STEPS: Final = 60
TOO_SMALL: Final = 1e-9  # a change that is none
TOO_LATE: Final = 0.1  # a start beyond this overlap has no linear growth to speak of


@dataclass(frozen=True, slots=True)
class References:
    """What theory says of the flow without integrating it."""

    good_minimum: complexity.GoodMinimum | None
    mirror_minimum: complexity.GoodMinimum | None
    ml_overlap: float
    bayes_overlap: float
    bayes_amp_overlap: float
    threshold_energy_kac_rice: float
    threshold_energy_aging: float


def references(model: Model) -> References:
    """Reference values of the flow's card."""
    return References(
        good_minimum=complexity.good_minimum(model),
        mirror_minimum=complexity.mirror_minimum(model),
        ml_overlap=message_passing.ml_overlap(model, informed=False),
        bayes_overlap=message_passing.bayes_optimum(model),
        bayes_amp_overlap=message_passing.bayes_overlap(model, informed=False),
        threshold_energy_kac_rice=complexity.threshold_energy(model, kind="kac_rice"),
        threshold_energy_aging=complexity.threshold_energy(model, kind="aging"),
    )


def flow_question(parameters: Parameters, tolerance: float = FINE) -> Question[dynamics.Trajectory]:
    """The question whose answer is the trajectory of a point."""
    return question(
        dynamics.integrate_flow,
        parameters.model,
        overlap_0=parameters.m0,
        t_max=parameters.tmax,
        temperature=parameters.T,
        tolerance=tolerance,
    )


def flow(door: Door, parameters: Parameters, *, settled: bool = True) -> Answer[dynamics.Trajectory]:
    """The trajectory of a point: at the full tolerance when settled or when it is there already, else a preview."""
    if settled:
        return door.answer(flow_question(parameters))
    known = door.recall(flow_question(parameters))
    if known is not None:
        return known
    coarse = door.answer(flow_question(parameters, COARSE), brief=True)
    if coarse.value.status is Status.STOPPED_EARLY:  # the coarse grid's fault perhaps
        return door.answer(flow_question(parameters))
    return replace(coarse, preview=True)


def gain_question(parameters: Parameters) -> Question[dynamics.Gain]:
    """The question whose answer is the growth of an infinitesimal overlap."""
    return question(dynamics.escape_gain, parameters.model, t_max=parameters.tmax, temperature=parameters.T)


def late_growth(parameters: Parameters) -> float | None:
    """Where Λ tends to, if that is known."""
    model, T = parameters.model, parameters.T
    if T == 0:
        return float(hessian.late_growth(float(model.theta(0.0))))
    if not phases.threshold_response(model, temperature=T) <= model.delta_2:  # NaN: there are none
        return None
    return float(phases.threshold_multiplier(model, temperature=T) / model.sigma)


@dataclass(frozen=True, slots=True)
class Escape:
    """When the flow escapes by the linear growth of its overlap.

    Parameters
    ----------
    time : float, optional
        When m₀ G(t) reaches 0.3; None where it does not, or where it is not known yet.
    more : bool
        Whether it is not known yet.
    found : Answer, optional
        The growth that it is read off.
    """

    time: float | None = None
    more: bool = False
    found: Answer[dynamics.Gain] | None = None


def escape(door: Door, parameters: Parameters, *, at_leisure: bool) -> Escape:
    """The escape by linear growth: computed when there is time, else told if it is known."""
    if abs(parameters.m0) > TOO_LATE:
        return Escape()
    asked = gain_question(parameters)
    found = door.answer(asked) if at_leisure else door.recall(asked)
    if found is None:
        return Escape(more=True)
    time = float(found.value.escape_time(abs(parameters.m0)))
    return Escape(time if np.isfinite(time) else None, found=found)


@dataclass(frozen=True, slots=True)
class State:
    """Where the flow is at one time."""

    time: float
    overlap: float
    hessian_centre: float


def state_at(trajectory: dynamics.Trajectory, time: float) -> State:
    """The state at a time, or at the end of what is trustworthy if that comes first."""
    if trajectory.status is Status.STOPPED_EARLY:
        time = min(time, float(trajectory.time[-1]))
    at = trajectory.at(np.array([time]))
    return State(time, float(at.overlap[0]), float(at.hessian_centre[0]))


def pace(trajectory: dynamics.Trajectory, first: float, t_max: float) -> NDArray[np.float64]:
    """Moments at equal distances along what is seen to change: fractions of the axis of log t, from 0 to 1.

    A distance is made of that along the axis, the changes of m, and those of e and μ in units of all their change.

    Parameters
    ----------
    trajectory : Trajectory
        The flow.
    first, t_max : float
        Ends of the axis.
    """
    knots = trajectory.time[(trajectory.time > first) & (trajectory.time < t_max)]  # close where it moves
    times = np.concatenate([[first], knots, [t_max]])
    at = trajectory.at(times)
    moments = np.log(times / first) / np.log(t_max / first)
    seen = np.stack([moments, at.overlap, *map(_in_its_range, (at.energy, at.lagrange_multiplier))])
    steps = np.nan_to_num(np.diff(seen, axis=1))  # beyond where a run was cut nothing is seen
    distance = np.append(0.0, np.cumsum(np.sqrt(np.square(steps).sum(axis=0))))
    return np.asarray(np.interp(np.linspace(0.0, distance[-1], PACE_STEPS + 1), distance, moments))


def _in_its_range(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values / max(float(np.nanmax(values) - np.nanmin(values)), TOO_SMALL)


def table_times(trajectory: dynamics.Trajectory, t_max: float) -> NDArray[np.float64]:
    """At least 200 log-spaced times up to t_max, or to where a run was cut."""
    last = trajectory.time[-1] if trajectory.status is Status.STOPPED_EARLY else t_max
    times = np.logspace(np.log10(FIRST_TIME), np.log10(last), TABLE_TIMES)
    times[-1] = last
    return times


def drawn_times(trajectory: dynamics.Trajectory, t_max: float) -> NDArray[np.float64]:
    """The times of `table_times` and more where the overlap moves: an escape is drawn as a curve, not as corners."""
    times = table_times(trajectory, t_max)
    for _ in range(PASSES):
        moves = np.abs(np.diff(trajectory.at(times).overlap))
        parts = np.clip(np.ceil(np.nan_to_num(moves) / STEP), 1, MOST_PARTS).astype(np.int64)
        if parts.max(initial=1) == 1:
            break
        first = np.repeat(np.cumsum(parts) - parts, parts)  # where the parts of each interval begin
        step = np.repeat(np.diff(times) / parts, parts)
        times = np.append(np.repeat(times[:-1], parts) + (np.arange(first.size) - first) * step, times[-1])
    return times
