"""Serves until it is told to stop, and then ends soon, whatever is being computed.

Work that is under way when the process ends is given back by its end: claims on the shelf are locks of this process,
and a Dask scheduler forgets what a client has asked for that has gone. What had been finished is kept.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from typing import Any, Final

import flask

from .callbacks.messages import REFUSED
from .connections import Reception
from .settings import Settings
from .watch import Watch

PATIENCE: Final = 5.0  # seconds for what is being answered when the order to stop comes


def serve(application: flask.Flask, listening: socket.socket, settings: Settings) -> None:
    """Serve; SIGTERM and SIGINT end the process, a second one at once.

    Parameters
    ----------
    application : Flask
        What answers.
    listening : socket
        Bound already.
    settings : Settings
        Threads and limits.
    """
    watch = Watch.of(application)

    def refused(status: int, sentence: str) -> None:
        REFUSED.warning("%d: %s", status, sentence)
        watch.unread(status)

    reception = Reception(application, listening, settings, refused)
    watch.connections = lambda: len(reception.active_channels)

    def stop(*_: Any) -> None:
        if reception.is_stopping:
            _leave()
        reception.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    reception.run(PATIENCE)
    _leave()


def _leave() -> None:
    """End without waiting for threads: some may be deep in a kernel, which nothing can stop."""
    sys.stdout.flush()
    logging.shutdown()
    os._exit(0)
