"""The addresses that other programs read: ``/health`` and ``/data/<name>.<format>``."""

from __future__ import annotations

import flask
from dash import Dash

from ..cards.deck import Deck
from ..compute.compute import Door
from ..page.address import read_query
from ..physics import VERSION, EngineError
from ..quantities.formats import FORMATS


def register(app: Dash, deck: Deck, door: Door) -> None:
    """Add the routes to the server."""
    server: flask.Flask = app.server

    @server.get("/health")
    def health() -> flask.Response:
        return flask.jsonify(status="ok", version=VERSION)

    @server.get("/data/<name>.<extension>")
    def data(name: str, extension: str) -> flask.Response:
        return table(deck, door, name, extension, flask.request.query_string.decode("utf-8", "replace"))


def table(deck: Deck, door: Door, name: str, extension: str, query: str) -> flask.Response:
    """One table as a file; a wrong or unknown parameter is a 400 with its sentence."""
    if name not in deck.tables or extension not in FORMATS:
        known = ", ".join(f"/data/{table_name}" for table_name in deck.tables)
        return _sentence(404, f"There is no such table. There are {known}, each as .csv, .json or .npz.")
    address = read_query(query, deck.catalogue.looks)
    if address.errors:
        return _sentence(400, " ".join(address.errors.values()))
    mimetype, write = FORMATS[extension]
    try:
        body = write(deck.tables[name](door, address.point), address.point.parameters)
    except EngineError as error:
        return _sentence(400, str(error))
    answer = flask.Response(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="saddlesurf-{name}.{extension}"'
    return answer


def _sentence(status: int, text: str) -> flask.Response:
    return flask.Response(text + "\n", status=status, mimetype="text/plain; charset=utf-8")
