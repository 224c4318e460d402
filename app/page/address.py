"""What an address says, and how a point is said in one: the page's state, readable and exact to the last bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from ..physics import ParameterError
from . import pins
from . import sample as samples
from .catalogue import Look
from .reading import changed, read_number
from .sample import NO_SAMPLE
from .state import DEFAULTS, ORIGIN, PUBLIC_NAMES, SHORT_NAMES, Parameters, Point, read_value
from .story import BY_KEY, StoryPoint

VERSION: Final = "1"
MOST_PARTS: Final = 50
TIME: Final = "t"  # the moment that is shown
STORY_POINT: Final = "story"

TOO_MANY: Final = "The address has too many parts and was not read."
NO_SUCH_VIEW: Final = "The address asks for a view that this page does not have; it was ignored."
SAID_TWICE: Final = "The address says this twice; the first one was read."
OTHER_VERSION: Final = "The address was written for another version of this page; it was read as version 1."
UNKNOWN: Final = "The address has a part that this page does not know; it was ignored."
NO_SUCH_STORY: Final = "The address names a story point that this page does not have; it was ignored."
NO_TIME: Final = "The moment t must be a time of the flow, 0 or more; it was ignored."


@dataclass(frozen=True, slots=True)
class Address:
    """What an address says.

    Parameters
    ----------
    point : Point
        Always a valid one.
    errors : mapping of str to str
        Sentences by short name; ``"address"`` for what belongs to no parameter.
    looks : mapping of str to tuple of str
        What is looked at, for every look of the page.
    pins : tuple of Parameters
        The pinned points.
    time : float, optional
        The moment that is shown, as a time of the flow; None is its end.
    story : str, optional
        Key of the story point that is told.
    """

    point: Point
    errors: Mapping[str, str]
    looks: Mapping[str, tuple[str, ...]]
    pins: tuple[Parameters, ...] = ()
    time: float | None = None
    story: str | None = None


def read_query(query: str, looks: Mapping[str, Look]) -> Address:
    """Read an address; what is wrong falls back to its default and leaves a sentence.

    An address that names a story point and nothing else means the whole scene of that point.

    Parameters
    ----------
    query : str
        What follows the ``?``, with it or without.
    looks : mapping of str to Look
        All looks of the page (`app.page.catalogue.Catalogue.looks`).
    """
    values: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    errors: dict[str, str] = {}
    chosen = {name: look.default for name, look in looks.items()}
    time: float | None = None
    story: str | None = None
    pinned: dict[str, Parameters] = {}
    known = {*PUBLIC_NAMES, *samples.NAMES, *looks, *pins.NAMES, TIME, STORY_POINT}
    try:
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=MOST_PARTS)
    except ValueError:
        return Address(ORIGIN, {"address": TOO_MANY}, chosen)
    said: set[str] = set()
    for name, text in pairs:
        try:
            if name in said and name in known:
                raise ParameterError(name, SAID_TWICE)
            said.add(name)
            if name in PUBLIC_NAMES:
                values[name] = read_value(name, text)
            elif name in samples.NAMES:
                parts[name] = samples.read_part(name, text)
            elif name in looks:
                chosen[name] = _read_look(looks[name], text)
            elif name in pins.NAMES:
                pinned[name] = pins.read_pin(text)
            elif name == TIME:
                time = _read_time(text)
            elif name == STORY_POINT:
                story = _read_story(text)
            elif name != "v":
                raise ParameterError("address", UNKNOWN)
            elif text != VERSION:
                raise ParameterError("address", OTHER_VERSION)
        except ParameterError as error:
            errors["address" if error.name == "address" else name] = str(error)
    if story is not None and said <= {"v", STORY_POINT, *looks}:
        own = {name: look for name, look in chosen.items() if name in said}
        return _scene_of(BY_KEY[story], errors, chosen, own)
    sample = changed(NO_SAMPLE, **parts)
    beside = tuple(pinned[name] for name in pins.NAMES if name in pinned)
    try:
        return Address(Point(changed(DEFAULTS, **values), sample), errors, chosen, beside, time, story)
    except ParameterError as error:
        errors[SHORT_NAMES[error.name]] = str(error)
        return Address(Point(DEFAULTS, sample), errors, chosen, beside, time, story)


def _scene_of(
    told: StoryPoint,
    errors: Mapping[str, str],
    chosen: Mapping[str, tuple[str, ...]],
    own: Mapping[str, tuple[str, ...]],
) -> Address:
    """The scene of a story point; what the address says of its own is looked at all the same."""
    scene = told.scene
    views = {name: (view,) if isinstance(view, str) else view for name, view in scene.looks.items()}
    looks = {**chosen, **views, **own}
    return Address(Point(scene.parameters), errors, looks, time=scene.until, story=told.key)


def _read_time(text: str) -> float:
    time = read_number("address", text, NO_TIME)
    if not time >= 0:
        raise ParameterError("address", NO_TIME)
    return time


def _read_story(text: str) -> str:
    if text not in BY_KEY:
        raise ParameterError("address", NO_SUCH_STORY)
    return text


def _read_look(look: Look, text: str) -> tuple[str, ...]:
    chosen = look.read(text)
    if chosen is None:
        raise ParameterError("address", NO_SUCH_VIEW)
    return chosen


def query_of(parameters: Parameters) -> str:
    """The shortest query that says these parameters: defaults are left out, values kept to the last bit."""
    said = {name: format_exactly(value) for name, value in parameters if value != getattr(DEFAULTS, name)}
    return urlencode({"v": VERSION, **said}) if said else ""


def format_exactly(value: float) -> str:
    """The shortest text that reads back as the very same number, without a superfluous exponent's plus sign."""
    if abs(value) < 1e6 and value == int(value):
        return str(int(value))
    return repr(float(value)).replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
