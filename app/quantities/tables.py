"""What the data addresses give: the numbers of each picture as columns under their public names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..compute.door import Door
from ..compute.question import closed_form
from ..page.state import Point
from ..physics import EngineError, ParameterError, Status
from .flow import flow, table_times
from .instance import Running, follow
from .lines import langevin_line, phase_lines


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length under their public names.

    Parameters
    ----------
    name : str
        As in its address.
    columns : mapping of str to array
        Numbers.
    scalars : mapping of str to object
        What does not fit into a column.
    labels : mapping of str to tuple of str
        Of a column of places in it, the words; files of text say these.
    growing : bool
        Whether the same question may have more rows later.
    """

    name: str
    columns: Mapping[str, NDArray[Any]]
    scalars: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    growing: bool = False


class NotThereError(EngineError):
    """What is asked for is only ever read, and has not been made yet."""


TableMaker = Callable[[Door, Point], Table]


def flow_table(door: Door, point: Point) -> Table:
    """The trajectory at log-spaced times."""
    trajectory = flow(door, point.parameters).value
    at = trajectory.at(table_times(trajectory, point.parameters.tmax))
    names = ("time", "overlap", "energy", "energy_2", "energy_p", "lagrange_multiplier")
    return Table(
        "flow",
        {name: getattr(at, name) for name in names},
        ended(trajectory),
    )


class Ended(Protocol):
    """What has run in time, and how it ended."""

    @property
    def time(self) -> NDArray[np.float64]: ...  # noqa: D102

    @property
    def status(self) -> Status: ...  # noqa: D102

    @property
    def message(self) -> str: ...  # noqa: D102


def ended(run: Ended) -> dict[str, Any]:
    """How a run ended: where it was cut no row follows, so that a file must say it."""
    is_cut = run.status is Status.STOPPED_EARLY
    last = float(run.time[-1])
    return {
        "status": run.status.name,
        "message": run.message,
        "cut_at": last if is_cut else None,
        "cut": f"cut at t = {last:.6g}" if is_cut else "",
    }


def whole_run(door: Door, point: Point) -> Running:
    """The whole run of the instance that the address names; it has a path.

    Raises
    ------
    ParameterError
        If the address names no instance, or none can be run there.
    """
    if not point.sample.is_shown:
        raise ParameterError("N", "The address names no instance: add N, a whole number from 16 to 1e12.")
    running = follow(door, point, stage=False)
    if running.descent is None:
        raise ParameterError("N", running.sentence)
    return running


def instance_table(door: Door, point: Point) -> Table:
    """The whole descent on the real instance that the address names."""
    running = whole_run(door, point)
    path = running.descent
    assert path is not None
    scalars = {**ended(path), "n_outliers": path.n_outliers, "instance": point.sample.model_dump()}
    names = [name for name in path.__dataclass_fields__ if name not in ("n_outliers", "status", "message")]
    columns = {name: getattr(path, name) for name in names}
    columns["scaled_multiplier"] = path.lagrange_multiplier / (2 * point.parameters.model.sigma)
    return Table("instance", columns, scalars, growing=running.more)


def lines_table(door: Door, point: Point) -> Table:
    """Δ₂ of every line against Δp, and 1/Δ₂, which is drawn."""
    lines = door.answer(closed_form(phase_lines, point.parameters.p)).value
    columns = {name: getattr(lines, name) for name in lines.__dataclass_fields__}
    inverse = {f"inverse_{name}": 1 / values for name, values in columns.items() if name != "delta_p"}
    return Table("lines", columns | inverse)


def langevin_table(door: Door, point: Point) -> Table:
    """The Langevin line where it bounds a phase, at T, or at T = 1 where T = 0."""
    parameters = point.parameters
    delta_p, delta_2 = door.answer(closed_form(langevin_line, parameters.p, parameters.T or 1.0)).value
    return Table("langevin", {"delta_p": delta_p, "delta_2": delta_2, "inverse_delta_2": 1 / delta_2})
