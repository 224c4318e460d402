"""What a browser or an address says, and the engine's words for it.

A `Parameters` object is the one place where the short names of an address (``d2``, ``dp``, ``m0``, ``T``,
``tmax``) meet the engine's. Text enters through `read_value` and `read_query` only; the sentences are the engine's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, model_validator

from app import sample as samples
from app.reading import changed, read_number
from app.sample import NO_SAMPLE, Sample
from engine import Model, ParameterError
from engine.checks import RANGES, check_noise, check_order, check_range

ADDRESS_VERSION: Final = "1"

#: Short name of an address -> public name of the engine.
PUBLIC_NAMES: Final[Mapping[str, str]] = {
    "p": "p",
    "d2": "delta_2",
    "dp": "delta_p",
    "m0": "overlap_0",
    "T": "temperature",
    "tmax": "t_max",
}
SHORT_NAMES: Final[Mapping[str, str]] = {public: short for short, public in PUBLIC_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that is looked at: one of some options (or several), by a short name of the address."""

    options: tuple[str, ...]
    default: tuple[str, ...]
    many: bool = False

    def read(self, text: str) -> tuple[str, ...] | None:
        """The options that a text names, comma-separated; None if it names another one, or too many."""
        named = tuple(dict.fromkeys(filter(None, text.split(","))))
        if not set(named) <= set(self.options) or (not self.many and len(named) != 1):
            return None
        return tuple(option for option in self.options if option in named)


#: What is looked at, by its name in an address and in the page's state.
CHOICES: Final[Mapping[str, Choice]] = {
    "flow": Choice(
        ("overlap", "log_overlap", "energy", "multiplier", "growth", "correlation", "fluctuation"),
        ("overlap",),
    ),
    "hess": Choice(("moment", "surfing"), ("moment",)),
    "land": Choice(("curves", "map", "equator", "ladder"), ("curves",)),
    "lines": Choice(("flow", "wells", "trivial", "bayes", "langevin"), ("flow",), many=True),
}


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

    def query(self) -> str:
        """The shortest query that says this point: defaults are left out, values kept to the last bit."""
        said = {name: format_exactly(value) for name, value in self if value != getattr(DEFAULTS, name)}
        return urlencode({"v": ADDRESS_VERSION, **said}) if said else ""


def check_value(name: str, value: float) -> float:
    """Return ``value`` if the parameter of the short name ``name`` may have it, else raise `ParameterError`."""
    public = PUBLIC_NAMES[name]
    if name == "p":
        return check_order(value)  # type: ignore[arg-type]
    if name in ("d2", "dp"):
        return check_noise(public, value)
    return check_range(public, value, magnitude=name == "m0")


DEFAULTS: Final = Parameters()


def read_value(name: str, text: str) -> float:
    """Read one parameter from text.

    Parameters
    ----------
    name : str
        Short name, as in an address.
    text : str
        What was typed; a number such as ``0.4``, ``1e-10`` or ``inf``.

    Raises
    ------
    ParameterError
        With the engine's sentence, if it is not a number or out of range.
    """
    number = read_number(text)
    if math.isnan(number):
        raise ParameterError(PUBLIC_NAMES[name], RANGES[PUBLIC_NAMES[name]].sentence)
    return check_value(name, number)


class Address(NamedTuple):
    """What an address says.

    Parameters
    ----------
    parameters : Parameters
        Always a valid point.
    errors : dict of str to str
        Sentences by short name; ``"address"`` for what belongs to no parameter.
    choices : dict of str to tuple of str
        What is looked at, for every name of `CHOICES`.
    sample : Sample
        The real instance beside the theory; always a valid one.
    """

    parameters: Parameters
    errors: dict[str, str]
    choices: dict[str, tuple[str, ...]]
    sample: Sample


def read_query(query: str) -> Address:
    """Read an address; what is wrong falls back to its default and leaves a sentence."""
    values: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    errors: dict[str, str] = {}
    choices = {name: choice.default for name, choice in CHOICES.items()}
    try:
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return Address(
            DEFAULTS, {"address": "The address has too many parts and was not read."}, choices, NO_SAMPLE
        )
    for name, text in pairs:
        if name in PUBLIC_NAMES or name in samples.NAMES:
            try:
                if name in PUBLIC_NAMES:
                    values[name] = read_value(name, text)
                else:
                    parts[name] = samples.read_part(name, text)
            except ParameterError as error:
                errors[name] = str(error)
        elif name in CHOICES:
            chosen = CHOICES[name].read(text)
            if chosen is None:
                errors["address"] = (
                    "The address asks for a view that this page does not have; it was ignored."
                )
            else:
                choices[name] = chosen
        elif name == "v" and text != ADDRESS_VERSION:
            errors["address"] = (
                "The address was written for another version of this page; it was read as version 1."
            )
        elif name != "v":
            errors["address"] = "The address has a part that this page does not know; it was ignored."
    sample = changed(NO_SAMPLE, **parts)
    try:
        return Address(changed(DEFAULTS, **values), errors, choices, sample)
    except ParameterError as error:
        short = SHORT_NAMES[error.name]
        return Address(DEFAULTS, {**errors, short: str(error)}, choices, sample)


def from_store(data: Mapping[str, Any]) -> Parameters:
    """Read the page's store of parameters, which says inf as text (JSON has no infinity)."""
    return changed(DEFAULTS, **{name: float(data[name]) for name in PUBLIC_NAMES if name in data})


def to_store(parameters: Parameters, sample: Sample | None = None) -> dict[str, Any]:
    """What the page's store of parameters holds; with the sample, if one is given."""
    held = {name: "inf" if value == math.inf else value for name, value in parameters}
    return held if sample is None else held | sample.model_dump()


def format_exactly(value: float) -> str:
    """The shortest text that reads back as the very same number, without a superfluous exponent's plus sign."""
    if abs(value) < 1e6 and value == int(value):
        return str(int(value))
    return repr(float(value)).replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
