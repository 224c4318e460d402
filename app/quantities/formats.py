"""Tables as files that other programs open: CSV, JSON and NPZ."""

from __future__ import annotations

import io
import zipfile
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

METADATA: Final = "metadata"  # the one entry of an NPZ file that holds text


def provenance(parameters: Parameters) -> dict[str, Any]:
    """What a file says of itself."""
    named = {PUBLIC_NAMES[name]: value for name, value in to_store(parameters).items()}
    return {"parameters": named, "engine_version": VERSION, "citation": CITATION}


def metadata(table: Table, parameters: Parameters) -> dict[str, Any]:
    """All that a file holds beside its columns, as JSON can say it."""
    labels = {"labels": table.labels} if table.labels else {}
    return {**table.scalars, **labels, **provenance(parameters)}


def said(table: Table) -> dict[str, Any]:
    """The columns of a file of text: labels are words."""
    return {
        name: [table.labels[name][k] for k in column] if name in table.labels else column
        for name, column in table.columns.items()
    }


def to_csv(table: Table, parameters: Parameters) -> bytes:
    """A header and rows, numbers in full; nothing where there is no number."""
    del parameters  # a CSV file holds nothing but the table
    text: str = pd.DataFrame(said(table)).to_csv(index=False, lineterminator="\n")
    return text.encode()


def comments(table: Table, parameters: Parameters, address: str) -> str:
    """Lines to stand before a CSV table, each after ``# ``: what it is, at which point, how to cite it, where from."""
    about = provenance(parameters)
    lines = [f"Saddlesurf {about['engine_version']}, table {table.name}"]
    lines += [f"{name} = {_plain(value)}" for name, value in about["parameters"].items()]
    lines += [
        f"{name} = {_plain(value)}"
        for name, value in table.scalars.items()
        if value is not None and not isinstance(value, Mapping) and value != ""
    ]
    lines += [
        f"{name} = {_plain(value)}"
        for held in table.scalars.values()
        if isinstance(held, Mapping)
        for name, value in held.items()
    ]
    lines += [f"cite: {about['citation']}", f"address: {address}"]
    return "".join(f"# {line}\n" for line in lines)


def _plain(value: Any) -> str:
    return repr(float(value)) if isinstance(value, float) else str(value)


def to_json(table: Table, parameters: Parameters) -> bytes:
    """Columns, scalars and provenance; what is not finite is null."""
    columns = {
        name: column if name in table.labels else np.ascontiguousarray(column)
        for name, column in said(table).items()
    }
    return _json({"columns": columns, **metadata(table, parameters)})


def to_npz(table: Table, parameters: Parameters) -> bytes:
    """One array a column, one a scalar (an absent one is NaN), and `metadata`: JSON in UTF-8, as bytes.

    Numbers alone, little-endian, in rows, not compressed, with their sizes before them: readers in other languages know
    no text type, and some neither compressed entries nor zip's 64-bit forms nor sizes that follow an entry.
    """
    arrays: dict[str, NDArray[Any]] = dict(table.columns)
    for name, value in table.scalars.items():
        if value is None or isinstance(value, int | float | np.number):
            arrays[name] = np.array(np.nan if value is None else value, dtype=np.float64)
    arrays[METADATA] = np.frombuffer(_json(metadata(table, parameters)), np.uint8)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            entry = io.BytesIO()
            plain = np.ascontiguousarray(array).reshape(array.shape)  # which turns a scalar into a row
            np.lib.format.write_array(
                entry, plain.astype(plain.dtype.newbyteorder("<")), (1, 0), allow_pickle=False
            )
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), entry.getvalue())
    return stream.getvalue()


def _json(body: Any) -> bytes:
    return bytes(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY))


FORMATS: Final[Mapping[str, tuple[str, Callable[[Table, Parameters], bytes]]]] = {
    "csv": ("text/csv", to_csv),
    "json": ("application/json", to_json),
    "npz": ("application/octet-stream", to_npz),
}
