"""The pinned points beside the live one, as a table: what they are, and what comes of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from ..compute.door import Door
from ..page.catalogue import Description
from ..page.state import PUBLIC_NAMES, SYMBOLS, Parameters
from ..page.wire import Request
from ..physics import Status, dynamics, fixed, phases, say
from ..quantities.comparison import Outcome, outcome
from ..quantities.flow import References
from .card import Card, Picture, Rows, note_of

ALWAYS: Final = ("d2", "dp")  # the other parameters have a column where they differ
RESULTS: Final = (
    ("phase", "Phase"),
    ("m*", "Overlap of the minimum on the side of the start, where it is stable"),
    ("escape", "Time at which |m| first reaches half of m*, or 0.3 if that is less; – if it does not"),
    ("end", "Overlap at the end of the flow; … where it is still moving"),
    ("θ", "Strength of the signal in the Hessian at m = 0, in units of σ; an outlier for θ > 1"),
)
SHORT: Final = {
    phases.Phase.TRIVIAL: "only good min.",
    phases.Phase.RARE_MINIMA: "atypical minima",
    phases.Phase.SURFING: "surfs past minima",
    phases.Phase.STUCK: "flow stuck",
    phases.Phase.UNREACHABLE: "flow, AMP fail",
    phases.Phase.NO_MINIMUM: "flow, AMP fail",
    phases.Phase.RECOVERS: "recovers",
    phases.Phase.GLASSY: "glassy",
    phases.Phase.PARAMAGNET: "paramagnet",
}
SAID: Final = "The live point and the pinned ones, drawn dashed in every picture."


def draw(door: Door, request: Request) -> Picture:
    """A row for each point, the live one first."""
    found = [outcome(door, point.parameters, settled=request.settled) for point in request.points]
    runs = [each.found for each in found]
    return Picture(None, SAID, note_of(*runs), more=any(run.preview for run in runs), rows=rows_of(found))


def rows_of(found: Sequence[Outcome]) -> Rows:
    """The table; a parameter that is the same everywhere, other than a noise, has no column."""
    names = [
        name
        for name in SYMBOLS
        if name in ALWAYS or len({getattr(each.parameters, name) for each in found}) > 1
    ]
    head = (("point", "Point"), *((SYMBOLS[name], SYMBOLS[name]) for name in names), *RESULTS)
    titles = ["live", *(f"pin {k + 1}" for k in range(len(found) - 1))]
    body = tuple(
        (title, *(_value(each.parameters, name) for name in names), *_results(each))
        for title, each in zip(titles, found, strict=True)
    )
    return Rows(head, body)


def _value(parameters: Parameters, name: str) -> str:
    return say(getattr(parameters, name), 4)


def _results(each: Outcome) -> tuple[str, ...]:
    run = each.found.value
    end = fixed(float(run.overlap[-1])) if abs(run.overlap[-1]) >= 1e-3 else say(float(run.overlap[-1]), 2)
    is_cut = run.status is Status.STOPPED_EARLY
    return (
        SHORT[each.phase],
        "–" if each.minimum is None else fixed(each.minimum),
        "–" if math.isnan(each.escape_time) else say(each.escape_time),
        "cut" if is_cut else end + (" …" if run.status is Status.AGEING else ""),
        fixed(each.theta),
    )


CARD: Final = Card(
    Description("compare", "Comparison", tuple(PUBLIC_NAMES), has_picture=False, compares=True),
    draw=draw,
    result_types=(dynamics.Trajectory, phases.Classification, References),
)
