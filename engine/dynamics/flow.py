"""Gradient flow and Langevin dynamics from an initial overlap."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from .._kernels.dynamics_flow import Stop
from ..checks import check_range
from ..equilibrium import stable_states
from ..errors import Status
from ..model import Model
from ..words import say
from .curve import curve_of
from .march import March
from .memory import memory_of
from .settings import Settings
from .trajectory import Trajectory, trajectory_on
from .units import Units

Report = Callable[[Trajectory], object]

_CERTIFIED: Final = 5e5  # in units of 1/σ: as far as energies were compared with exact ones
_FAILURES: Final = {
    Stop.ENERGY_ROSE: "just after it the computed energy rises, which a gradient flow cannot do",
    Stop.STALLED: "the steps had become too small to go on",
    Stop.EXPENSIVE: "its steps had become too many and too costly",
}


def integrate_flow(
    model: Model,
    *,
    overlap_0: float,
    t_max: float,
    temperature: float = 0.0,
    tolerance: float = 1e-4,
    report: Report | None = None,
) -> Trajectory:
    """Integrate the two-time equations of gradient flow, or of Langevin dynamics if ``temperature`` > 0.

    The limit N → ∞ comes first: this is the typical flow from a random point of overlap ``overlap_0``.

    Parameters
    ----------
    model : Model
    overlap_0 : float
        Overlap with the signal at t = 0, of size 1e-100 to 0.999. Negative: for even p the mirror image; for
        odd p the side where matrix and tensor pull in opposite directions.
    t_max : float
        Final time, 1 to 1e6, in units of the bare flow ẋ = -∇H - μx.
    temperature : float, optional
        0 to 2; the Bayes-optimal one is 1.
    tolerance : float, optional
        1e-8 to 1e-2; the error of overlap, multiplier and energy stays within about five times as much.
    report : callable, optional
        Called with the `Trajectory` so far, about once per decade of time; returning False stops the run.

    Returns
    -------
    Trajectory
        Its status is REACHED (a stable minimum, or a stable equilibrium, at a time <= ``t_max``), AGEING (still
        moving at ``t_max``) or STOPPED_EARLY (cut where the energy, which cannot rise, rose, or where the steps
        became too small or too many; or stopped by ``report``). A cut run ends at ``.t_end`` < ``t_max``, and
        its ``.at`` gives NaN beyond.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Notes
    -----
    Equations (1)-(5) of docs/theory/dynamics.md, those of [SaraoMannelli2018] (T = 1) and
    [SaraoMannelli2019b] (T = 0), which extend [CugliandoloKurchan1993] by a signal. There the grid in time is
    uniform; here it is geometric.

    Examples
    --------
    Without the tensor the flow ends at m = √(1 - Δ₂):

    >>> model = Model(p=3, delta_2=0.5, delta_p=math.inf)
    >>> flow = integrate_flow(model, overlap_0=0.1, t_max=100.0)
    >>> round(float(flow.overlap[-1]), 4)
    0.7071
    """
    overlap_0 = check_range("overlap_0", overlap_0, magnitude=True)
    t_max = check_range("t_max", t_max)
    temperature = check_range("temperature", temperature)
    tolerance = check_range("tolerance", tolerance)
    sign = math.copysign(1.0, overlap_0)
    mirror = sign < 0 and model.p % 2 == 1
    units = Units.of(model, temperature, overlap_0)
    states = stable_states(model, temperature, mirror=mirror)
    march = March(
        couplings=units.couplings(model, temperature=temperature, mirror=mirror, live=True),
        settings=Settings.from_tolerance(tolerance),
        y_0=math.log(abs(overlap_0)),
        t_max=units.natural_time(t_max),
        targets=states / (1.0, units.rate, units.rate),
    )

    def partial(march: March) -> bool:
        if report is None:
            return True
        time = units.bare_time(march.time)
        message = f"Computed up to t = {say(time, 4)}; the run goes on."
        return report(_trajectory(march, units, sign, min(time, t_max), Status.AGEING, message)) is not False

    march.run(partial)
    result = _trajectory(march, units, sign, t_max, Status.AGEING, "")
    status, message = _verdict(march, model, units, float(result.overlap[-1]), t_max)
    return replace(result, status=status, message=message)


def _trajectory(
    march: March, units: Units, sign: float, t_max: float, status: Status, message: str
) -> Trajectory:
    curve = curve_of(march, units=units, sign=sign)
    return trajectory_on(
        curve.shown_times(t_max),
        curve,
        memory_of(march, units=units),
        temperature=units.bare_rate(march.couplings.T),
        t_max=t_max,
        status=status,
        message=message,
    )


def _verdict(march: March, model: Model, units: Units, overlap: float, t_max: float) -> tuple[Status, str]:
    """Status and sentence of a finished run."""
    time = units.bare_time(march.time)
    thermal = march.couplings.T > 0
    if march.stop.is_rest and time <= t_max:
        return Status.REACHED, _rest(march, model, overlap, time)
    if march.stop is Stop.CANCELLED:
        return Status.STOPPED_EARLY, f"The run was stopped by its caller at t = {say(min(time, t_max), 4)}."
    if march.stop.is_failure:
        reason = _FAILURES[march.stop]
        return (
            Status.STOPPED_EARLY,
            f"The run was cut at t = {say(time, 4)}: {reason}. Ask for a shorter time.",
        )
    if march.stop is Stop.STATIONARY and not thermal:
        moving = f"The flow is on its way to {_kind_of_minimum(march, model, overlap)}"
    else:
        moving = "The dynamics is not yet in equilibrium" if thermal else "The flow is still moving"
    message = f"{moving} at t_max = {say(t_max, 6)}, at overlap {say(overlap, 4)}."
    if model.sigma * t_max > _CERTIFIED:
        rests = "no independent check exists" if thermal else "its accuracy rests on the energy not rising"
        message += f" Beyond t = {say(_CERTIFIED / model.sigma, 2)} {rests}."
    return Status.AGEING, message


def _rest(march: March, model: Model, overlap: float, time: float) -> str:
    """Sentence of a run at rest."""
    if march.stop is Stop.DYING_OUT:
        return f"The dynamics is in equilibrium since t = {say(time, 4)}; the overlap dies out."
    if march.couplings.T > 0:
        return f"The dynamics is in equilibrium at overlap {say(overlap, 6)} since t = {say(time, 4)}."
    kind = _kind_of_minimum(march, model, overlap)
    return f"The flow has reached {kind} at overlap {say(overlap, 6)}, t = {say(time, 4)}."


def _kind_of_minimum(march: March, model: Model, overlap: float) -> str:
    """Which of the stable isolated minima it is."""
    if overlap < 0 and model.p % 2 == 1:
        return "the mirror minimum"
    largest = march.targets[-1, 0]
    return "the good minimum" if abs(overlap) > largest - 1e-3 else "a stable minimum below the good one"
