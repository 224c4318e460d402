"""Tables as files that other programs open: CSV, JSON and NPZ."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

from ..page.state import PUBLIC_NAMES, Parameters, to_store
from ..physics import VERSION
from .tables import Table

CITATION: Final = (
    "S. Sarao Mannelli, G. Biroli, C. Cammarota, F. Krzakala, L. Zdeborová, Who is Afraid of Big Bad Minima? "
    "Analysis of Gradient-Flow in Spiked Matrix-Tensor Models, NeurIPS 2019, arXiv:1907.08226"
)


def provenance(parameters: Parameters) -> dict[str, Any]:
    """What a file says of itself."""
    named = {PUBLIC_NAMES[name]: value for name, value in to_store(parameters).items()}
    return {"parameters": named, "engine_version": VERSION, "citation": CITATION}


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
