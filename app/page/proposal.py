"""What an address or a box proposes: a whole point, or a change of the one thing that was typed; or a sentence.

The server alone knows what is valid, so text is read here and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from ..physics import ParameterError, checks
from . import sample as samples
from .address import read_query
from .catalogue import Look
from .reading import changed
from .state import DEFAULTS, PUBLIC_NAMES, SHORT_NAMES, Point, read_as, read_value, to_store
from .story import STORY

INVERSE: Final = "inverse-d2"  # the box that takes 1/Δ₂


def read_address(search: str, looks: Mapping[str, Look]) -> dict[str, Any]:
    """What an address proposes: a valid point, pins, looks, a moment, the story point, sentences about the rest.

    Addresses once named no story point: one at whose parameters a point stands tells it.
    """
    address = read_query(search, looks)
    parameters = address.point.parameters
    story = address.story
    if story is None and parameters != DEFAULTS:
        story = next((point.key for point in STORY if point.parameters == parameters), None)
    return {
        "point": address.point.to_store(),
        "pins": [to_store(pin) for pin in address.pins],
        "looks": {
            name: list(chosen) if looks[name].many else chosen[0] for name, chosen in address.looks.items()
        },
        "errors": address.errors,
        "time": address.time,
        "story": story,
    }


def read_box(box: str, text: str, point: Point) -> dict[str, Any]:
    """What a box proposes beside the rest of a point; a wrong text changes nothing and leaves a sentence.

    Parameters
    ----------
    box : str
        The short name of a parameter or of a part of the instance, or `INVERSE`.
    text : str
        What was typed.
    point : Point
        What holds already.

    Returns
    -------
    dict
        ``changes`` by short name (of what the box concerns, nothing else), ``errors`` by short name, and as ``box`` the
        box whose text stays to be mended, or None.
    """
    name = "d2" if box == INVERSE else box
    changes: dict[str, Any] = {}
    errors: dict[str, str] = {}
    try:
        if name in samples.NAMES:
            changes = {name: samples.read_part(name, text)}
        elif name in PUBLIC_NAMES:
            value = _read_inverse(text) if box == INVERSE else read_value(name, text)
            parameters = changed(point.parameters, **{name: value})
            changes = {name: to_store(parameters)[name]}
        else:
            raise ParameterError("address", "This page has no such box.")
    except ParameterError as error:
        # both noises infinite: the sentence stands where it was typed
        errors = {name if error.name in SHORT_NAMES or error.name == name else "address": str(error)}
    return {"changes": changes, "errors": errors, "box": box if errors else None}


def _read_inverse(text: str) -> float:
    """Read 1/Δ₂; 0 switches the matrix off."""
    inverse = read_as("d2", text)
    if inverse == 0:
        return math.inf
    return checks.check_range("delta_2", 1 / inverse)
