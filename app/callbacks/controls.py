"""What a box or an address says is read here, by the one place that knows what is valid."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx

from app import ids
from app import sample as samples
from app.layout.controls import BOXES, CONTROLS, INVERSE, SAMPLE_CONTROLS
from app.reading import changed, read_number
from app.state import DEFAULTS, from_store, read_query, read_value, to_store
from app.story import STORY
from engine import ParameterError
from engine.checks import RANGES


def register(app: Dash) -> None:
    """Wire the controls."""
    boxes = [ids.box(name) for name in BOXES]
    app.clientside_callback(
        ClientsideFunction("controls", "slid"),
        *[Input(ids.slider(control.name), "value") for control in (*CONTROLS, *SAMPLE_CONTROLS)],
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("controls", "typed"),
        Output(ids.TYPED, "data"),
        *[Input(name, event) for name in boxes for event in ("n_blur", "n_submit")],
        *[State(name, "value") for name in boxes],
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("controls", "proposed"), Input(ids.PROPOSAL, "data"), prevent_initial_call=True
    )
    app.clientside_callback(
        ClientsideFunction("address", "read"), Output(ids.ADDRESS, "data"), Input(ids.LOCATION, "href")
    )

    @app.callback(
        Output(ids.PROPOSAL, "data"),
        Input(ids.ADDRESS, "data"),
        Input(ids.TYPED, "data"),
        prevent_initial_call=True,
    )
    def read_text(address: Mapping[str, Any] | None, typed: Mapping[str, Any] | None) -> dict[str, Any]:
        if ctx.triggered_id == ids.TYPED and typed:
            return read_box(typed)
        return read_address((address or {}).get("search") or "")


def read_address(search: str) -> dict[str, Any]:
    """What an address proposes: a valid point, sentences about the rest, the story point if it is one."""
    parameters, errors, choices, sample = read_query(search)
    story = next((point.key for point in STORY if point.parameters == parameters), None)
    if not errors and parameters == DEFAULTS:
        story = None  # an empty address tells no story
    return {
        "parameters": to_store(parameters, sample),
        "errors": errors,
        "origin": "address",
        "box": None,
        "story": story,
        "choices": choices,
    }


def read_box(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What a box proposes; a wrong text changes nothing and leaves a sentence under its control."""
    box, text = str(typed["name"]), str(typed["text"])
    name = "d2" if box == INVERSE else box
    parameters = from_store(typed["parameters"])
    sample = samples.sample_from(typed["parameters"])
    errors: dict[str, str] = {}
    try:
        if name in samples.NAMES:
            sample = changed(sample, **{name: samples.read_part(name, text)})
        else:
            value = _read_inverse(text) if box == INVERSE else read_value(name, text)
            parameters = changed(parameters, **{name: value})
    except ParameterError as error:
        errors[name] = str(error)
    return {
        "parameters": to_store(parameters, sample),
        "errors": errors,
        "origin": "box",
        "box": box if errors else None,
        "story": None,
    }


def _read_inverse(text: str) -> float:
    """Read 1/Δ₂; 0 switches the matrix off."""
    inverse = read_number(text)
    if math.isnan(inverse):
        raise ParameterError("delta_2", RANGES["delta_2"].sentence)
    return read_value("d2", "inf" if inverse == 0 else repr(1 / inverse))
