"""A scan as a table: what is there of it, and nothing is computed."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..compute.door import Door
from ..page.state import PUBLIC_NAMES, Point
from .scan import Noise, Scan, on_shelf
from .tables import NotThereError, Table

NOTHING: Final = (
    "Nothing is scanned yet through this point: choose the scan among the views of the flow and let it run."
)


def scan_table(door: Door, point: Point, *, along: Noise) -> Table:
    """Every flow of a scan that is there.

    Raises
    ------
    NotThereError
        If there is none.
    """
    found = on_shelf(door, Scan(point.parameters, along))
    there = found.is_there
    if not there.any():
        raise NotThereError(NOTHING)
    noise = PUBLIC_NAMES[along]
    return Table(
        f"scan_{noise}",
        {
            noise: found.noise[there],
            "theta": found.theta[there],
            "final_overlap": found.final_overlap[there],
            "escape_time": found.escape_time[there],
            "status": found.status_code[there],
        },
        {"is_complete": bool(np.all(there))},
        labels={"status": found.status},
        growing=True,
    )


def scan_delta_2_table(door: Door, point: Point) -> Table:
    """The scan along Δ₂."""
    return scan_table(door, point, along="d2")


def scan_delta_p_table(door: Door, point: Point) -> Table:
    """The scan along Δp."""
    return scan_table(door, point, along="dp")
