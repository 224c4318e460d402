"""Pinned points in an address: ``pin1=d2:0.5,dp:2``, each the parameters that differ from the default point's."""

from __future__ import annotations

from typing import Any, Final

from ..physics import ParameterError
from .reading import changed
from .state import DEFAULTS, PUBLIC_NAMES, Parameters, read_value

MOST_PINS: Final = 3
NAMES: Final = tuple(f"pin{k + 1}" for k in range(MOST_PINS))
NO_PIN: Final = "The address pins a point that cannot be read; it was left out."


def read_pin(text: str) -> Parameters:
    """Read a pinned point.

    Parameters
    ----------
    text : str
        Short names and values, ``name:value``, with commas between; empty for the default point.

    Raises
    ------
    ParameterError
        If it is none; its name is ``"address"``, since no control stands for it.
    """
    values: dict[str, Any] = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition(":")
        if name not in PUBLIC_NAMES or name in values:
            raise ParameterError("address", NO_PIN)
        try:
            values[name] = read_value(name, value)
        except ParameterError:
            raise ParameterError("address", NO_PIN) from None
    try:
        return changed(DEFAULTS, **values)
    except ParameterError:  # both noises infinite
        raise ParameterError("address", NO_PIN) from None
