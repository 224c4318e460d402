"""The tables of what the Hessian's card draws: a spectrum at one moment, its lower edge, both along the flow."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..compute.door import Door
from ..figures.spectrum import bulk
from ..figures.spectrum_edge import lower_edge
from ..figures.timeline import FIRST_TIME
from ..page.catalogue import Offer
from ..page.state import Parameters, Point
from ..physics import ParameterError, hessian, simulation
from ..quantities.beside import common_time, drawn
from ..quantities.flow import flow, state_at
from ..quantities.instance import Running
from ..quantities.instance_spectra import moments, spectrum_of
from ..quantities.surfing import surfing
from ..quantities.tables import Table, ended, whole_run
from .card import Sheet

BORN: Final = 1.05  # θ: an outlier of a smaller one is not drawn larger


def seen_at(door: Door, point: Point, time: float | None) -> tuple[hessian.Spectrum, dict[str, Any]]:
    """The spectrum at a time of the flow, and what is said beside it.

    With a time it is that of the flow that is drawn, beside an instance if there is one; without, of where the flow
    ended.
    """
    parameters = point.parameters
    if time is not None:
        parameters, running = drawn(door, point)
        time = common_time(time, running)
    trajectory = flow(door, parameters).value
    shown = state_at(trajectory, float(trajectory.time[-1]) if time is None else time)
    found = hessian.spectrum(parameters.model, shown.overlap, shown.hessian_centre)
    scalars = {
        "time": shown.time,
        "overlap": shown.overlap,
        "lagrange_multiplier": shown.hessian_centre + parameters.T,
        "bulk_edge_lower": found.bulk_edge_lower,
        "bulk_edge_upper": found.bulk_edge_upper,
        "theta": found.theta,
        "outlier": found.outlier,
        "outlier_overlap": found.outlier_overlap,
        "negative_fraction": found.negative_fraction,
        **ended(trajectory),
    }
    return found, scalars


def spectrum_table(door: Door, point: Point, *, time: float | None = None) -> Table:
    """The Hessian's bulk at a moment of the flow; edges and outlier beside it."""
    found, scalars = seen_at(door, point, time)
    eigenvalue, density = bulk(found)
    return Table("spectrum", {"eigenvalue": eigenvalue, "density": density}, scalars)


def edge_gap(parameters: Parameters) -> float:
    """Distance of outlier and edge at m = 0: the scale on which the lower edge is drawn."""
    model = parameters.model
    theta = max(float(model.theta(0.0)), BORN)
    return 2 * model.sigma * (theta + 1 / theta - 2)


def edge_table(door: Door, point: Point, *, time: float | None = None) -> Table:
    """The lower edge of the same bulk, closer."""
    found, scalars = seen_at(door, point, time)
    eigenvalue, density = lower_edge(found, gap=edge_gap(point.parameters))
    return Table("edge", {"eigenvalue": eigenvalue, "density": density}, scalars)


def surfing_table(door: Door, point: Point) -> Table:
    """Edges, outlier and the share of directions that go down, along the flow."""
    theory = Point(drawn(door, point)[0], point.sample)
    along, endless = surfing(door, theory, first=FIRST_TIME, settled=True, leisure=True)
    names = ("time", "lower", "upper", "outlier", "outlier_overlap", "negative_fraction")
    public = {"lower": "bulk_edge_lower", "upper": "bulk_edge_upper"}
    columns = {public.get(name, name): getattr(along, name) for name in names}
    first, last = along.gap or (None, None)
    scalars = {"sampled_until": along.sampled_until, "unknown_from": first, "unknown_until": last}
    return Table("surfing", columns, scalars, growing=endless.more)


def histogram_table(door: Door, point: Point, *, time: float | None = None) -> Table:
    """The histogram of the instance's Hessian, as bins; none where its size has only a limit."""
    sample, running = _sample(door, point, time)
    edges = sample.edges if sample.is_drawn else np.empty(0)
    density = sample.density if sample.is_drawn else np.empty(0)
    low, high = edges[:-1], edges[1:]
    columns = {"eigenvalue": (low + high) / 2, "density": density, "bin_lower": low, "bin_upper": high}
    return Table("histogram", columns, _beside(point, sample), growing=running.more)


def lowest_table(door: Door, point: Point, *, time: float | None = None) -> Table:
    """The lowest eigenvalues of the instance's Hessian."""
    sample, running = _sample(door, point, time)
    columns = {"eigenvalue": sample.lowest, "lowest_overlap": sample.lowest_overlap}
    return Table("lowest", columns, _beside(point, sample), growing=running.more)


def lowest_along_table(door: Door, point: Point) -> Table:
    """The same at the moments that are drawn along the flow."""
    running = whole_run(door, point)
    samples = [_known(door, point, running, time) for time in moments(running)]
    time = [np.full(sample.lowest.size, sample.time) for sample in samples]
    columns = {
        "time": np.concatenate(time),
        "eigenvalue": np.concatenate([sample.lowest for sample in samples]),
        "lowest_overlap": np.concatenate([sample.lowest_overlap for sample in samples]),
    }
    scalars = {"instance": point.sample.model_dump()}
    return Table("lowest_along", columns, scalars, growing=running.more)


def _sample(door: Door, point: Point, time: float | None) -> tuple[simulation.HessianSample, Running]:
    running = whole_run(door, point)
    last = point.parameters.tmax if time is None else time
    return _known(door, point, running, common_time(last, running)), running


def _known(door: Door, point: Point, running: Running, time: float) -> simulation.HessianSample:
    found = spectrum_of(door, point.parameters, running, time)
    if found is None:
        raise ParameterError("N", "The run's end is not at hand any more: ask again.")
    return found.value


def _beside(point: Point, sample: simulation.HessianSample) -> dict[str, Any]:
    return {
        "time": sample.time,
        "overlap": sample.overlap,
        "lagrange_multiplier": sample.lagrange_multiplier,
        "is_drawn": bool(sample.is_drawn),
        "instance": point.sample.model_dump(),
    }


SPECTRUM: Final = Sheet(Offer("spectrum", "spectrum at this moment", timed=True), spectrum_table)
EDGE: Final = Sheet(Offer("edge", "lower edge at this moment", timed=True), edge_table)
SURFING: Final = Sheet(Offer("surfing", "Hessian along t"), surfing_table)
HISTOGRAM: Final = Sheet(
    Offer("histogram", "instance's histogram", timed=True, needs="instance"), histogram_table
)
LOWEST: Final = Sheet(Offer("lowest", "instance's lowest", timed=True, needs="instance"), lowest_table)
LOWEST_ALONG: Final = Sheet(Offer("lowest_along", "instance's lowest", needs="instance"), lowest_along_table)
