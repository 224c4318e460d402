"""A plotly figure as the browser reads it.

plotly.py's own `Figure` validates every property at every step: 20 to 50 ms a picture here, more than the page can
afford while something is dragged (this one takes 1 ms for the same JSON). The tests read every figure into a
`plotly.graph_objects.Figure`, so that a property that plotly does not know fails there.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np


class Figure:
    """Traces and layout; methods are named as plotly's and take the same properties."""

    def __init__(self, **layout: Any) -> None:
        self.data: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = {"shapes": [], "annotations": []} | layout

    def add_scatter(self, **properties: Any) -> None:
        """Add a curve; arrays travel as base64, as plotly.js takes them."""
        typed = {
            key: encode(value) if isinstance(value, np.ndarray) else value
            for key, value in properties.items()
        }
        self.data.append({"type": "scatter"} | typed)

    def add_shape(self, **properties: Any) -> None:
        """Add a line or a rectangle."""
        self.layout["shapes"].append(properties)

    def add_annotation(self, **properties: Any) -> None:
        """Add words."""
        self.layout["annotations"].append(properties)

    def update_layout(self, **properties: Any) -> None:
        """Merge properties into the layout, level by level."""
        merge(self.layout, properties)

    def to_plotly_json(self) -> dict[str, Any]:
        """What Dash sends."""
        return {"data": self.data, "layout": self.layout}


def encode(array: np.ndarray[Any, Any]) -> dict[str, str]:
    """Return the typed array that plotly.js decodes."""
    kind = array.dtype.newbyteorder("<")
    data = np.ascontiguousarray(array, dtype=kind)
    return {"dtype": f"{kind.kind}{kind.itemsize}", "bdata": base64.b64encode(data.tobytes()).decode()}


def merge(into: dict[str, Any], new: dict[str, Any]) -> None:
    """Merge nested dictionaries in place; lists and values of ``new`` win."""
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value
