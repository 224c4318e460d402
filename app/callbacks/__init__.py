"""Thin wiring between the page and what answers it. `register` has one line for each part."""

from __future__ import annotations

from dash import Dash

from ..cards.deck import Deck
from ..compute.compute import Compute
from . import controls, data, ensemble, page, panel, theory


def register(app: Dash, deck: Deck, compute: Compute) -> None:
    """Wire everything."""
    controls.register(app, deck.catalogue)
    page.register(app, deck.catalogue)
    panel.register(app, deck, compute)
    data.register(app, deck, compute)
    theory.register(app)
    ensemble.register(app, compute)
