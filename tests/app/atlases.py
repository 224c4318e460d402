"""Made-up atlases: what a flow does is a formula, so that pictures and tables can be checked pixel by pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.compute.compute import Compute
from app.compute.question import Question
from app.quantities.atlas import Measurement
from engine import Status, atlas

CUT = 18.0  # 1/Δ₂ above which a run is cut
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
