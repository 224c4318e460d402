"""Pictures as the tests ask for them and read them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.cards import DECK
from app.cards.card import Picture
from app.page.sample import NO_SAMPLE, Sample
from app.page.state import Parameters, Point
from app.page.wire import Pace, Request


def request_for(
    parameters: Parameters,
    sample: Sample = NO_SAMPLE,
    *,
    pinned: tuple[Point, ...] = (),
    theme: Any = "light",
    pace: Pace = Pace.LEISURE,
    moment: float = 1.0,
    story: str | None = None,
    **looks: Any,
) -> Request:
    """A request of one live point, as the page sends it; looks by name, the others at their defaults."""
    chosen = {name: (said,) if isinstance(said, str) else tuple(said) for name, said in looks.items()}
    assert set(chosen) <= set(DECK.catalogue.looks)
    return Request(
        (Point(parameters, sample), *pinned), DECK.catalogue.defaults() | chosen, theme, pace, moment, story
    )


def drawn(picture: Picture) -> go.Figure:
    """The figure as plotly understands it; a property that it does not know raises."""
    assert picture.figure is not None
    return go.Figure(picture.figure.to_plotly_json())


def values(array: Any) -> np.ndarray[Any, Any]:
    """The numbers of a trace's property."""
    if isinstance(array, dict):
        read = np.frombuffer(base64.b64decode(array["bdata"]), dtype=f"<{array['dtype']}").astype(float)
        return read.reshape([int(n) for n in array["shape"].split(",")]) if "shape" in array else read
    return np.asarray(array, dtype=float)


def texts(picture: Picture) -> str:
    """All that is written in a picture."""
    return " | ".join(annotation.text for annotation in drawn(picture).layout.annotations)


def trace(figure: go.Figure, name: str) -> Any:
    """The trace of that name."""
    return next(data for data in figure.data if data.name == name)
