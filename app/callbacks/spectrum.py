"""The Hessian: at the chosen moment of the flow, or along the whole of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.callbacks.flow import moment_time
from app.callbacks.panel import Picture, Request, note_of
from app.figures.spectrum import spectrum_figure
from app.figures.surfing import surfing_figure
from app.figures.timeline import FIRST_TIME
from app.figures.words import say
from app.services.compute import Answer, Compute
from app.services.instance import follow, spectra_along, spectrum_of
from app.services.quantities import flow, state_at
from app.services.surfing import Surfing, surfing
from engine.hessian import Spectrum, spectrum
from engine.simulation import HessianSample

QUICK = 2_000  # up to this N a Hessian is drawn while something moves


def draw(compute: Compute, request: Request) -> Picture:
    """Draw what is looked at."""
    return (
        draw_surfing(compute, request)
        if request.chosen("hess") == "surfing"
        else draw_moment(compute, request)
    )


def draw_moment(compute: Compute, request: Request) -> Picture:
    """Draw the spectrum where the flow is at that moment, and the instance's over it."""
    parameters = request.parameters
    found = flow(compute, parameters, settled=request.settled)
    time = moment_time(request.looks.get("moment"), parameters.tmax)
    state = state_at(found.value, time)
    seen = spectrum(parameters.model, state.overlap, state.lagrange_multiplier)
    running = follow(compute, parameters, request.sample, settled=request.at_leisure)
    real: Answer[HessianSample] | None = None
    if running.descent is not None and not running.more and (request.at_leisure or request.sample.N <= QUICK):
        real = spectrum_of(compute, parameters, running, time)
    sigma = parameters.model.sigma
    sample = None if real is None else real.value
    figure = spectrum_figure(seen, request.look, axis=(-0.6 * sigma, 4.3 * sigma), sample=sample)
    words = sentence(seen, state.overlap, state.time)
    if sample is not None:
        words += " " + sample_sentence(sample)
    note = note_of(found) if real is None else note_of(found, real)
    return Picture(figure, words, note, more=running.more)


def draw_surfing(compute: Compute, request: Request) -> Picture:
    """Draw bulk, outlier and the instance's lowest eigenvalues along the flow."""
    parameters, sample = request.parameters, request.sample
    found = flow(compute, parameters, settled=request.settled)
    along, endless = surfing(
        compute, parameters, sample, first=FIRST_TIME, settled=request.settled, leisure=request.at_leisure
    )
    running = follow(compute, parameters, sample, settled=request.at_leisure)
    drawn: tuple[HessianSample, ...] = ()
    more = running.more
    if request.at_leisure:
        drawn, more = spectra_along(compute, parameters, running)
    own = running.descent
    figure = surfing_figure(
        along,
        request.look,
        sigma=parameters.model.sigma,
        t_max=parameters.tmax,
        own=None if own is None else (own.time, own.outlier),
        drawn=drawn,
    )
    asked: list[Answer[Any]] = [found, *(run.found for run in (endless, running) if run.found is not None)]
    return Picture(figure, surfing_sentence(along), note_of(*asked), more=more or endless.more)


def sentence(seen: Spectrum, overlap: float, time: float) -> str:
    """What the picture says, in words."""
    where = f"At t = {say(time)}, m = {say(overlap)}: "
    if seen.outlier is None or seen.theta < 0:
        edge = seen.bulk_edge_lower
        state = (
            f"nothing has left the bulk downwards (θ = {seen.theta:.3f}); its lower edge is at {say(edge)}"
        )
        if seen.negative_fraction > 0:
            state += f", {say(100 * seen.negative_fraction, 2)} % of the directions go down"
        return where + state + "."
    kind = "below zero: a way down towards the signal" if seen.outlier < 0 else "above zero: curved upwards"
    return (
        where
        + f"θ = {seen.theta:.3f} > 1, an outlier at {say(seen.outlier)}, {kind}; "
        + f"squared overlap with the signal {seen.outlier_overlap:.3f}."
    )


def sample_sentence(sample: HessianSample) -> str:
    """What the instance's own Hessian says, in words."""
    where = f"Instance at t = {say(sample.time)}, m = {say(sample.overlap)}: "
    if not sample.lowest.size:
        return where + "its path has no outlier."
    lowest = f"{say(float(sample.lowest[0]))} (overlap² {float(sample.lowest_overlap[0]):.3f})"
    if sample.is_drawn:
        return where + f"lowest eigenvalue {lowest}."
    return where + f"outlier of its path as N → ∞ {lowest}."


def surfing_sentence(along: Surfing) -> str:
    """What happens along the flow, in words."""
    below = along.outlier < 0
    alone = np.flatnonzero(below & (along.negative_fraction < 1e-3))
    if not below.any():
        said = "No outlier leaves the bulk: threshold states have no way down to the signal."
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
