"""The measured phase diagram as a table: what is there of it, and nothing is computed."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..compute.door import Door
from ..page.state import Point
from ..physics import VERSION, Status
from .atlas import Measurement, line_on_shelf, on_shelf, plane_of
from .shipped import shipped
from .tables import NotThereError, Table

NOTHING: Final = "Nothing is measured yet for this p, m₀, T and t_max: switch Measured on and let it run."


def atlas_table(door: Door, point: Point) -> Table:
    """Every sample that is there: of the atlas that comes with the software, or of one measured here if it has more.

    Raises
    ------
    NotThereError
        If there is none.
    """
    ready = shipped(plane_of(point.parameters))
    measured = on_shelf(door, Measurement.of(point.parameters))
    if ready is not None and ready.sheet.n_there >= measured.n_there:
        sheet, made_by = ready.sheet, ready.version
    elif measured.sheet is not None:
        sheet, made_by = measured.sheet, VERSION
    else:
        raise NotThereError(NOTHING)
    rows, columns = np.nonzero(sheet.is_there)
    return Table(
        "atlas",
        {
            "delta_p": sheet.delta_p[columns],
            "delta_2": sheet.delta_2[rows],
            "final_overlap": sheet.final_overlap[rows, columns],
            "escape_time": sheet.escape_time[rows, columns],
            "status": sheet.status_code[rows, columns],
        },
        {"resolution": sheet.resolution, "is_complete": sheet.is_complete, "measured_by_version": made_by},
        labels={"status": tuple(status.name for status in Status)},
        growing=True,
    )


def measured_line_table(door: Door, point: Point) -> Table:
    """The gradient-flow line as it has been measured, at the values of Δp that are there; there may be none."""
    line = line_on_shelf(door, plane_of(point.parameters))
    names = ("delta_p", "inverse_delta_2", "error")
    columns = {name: np.array([getattr(one, name) for one in line], dtype=np.float64) for name in names}
    return Table("measured_line", columns, growing=True)
