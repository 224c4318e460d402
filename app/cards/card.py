"""A card: what the page has to know of it, and the function that answers a request with a picture and words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from ..compute.busy import BusyError, HurryError, PutOffError
from ..compute.door import Answer, Door, describe_duration
from ..figures.figure import Figure
from ..page.catalogue import Description, Look, Offer, View
from ..page.wire import REFUSED, Request
from ..physics import EngineError
from ..quantities.tables import Table

log, refused = logging.getLogger(__name__), logging.getLogger(REFUSED)
FAILED: Final = "This could not be computed. The last picture stays."
FOLLOWS: Final = "busy: follows"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words of a card; ``lead`` is set in bold before them."""

    text: str
    lead: str = ""
    kind: str = ""  # CSS class


Standing = Literal["running", "paused", "cancelled", "complete", "shipped", "failed"]


@dataclass(frozen=True, slots=True)
class LongWork:
    """How far the long work behind a picture is, told in the card's strip.

    Parameters
    ----------
    standing : {"running", "paused", "cancelled", "complete", "shipped", "failed"}
        What is going on; the strip's buttons follow.
    share : float
        How much of it is there, 0 to 1.
    words : str
        The same in words, or what is in the way.
    """

    standing: Standing
    share: float
    words: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A small table of words.

    Parameters
    ----------
    head : tuple of (str, str)
        Of each column its heading and what that means.
    body : tuple of tuple of str
        The rows; the first of each is its heading.
    """

    head: tuple[tuple[str, str], ...]
    body: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What a card shows.

    Parameters
    ----------
    figure : Figure or None
        Its picture; None for a card of words alone.
    caption : str or tuple of Paragraph
        Its words.
    note : str
        Where the numbers came from.
    more : bool
        Whether something was left out for want of time: asked again at a slower pace, it has more to show.
    later : int
        Milliseconds after which there may be more to show, whatever the page does; 0: nothing comes by itself.
    work : LongWork, optional
        The long work behind it, if there is any.
    rows : Rows, optional
        Its table, if it has one.
    """

    figure: Figure | None
    caption: str | tuple[Paragraph, ...]
    note: str
    more: bool = False
    later: int = 0
    work: LongWork | None = None
    rows: Rows | None = None


Draw = Callable[[Door, Request], Picture]


def nothing() -> None:
    """What a card without kernels of its own has to warm up."""


@dataclass(frozen=True, slots=True)
class Card:
    """One card of the page.

    Parameters
    ----------
    description : Description
        What the page has to know of it.
    draw : callable
        Answers a request; draws all its points, the live one first. Whoever leaves something out says so in
        `Picture.more`.
    sheets : tuple of Sheet
        The data addresses that it brings.
    result_types : tuple of type
        What the answers to its questions are made of; those that its types hold need not be named.
    warm_up : callable
        Calls every kernel it needs once, so that no visitor waits for a compiler.
    """

    description: Description
    draw: Draw
    sheets: tuple[Sheet, ...] = ()
    result_types: tuple[type, ...] = ()
    warm_up: Callable[[], None] = nothing


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that a card brings.

    Parameters
    ----------
    offer : Offer
        Its name in an address, its words in a menu.
    make : callable
        Makes it of a door and a point; a timed one also takes ``time``, None for the end of the flow.
    """

    offer: Offer
    make: Callable[..., Table]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to look at a card: its name in an address, its words on the page, what draws it, the tables it draws."""

    name: str
    words: str
    draw: Draw
    sheets: tuple[Sheet, ...]


def look_of(name: str, words: str, ways: Sequence[Way]) -> Look:
    """The choice between some ways; the first is the one to begin with."""
    views = tuple(View(way.name, way.words, tuple(sheet.offer for sheet in way.sheets)) for way in ways)
    return Look(name, words, views, default=(ways[0].name,))


def sheets_of(ways: Sequence[Way]) -> tuple[Sheet, ...]:
    """The tables of all ways, each once."""
    return tuple(dict.fromkeys(sheet for way in ways for sheet in way.sheets))


def by_way(look: Look, ways: Sequence[Way]) -> Draw:
    """What draws the way that is looked at."""
    drawn = {way.name: way.draw for way in ways}
    return lambda door, request: drawn[request.view(look.name)](door, request)


def answer(card: Card, door: Door, request: Request, number: str = "") -> dict[str, Any]:
    """What the page puts onto one card: the fields of its `Picture` (no figure: the old one stays); failed or not.

    What the card raises leaves its last good picture and a sentence on this card alone, with the request's number,
    under which the log has a line.
    """
    name = card.description.name
    try:
        picture = card.draw(door, request)
    except EngineError as error:
        refused.warning("the card %s was not computed, request %s: %s", name, number, error)
        return _failure(str(error), _numbered("not computed", number))
    except BusyError as error:  # nobody has to press Retry: the page asks again by itself
        return _nothing(error.sentence, "busy") | {"later": round(1e3 * error.retry_after)}
    except HurryError:
        return _nothing(None, FOLLOWS) | {"more": True}
    except PutOffError:  # nobody waits for this picture
        raise
    except Exception:
        log.exception("the card %s could not be drawn, request %s: %s", name, number, request)
        return _failure(FAILED, _numbered("failed", number))
    caption = (
        picture.caption if isinstance(picture.caption, str) else [asdict(part) for part in picture.caption]
    )
    return {
        "figure": None if picture.figure is None else picture.figure.to_plotly_json(),
        "caption": caption,
        "note": picture.note,
        "failed": False,
        "more": picture.more,
        "later": picture.later,
        "work": None if picture.work is None else asdict(picture.work),
        "rows": None if picture.rows is None else asdict(picture.rows),
    }


def _numbered(note: str, number: str) -> str:
    return f"{note}, request {number}" if number else note


def _failure(sentence: str, note: str) -> dict[str, Any]:
    return _nothing(sentence, note) | {"failed": True}


def _nothing(caption: str | None, note: str) -> dict[str, Any]:
    """No picture; without a caption the words stay too."""
    return {
        "figure": None,
        "caption": caption,
        "note": note,
        "failed": False,
        "more": False,
        "later": 0,
        "work": None,
        "rows": None,
    }


def note_of(*answers: Answer[Any] | None) -> str:
    """One note for a card that asked several questions."""
    asked = [found for found in answers if found is not None]
    computed = [found.seconds for found in asked if not found.cached]
    note = f"computed in {describe_duration(sum(computed))}" if computed else "computed before"
    return f"{note}, preview" if any(found.preview for found in asked) else note
