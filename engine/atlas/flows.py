"""Flows at many points: where each ends, and when it escapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..checks import Floats, check_noises, check_order, read_only
from ..complexity import escape_level
from ..dynamics import Trajectory, integrate_flow
from ..errors import ParameterError, Status, Stopped
from ..model import Model
from .blocks import Block, Plane

CODES: Final = tuple(Status)  # a status code is a place in it
_SECTIONS: Final = 16  # of a step, at each turn of the search for the escape
_TURNS: Final = 6


@dataclass(frozen=True, slots=True)
class AtlasTile:
    """What the flow did at k points; the arrays are read-only.

    Attributes
    ----------
    final_overlap : ndarray, shape (k,)
        m(t_max); NaN where the run was cut before.
    escape_time : ndarray, shape (k,)
        First t with |m| at `engine.complexity.escape_level`, in units of the bare flow; NaN where there is none up
        to t_max, or up to where the run was cut.
    status_code : ndarray of uint8, shape (k,)
        How each run ended, as a place in ``tuple(Status)``.
    """

    final_overlap: Floats
    escape_time: Floats
    status_code: NDArray[np.uint8]

    @property
    def status(self) -> NDArray[np.object_]:
        """How each run ended, as members of `Status`; shape (k,)."""
        return np.array(CODES, dtype=np.object_)[self.status_code]


def tile(
    p: int,
    delta_p: ArrayLike,
    delta_2: ArrayLike,
    *,
    overlap_0: float,
    t_max: float,
    temperature: float = 0.0,
    stop: Callable[[], bool] | None = None,
) -> AtlasTile:
    """Integrate the flow at each of k points.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p, delta_2 : array_like, shape (k,)
        The points.
    overlap_0 : float
        Overlap at t = 0, of size 1e-100 to 0.999.
    t_max : float
        Final time, 1 to 1e6, in units of the bare flow.
    temperature : float, optional
        0 to 2.
    stop : callable, optional
        Asked before each point; when it says True nothing is returned.

    Returns
    -------
    AtlasTile

    Raises
    ------
    ParameterError
        If a parameter is out of range, or the points are not two lists of one length.
    Stopped
        If ``stop`` said so.

    Notes
    -----
    Each point is one run of `engine.dynamics.integrate_flow` at its usual tolerance, 1e-4.

    Examples
    --------
    >>> found = tile(3, [1.0, 1.0], [0.4, 0.6], overlap_0=1e-10, t_max=1e4)
    >>> [float(time.round()) for time in found.escape_time]
    [198.0, nan]
    """
    check_order(p)
    x, y = (
        np.atleast_1d(check_noises(name, value))
        for name, value in (("delta_p", delta_p), ("delta_2", delta_2))
    )
    if x.ndim != 1 or x.shape != y.shape:
        raise ParameterError("delta_2", "The points must be two lists of one length.")
    overlap, escape = np.full((2, x.size), np.nan)
    code = np.zeros(x.size, dtype=np.uint8)
    for k in range(x.size):
        if stop is not None and stop():
            raise Stopped
        model = Model(p=p, delta_2=y[k], delta_p=x[k])
        run = integrate_flow(model, overlap_0=overlap_0, t_max=t_max, temperature=temperature)
        code[k] = CODES.index(run.status)
        if run.status is not Status.STOPPED_EARLY:
            overlap[k] = run.overlap[-1]
        mirror = overlap_0 < 0 and p % 2 == 1
        escape[k] = first_time(run, escape_level(model, temperature=temperature, mirror=mirror))
    code.setflags(write=False)
    return AtlasTile(read_only(overlap), read_only(escape), code)


def measure(plane: Plane, block: Block, stop: Callable[[], bool] | None = None) -> AtlasTile:
    """Measure the samples of a block that no coarser resolution has.

    Parameters
    ----------
    plane : Plane
    block : Block
    stop : callable, optional
        See `tile`.

    Returns
    -------
    AtlasTile
        In the order of `Plane.samples`.

    Raises
    ------
    Stopped
        If ``stop`` said so.
    """
    options: dict[str, Any] = {"overlap_0": plane.overlap_0, "t_max": plane.t_max}
    return tile(plane.p, *plane.samples(block), temperature=plane.temperature, stop=stop, **options)


def first_time(run: Trajectory, level: float) -> float:
    """Return the first time at which a flow's overlap is of some size.

    Parameters
    ----------
    run : Trajectory
    level : float
        The size of |m|; that of an escape is `engine.complexity.escape_level`.

    Returns
    -------
    float
        In units of the bare flow, at the solver's accuracy; 0 where the flow starts so far out, NaN where it does not
        get there.

    Examples
    --------
    >>> run = integrate_flow(Model(p=3, delta_2=0.4, delta_p=1.0), overlap_0=1e-10, t_max=1e4)
    >>> round(first_time(run, 0.3))
    198
    """
    above = np.flatnonzero(np.abs(run.overlap) >= level)
    if not above.size:
        return float("nan")
    at = int(above[0])
    if at == 0:
        return 0.0
    low, high = run.time[at - 1], run.time[at]
    for _ in range(_TURNS):
        times = np.linspace(low, high, _SECTIONS + 1)
        inside = np.abs(run.at(times[1:-1]).overlap) >= level
        first = int(np.argmax(np.append(inside, True)))
        low, high = times[first], times[first + 1]
    return float((low + high) / 2)
