"""Thin wiring between the page and the services. `register` has one line for each part."""

from __future__ import annotations

from dash import Dash

from app.callbacks import controls, data, flow, landscape, page, phase, sentence, spectrum
from app.services.compute import Compute


def register(app: Dash, compute: Compute) -> None:
    """Wire everything."""
    controls.register(app)
    page.register(app)
    phase.register(app, compute)
    flow.register(app, compute)
    spectrum.register(app, compute)
    landscape.register(app, compute)
    sentence.register(app, compute)
    data.register(app, compute)
