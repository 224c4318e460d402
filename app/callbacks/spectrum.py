"""The Hessian at the chosen moment of the flow."""

from __future__ import annotations

from app.callbacks.flow import moment_time
from app.callbacks.panel import Picture, Request, note_of
from app.figures.spectrum import spectrum_figure
from app.figures.words import say
from app.services.compute import Compute
from app.services.quantities import flow, state_at
from engine.hessian import Spectrum, spectrum


def draw(compute: Compute, request: Request) -> Picture:
    """Draw the spectrum where the flow is at that moment."""
    parameters = request.parameters
    found = flow(compute, parameters, settled=request.settled)
    state = state_at(found.value, moment_time(request.looks.get("moment"), parameters.tmax))
    seen = spectrum(parameters.model, state.overlap, state.lagrange_multiplier)
    sigma = parameters.model.sigma
    figure = spectrum_figure(seen, request.look, axis=(-0.6 * sigma, 4.3 * sigma))
    return Picture(figure, sentence(seen, state.overlap, state.time), note_of(found))


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
