"""The Hessian's card: at the chosen moment of the flow (all of it, or its lower edge), or along the whole of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from ..compute.door import Answer, Door
from ..figures.figure import Figure
from ..figures.spectrum import spectrum_figure
from ..figures.spectrum_edge import spectrum_edge_figure
from ..figures.surfing import surfing_figure
from ..figures.theme import theme
from ..figures.timeline import FIRST_TIME, moment_time
from ..page.catalogue import Description
from ..page.state import DEFAULTS, POINT_NAMES, Point
from ..page.wire import Request
from ..physics import dynamics, fixed, hessian, say, simulation
from ..quantities.beside import common_time, compare
from ..quantities.flow import flow, state_at
from ..quantities.instance import Running
from ..quantities.instance_spectra import spectra_along, spectrum_of
from ..quantities.instance_stages import Descent
from ..quantities.surfing import Surfing, surfing
from .card import Card, Picture, Way, by_way, look_of, note_of, sheets_of
from .flow_tables import INSTANCE
from .spectrum_tables import EDGE, HISTOGRAM, LOWEST, LOWEST_ALONG, SPECTRUM, SURFING, edge_gap

EARLIER: Final = 0.98  # of a time: what is less is another time than the moment's
QUICK: Final = 2_000  # up to this N a Hessian is drawn although the eye waits


def draw_moment(door: Door, request: Request) -> Picture:
    """Draw every point's spectrum where its flow is at that moment, and the live one's instance over it."""
    sigma = request.live.parameters.model.sigma
    return _draw(door, request, partial(spectrum_figure, axis=(-0.6 * sigma, 4.3 * sigma)))


def draw_edge(door: Door, request: Request) -> Picture:
    """Draw the lower edge of the same spectra alone: the outlier, zero, and where the bulk begins."""
    return _draw(door, request, partial(spectrum_edge_figure, gap=edge_gap(request.live.parameters)))


def _draw(door: Door, request: Request, figure_of: Callable[..., Figure]) -> Picture:
    compared = compare(door, request)
    running, live = compared.running, compared.live
    found = [flow(door, each, settled=request.settled) for each in compared.theories]
    moment = moment_time(request.moment, live.tmax)
    times = [
        common_time(moment, running),
        *(min(moment, pinned.tmax) for pinned in compared.theories[1:]),
    ]
    states = [state_at(each.value, time) for each, time in zip(found, times, strict=True)]
    seen = [
        hessian.spectrum(point.parameters.model, state.overlap, state.hessian_centre)
        for point, state in zip(request.points, states, strict=True)
    ]
    real = _drawn(door, request, running, states[0].time)
    sample = None if real is None else real.value
    figure = figure_of(seen, theme(request.theme), sample=sample)
    words = sentence(seen[0], states[0].overlap, states[0].time)
    if sample is not None:
        words += f" {sample_sentence(sample)}"
        if sample.time < EARLIER * moment:
            words = f"The instance ends at t = {say(sample.time)}: both are shown there. {words}"
    left_out = running.descent is not None and real is None
    more = running.more or left_out or any(each.preview for each in found)
    return Picture(figure, words, note_of(*found, real), more=more)


def _drawn(
    door: Door, request: Request, running: Running, time: float
) -> Answer[simulation.HessianSample] | None:
    """The Hessian of the instance, if its run is at its end and there is time to draw one of its size."""
    in_time = request.at_leisure or request.live.sample.N <= QUICK
    if running.descent is None or running.more or not in_time:
        return None
    return spectrum_of(door, request.live.parameters, running, time)


def draw_surfing(door: Door, request: Request) -> Picture:
    """Draw bulk, outlier and the instance's lowest eigenvalues along the live flow, the lowest of others."""
    parameters = request.live.parameters
    compared = compare(door, request)
    running = compared.running
    theories = [Point(compared.live, request.live.sample), *request.pinned]
    found = [flow(door, each, settled=request.settled) for each in compared.theories]
    all_along = [
        surfing(door, point, first=FIRST_TIME, settled=request.settled, leisure=request.at_leisure)
        for point in theories
    ]
    along, endless = all_along[0]
    drawn: tuple[simulation.HessianSample, ...] = ()
    more = running.descent is not None
    if request.at_leisure:
        drawn, more = spectra_along(door, parameters, running)
    own = running.descent
    figure = surfing_figure(
        along,
        theme(request.theme),
        sigma=parameters.model.sigma,
        t_max=parameters.tmax,
        own=None if own is None else (own.time, own.outlier),
        drawn=drawn,
        pinned=[each for each, _ in all_along[1:]],
    )
    note = note_of(*found, endless.found, running.found)
    more = (
        more or running.more or any(each.more for _, each in all_along) or any(each.preview for each in found)
    )
    return Picture(figure, surfing_sentence(along), note, more=more)


