"""The landscape's card: four ways to look at the annealed complexity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from app.callbacks.flow import moment_time
from app.callbacks.panel import Picture, Request, note_of
from app.figures.complexity import complexity_figure
from app.figures.energy_map import energy_map_figure
from app.figures.equator import equator_figure
from app.figures.ladder import ladder_figure
from app.figures.words import say
from app.services.compute import Compute
from app.services.quantities import (
    EquatorMap,
    Ladder,
    LandscapeCard,
    energy_map,
    equator_map,
    flow,
    ladder,
    landscape_card,
    references,
    state_at,
    table_times,
)

CAVEAT: Final = "Annealed counts are averages: they bound the typical ones from above."


def draw(compute: Compute, request: Request) -> Picture:
    """Draw what is looked at."""
    return VIEWS[request.chosen("land")](compute, request)


def draw_curves(compute: Compute, request: Request) -> Picture:
    """Draw Σ(m) with the flow's overlap at the moment."""
    parameters = request.parameters
    found = compute(landscape_card, parameters.model)
    trajectory = flow(compute, parameters, settled=request.settled).value
    state = state_at(trajectory, moment_time(request.looks.get("moment"), parameters.tmax))
    card = found.value
    isolated = tuple(minimum for minimum in (card.good_minimum, card.mirror_minimum) if minimum is not None)
    figure = complexity_figure(card.curves, request.look, isolated=isolated, flow_overlap=state.overlap)
    return Picture(figure, sentence(card), note_of(found))


def draw_map(compute: Compute, request: Request) -> Picture:
    """Draw Σ(m, e) with the flow's path over it."""
    parameters = request.parameters
    mirrored = parameters.m0 < 0
    found = compute(energy_map, parameters.model, mirrored=mirrored)
    known = compute(references, parameters.model).value
    trajectory = flow(compute, parameters, settled=request.settled).value
    path = trajectory.at(table_times(trajectory, parameters.tmax))
    time = state_at(trajectory, moment_time(request.looks.get("moment"), parameters.tmax)).time
    at = trajectory.at(np.array([time]))
    card = found.value
    figure = energy_map_figure(
        overlap=card.overlap,
        energy=card.energy,
        level=card.level,
        minima=card.minima,
        stationary=card.stationary,
        look=request.look,
        path=np.stack([path.overlap, path.energy]),
        moment=(float(at.overlap[0]), float(at.energy[0])),
        thresholds=(known.threshold_energy_kac_rice, known.threshold_energy_aging),
        isolated=known.mirror_minimum if mirrored and parameters.p % 2 else known.good_minimum,
    )
    where = f"At t = {say(time)} the flow is at m = {say(float(at.overlap[0]))}, e = {say(float(at.energy[0]), 4)}. "
    most = f"The brightest colour is Σ(m, e) = {say(card.highest, 2)}. " if card.highest else ""
    return Picture(figure, f"{where}{most}{CAVEAT}", note_of(found))


def draw_equator(compute: Compute, request: Request) -> Picture:
    """Draw the band of minima at m = 0 over (1/Δ₂, t), and the BBP curve that cuts it."""
    model = request.parameters.model
    found = compute(equator_map, model.p, model.delta_p)
    card = found.value
    figure = equator_figure(
        card.inverse_delta_2,
        card.top_all,
        card.top_minima,
        card.bbp,
        request.look,
        gradient_flow=card.gradient_flow,
        typical=card.typical,
        trivialization=card.trivialization,
        here=model.inverse_delta_2,
    )
    return Picture(figure, equator_sentence(card, model.inverse_delta_2), note_of(found))


def draw_ladder(compute: Compute, request: Request) -> Picture:
    """Draw Σ by index at m = 0."""
    found = compute(ladder, request.parameters.model)
    card = found.value
    figure = ladder_figure(
        card.scaled, card.complexity_all, card.complexity_index, request.look, theta=card.theta
    )
    return Picture(figure, ladder_sentence(card), note_of(found))


VIEWS: Final[Mapping[str, Callable[[Compute, Request], Picture]]] = {
    "curves": draw_curves,
    "map": draw_map,
    "equator": draw_equator,
    "ladder": draw_ladder,
}


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
    return f"{counts}. {CAVEAT}"


def equator_sentence(card: EquatorMap, here: float) -> str:
    """What the curve does to the band at this 1/Δ₂."""
    if here <= card.gradient_flow:
        seen = "no outlier has left the bulk here: stationary points at t ≥ 2 are typically minima"
    elif here <= card.typical:
        seen = "below the curve they are saddles with one direction to the signal, above it still minima"
    elif here <= card.trivialization:
        seen = "all typical points are saddles that point to the signal; rare minima are left"
    else:
        seen = "only saddles are left, and they point to the signal"
    return f"Stationary points at m = 0: {seen}. {CAVEAT}"


def ladder_sentence(card: Ladder) -> str:
    """Which index is typical just outside the bulk."""
    edge = int(np.argmin(np.abs(card.scaled - 2)))
    values = ", ".join(
        f"{say(float(values[edge]), 2)} {'for minima' if k == 0 else 'for one descending direction'}"
        for k, values in enumerate(card.complexity_index[:2])
    )
    if card.theta > 1:
        typical = "between the bulk and the outlier at zero the typical point has exactly one"
    else:
        typical = "each further one costs more as t grows, and typical points at t ≥ 2 are minima"
    return f"m = 0, at t = 2: Σ = {values}; {typical}. {CAVEAT}"
