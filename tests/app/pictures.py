"""Pictures as the tests read them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.callbacks.panel import Picture, Request
from app.figures.theme import LIGHT
from app.state import Parameters


def request_for(parameters: Parameters, **looks: Any) -> Request:
    """A request in light colours."""
    return Request(parameters, LIGHT, looks)


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
