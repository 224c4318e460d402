"""The landscape's card: four ways to look at the annealed complexity."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..compute.door import Door
from ..compute.question import closed_form
from ..figures.complexity import complexity_figure
from ..figures.energy_map import energy_map_figure
from ..figures.equator import equator_figure
from ..figures.ladder import ladder_figure
from ..figures.pinned import name_of
from ..figures.theme import theme
from ..figures.timeline import moment_time, thinned
from ..page.catalogue import Description
from ..page.state import DEFAULTS, POINT_NAMES, Parameters
from ..page.wire import Request
from ..physics import Model, dynamics, say
from ..quantities.beside import compare
from ..quantities.flow import References, drawn_times, flow, references, state_at
from ..quantities.instance_stages import Descent
from ..quantities.landscape import (
    EnergyMap,
    EquatorMap,
    Ladder,
    LandscapeCard,
    energy_map,
    equator_map,
    ladder,
    landscape_card,
)
from .card import Card, Picture, Way, by_way, look_of, note_of, sheets_of
from .flow_tables import INSTANCE, PATH
from .landscape_tables import COMPLEXITY, EQUATOR, LADDER, MAP, OUTLINES

CAVEAT: Final = "Annealed (average) counts bound the typical ones from above."
ROUNDING: Final = 1e-12  # a Σ below this is 0


def draw_curves(door: Door, request: Request) -> Picture:
    """Draw every point's Σ(m), with the live flow's overlap at the moment."""
    parameters = request.live.parameters
    found = [door.answer(closed_form(landscape_card, point.parameters.model)) for point in request.points]
    compared = compare(door, request)
    trajectory = flow(door, compared.live, settled=request.settled)
    state = state_at(trajectory.value, moment_time(request.moment, parameters.tmax))
    card = found[0].value
    isolated = tuple(minimum for minimum in (card.good_minimum, card.mirror_minimum) if minimum is not None)
    figure = complexity_figure(
        [each.value.curves for each in found],
        theme(request.theme),
        isolated=isolated,
        flow_overlap=state.overlap,
    )
    more = trajectory.preview or compared.running.more
    return Picture(figure, sentence(card, parameters.p), note_of(*found), more=more)


def draw_map(door: Door, request: Request) -> Picture:
    """Draw the live point's Σ(m, e), with every point's flow and the instance over it."""
    compared = compare(door, request)
    parameters, running = compared.live, compared.running
    mirrored = parameters.m0 < 0
    found = door.answer(closed_form(energy_map, parameters.model, mirrored=mirrored))
    known = door.answer(closed_form(references, parameters.model)).value
    flows = [flow(door, each, settled=request.settled) for each in compared.theories]
    trajectory = flows[0].value
    time = state_at(trajectory, moment_time(request.moment, parameters.tmax)).time
    at = trajectory.at(np.array([time]))
    card = found.value
    real = None if running.descent is None else thinned(running.descent)
    figure = energy_map_figure(
        overlap=card.overlap,
        energy=card.energy,
        level=card.level,
        minima=card.minima,
        stationary=card.stationary,
        look=theme(request.theme),
        paths=[
            path_of(each.value, theory.tmax) for theory, each in zip(compared.theories, flows, strict=True)
        ],
        moment=(float(at.overlap[0]), float(at.energy[0])),
        thresholds=(known.threshold_energy_kac_rice, known.threshold_energy_aging),
        isolated=known.mirror_minimum if mirrored and parameters.p % 2 else known.good_minimum,
        instance=None if real is None else np.stack([real.overlap, real.energy]),
        instance_moment=None if running.descent is None else point_at(running.descent, time),
    )
    where = f"Flow at t = {say(time)}: m = {say(float(at.overlap[0]))}, e = {say(float(at.energy[0]), 4)}."
    most = f" Brightest: Σ = {say(card.highest, 2)}." if card.highest else ""
    if real is not None and not card.overlap[0] <= real.overlap[-1] <= card.overlap[-1]:
        where += f" The instance has left the picture: it is at m = {say(float(real.overlap[-1]))}."
    more = running.more or any(each.preview for each in flows)
    return Picture(figure, f"{where}{most} {CAVEAT}", note_of(found), more=more)


def path_of(trajectory: dynamics.Trajectory, t_max: float) -> NDArray[np.float64]:
    """Overlap and energy along a flow, shape (2, n)."""
    path = trajectory.at(drawn_times(trajectory, t_max))
    return np.stack([path.overlap, path.energy])


def point_at(path: Descent, time: float) -> tuple[float, float]:
    """Overlap and energy of an instance at a time, or where its run ends."""
    at = path.nearest(time)
    return float(path.overlap[at]), float(path.energy[at])


def draw_equator(door: Door, request: Request) -> Picture:
    """Draw the band of minima at m = 0 over (1/Δ₂, t), and the BBP curve that cuts it."""
    model = request.live.parameters.model
    found = door.answer(closed_form(equator_map, model.p, model.delta_p))
    card = found.value
    figure = equator_figure(
        card.inverse_delta_2,
        card.top_all,
        card.top_minima,
        card.bbp,
        theme(request.theme),
        gradient_flow=card.gradient_flow,
        typical=card.typical,
        trivialization=card.trivialization,
        here=model.inverse_delta_2,
        pinned=[
            (name_of(k, *_otherwise(point.parameters, model)), point.parameters.model.inverse_delta_2)
            for k, point in enumerate(request.pinned)
        ],
    )
    return Picture(figure, equator_sentence(card, model.inverse_delta_2), note_of(found))


def _otherwise(pinned: Parameters, model: Model) -> list[str]:
    """In what a pinned point's band of minima differs."""
    order = [f"p = {pinned.p}"] if pinned.p != model.p else []
    return order + ([f"Δₚ = {say(pinned.dp)}"] if pinned.dp != model.delta_p else [])


