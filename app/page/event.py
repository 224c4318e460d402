"""The messages of Dash's own scripts, and what its callbacks are called with, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .sample import LADDER, SEEDS
from .wire import MessageError, wrong

ASKER: Final = r"[0-9a-zA-Z-]{1,64}"  # a name that a page or its server has made up
PART: Final = "The message is not one of this page's: {} is missing or wrong."


@dataclass(frozen=True, slots=True)
class Callback:
    """What the message of one of Dash's callbacks must name.

    Parameters
    ----------
    outputs : list of dict, dict, or None
        Id and property of what it changes, as Dash's scripts write them; None: it changes nothing.
    inputs, state : tuple of (str, str)
        Id and property of what it is called with.
    """

    outputs: list[dict[str, str]] | dict[str, str] | None
    inputs: tuple[tuple[str, str], ...]
    state: tuple[tuple[str, str], ...]


class _Held(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    property: str


class _Event(BaseModel):
    """The JSON that Dash's scripts send."""

    model_config = ConfigDict(frozen=True, extra="allow")

    output: str
    outputs: list[dict[str, Any]] | dict[str, Any] | None = None
    inputs: tuple[_Held, ...]
    state: tuple[_Held, ...] = ()
    changedPropIds: tuple[str, ...]  # noqa: N815


def read_event(data: object, known: Mapping[str, Callback]) -> None:
    """Check the message of one of Dash's callbacks, but not what it is called with: that is the callback's own.

    Parameters
    ----------
    data : object
        The JSON, read.
    known : mapping of str to Callback
        The callbacks there are, by what Dash calls their output.

    Raises
    ------
    MessageError
        If it is not the message of one of them.
    """
    try:
        event = _Event.model_validate(data)
    except ValidationError as error:
        raise MessageError(wrong(error)) from None
    callback = known.get(event.output)
    if callback is None:
        raise MessageError(PART.format("output"))
    inputs, state = (tuple((held.id, held.property) for held in part) for part in (event.inputs, event.state))
    named = {f"{name}.{held}" for name, held in callback.inputs}
    for part, holds in {
        "outputs": event.outputs == callback.outputs,
        "inputs": inputs == callback.inputs,
        "state": state == callback.state,
        "changedPropIds": set(event.changedPropIds) <= named and len(event.changedPropIds) <= len(named),
    }.items():
        if not holds:
            raise MessageError(PART.format(part))


class Asked(BaseModel):
    """What the ensemble's dialog has asked for, as its store holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    held: dict[str, Any]
    seeds: int
    sizes: list[int] = list(LADDER)
    done: int = Field(ge=-1)
    asker: str = Field(pattern=f"^{ASKER}$")


def read_asked(data: object) -> Asked:
    """What the store of the ensemble's dialog says."""
    try:
        asked = Asked.model_validate(data)
    except ValidationError as error:
        raise MessageError(wrong(error)) from None
    read_seeds(asked.seeds)
    read_sizes(asked.sizes)
    return asked


def read_seeds(said: object) -> int:
    """How many seeds the ensemble's dialog asks for; its control says it as text."""
    number = {str(count): count for count in SEEDS}.get(str(said)) if isinstance(said, int | str) else None
    if number is None:
        raise MessageError(f"An ensemble of {str(said)[:20]} seeds is not offered.")
    return number


def read_sizes(said: object) -> tuple[int, ...]:
    """Which sizes the ensemble's dialog asks for, from the smallest on; its control says them as texts."""
    offered = {str(size): size for size in LADDER}
    named = [offered.get(str(one)) for one in said] if isinstance(said, list) else [None]
    if None in named:
        raise MessageError("An ensemble has sizes that are offered.")
    return tuple(size for size in LADDER if size in named)


def read_asker(data: object) -> str:
    """Who asks, as the JSON of ``/goodbye`` names them."""
    said = data.get("asker") if isinstance(data, dict) else None
    if not isinstance(said, str) or not re.fullmatch(ASKER, said):
        raise MessageError("A goodbye names who asked.")
    return said
