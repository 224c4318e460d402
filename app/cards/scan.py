"""Two views of the flow's card: scans along one noise through the point, run by run, while one watches."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from ..compute.door import Door
from ..compute.job import Progress
from ..figures.pinned import name_of
from ..figures.scan import scan_figure
from ..figures.theme import theme
from ..page.catalogue import Look, Offer
from ..page.state import SYMBOLS, Parameters
from ..page.wire import Pace, Request
from ..physics import say
from ..quantities.scan import Noise, Scan, Scanned, assemble
from ..quantities.scan_table import scan_delta_2_table, scan_delta_p_table
from .card import Draw, Picture, Sheet, Way
from .long_work import wait_for

ON_AXIS: Final = {"d2": "1/Δ<sub>2</sub>", "dp": "Δ<sub>p</sub>"}
WORDS: Final = {**SYMBOLS, "d2": "1/Δ₂"}


def scanner(asker: str) -> str:
    """The name under which a page waits for its scan, beside what else it waits for."""
    return f"{asker}-scan"


def draw_scan(door: Door, request: Request, *, along: Noise) -> Picture:
    """Draw what is there of the scan, and let the rest be made; θ at once."""
    parameters = request.live.parameters
    scan = Scan(parameters, along)
    if request.pace is Pace.MOVING:
        return _picture(request, scan, assemble(scan, {}), "", more=True)
    if not request.at_leisure or not request.work.asker:
        progress = door.jobs.look(scan)
        return _shown(request, scan, progress, more=not progress.is_complete and bool(request.work.asker))
    progress, standing, trouble, later = wait_for(door, scan, scanner(request.work.asker))
    del standing
    return _shown(request, scan, progress, trouble=trouble, later=later)


def while_looked_at(look: Look, draw: Draw) -> Draw:
    """What draws the views of a look, and waits for a scan only while one of them is a scan that is looked at."""

    def drawn(door: Door, request: Request) -> Picture:
        is_scan = request.view(look.name) in {way.name for way in SCANS}
        if not is_scan and request.work.asker and request.pace is not Pace.MOVING:
            door.jobs.leave(scanner(request.work.asker))
        return draw(door, request)

    return drawn


def _shown(
    request: Request, scan: Scan, progress: Progress, *, trouble: str = "", later: int = 0, more: bool = False
) -> Picture:
    count = f"{progress.done} of {progress.total} runs"
    if later and progress.rate:
        count += f", {say(progress.rate, 2)} a second"
    made = _picture(request, scan, assemble(scan, progress.results), trouble, more=more, later=later)
    return Picture(made.figure, made.caption, count, more=more, later=later)


def _picture(
    request: Request, scan: Scan, found: Scanned, trouble: str, *, more: bool, later: int = 0
) -> Picture:
    here, *pinned = (_place(point.parameters, scan.along) for point in request.points)
    towards = -1 if scan.along == "d2" else 1  # 1/Δ₂ increases where Δ₂ falls
    noise = found.noise[::towards]
    figure = scan_figure(
        1 / noise if scan.along == "d2" else noise,
        found.escape_time[::towards],
        found.final_overlap[::towards],
        found.theta[::towards],
        theme(request.theme),
        symbol=ON_AXIS[scan.along],
        here=here,
        t_max=scan.parameters.tmax,
        pinned=[
            (name_of(k, *_otherwise(point.parameters, scan)), place)
            for k, (point, place) in enumerate(zip(request.pinned, pinned, strict=True))
        ],
    )
    return Picture(
        figure, " ".join(filter(None, [trouble, sentence(scan, found)])), "", more=more, later=later
    )


def _place(parameters: Parameters, along: Noise) -> float:
    return parameters.model.inverse_delta_2 if along == "d2" else parameters.dp


def _otherwise(pinned: Parameters, scan: Scan) -> list[str]:
    """In what a pinned point is not on the scan."""
    return [
        f"{WORDS[name]} = {say(1 / value if name == 'd2' else value)}"
        for name, value in pinned
        if name != scan.along and value != getattr(scan.parameters, name)
    ]


def sentence(scan: Scan, found: Scanned) -> str:
    """Which flows these are, and which of them escape."""
    point = scan.parameters
    other = f"Δₚ = {say(point.dp)}" if scan.along == "d2" else f"1/Δ₂ = {say(point.model.inverse_delta_2)}"
    said = f"Runs from m₀ = {say(point.m0)} to t = {say(point.tmax)} at {other}, p = {point.p}"
    said += f", T = {say(point.T)}" if point.T else ""
    escaped = found.is_there & np.isfinite(found.escape_time)
    if not found.is_there.any():
        return f"{said}: none is there yet. θ > 1: an outlier leaves the Hessian's bulk at m = 0."
    if not escaped.any():
        return f"{said}: none escapes."
    noise, symbol = found.noise[escaped], WORDS[scan.along]
    ends = sorted(1 / noise[[0, -1]] if scan.along == "d2" else noise[[0, -1]])
    return f"{said}: those that escape lie between {symbol} = {say(ends[0])} and {say(ends[1])}."


OF_DELTA_2: Final = Sheet(Offer("scan_delta_2", "scan along Δ₂"), scan_delta_2_table)
OF_DELTA_P: Final = Sheet(Offer("scan_delta_p", "scan along Δₚ"), scan_delta_p_table)
SCANS: Final = (
    Way("scan_d2", "scan along Δ₂", partial(draw_scan, along="d2"), (OF_DELTA_2,)),
    Way("scan_dp", "scan along Δₚ", partial(draw_scan, along="dp"), (OF_DELTA_P,)),
)
