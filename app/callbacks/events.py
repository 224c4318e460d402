"""The messages of Dash's own scripts (``POST /_dash-update-component``), checked before Dash reads them.

Dash takes for granted that they come from its scripts: a message of another form is a fault in its code, or a callback
that is called with arguments that it has not. Here it is a 400 with a sentence.
"""

from __future__ import annotations

from typing import Any, Final

import flask
from dash import Dash

from ..page.event import Callback, read_event
from .messages import read_json

PATH: Final = "/_dash-update-component"


def guard(app: Dash) -> None:
    """Let nothing but messages of this page reach the callbacks; called when all are there."""
    of_server = {output: said for output, said in app.callback_map.items() if "callback" in said}
    known = {output: _declared(output, said) for output, said in of_server.items()}
    server: flask.Flask = app.server
    dispatch = server.view_functions[PATH]

    def checked() -> Any:
        read_event(read_json(), known)
        flask.request.environ["CONTENT_TYPE"] = "application/json"  # else Dash would not read it
        return dispatch()

    server.view_functions[PATH] = checked


def _declared(output: str, said: Any) -> Callback:
    asked = (tuple((each["id"], each["property"]) for each in said[kind]) for kind in ("inputs", "state"))
    if said["no_output"]:
        return Callback(None, *asked)
    names = [name.rsplit(".", 1) for name in output.strip(".").split("...")]
    outputs = [{"id": name, "property": held.partition("@")[0]} for name, held in names]
    return Callback(outputs if output.startswith("..") else outputs[0], *asked)
