"""The messages between page and server, checked: ``/cards``, ``/read``, ``/python``. The JSON ends here.

Whoever draws a card sees a `Request`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..physics import ParameterError
from .catalogue import Catalogue
from .pins import MOST_PINS
from .proposal import read_address, read_box
from .state import Point

ThemeName = Literal["light", "dark"]
REFUSED: Final = "saddlesurf.refused"  # the log of what is not answered as it was asked
MOST_POINTS: Final = 1 + MOST_PINS


class Pace(StrEnum):
    """How much time there is for an answer; whoever leaves something out for want of it says that there is more."""

    MOVING = (
        "moving"  # something is being dragged: closed forms, what is known, the flow at a coarse tolerance
    )
    FIRST = "first"  # it has come to rest: what the eye waits for, at the full tolerance
    LEISURE = "leisure"  # there is time: everything


class Run(StrEnum):
    """What a page wants of the long work behind its pictures."""

    ON = "on"
    PAUSED = "paused"  # nothing new is begun
    CANCELLED = "cancelled"  # what is under way is given up too


class Wanted(BaseModel):
    """The page's own name, by which it waits for long work, and what it wants of it.

    Parameters
    ----------
    asker : str
        The name; empty for a page that cannot wait.
    run : Run
        Whether the work goes on.
    anew : bool
        Whether what comes with the software is computed all the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    asker: str = Field("", max_length=64)
    run: Run = Run.ON
    anew: bool = False


NOBODY: Final = Wanted()


class MessageError(ValueError):
    """A message that the page does not send; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the page asks of its cards.

    Parameters
    ----------
    points : tuple of Point
        The live one first, then the pinned ones.
    looks : mapping of str to tuple of str
        What is looked at, for every look of the catalogue.
    theme : {"light", "dark"}
        The page's colours.
    pace : Pace
        How much time there is.
    moment : float
        Fraction of the flow's logarithmic time axis, 0 to 1.
    story : str, optional
        Key of the story point that is told.
    cards : tuple of str
        Names of the cards that are asked for.
    number : int
        The request's number, given back with the answer.
    work : Wanted
        Who asks, and whether long work goes on.
    """

    points: tuple[Point, ...]
    looks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    theme: ThemeName = "light"
    pace: Pace = Pace.LEISURE
    moment: float = 1.0
    story: str | None = None
    cards: tuple[str, ...] = ()
    number: int = 0
    work: Wanted = NOBODY

    @property
    def live(self) -> Point:
        """The point that the controls move."""
        return self.points[0]

    @property
    def pinned(self) -> tuple[Point, ...]:
        """The points it is compared with."""
        return self.points[1:]

    @property
    def settled(self) -> bool:
        """Whether nothing moves, so that the full tolerance is due."""
        return self.pace is not Pace.MOVING

    @property
    def at_leisure(self) -> bool:
        """Whether there is time for what takes longer."""
        return self.pace is Pace.LEISURE

    def view(self, look: str) -> str:
        """The one view that is looked at."""
        return self.looks[look][0]


class _Message(BaseModel):
    """The JSON of ``/cards``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    cards: tuple[str, ...]
    pace: Pace
    theme: ThemeName
    points: tuple[dict[str, Any], ...] = Field(min_length=1, max_length=MOST_POINTS)
    looks: dict[str, Any]
    work: Wanted = Wanted()


def read_message(data: object, catalogue: Catalogue) -> Request:
    """Check a message and return what it asks.

    Parameters
    ----------
    data : object
        The JSON, read.
    catalogue : Catalogue
        The cards and looks there are.

    Raises
    ------
    MessageError
        If it is no message of this page; the sentence says which part is wrong.
    ParameterError
        If a point is outside the engine's range.
    """
    try:
        message = _Message.model_validate(data)
    except ValidationError as error:
        raise MessageError(wrong(error)) from None
    unknown = [name for name in message.cards if name not in catalogue.cards]
    if unknown:
        raise MessageError(f"This page has no card of the name {unknown[0][:40]}.")
    try:
        points = tuple(Point.from_store(held) for held in message.points)
    except (OverflowError, TypeError):
        raise ParameterError("address", "The parameters are not all numbers.") from None
    story = message.looks.get("story")
    return Request(
        points=points,
        looks={name: _read_look(catalogue, name, message.looks.get(name)) for name in catalogue.looks},
        theme=message.theme,
        pace=message.pace,
        moment=_read_moment(message.looks.get("moment", 1.0)),
        story=None if story is None else str(story),
        cards=message.cards,
        number=message.number,
        work=message.work,
    )


class _Text(BaseModel):
    """The JSON of ``/read``: an address, or a box and its text at a point."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str | None = None
    box: str = ""
    text: str = ""
    point: dict[str, Any] = Field(default_factory=dict)


def read_text(data: object, catalogue: Catalogue) -> dict[str, Any]:
    """Answer what an address or a box proposes (see `app.page.proposal`)."""
    try:
        said = _Text.model_validate(data)
    except ValidationError as error:
        raise MessageError(wrong(error)) from None
    if said.address is not None:
        return read_address(said.address, catalogue.looks)
    return read_box(said.box, said.text, Point.from_store(said.point))


def read_point(data: object) -> Point:
    """The point in the JSON of ``/python``."""
    if not isinstance(data, dict) or not isinstance(data.get("point"), dict):
        raise MessageError("The message is not one of this page's: point is missing or wrong.")
    return Point.from_store(data["point"])


def wrong(error: ValidationError) -> str:
    """The sentence on a message of which a part is missing or wrong."""
    place = ".".join(map(str, error.errors()[0]["loc"]))[:80] or "the whole of it"
    return f"The message is not one of this page's: {place} is missing or wrong."


def _read_look(catalogue: Catalogue, name: str, said: object) -> tuple[str, ...]:
    look = catalogue.looks[name]
    if said is None:
        return look.default
    text = ",".join(map(str, said)) if isinstance(said, Sequence) and not isinstance(said, str) else str(said)
    chosen = look.read(text)
    if chosen is None:
        raise MessageError(f"The look {name} has no such view.")
    return chosen


def _read_moment(said: object) -> float:
    if isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said <= 1:
        return float(said)
    raise MessageError("The moment must be a number from 0 to 1.")
