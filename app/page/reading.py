"""What people type becomes a number, and a frozen description becomes another one: the same way everywhere."""

from __future__ import annotations

import math
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from ..physics import ParameterError

LONGEST_TEXT: Final = 40
Described = TypeVar("Described", bound=BaseModel)


def read_number(text: str) -> float:
    """Read a number such as ``0.4``, ``0,4``, ``−1e-10`` or ``inf``; NaN if the text says none."""
    text = text.strip().replace("\u2212", "-").replace(",", ".")
    try:
        number = float(text) if len(text) <= LONGEST_TEXT and "_" not in text else math.nan
    except ValueError:
        return math.nan
    return math.nan if math.isinf(number) and "inf" not in text.lower() else number


def changed(described: Described, **changes: Any) -> Described:
    """A description like ``described`` but for ``changes``; raises `ParameterError` if that is not a valid one."""
    try:
        return type(described)(**{**described.model_dump(), **changes})
    except ValidationError as error:
        cause = error.errors()[0].get("ctx", {}).get("error")
        if isinstance(cause, ParameterError):
            raise cause from None
        raise ParameterError("address", "The parameters are not all numbers.") from None
