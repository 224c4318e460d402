"""The tables of what the landscape's card draws: Σ(m), the map with its outlines, the equator, the index ladder."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..compute.door import Door
from ..compute.question import closed_form
from ..page.catalogue import Offer
from ..page.state import Point
from ..quantities.beside import drawn
from ..quantities.flow import flow, state_at
from ..quantities.landscape import (
    EnergyMap,
    complexity_on_map,
    energy_map,
    equator_map,
    ladder,
    landscape_card,
)
from ..quantities.tables import Table
from .card import Sheet
from .flow_tables import minimum_of

REGIONS: Final = ("minima", "stationary points")


def complexity_table(door: Door, point: Point, *, time: float | None = None) -> Table:
    """Σ(m) of all stationary points and of minima, maximised over μ; where the flow is, if a moment is asked for."""
    card = door.answer(closed_form(landscape_card, point.parameters.model)).value
    shown = None if time is None else state_at(flow(door, drawn(door, point)[0]).value, time)
    return Table(
        "complexity",
        {
            "overlap": card.curves.overlap,
            "complexity_all": card.curves.complexity_all,
            "complexity_minima": card.curves.complexity_minima,
        },
        {
            **minimum_of("good_minimum", card.good_minimum),
            **minimum_of("mirror_minimum", card.mirror_minimum),
            "flow_overlap": None if shown is None else shown.overlap,
        },
    )


def map_of(door: Door, point: Point) -> EnergyMap:
    """The map on the side on which the flow starts."""
    parameters, _ = drawn(door, point)
    found = door.answer(closed_form(energy_map, parameters.model, mirrored=parameters.m0 < 0))
    return found.value


def map_table(door: Door, point: Point, *, time: float | None = None) -> Table:
    """Σ(m, e) of all stationary points, a row for each cell; where the flow is, if a moment is asked for."""
    card = map_of(door, point)
    energy, overlap = np.meshgrid(card.energy, card.overlap, indexing="ij")
    value = complexity_on_map(point.parameters.model, card.overlap, card.energy)
    shown: list[float | None] = [None, None]
    if time is not None:
        trajectory = flow(door, drawn(door, point)[0]).value
        at = trajectory.at([state_at(trajectory, time).time])
        shown = [float(at.overlap[0]), float(at.energy[0])]
    return Table(
        "map",
        {"overlap": overlap.ravel(), "energy": energy.ravel(), "complexity": value.ravel()},
        {"highest": card.highest, "flow_overlap": shown[0], "flow_energy": shown[1]},
    )


def outlines_table(door: Door, point: Point) -> Table:
    """Where minima are, and where any stationary points: closed outlines on the map, numbered."""
    card = map_of(door, point)
    parts = []
    for place, line in enumerate((card.minima, card.stationary)):
        seen = np.isfinite(line[0])
        begun = np.cumsum(seen & ~np.concatenate([[False], seen[:-1]]))[seen]
        parts.append(np.stack([np.full(begun.size, place), begun, *line[:, seen]]))
    region, outline, overlap, energy = np.concatenate(parts, axis=1)
    columns = {"region": region.astype(np.int64), "outline": outline.astype(np.int64)}
    return Table("outlines", {**columns, "overlap": overlap, "energy": energy}, labels={"region": REGIONS})


def equator_table(door: Door, point: Point) -> Table:
    """The bands of t = μ/σ at m = 0 against 1/Δ₂, and the curve that cuts them."""
    model = point.parameters.model
    card = door.answer(closed_form(equator_map, model.p, model.delta_p)).value
    names = ("inverse_delta_2", "top_all", "top_minima", "bbp")
    lines = ("gradient_flow", "typical", "trivialization")
    return Table(
        "equator",
        {name: getattr(card, name) for name in names},
        {f"{name}_inverse_delta_2": getattr(card, name) for name in lines},
    )


def ladder_table(door: Door, point: Point) -> Table:
    """Σ(0, t) of all stationary points and of each index."""
    card = door.answer(closed_form(ladder, point.parameters.model)).value
    columns = {"scaled_multiplier": card.scaled, "complexity_all": card.complexity_all}
    columns |= {f"complexity_{k}": values for k, values in enumerate(card.complexity_index)}
    return Table("ladder", columns, {"top": card.top, "theta": card.theta, "bbp": card.bbp})


COMPLEXITY: Final = Sheet(Offer("complexity", "Σ(m)", timed=True), complexity_table)
MAP: Final = Sheet(Offer("map", "Σ(m, e)", timed=True), map_table)
OUTLINES: Final = Sheet(Offer("outlines", "outlines of the regions"), outlines_table)
EQUATOR: Final = Sheet(Offer("equator", "equator"), equator_table)
LADDER: Final = Sheet(Offer("ladder", "Σ by index"), ladder_table)
