"""Routes for the page's own scripts: JSON in, JSON out; what is not valid is a 400 with its sentence.

A page and its server say what they were made from (`BUILD`), since a page may be older than its server.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import flask
import orjson
from dash import Dash

from ..layout.specification import BUILD
from ..page.wire import MessageError
from ..physics import ParameterError

NO_JSON: Final = "The message is not JSON."
NEW_VERSION: Final = "The page is older than its server: reload it."
BUILD_HEADER: Final = "Saddlesurf-Build"  # assets/page/answers.mjs names it too


def route(app: Dash, name: str, work: Callable[[Any], Any]) -> None:
    """Add ``POST /name``, answered by ``work`` of what was sent."""
    server: flask.Flask = app.server

    def view() -> flask.Response:
        try:
            data = orjson.loads(flask.request.get_data(cache=False))
        except orjson.JSONDecodeError:
            return answer({"sentence": NO_JSON}, 400)
        try:
            return answer(work(data))
        except (MessageError, ParameterError) as error:
            if flask.request.headers.get(BUILD_HEADER, BUILD) != BUILD:
                return answer({"sentence": NEW_VERSION}, 409)
            return answer({"sentence": str(error)}, 400)

    server.add_url_rule(f"/{name}", f"saddlesurf-{name}", view, methods=["POST"])


def answer(body: Any, status: int = 200) -> flask.Response:
    """A JSON answer; numpy's arrays may be in it."""
    text = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    return flask.Response(text, status, mimetype="application/json")


def say_build(response: flask.Response) -> flask.Response:
    """Let every answer say what has made it."""
    response.headers[BUILD_HEADER] = BUILD
    return response
