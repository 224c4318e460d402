"""The addresses at which other programs read numbers: ``/data/<name>.<format>``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

import flask
from dash import Dash

from ..cards.deck import Deck
from ..compute.door import Door
from ..compute.question import canonical
from ..compute.sources import digest_of
from ..page.data_query import read_data_query
from ..page.file_name import file_stem
from ..physics import EngineError
from ..quantities.formats import FORMATS, comments
from ..quantities.tables import NotThereError
from .messages import refused, sentence

OPEN: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Content-Disposition, Saddlesurf-Cut",
}

Known = Callable[[str], bool]


def _unknown(_: str) -> bool:
    return False


def register(app: Dash, deck: Deck, door: Door) -> None:
    """Add the routes to the server."""
    server: flask.Flask = app.server

    @server.get("/data/<name>.<extension>")
    def data(name: str, extension: str) -> flask.Response:
        query = flask.request.query_string.decode("utf-8", "replace")
        address = f"{flask.request.host_url}{app.config.requests_pathname_prefix[1:]}data/{name}.{extension}"
        is_known = flask.request.if_none_match.contains_weak
        return table(deck, door, name, extension, query, is_known, address)

    @server.get("/data")
    @server.get("/data/")
    @server.get("/data/<path:rest>")
    def no_table(rest: str = "") -> flask.Response:
        del rest  # else Dash would answer with the page
        return _no_such_table(deck)

    @server.after_request
    def open_to_all(response: flask.Response) -> flask.Response:
        """Any page may read the tables, whatever the answer: nothing there is private."""
        if flask.request.path.startswith("/data/"):
            response.headers.update(OPEN)
        return response


def table(
    deck: Deck,
    door: Door,
    name: str,
    extension: str,
    query: str,
    is_known: Known = _unknown,
    address: str = "",
) -> flask.Response:
    """One table as a file; a wrong or unknown parameter is a 400 with its sentence, what is known already a 304.

    ``address`` is where the table is to be had, without its query; lines of comment say it.
    """
    if name not in deck.sheets or extension not in FORMATS:
        return _no_such_table(deck)
    asked = read_data_query(query, deck.catalogue.looks)
    if asked.errors:
        return refused(400, " ".join(asked.errors.values()))
    sheet = deck.sheets[name]
    time = asked.time if sheet.offer.timed else None
    origin = f"{address}{_said(query)}" if asked.header and extension == "csv" else ""
    tag = tag_of(
        f"{digest_of(sheet.make)} {name}.{extension} {canonical(asked.point)} {canonical(time)} {origin}"
    )
    if is_known(tag):
        return _tagged(flask.Response(status=304), tag)
    mimetype, write = FORMATS[extension]
    try:
        made = (
            sheet.make(door, asked.point, time=time) if sheet.offer.timed else sheet.make(door, asked.point)
        )
        content = write(made, asked.point.parameters)
    except NotThereError as error:
        return sentence(str(error), 404)
    except EngineError as error:
        return refused(400, str(error))
    if origin:
        content = comments(made, asked.point.parameters, origin).encode() + content
    if made.growing:
        tag = tag_of(hashlib.sha256(content).hexdigest())
        if is_known(tag):
            return _tagged(flask.Response(status=304), tag)
    answer = flask.Response(content, mimetype=mimetype)
    stem = file_stem(name, asked.point, time=time, instance=sheet.offer.needs == "instance")
    answer.headers["Content-Disposition"] = f'attachment; filename="{stem}.{extension}"'
    if made.scalars.get("cut"):
        answer.headers["Saddlesurf-Cut"] = made.scalars["cut"]
    return _tagged(answer, tag)


def _said(query: str) -> str:
    """A query without the wish for comments, on one line."""
    parts = [part for part in query.split("&") if part and not part.startswith("header=")]
    return "".join(char for char in ("?" + "&".join(parts) if parts else "") if char.isprintable())


def tag_of(content: str) -> str:
    """A name of what a file holds: it changes with the sources that make it and with the point."""
    return hashlib.sha256(content.encode()).hexdigest()[:24]


def _tagged(response: flask.Response, tag: str) -> flask.Response:
    response.set_etag(tag, weak=True)  # weak: compressed or not, the same numbers
    response.headers["Cache-Control"] = "no-cache"  # keep it, but ask whether it still holds
    return response


def _no_such_table(deck: Deck) -> flask.Response:
    there = ", ".join(f"/data/{name}" for name in deck.sheets)
    return sentence(f"There is no such table. There are {there}, each as .csv, .json or .npz.", 404)
