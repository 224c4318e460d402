"""The addresses that other programs read: ``/health`` and ``/data/<name>.<format>``."""

from __future__ import annotations

import flask
from dash import Dash

import engine
from app.services.compute import Compute
from app.services.export import FORMATS, TABLES
from app.state import read_query
from engine import EngineError


def register(app: Dash, compute: Compute) -> None:
    """Add the routes to the server."""
    server: flask.Flask = app.server

    @server.get("/health")
    def health() -> flask.Response:
        return flask.jsonify(status="ok", version=engine.__version__)

    @server.get("/data/<name>.<extension>")
    def data(name: str, extension: str) -> flask.Response:
        return table(compute, name, extension, flask.request.query_string.decode("utf-8", "replace"))


def table(compute: Compute, name: str, extension: str, query: str) -> flask.Response:
    """One table as a file; a wrong or unknown parameter is a 400 with its sentence."""
    if name not in TABLES or extension not in FORMATS:
        known = ", ".join(f"/data/{table_name}" for table_name in TABLES)
        return _sentence(404, f"There is no such table. There are {known}, each as .csv, .json or .npz.")
    address = read_query(query)
    if address.errors:
        return _sentence(400, " ".join(address.errors.values()))
    mimetype, write = FORMATS[extension]
    try:
        body = write(TABLES[name](compute, address), address.parameters)
    except EngineError as error:
        return _sentence(400, str(error))
    answer = flask.Response(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="saddlesurf-{name}.{extension}"'
    return answer


def _sentence(status: int, text: str) -> flask.Response:
    return flask.Response(text + "\n", status=status, mimetype="text/plain; charset=utf-8")
