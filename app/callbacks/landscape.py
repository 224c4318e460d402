"""The landscape's card."""

from __future__ import annotations

from app.callbacks.flow import moment_time
from app.callbacks.panel import Picture, Request, note_of
from app.figures.complexity import complexity_figure
from app.figures.words import say
from app.services.compute import Compute
from app.services.quantities import LandscapeCard, flow, landscape_card, state_at


def draw(compute: Compute, request: Request) -> Picture:
    """Draw Σ(m) with the flow's overlap at the moment."""
    parameters = request.parameters
    found = compute(landscape_card, parameters.model)
    trajectory = flow(compute, parameters, settled=request.settled).value
    state = state_at(trajectory, moment_time(request.looks.get("moment"), parameters.tmax))
    card = found.value
    isolated = tuple(minimum for minimum in (card.good_minimum, card.mirror_minimum) if minimum is not None)
    figure = complexity_figure(card.curves, request.look, isolated=isolated, flow_overlap=state.overlap)
    return Picture(figure, sentence(card), note_of(found))


def sentence(card: LandscapeCard) -> str:
    """What the curves say at the equator, in words."""
    equator = len(card.curves.overlap) // 2
    everything, minima = (
        float(card.curves.complexity_all[equator]),
        float(card.curves.complexity_minima[equator]),
    )
    values = f"At m = 0, Σ is {say(minima, 2)} for minima, {say(everything, 2)} for all stationary points"
    if minima > 1e-8:
        counts = f"{values}: exponentially many minima are expected"
    elif everything > 0:
        counts = f"{values}: saddles, but no minima are expected"
    else:
        counts = f"{values}: none are expected"
    return f"{counts}. Annealed counts are averages: they bound the typical ones from above."
