"""How the cards get their pictures: one message down, one answer up, by a route of our own.

While something moves an answer is soon another one's: what the server has no time for within a moment is left out, so
that a class that drags at once sees what is quick under its fingers, and the rest as often as the machine can.
"""

from __future__ import annotations

from typing import Any, Final

from dash import Dash

from ..cards.deck import Deck
from ..compute import visit
from ..compute.compute import Compute
from ..page.wire import Pace, read_message
from .messages import number, route

IN_PASSING: Final = 0.3  # seconds for which an answer waits for a slot while something moves


def register(app: Dash, deck: Deck, compute: Compute) -> None:
    """Add ``POST /cards``."""

    def cards(data: Any) -> dict[str, Any]:
        request = read_message(data, deck.catalogue)
        if request.pace is Pace.MOVING:
            visit.current().patience = IN_PASSING
        return deck.answer(compute, request, number())

    route(app, "cards", cards)
