"""The landscape's card: four ways to look at the annealed complexity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.callbacks.flow import moment_time
from app.callbacks.panel import Picture, Request, note_of
from app.figures.complexity import complexity_figure
from app.figures.energy_map import energy_map_figure
from app.figures.equator import equator_figure
from app.figures.ladder import ladder_figure
from app.figures.timeline import thinned
from app.figures.words import say
from app.services.compute import Compute
from app.services.instance import Descent, follow
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
from engine.dynamics import Trajectory

CAVEAT: Final = "Annealed (average) counts bound the typical ones from above."
COARSEST: Final = 0.01  # step of m along the drawn path


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
    path = trajectory.at(path_times(trajectory, parameters.tmax))
    time = state_at(trajectory, moment_time(request.looks.get("moment"), parameters.tmax)).time
    at = trajectory.at(np.array([time]))
    card = found.value
    running = follow(compute, parameters, request.sample, settled=request.at_leisure)
    real = None if running.descent is None else thinned(running.descent)
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
        instance=None if real is None else np.stack([real.overlap, real.energy]),
        instance_moment=None if running.descent is None else point_at(running.descent, time),
    )
    where = f"Flow at t = {say(time)}: m = {say(float(at.overlap[0]))}, e = {say(float(at.energy[0]), 4)}."
    most = f" Brightest: Σ = {say(card.highest, 2)}." if card.highest else ""
    return Picture(figure, f"{where}{most} {CAVEAT}", note_of(found), more=running.more)


def point_at(path: Descent, time: float) -> tuple[float, float]:
    """Overlap and energy of an instance at a time, or where its run ends."""
    at = path.nearest(time)
    return float(path.overlap[at]), float(path.energy[at])


def path_times(trajectory: Trajectory, t_max: float) -> NDArray[np.float64]:
    """Times at which the path in the plane of m and e is drawn: closer where it moves fast."""
    times = table_times(trajectory, t_max)
    moves = np.abs(np.diff(trajectory.at(times).overlap))
    fast = np.flatnonzero(moves > COARSEST)
    if not fast.size:
        return times
    inserted = [np.linspace(times[k], times[k + 1], 42)[1:-1] for k in fast]
    return np.sort(np.concatenate([times, *inserted]))


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
    if not (card.top_all - 2 > 1e-9).any():
        seen = "not exponentially many points"
    elif here <= card.gradient_flow:
        seen = "no outlier yet, points at t ≥ 2 are typically minima"
    elif here <= card.typical:
        seen = "below the curve saddles that point to the signal, above it minima"
    elif here <= card.trivialization:
        seen = "typical points are saddles that point to the signal, rare minima are left"
    else:
        seen = "saddles that point to the signal, no minima"
    return f"m = 0: {seen}. {CAVEAT}"


def ladder_sentence(card: Ladder) -> str:
    """Which index is typical just outside the bulk."""
    edge = int(np.argmin(np.abs(card.scaled - 2)))
    if not card.complexity_all[edge] > 1e-8:
        return f"m = 0: not exponentially many points. {CAVEAT}"
    minima, saddles = (say(float(values[edge]), 2) for values in card.complexity_index[:2])
    typical = "have one way down, to the signal" if card.theta > 1 else "are minima"
    return f"t = 2: Σ₀ = {minima}, Σ₁ = {saddles}; typical points beyond {typical}. {CAVEAT}"
