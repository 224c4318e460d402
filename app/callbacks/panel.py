"""How the cards get their pictures: one message down, one answer up, by a route of our own."""

from __future__ import annotations

from dash import Dash

from ..cards.deck import Deck
from ..compute.compute import Compute
from ..page.wire import read_message
from .messages import number, route


def register(app: Dash, deck: Deck, compute: Compute) -> None:
    """Add ``POST /cards``."""
    route(app, "cards", lambda data: deck.answer(compute, read_message(data, deck.catalogue), number()))