def draw_ladder(door: Door, request: Request) -> Picture:
    """Draw Σ by index at m = 0, and that of minima at the pinned points."""
    found = [door.answer(closed_form(ladder, point.parameters.model)) for point in request.points]
    card = found[0].value
    figure = ladder_figure(
        card.scaled,
        card.complexity_all,
        card.complexity_index,
        theme(request.theme),
        theta=card.theta,
        bbp=card.bbp,
        pinned=[(each.value.scaled, each.value.complexity_index[0]) for each in found[1:]],
    )
    return Picture(figure, ladder_sentence(card), note_of(*found))


def sentence(card: LandscapeCard, p: int) -> str:
    """What the curves say at the equator and of minima anywhere, in words."""
    equator = len(card.curves.overlap) // 2
    everything, minima = (
        float(card.curves.complexity_all[equator]),
        float(card.curves.complexity_minima[equator]),
    )
    minima, everything = (0.0 if abs(value) < ROUNDING else value for value in (minima, everything))
    values = f"At m = 0, Σ is {say(minima, 2)} for minima, {say(everything, 2)} for all stationary points"
    if minima > 1e-8:
        counts = f"{values}: exponentially many minima are expected there"
    elif everything > 0:
        counts = f"{values}: saddles, but no minima are expected there"
    else:
        counts = f"{values}: none are expected there"
    return f"{counts}. {bands_sentence(card, p)} {CAVEAT}"


def bands_sentence(card: LandscapeCard, p: int) -> str:
    """Every overlap at which there are minima: bands, and isolated ones."""
    places = [f"{say(low)} < m < {say(high)}" for low, high in card.minima_bands]
    places += [
        f"m = {say(minimum.overlap)} (one)" if p % 2 else f"m = ±{say(minimum.overlap)} (one each)"
        for minimum in (card.mirror_minimum, card.good_minimum)
        if minimum is not None and minimum.is_stable
    ]
    return f"Minima at {', '.join(places)}." if places else "No minima at all are expected."


def equator_sentence(card: EquatorMap, here: float) -> str:
    """What the curve does to the band at this 1/Δ₂."""
    if not (card.top_all - 2 > 1e-9).any():
        seen = "not exponentially many points"
    elif here <= card.gradient_flow:
        seen = "no outlier yet, points at t ≥ 2 are typically minima"
    elif here <= card.typical:
        seen = "below the curve saddles that point to the signal, above it minima"
    elif here <= card.trivialization:
        seen = "typical points are saddles that point to the signal, atypical minima are left"
    else:
        seen = "saddles that point to the signal, no minima"
    return f"m = 0: {seen}. {CAVEAT}"


def ladder_sentence(card: Ladder) -> str:
    """Which index is typical just outside the bulk."""
    edge = int(np.argmin(np.abs(card.scaled - 2)))
    if not card.complexity_all[edge] > 1e-8:
        return f"m = 0: not exponentially many points. {CAVEAT}"
    minima, saddles = (say(float(values[edge]), 2) for values in card.complexity_index[:2])
    if not card.theta > 1:
        typical = "beyond are minima"
    elif card.bbp < card.top:
        typical = f"up to t = {say(card.bbp, 5)} have one way down, to the signal, beyond it they are minima"
    else:
        typical = "beyond have one way down, to the signal"
    return f"t = 2: Σ₀ = {minima}, Σ₁ = {saddles}; typical points {typical}. {CAVEAT}"


def warm_up() -> None:
    """All four ways at the default point."""
    model = DEFAULTS.model
    landscape_card(model)
    energy_map(model)
    equator_map(model.p, model.delta_p)
    ladder(model)


WAYS: Final = (
    Way("curves", "Σ(m)", draw_curves, (COMPLEXITY,)),
    Way("map", "Σ(m,e)", draw_map, (MAP, OUTLINES, PATH, INSTANCE)),
    Way("equator", "equator", draw_equator, (EQUATOR,)),
    Way("ladder", "index", draw_ladder, (LADDER,)),
)
LOOK: Final = look_of("land", "View of the landscape", WAYS)
CARD: Final = Card(
    Description("landscape", "Landscape", POINT_NAMES, LOOK, looks=("moment",), weight=2.01),
    draw=by_way(LOOK, WAYS),
    sheets=sheets_of(WAYS),
    result_types=(LandscapeCard, EnergyMap, EquatorMap, Ladder, References, dynamics.Trajectory),
    warm_up=warm_up,
)
