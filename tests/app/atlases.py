"""Made-up atlases: what a flow does is a formula, so that pictures and tables can be checked pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.cards import phase
from app.cards.card import Picture
from app.compute.cluster import SchedulerError
from app.compute.compute import Compute
from app.compute.job import Progress
from app.compute.question import Question
from app.page.state import Parameters
from app.page.wire import Pace, Request, Wanted
from app.quantities.atlas import Measurement
from engine import Status, atlas
from tests.app.pictures import request_for

CUT = 18.0  # 1/Δ₂ above which a run is cut
POINT = Parameters(m0=1e-4, tmax=1e3)
WORK = Measurement.of(POINT)
TOTAL = len(WORK.chunks())
CODES = {status.name: code for code, status in enumerate(Status)}


def edge(delta_p: Any) -> Any:
    """1/Δ₂ below which a flow is trapped."""
    return 1 + 1 / np.sqrt(np.asarray(delta_p))


def flow_at(delta_p: Any, delta_2: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Overlap at the end, escape time and status code."""
    inverse = 1 / np.asarray(delta_2)
    is_trapped, is_cut = inverse < edge(delta_p), inverse > CUT
    overlap = np.where(is_trapped, 1e-8, 1 - 0.5 / inverse)
    with np.errstate(divide="ignore"):
        time = np.where(is_trapped | is_cut, np.nan, 30 / np.abs(inverse - edge(delta_p)))
    overlap = np.where(is_cut, np.nan, overlap)
    code = np.where(
        is_cut, CODES["STOPPED_EARLY"], np.where(is_trapped, CODES["AGEING"], CODES["REACHED"])
    ).astype(np.uint8)
    return overlap, time, code


def tile_of(plane: atlas.Plane, block: atlas.Block) -> atlas.AtlasTile:
    """A made-up tile."""
    return atlas.AtlasTile(*flow_at(*plane.samples(block)))


def line_of(p: int, delta_p: float) -> atlas.MeasuredLine:
    """A made-up point of the line, on the edge."""
    one = np.ones(1)
    return atlas.MeasuredLine(
        delta_p=delta_p, inverse_delta_2=float(edge(delta_p)), error=0.01 * p, run_inverse_delta_2=one, growth=one,
        growth_error=one, time=one, earlier_time=one, coefficients=one,
    )  # fmt: skip


def value_of(chunk: Question[Any]) -> Any:
    """The made-up result of a chunk."""
    made = tile_of if chunk.function is atlas.measure else line_of
    return made(*chunk.arguments)


def results_of(work: Measurement, n: int | None = None) -> dict[Question[Any], Any]:
    """The first n results."""
    return {chunk: value_of(chunk) for chunk in work.chunks()[:n]}


def fill(compute: Compute, work: Measurement, n: int | None = None) -> None:
    """Put the first n results onto the shelves."""
    for chunk, value in results_of(work, n).items():
        compute.keep(chunk, value)


def sheet_of(plane: atlas.Plane, resolution: int) -> atlas.Atlas:
    """All of a made-up atlas."""
    return atlas.Atlas.of(
        plane, resolution, {block: tile_of(plane, block) for block in plane.blocks(resolution)}
    )


@dataclass
class Jobs:
    """Long work of which so many chunks are there; what is asked of it is written down."""

    n: int = 0
    rate: float | None = None
    error: str = ""
    unsaved: bool = False
    trouble: SchedulerError | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def _progress(self, work: Measurement) -> Progress:
        results = results_of(work, self.n)
        return Progress(
            len(results), len(work.chunks()), results, self.error, rate=self.rate, unsaved=self.unsaved
        )

    def ask(self, work: Measurement, asker: str, *, patience: float) -> Progress:
        """As `app.compute.jobs.Jobs`, like the others."""
        assert patience < 1  # the page's other pictures wait meanwhile
        self.asked.append(("ask", work, asker))
        if self.trouble:
            raise self.trouble
        return self._progress(work)

    def look(self, work: Measurement) -> Progress:
        """See `ask`."""
        self.asked.append(("look", work))
        return self._progress(work)

    def pause(self, work: Measurement, asker: str) -> Progress:
        """See `ask`."""
        self.asked.append(("pause", work, asker))
        return self._progress(work)

    def leave(self, asker: str) -> None:
        """See `ask`."""
        self.asked.append(("leave", asker))


class Door(Compute):
    """A door whose long work is as a test wants it."""

    work = Jobs()

    @property
    def jobs(self) -> Any:
        """The made-up work."""
        return self.work


def ask(
    door: Door, view: str = "overlap", *, pace: Pace = Pace.LEISURE, point: Parameters = POINT,
    work: Wanted | None = None, **options: Any,
) -> Picture:  # fmt: skip
    """What the phase card answers."""
    asked = request_for(point, pace=pace, measured=view, **options)
    fields = {name: getattr(asked, name) for name in Request.__dataclass_fields__}
    return phase.draw(door, Request(**fields | {"work": work or Wanted(asker="me")}))


def standing(picture: Picture) -> tuple[str, float]:
    """How the long work behind a picture stands, and how much of it is there."""
    assert picture.work is not None
    return picture.work.standing, picture.work.share
