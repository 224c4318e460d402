"""What the address of a table says beyond the page's own: the moment of the flow, and whether comments come first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from ..physics import ParameterError
from .address import MOST_PARTS, SAID_TWICE, read_query
from .catalogue import Look
from .reading import read_number
from .state import Point

NO_TIME: Final = "The moment t must be a number from 0 to the flow's final time."
NO_HEADER: Final = "The header is 1, for lines of comment before a CSV table, or 0."
NAMES: Final = ("t", "header")


@dataclass(frozen=True, slots=True)
class DataQuery:
    """What the address of a table asks for.

    Parameters
    ----------
    point : Point
        Always a valid one.
    time : float or None
        The moment; None for the end of the flow.
    header : bool
        Whether lines of comment come before a CSV table.
    errors : mapping of str to str
        Sentences by short name, as in `app.page.address.Address`.
    """

    point: Point
    time: float | None
    header: bool
    errors: Mapping[str, str]


def read_data_query(query: str, looks: Mapping[str, Look]) -> DataQuery:
    """Read what follows the ``?`` in the address of a table; what is wrong leaves a sentence."""
    own: dict[str, str] = {}
    errors: dict[str, str] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARTS)
    except ValueError:
        pairs = []  # `read_query` says so
    for name, text in pairs:
        if name in own:
            errors[name] = SAID_TWICE
        elif name in NAMES:
            own[name] = text
    rest = urlencode([pair for pair in pairs if pair[0] not in NAMES]) if own else query
    address = read_query(rest, looks)
    errors |= address.errors
    time, header = None, own.get("header", "0")
    if header not in ("0", "1"):
        errors["header"] = NO_HEADER
    try:
        time = _read_time(own["t"], address.point.parameters.tmax) if "t" in own else None
    except ParameterError as error:
        errors["t"] = str(error)
    return DataQuery(address.point, time, header == "1", errors)


def _read_time(text: str, last: float) -> float:
    time = read_number("t", text, NO_TIME)
    if not (math.isfinite(time) and 0 <= time <= last):
        raise ParameterError("t", NO_TIME)
    return time
