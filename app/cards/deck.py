"""All cards of a page as one: what the page has to know of them, their data addresses, their answer to a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from ..compute.compute import Compute
from ..page.catalogue import Catalogue
from ..page.wire import Request
from .card import Card, Sheet, answer


class Deck:
    """The cards of one page.

    Parameters
    ----------
    cards : iterable of Card
        In the order of the page.

    Attributes
    ----------
    catalogue : Catalogue
        What the page has to know of them.
    sheets : mapping of str to Sheet
        The data addresses, by name.
    tables : mapping of str to callable
        What makes each of them.
    result_types : tuple of type
        What the answers to their questions are made of.
    """

    def __init__(self, cards: Iterable[Card]) -> None:
        self.cards: Final = tuple(cards)
        self.catalogue: Final = Catalogue(card.description for card in self.cards)
        sheets = {sheet.offer.table: sheet for card in self.cards for sheet in card.sheets}
        self.sheets: Final[Mapping[str, Sheet]] = MappingProxyType(sheets)
        self.tables: Final = MappingProxyType({name: sheet.make for name, sheet in sheets.items()})
        self.result_types: Final = tuple(kind for card in self.cards for kind in card.result_types)

    def answer(self, compute: Compute, request: Request, number: str = "") -> dict[str, Any]:
        """The JSON of what each card that was asked for shows; one door for all, since one flow serves them.

        A card that has failed shows the number under which the log speaks of the request.
        """
        once = compute.once()
        asked = [card for card in self.cards if card.description.name in request.cards]
        answers = {card.description.name: answer(card, once, request, number) for card in asked}
        return {"number": request.number, "pace": request.pace, "cards": answers}

    def warm_up(self, tell: Callable[[int, int], None] | None = None) -> None:
        """Load every kernel that a card needs from numba's cache on disk, or compile it.

        Parameters
        ----------
        tell : callable, optional
            Is told how many cards are ready, and of how many.
        """
        for done, card in enumerate(self.cards):
            if tell is not None:
                tell(done, len(self.cards))
            card.warm_up()
