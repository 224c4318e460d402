"""An operating point: what a browser says in short names, checked by the engine.

A `Parameters` object is the one place where the short names of an address (``d2``, ``dp``, ``m0``, ``T``,
``tmax``) meet the engine's. The sentences about wrong values are the engine's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, model_validator

from ..physics import Model, ParameterError, checks
from . import sample as samples
from .reading import changed, read_number, read_whole
from .sample import NO_SAMPLE, Sample, sample_from

#: Short name of an address -> public name of the engine.
PUBLIC_NAMES: Final[Mapping[str, str]] = {
    "p": "p",
    "d2": "delta_2",
    "dp": "delta_p",
    "m0": "overlap_0",
    "T": "temperature",
    "tmax": "t_max",
}
#: What the page calls them.
SYMBOLS: Final[Mapping[str, str]] = {"d2": "Δ₂", "dp": "Δₚ", "p": "p", "m0": "m₀", "T": "T", "tmax": "tₘₐₓ"}
SHORT_NAMES: Final[Mapping[str, str]] = {public: short for short, public in PUBLIC_NAMES.items()}


class Parameters(BaseModel):
    """One operating point: a model, a start, a temperature and a final time."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    p: int = 3
    d2: float = 0.4348
    dp: float = 1.0
    m0: float = 1e-10
    T: float = 0.0
    tmax: float = 1e4

    @model_validator(mode="after")
    def _in_range(self) -> Parameters:
        for name, value in self:
            check_value(name, value)
        _ = self.model
        return self

    @property
    def model(self) -> Model:
        """The engine's model of this point."""
        return Model(p=self.p, delta_2=self.d2, delta_p=self.dp)


def check_value(name: str, value: float) -> float:
    """Return ``value`` if the parameter of the short name ``name`` may have it, else raise `ParameterError`."""
    public = PUBLIC_NAMES[name]
    if name == "p":
        return checks.check_order(value)  # type: ignore[arg-type]
    if name in ("d2", "dp"):
        return checks.check_noise(public, value)
    return checks.check_range(public, value, magnitude=name == "m0")


DEFAULTS: Final = Parameters()


def read_value(name: str, text: str) -> float:
    """Read one parameter from text.

    Parameters
    ----------
    name : str
        Short name, as in an address.
    text : str
        What was typed, in any form that `app.page.reading` knows.

    Raises
    ------
    ParameterError
        With the engine's sentence, if it is not a number or out of range; with the reader's, if it can be misread.
    """
    return check_value(name, read_as(name, text))


def read_as(name: str, text: str) -> float:
    """Read the number that a text says for the parameter of this short name, in its range or not."""
    public = PUBLIC_NAMES[name]
    read = read_whole if name == "p" else read_number
    return read(public, text, checks.RANGES[public].sentence)


class Point(NamedTuple):
    """What is shown of one place on the diagram: the theory's parameters, and the real instance beside it."""

    parameters: Parameters = DEFAULTS
    sample: Sample = NO_SAMPLE

    @classmethod
    def from_store(cls, data: Mapping[str, Any]) -> Point:
        """Read a point of the page's state, which says inf as text (JSON has no infinity)."""
        return cls(from_store(data), sample_from(data))

    def to_store(self) -> dict[str, Any]:
        """What the page's state holds of it."""
        return to_store(self.parameters) | self.sample.model_dump()


ORIGIN: Final = Point()
#: Short names of all that a point is made of.
POINT_NAMES: Final = (*PUBLIC_NAMES, *samples.NAMES)


def from_store(data: Mapping[str, Any]) -> Parameters:
    """The parameters in a point of the page's state."""
    try:
        held = {name: _held(name, data[name]) for name in PUBLIC_NAMES if name in data}
    except (TypeError, ValueError):
        raise ParameterError("address", "The parameters are not all numbers.") from None
    return changed(DEFAULTS, **held)


def _held(name: str, value: Any) -> float:
    return read_as(name, value) if isinstance(value, str) else float(value)


def to_store(parameters: Parameters) -> dict[str, Any]:
    """The parameters as the page's state holds them."""
    return {name: "inf" if value == math.inf else value for name, value in parameters}
