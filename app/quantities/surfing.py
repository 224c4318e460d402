"""The Hessian along the whole flow: bulk, outlier and directions down, where each is known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..compute.door import Door
from ..page.state import Point
from ..physics import Model, Status, dynamics, hessian
from .flow import flow
from .instance import Running, follow, infinite

Floats = NDArray[np.float64]
POINTS: Final = 160
SMALL_OVERLAP: Final = 0.02  # up to here the outlier's formula is exact within a pixel
AT_REST: Final = 2e-3


@dataclass(frozen=True, slots=True)
class Surfing:
    """The spectrum along the flow; every array has shape (n,).

    Attributes
    ----------
    time : array
        Log-spaced times.
    lower, upper : array
        Edges μ - T ∓ 2σ of the bulk.
    outlier, outlier_overlap : array
        Isolated eigenvalue below the bulk and its squared overlap with the signal; NaN where there is none, or where it
        is not known: the closed formula is exact only for m → 0 and where a flow has come to rest in a minimum.
    negative_fraction : array
        Fraction of the directions that go down.
    sampled_until : float
        Up to this time the outlier is that of a path at N = 10¹² (0: the closed formula throughout).
    gap : (float, float) or None
        Times between which the outlier is not known.
    """

    time: Floats
    lower: Floats
    upper: Floats
    outlier: Floats
    outlier_overlap: Floats
    negative_fraction: Floats
    sampled_until: float
    gap: tuple[float, float] | None


def surfing(
    door: Door, point: Point, *, first: float, settled: bool, leisure: bool
) -> tuple[Surfing, Running]:
    """The spectrum along the flow from the time ``first``, and the run at N = 10¹² it is read off, if one is needed."""
    parameters, sample = point
    trajectory = flow(door, parameters, settled=settled).value
    last = float(trajectory.time[-1]) if trajectory.status is Status.STOPPED_EARLY else parameters.tmax
    time = np.geomspace(first, last, POINTS)
    at = trajectory.at(time)
    early = np.abs(at.overlap[time <= sample.until])
    running = Running()
    if early.size and early.max() > SMALL_OVERLAP and parameters.T == 0:
        running = follow(door, Point(parameters, infinite(sample)), settled=leisure)
    return _surfing(parameters.model, time, at, trajectory.status, running), running


def _surfing(
    model: Model, time: Floats, at: dynamics.Trajectory, status: Status, running: Running
) -> Surfing:
    overlap, mu = at.overlap, at.hessian_centre
    seen = [hessian.spectrum(model, float(m), float(u)) for m, u in zip(overlap, mu, strict=True)]
    below = np.array([found.outlier is not None and found.theta > 0 for found in seen])
    outlier = np.array(
        [found.outlier if isolated else np.nan for found, isolated in zip(seen, below, strict=True)]
    )
    share = np.array(
        [found.outlier_overlap if isolated else np.nan for found, isolated in zip(seen, below, strict=True)]
    )
    in_minimum = status is Status.REACHED and at.temperature == 0
    at_rest = (np.abs(overlap - overlap[-1]) < AT_REST) & in_minimum
    known = (np.abs(overlap) < SMALL_OVERLAP) | at_rest
    sampled = 0.0
    path = running.descent
    if path is not None:
        sampled = float(path.time[-1])
        inside = time <= sampled
        i = np.searchsorted(path.time, time[inside]).clip(0, path.time.size - 1)
        outlier[inside], share[inside] = path.outlier[i], path.outlier_overlap[i]
        known |= inside
    outlier[~known], share[~known] = np.nan, np.nan
    hidden = time[~known]
    return Surfing(
        time=time,
        lower=np.array([found.bulk_edge_lower for found in seen]),
        upper=np.array([found.bulk_edge_upper for found in seen]),
        outlier=outlier.astype(np.float64),
        outlier_overlap=share.astype(np.float64),
        negative_fraction=np.array([found.negative_fraction for found in seen]),
        sampled_until=sampled,
        gap=(float(hidden[0]), float(hidden[-1])) if hidden.size else None,
    )
