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
from collections.abc import Callable
from threading import Thread
from typing import Any, Final, NoReturn

import flask

from .callbacks.messages import REFUSED
from .connections import Reception
from .settings import Settings
from .watch import Watch

PATIENCE: Final = 5.0  # seconds for what is being answered when the order to stop comes
ORPHANED: Final = 1.0  # seconds for it where the parent has gone: the port is to be free
WARM: Final = b"w"  # said by the parent: it is your turn to warm up; said to it: that is done


def serve(application: flask.Flask, listening: socket.socket, settings: Settings) -> NoReturn:
    """Serve as the only process; SIGTERM and SIGINT end it, a second one at once.

    Parameters
    ----------
    application : Flask
        What answers.
    listening : socket
        Bound already.
    settings : Settings
        Threads and limits.
    """
    reception = _watched(application, listening, settings)

    def stop(*_: Any) -> None:
        if reception.is_stopping:
            _leave()
        reception.stop(PATIENCE)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    reception.run()
    _leave()


def serve_among_others(
    application: flask.Flask,
    listening: socket.socket,
    settings: Settings,
    warm_up: Callable[[], None],
    parent: socket.socket,
) -> NoReturn:
    """Serve as one of several processes, whose parent says when to warm up; SIGTERM or the parent's end ends it.

    A second SIGTERM says nothing new, since it may come both from the parent and from whoever stops all; SIGINT, which
    a terminal sends to all, is the parent's.

    Parameters
    ----------
    application, listening, settings
        See `serve`.
    warm_up : callable
        Compiles what is needed.
    parent : socket
        The line to the parent (see `supervise`).
    """
    reception = _watched(application, listening, settings)

    def stop(*_: Any) -> None:
        if not reception.is_stopping:
            reception.stop(PATIENCE)

    def warm() -> None:
        try:
            warm_up()
        finally:
            parent.send(WARM)

    def heed() -> None:
        while _said(parent):
            Thread(target=warm, name="warm-up", daemon=True).start()
        reception.stop(ORPHANED)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop)
    Thread(target=heed, name="parent", daemon=True).start()
    reception.run()
    _leave()


def _watched(application: flask.Flask, listening: socket.socket, settings: Settings) -> Reception:
    """What answers; whoever watches the application is told of its connections, and of what it refuses."""
    watch = Watch.of(application)

    def refused(status: int, sentence: str) -> None:
        REFUSED.warning("%d: %s", status, sentence)
        watch.unread(status)

    reception = Reception(application, listening, settings, refused)
    watch.connections = lambda: len(reception.active_channels)
    return reception


def _said(line: socket.socket) -> bytes:
    """The next word on a line; empty once its other end has gone."""
    try:
        return line.recv(1)
    except OSError:
        return b""


def _leave() -> NoReturn:
    """End without waiting for threads: some may be deep in a kernel, which nothing can stop."""
    sys.stdout.flush()
    logging.shutdown()
    os._exit(0)
