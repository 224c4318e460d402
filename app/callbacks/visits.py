"""Who asks, and how long he is served: before each request but those for files and for how the server is.

A browser is told from others by a cookie, which comes with the page; it is a random name and lasts as long as the
browser's session.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import flask

from ..compute import visit
from ..compute.admission import Admission
from ..compute.clients import COOKIE, Clients, new_cookie, works_of

NAME: Final = "saddlesurf"
PAGE: Final = "/"
#: What an operator's programs ask for: never waits for anything.
UNATTENDED: Final = ("/health", "/ready", "/metrics")


def register(
    server: flask.Flask, admission: Admission, clients: Clients, *, deadline: float, home: str
) -> None:
    """Give each request a desk, under the name of its client and with its deadline.

    Parameters
    ----------
    server : Flask
        The server; what has been added to it before, such as its files, is answered without a desk.
    admission : Admission
        Who may do what at once.
    clients : Clients
        Tells clients apart and charges them.
    deadline : float
        Seconds after which a request is answered with what is there.
    home : str
        The dashboard's path, as a browser sees it.
    """

    @server.before_request
    def begin() -> None:
        asked = flask.request
        if asked.path in UNATTENDED:
            return
        client = clients.name_of(asked.cookies.get(NAME, ""), asked.remote_addr or "")
        this = visit.Visit(
            client,
            works_of(client),
            until=time.monotonic() + deadline,
            gone=_gone(asked.environ),
            charge=partial(clients.charge, client),
        )
        flask.g.visit = visit.begin(this)
        admission.sit_down(this)

    @server.teardown_request
    def end(error: BaseException | None) -> None:
        del error
        token = flask.g.pop("visit", None)
        if token is not None:
            admission.stand_up()
            visit.end(token)

    @server.after_request
    def name(response: flask.Response) -> flask.Response:
        asked = flask.request
        is_page = asked.path == PAGE and asked.method == "GET"
        if is_page and not COOKIE.fullmatch(asked.cookies.get(NAME, "")):
            response.cache_control.private = True  # for this browser alone
            response.set_cookie(
                NAME, new_cookie(), path=home, secure=asked.is_secure, httponly=True, samesite="Lax"
            )
        return response


def _gone(environ: dict[str, Any]) -> Callable[[], bool]:
    """Whether the connection of a request is closed, as far as the server that has accepted it says so."""
    said: Callable[[], bool] = environ.get("waitress.client_disconnected", lambda: False)
    return said
