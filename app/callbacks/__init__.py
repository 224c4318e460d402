"""Thin wiring between the page and the services. `register` has one line for each part."""

from __future__ import annotations

from dash import Dash

from app import ids
from app.callbacks import controls, data, ensemble, flow, landscape, page, phase, sentence, spectrum, theory
from app.callbacks.panel import register_panels
from app.services.compute import Compute
from app.services.ensemble import Ensembles


def register(app: Dash, compute: Compute, ensembles: Ensembles) -> None:
    """Wire everything."""
    controls.register(app)
    page.register(app)
    data.register(app, compute)
    theory.register(app)
    ensemble.register(app, compute, ensembles)
    register_panels(
        app,
        compute,
        {
            ids.PHASE: phase.draw,
            ids.FLOW: flow.draw,
            ids.SPECTRUM: spectrum.draw,
            ids.LANDSCAPE: landscape.draw,
            ids.SENTENCE: sentence.draw,
        },
    )
