"""Results as tables that other programs open: CSV, JSON and NPZ."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

import engine
from app.sample import NO_SAMPLE, STEPS, Sample
from app.services.compute import Compute
from app.services.instance import follow
from app.services.quantities import flow, landscape_card, phase_lines, table_times
from app.state import PUBLIC_NAMES, Address, Parameters, to_store
from engine import ParameterError
from engine.hessian import spectrum

CITATION: Final = (
    "S. Sarao Mannelli, G. Biroli, C. Cammarota, F. Krzakala, L. Zdeborová, Who is Afraid of Big Bad Minima? "
    "Analysis of Gradient-Flow in Spiked Matrix-Tensor Models, NeurIPS 2019, arXiv:1907.08226"
)
SPECTRUM_POINTS: Final = 401


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length under their public names, and what does not fit into a column."""

    name: str
    columns: Mapping[str, NDArray[np.float64]]
    scalars: Mapping[str, Any] = field(default_factory=dict)


def flow_table(compute: Compute, address: Address) -> Table:
    """The trajectory at log-spaced times."""
    trajectory = flow(compute, address.parameters).value
    at = trajectory.at(table_times(trajectory, address.parameters.tmax))
    names = ("time", "overlap", "energy", "energy_2", "energy_p", "lagrange_multiplier")
    return Table(
        "flow",
        {name: getattr(at, name) for name in names},
        {"status": trajectory.status.name, "message": trajectory.message},
    )


def complexity_table(compute: Compute, address: Address) -> Table:
    """Σ(m) of all stationary points and of minima, maximised over μ."""
    curves = compute(landscape_card, address.parameters.model).value.curves
    return Table(
        "complexity",
        {
            "overlap": curves.overlap,
            "complexity_all": curves.complexity_all,
            "complexity_minima": curves.complexity_minima,
        },
    )


def spectrum_table(compute: Compute, address: Address) -> Table:
    """The Hessian's bulk at the end of the flow; edges and outlier beside it."""
    trajectory = flow(compute, address.parameters).value
    overlap, multiplier = float(trajectory.overlap[-1]), float(trajectory.lagrange_multiplier[-1])
    found = spectrum(address.parameters.model, overlap, multiplier)
    eigenvalue = np.linspace(found.bulk_edge_lower, found.bulk_edge_upper, SPECTRUM_POINTS)
    scalars = {
        "time": float(trajectory.time[-1]),
        "overlap": overlap,
        "lagrange_multiplier": multiplier,
        "bulk_edge_lower": found.bulk_edge_lower,
        "bulk_edge_upper": found.bulk_edge_upper,
        "theta": found.theta,
        "outlier": found.outlier,
        "outlier_overlap": found.outlier_overlap,
        "negative_fraction": found.negative_fraction,
    }
    return Table(
        "spectrum", {"eigenvalue": eigenvalue, "density": np.asarray(found.density(eigenvalue))}, scalars
    )


def instance_table(compute: Compute, address: Address) -> Table:
    """The whole descent on the real instance that the address names."""
    if not address.sample.is_shown:
        raise ParameterError("N", "The address names no instance: add N, a whole number from 16 to 1e12.")
    running = follow(compute, address.parameters, address.sample, stage=False)
    if running.descent is None:
        raise ParameterError("N", running.sentence)
    path = running.descent
    scalars = {"status": path.status.name, "message": path.message, "instance": address.sample.model_dump()}
    names = [name for name in path.__dataclass_fields__ if name not in ("status", "message")]
    return Table("instance", {name: getattr(path, name) for name in names}, scalars)


def lines_table(compute: Compute, address: Address) -> Table:
    """Δ₂ of every line against Δp."""
    lines = compute(phase_lines, address.parameters.p).value
    return Table("lines", {name: getattr(lines, name) for name in lines.__dataclass_fields__})


TABLES: Final[Mapping[str, Callable[[Compute, Address], Table]]] = {
    "flow": flow_table,
    "instance": instance_table,
    "complexity": complexity_table,
    "spectrum": spectrum_table,
    "lines": lines_table,
}


def provenance(parameters: Parameters) -> dict[str, Any]:
    """What a file says of itself."""
    named = {PUBLIC_NAMES[name]: value for name, value in to_store(parameters).items()}
    return {"parameters": named, "engine_version": engine.__version__, "citation": CITATION}


def to_csv(table: Table, parameters: Parameters) -> bytes:
    """A header and rows, numbers in full."""
    del parameters  # a CSV file holds nothing but the table
    text: str = pd.DataFrame(dict(table.columns)).to_csv(index=False)
    return text.encode()


def to_json(table: Table, parameters: Parameters) -> bytes:
    """Columns, scalars and provenance; what is not finite is null."""
    columns = {name: np.ascontiguousarray(column) for name, column in table.columns.items()}
    body = {"columns": columns, **table.scalars, **provenance(parameters)}
    return bytes(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY))


def to_npz(table: Table, parameters: Parameters) -> bytes:
    """One array a column, one a scalar (an absent one is NaN); provenance as JSON text."""
    scalars = {name: _scalar(value) for name, value in table.scalars.items()}
    about = np.array(orjson.dumps(provenance(parameters)).decode())
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, provenance=about, **scalars, **table.columns)
    return stream.getvalue()


def _scalar(value: Any) -> NDArray[Any]:
    if isinstance(value, dict):
        return np.array(orjson.dumps(value).decode())
    return np.array(np.nan if value is None else value)


FORMATS: Final[Mapping[str, tuple[str, Callable[[Table, Parameters], bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", to_csv),
    "json": ("application/json", to_json),
    "npz": ("application/octet-stream", to_npz),
}


def python_lines(parameters: Parameters, sample: Sample = NO_SAMPLE) -> str:
    """The few lines of Python that make the numbers on the page."""
    number = {name: 'float("inf")' if value == np.inf else repr(value) for name, value in parameters}
    shown = sample.is_shown and parameters.T == 0
    return (
        f"from saddlesurf import Model, complexity, dynamics, hessian, phases{', simulation' if shown else ''}\n\n"
        f"model = Model(p={number['p']}, delta_2={number['d2']}, delta_p={number['dp']})\n"
        f"print(phases.classify(model, temperature={number['T']}).sentence)\n"
        f"flow = dynamics.integrate_flow(\n    model, overlap_0={number['m0']}, t_max={number['tmax']}, "
        f"temperature={number['T']}\n)\n"
        "print(flow.message, flow.overlap[-1])\n"
        "print(hessian.spectrum(model, flow.overlap[-1], flow.lagrange_multiplier[-1]))\n"
        "curves = complexity.landscape_curves(model)  # .overlap, .complexity_all, .complexity_minima\n"
        + (_instance_lines(sample, number["m0"]) if shown else "")
    )


def _instance_lines(sample: Sample, m0: str) -> str:
    start = "None" if sample.start == "random" else m0
    lines = [
        f"run = simulation.simulate(\n    model, n_dim={sample.N}, seed={sample.seed}, overlap_0={start}, "
        f"t_max={sample.until!r}\n)\n"
    ]
    for step in sample.then:
        given = None if step == "f" or sample.start == "random" else m0
        lines.append(f"run = run.restart(start={STEPS[step]!r}, overlap_0={given})\n")
    lines.append("print(run.message, run.hessian(run.time[-1]).lowest)\n")
    return "".join(lines)
