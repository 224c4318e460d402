"""Gradient flow and Langevin dynamics from an initial overlap."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from ..checks import check_range
from ..equilibrium import stable_states
from ..errors import Status
from ..landscape import Landscape
from ..model import Model
from ..words import say
from .curve import curve_of
from .march import March
from .memory import memory_of
from .question import Start, roughness, start_of
from .settings import Settings
from .trajectory import Trajectory, trajectory_on
from .units import Units
from .verdict import verdict

Report = Callable[[Trajectory], object]


def integrate_flow(
    model: Model | Landscape,
    *,
    overlap_0: float | None = None,
    t_max: float,
    temperature: float = 0.0,
    tolerance: float = 1e-4,
    report: Report | None = None,
) -> Trajectory:
    """Integrate the two-time equations of gradient flow, or of Langevin dynamics if ``temperature`` > 0.

    The limit N → ∞ comes first: this is the typical flow from a random point of overlap ``overlap_0``.

    Parameters
    ----------
    model : Model or Landscape
    overlap_0 : float, optional
        Overlap with the signal at t = 0, of size 1e-100 to 0.999. Negative: the mirror image of a signal of even
        orders; with odd ones the side where they pull away from the signal. Not needed for a planted landscape, where
        it is 1, and where there is no signal; with a signal of order 1 at least 1e-8, and on its side.
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
    Equations (1)-(5) of docs/theory/dynamics.md, for any landscape (2)-(4) of docs/theory/landscapes.md, those of
    [SaraoMannelli2018] (T = 1) and [SaraoMannelli2019b] (T = 0), which extend [CugliandoloKurchan1993] by a signal.
    There the grid in time is uniform; here it is geometric.

    Examples
    --------
    Without the tensor the flow ends at m = √(1 - Δ₂):

    >>> model = Model(p=3, delta_2=0.5, delta_p=math.inf)
    >>> flow = integrate_flow(model, overlap_0=0.1, t_max=100.0)
    >>> round(float(flow.overlap[-1]), 4)
    0.7071

    A 3-spin glass quenched from equilibrium ends at the bottom of its state and remembers it:

    >>> quench = integrate_flow(Landscape.of({3: 1.5}).at_equilibrium(0.6), t_max=1000.0)
    >>> round(float(quench.overlap[-1]), 4)
    0.7746
    """
    start = start_of(model.landscape, overlap_0)
    t_max = check_range("t_max", t_max)
    temperature = check_range("temperature", temperature)
    tolerance = check_range("tolerance", tolerance)
    landscape = start.landscape
    units = Units.of(landscape, temperature, start.overlap)
    states = stable_states(landscape, temperature, mirror=False)
    march = March(
        couplings=units.couplings(landscape, temperature=temperature, live=start.live(temperature)),
        settings=Settings.from_tolerance(tolerance, roughness(model)),
        y_0=math.log(start.overlap),
        t_max=units.natural_time(t_max),
        targets=states / (1.0, units.rate, units.rate),
        planted=landscape.planted,
        dies=landscape.planted or not landscape.signal or any(k == 1 for k, _ in landscape.noise),
    )

    def partial(march: March) -> bool:
        if report is None:
            return True
        time = units.bare_time(march.time)
        message = f"Computed up to t = {say(time, 4)}; the run goes on."
        return report(_trajectory(march, units, start, min(time, t_max), Status.AGEING, message)) is not False

    march.run(partial)
    result = _trajectory(march, units, start, t_max, Status.AGEING, "")
    status, message = verdict(march, start, units, float(result.overlap[-1]), t_max)
    return replace(result, status=status, message=message)


def _trajectory(
    march: March, units: Units, start: Start, t_max: float, status: Status, message: str
) -> Trajectory:
    curve = curve_of(march, units=units, sign=start.sign)
    return trajectory_on(
        curve.shown_times(t_max),
        curve,
        memory_of(march, units=units),
        orders=start.landscape.orders,
        temperature=units.bare_rate(march.couplings.T),
        t_max=t_max,
        status=status,
        message=message,
    )
