"""The tables of what the flow's card draws: the path with its references, the growth, what the flow remembers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..compute.door import Door
from ..compute.question import closed_form
from ..figures.growth import drawn_growth
from ..figures.two_time import straight_line
from ..page.catalogue import Offer
from ..page.state import Parameters, Point
from ..physics import complexity, phases
from ..quantities.beside import drawn
from ..quantities.flow import drawn_times, escape, flow, gain_question, late_growth, references
from ..quantities.tables import Table, ended, flow_table, instance_table
from .card import Sheet

TWO_TIMES: Final = 90  # times a side of the correlation's map
WAITING_TIMES: Final = 600


def path_table(door: Door, point: Point) -> Table:
    """The flow at the times at which it is drawn, and the horizontal references beside it."""
    parameters, _ = drawn(door, point)
    trajectory = flow(door, parameters).value
    at = trajectory.at(drawn_times(trajectory, parameters.tmax))
    names = ("time", "overlap", "energy", "energy_2", "energy_p", "lagrange_multiplier")
    columns = {name: getattr(at, name) for name in names}
    columns["scaled_multiplier"] = at.lagrange_multiplier / (2 * parameters.model.sigma)
    start = {"start": parameters.m0}
    return Table("path", columns, {**start, **_references(door, parameters), **ended(trajectory)})


def _references(door: Door, parameters: Parameters) -> dict[str, Any]:
    known = door.answer(closed_form(references, parameters.model)).value
    multiplier = phases.threshold_multiplier(parameters.model, temperature=parameters.T)
    return {
        "escape_time": escape(door, parameters, at_leisure=True).time,
        **minimum_of("good_minimum", known.good_minimum),
        **minimum_of("mirror_minimum", known.mirror_minimum),
        "ml_overlap": known.ml_overlap,
        "bayes_overlap": known.bayes_overlap,
        "bayes_amp_overlap": known.bayes_amp_overlap,
        "threshold_energy_kac_rice": known.threshold_energy_kac_rice,
        "threshold_energy_aging": known.threshold_energy_aging,
        "threshold_scaled_multiplier": multiplier / (2 * parameters.model.sigma),
    }


def minimum_of(name: str, minimum: complexity.GoodMinimum | None) -> dict[str, float | None]:
    """Overlap and energy of an isolated minimum; None where it is not, or is not stable."""
    known = minimum if minimum is not None and minimum.is_stable else None
    return {
        f"{name}_{part}": None if known is None else getattr(known, part) for part in ("overlap", "energy")
    }


def growth_table(door: Door, point: Point) -> Table:
    """Λ and κ of an infinitesimal overlap."""
    gain = door.answer(gain_question(point.parameters)).value
    time, growth, exponent = drawn_growth(gain)
    columns = {"time": time, "growth": growth, "exponent": exponent}
    return Table("growth", columns, {"limit": late_growth(point.parameters), **ended(gain)})


def correlation_table(door: Door, point: Point) -> Table:
    """C(t, t') as the map draws it, a row for each pair of times."""
    trajectory = flow(door, point.parameters).value
    seen = trajectory.two_time(TWO_TIMES)
    time, waiting = np.meshgrid(seen.time, seen.time, indexing="ij")
    columns = {"time": time.ravel(), "waiting_time": waiting.ravel(), "correlation": seen.correlation.ravel()}
    return Table("correlation", columns, ended(trajectory))


def response_table(door: Door, point: Point) -> Table:
    """The integrated response against the correlation, at the last time."""
    trajectory = flow(door, point.parameters).value
    seen = trajectory.fluctuation_dissipation(WAITING_TIMES)
    columns = {
        "waiting_time": seen.waiting_time,
        "correlation": seen.correlation,
        "integrated_response": seen.integrated_response,
    }
    ends = straight_line(point.parameters.model, point.parameters.T)
    scalars = {"time": seen.time, "line_at_0": ends[0], "line_at_1": ends[1]}
    return Table("response", columns, {**scalars, **ended(trajectory)})


FLOW: Final = Sheet(Offer("flow", "flow, evenly in log t"), flow_table)
PATH: Final = Sheet(Offer("path", "flow, as drawn"), path_table)
INSTANCE: Final = Sheet(Offer("instance", "real instance", needs="instance"), instance_table)
GROWTH: Final = Sheet(Offer("growth", "growth of m"), growth_table)
MEMORY: Final = Sheet(Offer("correlation", "correlation"), correlation_table)
RESPONSE: Final = Sheet(Offer("response", "response"), response_table)
