"""How a server is, for whoever watches it: ``/health`` (it lives), ``/ready`` (it serves well), ``/metrics`` (numbers).

None of the three waits for anything, or computes; none says what is private.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import flask

from ..callbacks.messages import answer
from ..compute.compute import Compute
from ..physics import VERSION
from ..settings import Settings
from .kernels import Kernels
from .metrics import FORMAT, Metrics
from .ready import Readiness, told

SOON: Final = "2"  # seconds after which a server that is not ready is worth another look
EXTENSION: Final = "saddlesurf"  # under which Flask keeps it


class Watch:
    """Watches one application.

    Parameters
    ----------
    settings : Settings
        What is to be there.
    compute : Compute
        What is.

    Attributes
    ----------
    compute : Compute
        As given.
    kernels : Kernels
        The warm-up; whoever does it says so there.
    connections : callable
        How many connections are held; whoever holds them says so. None: nobody does.
    """

    def __init__(self, settings: Settings, compute: Compute) -> None:
        self.compute, self.kernels = compute, Kernels(is_wanted=settings.warm_up)
        self.connections: Callable[[], int] | None = None
        self._readiness = Readiness(settings, compute, self.kernels)
        self._metrics = Metrics(compute, lambda: self.connections and self.connections())
        self._is_measured = settings.metrics

    @staticmethod
    def of(server: flask.Flask) -> Watch:
        """Whoever watches an application."""
        found: Watch = server.extensions[EXTENSION]
        return found

    def unread(self, status: int) -> None:
        """Count what was refused before it was a request."""
        self._metrics.unread(status)

    def register(self, server: flask.Flask) -> None:
        """Add the routes, before whatever else handles requests, so that all of it is measured."""
        server.extensions[EXTENSION] = self
        server.before_request(self._metrics.begin)
        server.after_request(self._metrics.end)

        @server.get("/health")
        def health() -> flask.Response:
            compiling = self._readiness.compiling()  # told with 200: a page asks for it, and it is no fault
            return answer(
                {"status": "ok", "version": VERSION} | ({"compiling": compiling} if compiling else {})
            )

        @server.get("/ready")
        def ready() -> flask.Response:
            said = _now(answer(*told(self._readiness.parts())))
            if said.status_code == 503:
                said.headers["Retry-After"] = SOON
            return said

        if self._is_measured:

            @server.get("/metrics")
            def metrics() -> flask.Response:
                return _now(flask.Response(self._metrics.text(), content_type=FORMAT))


def _now(response: flask.Response) -> flask.Response:
    response.headers["Cache-Control"] = "no-store"
    return response
