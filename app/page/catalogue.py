"""What the page shows, as data: each card with the looks one may take at it. The cards themselves say it.

Everybody who has to know which views there are (the address, the controls, the message, the page's scripts) reads it
here, so that a view's name stands once: in its card's module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal


@dataclass(frozen=True, slots=True)
class Offer:
    """A table that holds what is drawn, as a menu offers it.

    Parameters
    ----------
    table : str
        Name of its data address.
    words : str
        What it holds.
    timed : bool
        Whether it shows the flow at one moment.
    needs : {"", "instance"}
        What must be on the page for it to be there.
    """

    table: str
    words: str
    timed: bool = False
    needs: Literal["", "instance"] = ""


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a card: its name in an address, its words on the page, and the tables of what it draws."""

    name: str
    words: str
    tables: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Which of some views is looked at (or which several), by a short name of the address.

    Parameters
    ----------
    name : str
        As in an address and in the page's state.
    words : str
        What is chosen, for who cannot see it.
    views : tuple of View
        In the order of the page.
    default : tuple of str
        Names of those shown at first.
    many : bool
        Whether several, or none, may be chosen at once.
    """

    name: str
    words: str
    views: tuple[View, ...]
    default: tuple[str, ...]
    many: bool = False

    def read(self, text: str) -> tuple[str, ...] | None:
        """The views that a text names, comma-separated; None if it names another one, or too many."""
        named = tuple(dict.fromkeys(filter(None, text.split(","))))
        if not set(named) <= {view.name for view in self.views} or (not self.many and len(named) != 1):
            return None
        return tuple(view.name for view in self.views if view.name in named)


@dataclass(frozen=True, slots=True)
class Description:
    """What the page has to know of a card.

    Parameters
    ----------
    name : str
        Stem of its ids.
    title : str
        Its heading.
    parameters : tuple of str
        Short names of the parameters that change its picture.
    look : Look, optional
        The choice between its views.
    looks : tuple of str
        Other parts of the page's state that change it: ``"moment"``, ``"story"``, ``"work"``, or the look of another
        card.
    switch : Look, optional
        A further choice, whose control stands under the picture; at its default it is off.
    switched : tuple of str
        Short names of the parameters that change the picture only while the switch is not off.
    tables : tuple of Offer
        The tables of what it draws, whatever its view; those of one view are that view's.
    has_picture : bool
        Whether it is more than words.
    always : bool
        Whether it is asked for at every turn while something moves; the others come by turns.
    weight : float
        How often its turn comes, in units of another card's.
    timed : bool
        Whether it may be drawn over time, and then carries the guide of the moment.
    pinned : bool
        Whether it stays in sight where there is no room for all pictures; of the others one is then beside it.
    compares : bool
        Whether it is there only while points are pinned.
    """

    name: str
    title: str
    parameters: tuple[str, ...]
    look: Look | None = None
    looks: tuple[str, ...] = ()
    switch: Look | None = None
    switched: tuple[str, ...] = ()
    tables: tuple[Offer, ...] = ()
    has_picture: bool = True
    always: bool = False
    weight: float = 1.0
    timed: bool = False
    pinned: bool = False
    compares: bool = False

    @property
    def own_looks(self) -> tuple[Look, ...]:
        """The choices that are made on this card."""
        return tuple(look for look in (self.look, self.switch) if look is not None)

    @property
    def offers(self) -> tuple[tuple[Offer, tuple[str, ...]], ...]:
        """Every table, with the views that draw it; no views: whatever is looked at."""
        found: dict[Offer, tuple[str, ...]] = dict.fromkeys(self.tables, ())
        for view in self.look.views if self.look is not None else ():
            for offer in view.tables:
                found[offer] = (*found.get(offer, ()), view.name)
        return tuple(found.items())

    def specification(self) -> dict[str, Any]:
        """What the page's scripts have to know."""
        switch = self.switch and {
            "look": self.switch.name,
            "off": self.switch.default[0],
            "parameters": self.switched,
        }
        return {
            "parameters": self.parameters,
            "looks": (*(look.name for look in self.own_looks), *self.looks),
            "switch": switch,
            "picture": self.has_picture,
            "always": self.always,
            "weight": self.weight,
            "timed": self.timed,
            "pinned": self.pinned,
            "compares": self.compares,
        }


class Catalogue:
    """All cards of a page.

    Parameters
    ----------
    descriptions : iterable of Description
        In the order of the page.

    Attributes
    ----------
    cards : mapping of str to Description
        The cards, by name.
    choices : mapping of str to Look
        The looks that have a control of the usual kind: those of the cards, and which picture stands beside the pinned
        one.
    beside : Look
        Which picture stands beside the pinned one.
    looks : mapping of str to Look
        All that an address may say of what is looked at: the choices, and how the page is arranged.
    """

    def __init__(self, descriptions: Iterable[Description]) -> None:
        self.cards: Final[Mapping[str, Description]] = MappingProxyType(
            {one.name: one for one in descriptions}
        )
        own = [look for one in self.cards.values() for look in one.own_looks]
        pictures = [one for one in self.cards.values() if one.has_picture]
        self.beside: Final = _beside(pictures)
        self.choices: Final = MappingProxyType({look.name: look for look in (*own, self.beside)})
        arrangement = {look.name: look for look in (_alone(pictures), LAYOUT)}
        self.looks: Final[Mapping[str, Look]] = MappingProxyType({**self.choices, **arrangement})

    def defaults(self) -> dict[str, tuple[str, ...]]:
        """What is looked at on an untouched page."""
        return {name: look.default for name, look in self.looks.items()}


#: How the page is laid out; as "lecture" for a projector: two large pictures, large type, no controls.
LAYOUT: Final = Look("ui", "Layout", (View("desk", "desk"), View("lecture", "lecture")), default=("desk",))
ALL: Final = "all"  # no picture has the page to itself


def _alone(pictures: Sequence[Description]) -> Look:
    """Which picture has the page to itself, if one has."""
    views = (View(ALL, "all pictures"), *(View(one.name, one.title) for one in pictures))
    return Look("show", "Picture that has the page to itself", views, default=(ALL,))


def _beside(pictures: Sequence[Description]) -> Look:
    """Which picture stands beside the pinned one where there is room for no more."""
    views = tuple(View(one.name, one.title) for one in pictures if not one.pinned)
    return Look("pane", "Picture beside the diagram", views, default=(views[0].name,))
