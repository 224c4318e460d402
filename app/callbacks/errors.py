"""What is answered when there is no answer: a status and a sentence, never a traceback; and a line in the log.

Every request has a number, which its answer carries (`NUMBER_HEADER`) and the log's lines name. What a client has done
wrong is one line of the log (`app.callbacks.messages.refused`); what we have done wrong is an error with its traceback,
there alone.
"""

from __future__ import annotations

import logging
import math
import secrets
from typing import Final

import flask
from dash.exceptions import DependencyException, InvalidResourceError
from werkzeug.exceptions import HTTPException, NotFound

from ..compute.busy import BusyError, GoneError
from ..page.wire import MessageError
from ..physics import EngineError
from .messages import answer, number, refused, sentence

log = logging.getLogger(__name__)

NUMBER_HEADER: Final = "Saddlesurf-Request"
FAULT: Final = "The server could not answer this; its log says why, under the number {}."
NOWHERE: Final = "There is no such page here; the dashboard is at {}"
TOO_LARGE: Final = "The message is too large: at most {} bytes are read."
TOO_LONG: Final = "The address is too long: at most {} bytes are read."
NO_METHOD: Final = "This address does not take {}; it takes {}."
HUNG_UP: Final = 499  # what nginx notes where a client has gone before its answer
UNREADABLE: Final = "The request cannot be read."


def register(server: flask.Flask, *, home: str, longest_line: int, largest_body: int) -> None:
    """Number every request, and answer whatever goes wrong with one.

    Parameters
    ----------
    server : Flask
        The server.
    home : str
        The dashboard's path, as a browser sees it.
    longest_line, largest_body : int
        Bytes of a request's first line and of its body at most.
    """
    server.config["MAX_CONTENT_LENGTH"] = largest_body
    server.url_map.merge_slashes = False  # nobody is sent elsewhere

    def elsewhere(path: str) -> flask.Response:
        del path
        return nothing_there(home)

    server.view_functions["/<path:path>"] = elsewhere  # Dash would answer with the page

    @server.before_request
    def begin() -> flask.Response | None:
        flask.g.number = secrets.token_hex(4)
        asked = flask.request
        if len(asked.path) + len(asked.query_string) > longest_line:
            return refused(414, TOO_LONG.format(longest_line))
        if asked.environ["PATH_INFO"].startswith(
            "//"
        ):  # a browser there would take the page's links for a host's
            return nothing_there(home)
        return None

    @server.after_request
    def name(response: flask.Response) -> flask.Response:
        response.headers[NUMBER_HEADER] = number()
        return response

    @server.errorhandler(MessageError)
    @server.errorhandler(EngineError)
    def wrong(error: Exception) -> flask.Response:
        return refused(400, str(error))

    @server.errorhandler(BusyError)
    def busy(error: BusyError) -> flask.Response:
        said = refused(error.status, error.sentence)
        said.headers["Retry-After"] = str(math.ceil(error.retry_after))
        return said

    @server.errorhandler(GoneError)
    def gone(error: GoneError) -> flask.Response:
        del error
        return answer({}, HUNG_UP)  # nobody reads it

    @server.errorhandler(InvalidResourceError)
    @server.errorhandler(DependencyException)
    def absent(error: Exception) -> flask.Response:
        del error
        return nothing_there(home)

    @server.errorhandler(HTTPException)
    def by_status(error: HTTPException) -> flask.Response:
        return of_status(error, home, largest_body)

    @server.errorhandler(Exception)
    def fault(error: Exception) -> flask.Response:
        log.error(
            "Request %s, %s %s: %r", number(), flask.request.method, flask.request.path, error, exc_info=error
        )
        return answer({"sentence": FAULT.format(number()), "request": number()}, 500)


def nothing_there(home: str) -> flask.Response:
    """The answer where there is nothing: crawlers ask all day, so the log says nothing of it."""
    return sentence(NOWHERE.format(home), 404)


def of_status(error: HTTPException, home: str, largest_body: int) -> flask.Response:
    """The answer to what the framework has refused."""
    status, headers = error.code or 500, dict(error.get_headers())
    if isinstance(error, NotFound):
        return nothing_there(home)
    if status == 413:
        return refused(413, TOO_LARGE.format(largest_body))
    if status < 400:  # a redirect: to another path of this server
        return flask.make_response(error.get_response())
    if status == 405:
        said = sentence(NO_METHOD.format(flask.request.method, headers.get("Allow", "nothing")), 405)
        said.headers["Allow"] = headers.get("Allow", "")
        return said
    return refused(status, UNREADABLE) if status < 500 else sentence(UNREADABLE, status)