def sentence(seen: hessian.Spectrum, overlap: float, time: float) -> str:
    """What the picture says, in words."""
    where = f"At t = {say(time)}, m = {say(overlap)}: "
    if seen.outlier is None or seen.theta < 0:
        edge = seen.bulk_edge_lower
        state = (
            f"nothing has left the bulk downwards (θ = {fixed(seen.theta)}); its lower edge is at {say(edge)}"
        )
        if seen.negative_fraction > 0:
            state += f", {say(100 * seen.negative_fraction, 2)} % of the directions go down"
        return where + state + "."
    kind = "below zero: a way down towards the signal" if seen.outlier < 0 else "above zero: curved upwards"
    return (
        where
        + f"θ = {fixed(seen.theta)} > 1, an outlier at {say(seen.outlier)}, {kind}; "
        + f"squared overlap with the signal {fixed(seen.outlier_overlap)}"
        + (
            f", and {say(100 * seen.negative_fraction, 2)} % of the bulk goes down."
            if seen.negative_fraction
            else "."
        )
    )


def sample_sentence(sample: simulation.HessianSample) -> str:
    """What the instance's own Hessian says, in words."""
    where = f"Instance at t = {say(sample.time)}, m = {say(sample.overlap)}: "
    if not sample.lowest.size:
        return where + "its path has no outlier."
    lowest = f"{say(float(sample.lowest[0]))} (overlap² {fixed(float(sample.lowest_overlap[0]))})"
    if sample.is_drawn:
        return where + f"lowest eigenvalue {lowest}."
    return where + f"outlier of its path as N → ∞ {lowest}."


def surfing_sentence(along: Surfing) -> str:
    """What happens along the flow, in words."""
    below = along.outlier < 0
    alone = np.flatnonzero(below & (along.negative_fraction < 1e-3))
    if not below.any():
        known = "Where it is known, no" if along.gap is not None else "No"
        said = f"{known} outlier is below zero: nothing points down to the signal."
    elif alone.size:
        last = alone[-1]
        span = f"t = {say(float(along.time[alone[0]]))} " + (
            "on" if last == below.size - 1 else f"to {say(float(along.time[last]))}"
        )
        said = f"From {span} only the outlier goes down, towards the signal (of the bulk less than 0.1 %)."
    else:
        said = f"An outlier leaves the bulk downwards at t = {say(float(along.time[below.argmax()]))}."
    if along.sampled_until > 0:
        said += f" To t = {say(along.sampled_until)} it is that of a path at N = 10¹²."
    if along.gap is not None:
        first, last = along.gap
        said += f" Not known from t = {say(first)} to {say(last)}."
    return said


def warm_up() -> None:
    """A Hessian that is drawn, and the outlier of a path at infinite N."""
    simulation.simulate(DEFAULTS.model, n_dim=1000, seed=1, t_max=2.0).hessian(1.0)
    simulation.simulate(DEFAULTS.model, n_dim=10**12, seed=1, overlap_0=0.1, t_max=2.0).hessian(1.0)


WAYS: Final = (
    Way("moment", "spectrum", draw_moment, (SPECTRUM, HISTOGRAM, LOWEST)),
    Way("edge", "lower edge", draw_edge, (EDGE, LOWEST)),
    Way("surfing", "along t", draw_surfing, (SURFING, INSTANCE, LOWEST_ALONG)),
)
LOOK: Final = look_of("hess", "View of the Hessian", WAYS)
CARD: Final = Card(
    Description("spectrum", "Hessian", POINT_NAMES, LOOK, looks=("moment",), timed=True),
    draw=by_way(LOOK, WAYS),
    sheets=sheets_of(WAYS),
    result_types=(dynamics.Trajectory, Descent, simulation.HessianSample),
    warm_up=warm_up,
)
