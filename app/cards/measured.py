"""The switch of the phase diagram: what the flow really does, measured all over the plane while one watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, cast

from ..compute.door import Door
from ..compute.job import Progress
from ..figures.atlas import Chart, say_time
from ..page.catalogue import Look, View
from ..page.wire import Pace, Request, Run
from ..physics import complexity, fixed, say, whole
from ..quantities.atlas import RESOLUTION, Measured, Measurement, assemble, plane_of
from ..quantities.shipped import Shipped, shipped
from .card import LongWork, Standing
from .long_work import wait_for

LOOK: Final = Look(
    "measured",
    "Measured",
    (View("off", "off"), View("overlap", "overlap"), View("time", "escape time")),
    default=("off",),
)
IDLE: Final = 5_000  # ms while nothing is expected: another page may be measuring the same plane


@dataclass(frozen=True)
class Shown:
    """What is shown of a measurement.

    Parameters
    ----------
    chart : Chart
        For the figure.
    caption : str
        What is seen.
    more : bool
        Whether nothing was asked for yet, for want of time.
    later : int
        Milliseconds until there may be more.
    work : LongWork or None
        How far it is.
    """

    chart: Chart
    caption: str
    more: bool = False
    later: int = 0
    work: LongWork | None = None


def show(door: Door, request: Request) -> Shown | None:
    """What is there of the measurement, and more of it under way; None where the switch is off.

    Nothing is waited for: results come to whoever asks later. An asker waits for one plane at a time.
    """
    view, wanted = request.view(LOOK.name), request.work
    if view == "off":
        if wanted.asker:
            door.jobs.leave(wanted.asker)
        return None
    parameters = request.live.parameters
    ready = None if wanted.anew else shipped(plane_of(parameters))
    work = Measurement.of(parameters, resolution=RESOLUTION if ready is None else 0)
    at_once = _chart(view, Measured(None) if ready is None else Measured(ready.sheet))
    if request.pace is Pace.MOVING:
        return Shown(at_once, _caption(work, Measured(None)), more=True)
    if not request.at_leisure:
        progress = door.jobs.look(work)
        more, later, standing, trouble = True, 0, None, ""
    else:
        progress, standing, trouble, later = _ask(door, work, request)
        more = False
    measured = assemble(work, progress.results)
    if ready is None:
        chart = _chart(view, measured)
        told = standing and _told(work, progress, measured, standing, trouble)
    else:
        chart = _chart(view, Measured(ready.sheet, measured.line))
        told = _told_of_shipped(ready, progress, standing, trouble)
    return Shown(chart, _caption(work, measured), more, later, told or None)


def _ask(door: Door, work: Measurement, request: Request) -> tuple[Progress, Standing, str, int]:
    """What is there, how it stands, what is in the way, and when to look again."""
    asker, run = request.work.asker, request.work.run
    if run is Run.CANCELLED or not asker:
        door.jobs.leave(asker)
        progress = door.jobs.look(work)
        return progress, "complete" if progress.is_complete else "cancelled", "", 0
    if run is Run.PAUSED:
        progress = door.jobs.pause(work, asker)
        standing: Standing = "complete" if progress.is_complete else "paused"
        return progress, standing, "", 0 if progress.is_complete else IDLE
    return wait_for(door, work, asker)


def _chart(view: str, measured: Measured) -> Chart:
    sheet = None if measured.sheet is None else measured.sheet.filled()
    return Chart(cast(Literal["overlap", "time"], view), sheet, measured.line)


def _told(
    work: Measurement, progress: Progress, measured: Measured, standing: Standing, trouble: str
) -> LongWork:
    total = work.resolution**2
    count = f"{whole(measured.n_there)} of {whole(total)} samples"
    pace = ""
    if standing == "running" and not trouble and progress.rate:
        left = (progress.total - progress.done) / progress.rate
        pace = f" · {say(progress.rate * total / progress.total, 2)} a second · {duration(left)} left"
    said = {
        "running": f"{count}{pace}",
        "paused": f"Paused: {count} are there.",
        "cancelled": f"Cancelled: {count} are there.",
        "complete": f"Complete: {whole(total)} samples, {work.resolution} × {work.resolution}.",
        "failed": f"{count} are there.",
    }[standing]
    return LongWork(standing, progress.done / progress.total, _joined(trouble, said, _unsaved(progress)))


def _told_of_shipped(ready: Shipped, progress: Progress, standing: Standing | None, trouble: str) -> LongWork:
    """The map is complete; the line that belongs to it may be paused, or have failed, like any work."""
    n = ready.sheet.resolution
    said = f"{n} × {n} samples, shipped ({ready.origin})."
    if not progress.is_complete and not trouble:
        paused = "paused at " if standing == "paused" else ""
        said += f" Line: {paused}{progress.done} of {progress.total} points."
    words = _joined(trouble, said, _unsaved(progress))
    return LongWork(standing if standing in ("paused", "failed") else "shipped", 1.0, words)


def _unsaved(progress: Progress) -> str:
    return "The disk takes no more: they are kept in memory for now." if progress.unsaved else ""


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def duration(seconds: float) -> str:
    """A time to wait, roughly: ``"40 s"``, ``"8 min"``, ``"2.5 h"``."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{fixed(seconds / 3600, 1)} h"


def _caption(work: Measurement, measured: Measured) -> str:
    said = (
        f"A pixel is a run of the two-time equations from m₀ = {say(work.plane.overlap_0)} to t = "
        f"{say_time(work.plane.t_max)}"
    )
    said += "; ◇ is the line as m₀ → 0, measured." if measured.line else "."
    if abs(work.plane.overlap_0) >= complexity.LARGEST_LEVEL:
        said += f" All start beyond the level of an escape, {say(complexity.LARGEST_LEVEL)} at most: its time is 0."
    return said
