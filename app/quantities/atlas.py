"""The measured phase diagram as many small results: what there is to compute, and what is there of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from ..compute.door import Door
from ..compute.question import Question, question
from ..page.state import Parameters
from ..physics import atlas

RESOLUTION: Final = 128  # cells along each side, at the end
BEFORE_LINE: Final = 32  # the line is measured after this resolution
#: Δp at which the line is measured: where it crosses the diagram.
LINE_AT: Final = tuple(float(x) for x in np.round(np.logspace(-1.25, 1.75, 13), 4))


@dataclass(frozen=True)
class Measurement:
    """The measurement of a plane.

    Parameters
    ----------
    plane : Plane
        Which flows.
    resolution : int
        Cells along each side at the end; 0: the line alone.
    """

    plane: atlas.Plane
    resolution: int = RESOLUTION

    @classmethod
    def of(cls, parameters: Parameters, *, resolution: int = RESOLUTION) -> Measurement:
        """That of the plane on which a point stands."""
        return cls(plane_of(parameters), resolution)

    def chunks(self) -> tuple[Question[Any], ...]:
        """The questions of all results: the coarse atlas, the line, the finer atlas."""
        tiles, line = _tiles(self.plane, self.resolution), tuple(_line(self.plane))
        coarse = tuple(asked for block, asked in tiles.items() if block.resolution <= BEFORE_LINE)
        return (*coarse, *line, *tuple(tiles.values())[len(coarse) :])


@dataclass(frozen=True)
class Measured:
    """What is there of a measurement.

    Parameters
    ----------
    sheet : Atlas or None
        At the finest resolution that has been begun; None if there is none yet.
    line : tuple of MeasuredLine
        The gradient-flow line at the values of Δp that are there.
    """

    sheet: atlas.Atlas | None
    line: tuple[atlas.MeasuredLine, ...] = ()

    @property
    def n_there(self) -> int:
        """Samples that are there."""
        return 0 if self.sheet is None else self.sheet.n_there


def plane_of(parameters: Parameters) -> atlas.Plane:
    """The plane on which a point stands: all but its two noises."""
    return atlas.Plane(
        p=parameters.p, overlap_0=parameters.m0, t_max=parameters.tmax, temperature=parameters.T
    )


def line_point(p: int, delta_p: float, stop: Callable[[], bool] | None = None) -> atlas.MeasuredLine:
    """Measure the gradient-flow line at one Δp; a second's work is not stopped within."""
    del stop
    return atlas.measured_line(p, delta_p)


def assemble(work: Measurement, results: Mapping[Question[Any], Any]) -> Measured:
    """Lay out the results that are there."""
    tiles = {
        block: results[asked]
        for block, asked in _tiles(work.plane, work.resolution).items()
        if asked in results
    }
    line = tuple(results[asked] for asked in _line(work.plane) if asked in results)
    if not tiles:
        return Measured(None, line)
    finest = max(block.resolution for block in tiles)
    return Measured(atlas.Atlas.of(work.plane, finest, tiles), line)


def on_shelf(door: Door, work: Measurement) -> Measured:
    """What has been kept of it; nothing is computed."""
    found = {asked: door.recall(asked) for asked in _tiles(work.plane, work.resolution).values()}
    return assemble(work, {asked: answer.value for asked, answer in found.items() if answer is not None})


def line_on_shelf(door: Door, plane: atlas.Plane) -> tuple[atlas.MeasuredLine, ...]:
    """What has been kept of the measured gradient-flow line; nothing is computed."""
    found = (door.recall(asked) for asked in _line(plane))
    return tuple(answer.value for answer in found if answer is not None)


@lru_cache(16)
def _tiles(plane: atlas.Plane, resolution: int) -> Mapping[atlas.Block, Question[atlas.AtlasTile]]:
    blocks = plane.blocks(resolution) if resolution else ()
    return {block: question(atlas.measure, plane, block) for block in blocks}


@lru_cache(16)
def _line(plane: atlas.Plane) -> tuple[Question[atlas.MeasuredLine], ...]:
    """At T > 0 there is no such line."""
    at = () if plane.temperature > 0 else LINE_AT
    return tuple(question(line_point, plane.p, delta_p) for delta_p in at)
