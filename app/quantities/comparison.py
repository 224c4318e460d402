"""What is compared of several points: where their flows end, when they escape, what theory says of them."""

from __future__ import annotations

from dataclasses import dataclass

from ..compute.door import Answer, Door
from ..compute.question import closed_form
from ..page.state import Parameters
from ..physics import atlas, complexity, dynamics, phases
from .flow import flow, references


@dataclass(frozen=True, slots=True)
class Outcome:
    """Results of one point.

    Parameters
    ----------
    parameters : Parameters
        The point.
    phase : Phase
        On which side of the lines it lies.
    minimum : float or None
        Overlap of the minimum on the side of the start, the good or the mirror one; None where there is no stable one,
        and at T > 0.
    escape_time : float
        First t with |m| at `engine.complexity.escape_level`; NaN where the run does not get there.
    found : Answer
        The run.
    theta : float
        θ of the Hessian at m = 0, in units of σ.
    """

    parameters: Parameters
    phase: phases.Phase
    minimum: float | None
    escape_time: float
    found: Answer[dynamics.Trajectory]
    theta: float


def outcome(door: Door, parameters: Parameters, *, settled: bool) -> Outcome:
    """Results of a point; from a coarse run while something moves, if there is no fine one."""
    found = flow(door, parameters, settled=settled)
    seen = door.answer(closed_form(phases.classify, parameters.model, temperature=parameters.T)).value
    return Outcome(
        parameters,
        seen.phase,
        _minimum(door, parameters),
        atlas.first_time(found.value, escape_level(parameters)),
        found,
        float(parameters.model.theta(0.0)),
    )


def escape_level(parameters: Parameters) -> float:
    """The size of the overlap at which a point's flow counts as escaped."""
    mirror = parameters.m0 < 0 and parameters.p % 2 == 1
    return complexity.escape_level(parameters.model, temperature=parameters.T, mirror=mirror)


def _minimum(door: Door, parameters: Parameters) -> float | None:
    if parameters.T > 0:
        return None
    known = door.answer(closed_form(references, parameters.model)).value
    is_below = parameters.m0 < 0
    well = known.mirror_minimum if is_below and parameters.p % 2 else known.good_minimum
    if well is None or not well.is_stable:
        return None
    return -well.overlap if is_below and parameters.p % 2 == 0 else well.overlap
