"""Routes for the page's own scripts: JSON in, JSON out; what is not valid is a 400 with its sentence.

A page and its server say what they were made from (`BUILD`), since a page may be older than its server. Every request
has a number, which its answer carries; what is refused is one line of the logger `REFUSED`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

import flask
import orjson
from dash import Dash

from ..layout.specification import BUILD
from ..page.wire import REFUSED as REFUSED_NAME
from ..page.wire import MessageError
from ..physics import ParameterError

REFUSED: Final = logging.getLogger(REFUSED_NAME)
NO_JSON: Final = "The message is not JSON."
TOO_DEEP: Final = "The message is nested too deeply."
DEEPEST: Final = 30  # levels: what reads a message may call itself for each
NEW_VERSION: Final = "The page is older than its server: reload it."
BUILD_HEADER: Final = "Saddlesurf-Build"  # assets/page/answers.mjs names it too


def route(app: Dash, name: str, work: Callable[[Any], Any]) -> None:
    """Add ``POST /name``, answered by ``work`` of what was sent."""
    server: flask.Flask = app.server

    def view() -> flask.Response:
        try:
            return answer(work(read_json()))
        except (MessageError, ParameterError) as error:
            if flask.request.headers.get(BUILD_HEADER, BUILD) != BUILD:
                return sentence(NEW_VERSION, 409)
            return refused(400, str(error))

    server.add_url_rule(f"/{name}", f"saddlesurf-{name}", view, methods=["POST"])


def read_json() -> Any:
    """What the request's body says.

    Raises
    ------
    MessageError
        If it is not JSON, or nested so deeply that it is none of ours.
    """
    try:
        said = orjson.loads(flask.request.get_data())
    except orjson.JSONDecodeError:
        raise MessageError(NO_JSON) from None
    level = [said]
    for _ in range(DEEPEST):
        nested = (
            held.values() if isinstance(held, dict) else held
            for held in level
            if isinstance(held, dict | list)
        )
        level = [inner for held in nested for inner in held]
        if not level:
            return said
    raise MessageError(TOO_DEEP)


def answer(body: Any, status: int = 200) -> flask.Response:
    """A JSON answer; numpy's arrays may be in it."""
    text = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    return flask.Response(text, status, mimetype="application/json")


def sentence(text: str, status: int) -> flask.Response:
    """A sentence: in JSON for the page's scripts, which send messages, else as plain text."""
    if flask.request.method == "POST":
        return answer({"sentence": text.encode("utf-8", "replace").decode()}, status)
    return flask.Response(text + "\n", status, mimetype="text/plain")


def refused(status: int, text: str) -> flask.Response:
    """Say why a request is not answered, to its sender and in a line of the log."""
    asked = flask.request
    REFUSED.warning("%d for %s %s, request %s: %s", status, asked.method, asked.path, number(), text)
    return sentence(text, status)


def number() -> str:
    """The number of the request that is being answered."""
    return str(flask.g.get("number", ""))


def say_build(response: flask.Response) -> flask.Response:
    """Let every answer say what has made it."""
    response.headers[BUILD_HEADER] = BUILD
    return response
