"""``python -m app`` serves the dashboard; ``--warm-up`` only compiles what it needs, ``--version`` says which it is.

A setting that cannot be used is one sentence on the error stream, and 2 is returned to the system.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from threading import Thread
from typing import Any

import flask

from .cards import DECK
from .listen import bound_socket, url_of
from .main import create_app
from .physics import VERSION
from .settings import Settings, SettingsError, read_settings


def main() -> None:
    """Serve, or warm up."""
    parser = argparse.ArgumentParser(
        prog="saddlesurf",
        description="Serve the Saddlesurf dashboard.",
        epilog="`saddlesurf atlas` measures a phase diagram into a file; `saddlesurf atlas --help` says how.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    parser.add_argument("--warm-up", action="store_true", help="compile the kernels and end")
    if parser.parse_args().warm_up:
        DECK.warm_up()
        return
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for name in [name for name in os.environ if name.startswith("DASH_")]:
        del os.environ[name]  # another application's, such as DASH_URL_BASE_PATHNAME: Dash would heed them
    try:
        settings = read_settings()
        listening = bound_socket(settings)
    except SettingsError as error:
        print(f"saddlesurf: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    server: flask.Flask = create_app(settings).server
    print(f"Saddlesurf listens on {url_of(listening)}", flush=True)
    if os.name == "nt":
        from waitress import serve  # gunicorn does not run on Windows

        _warm_up_aside(settings)
        serve(server, sockets=[listening], threads=settings.threads)
    else:
        _gunicorn(server, listening, settings)


def _gunicorn(server: flask.Flask, listening: socket.socket, settings: Settings) -> None:
    os.environ["WEB_CONCURRENCY"] = "1"  # read when gunicorn is loaded, a number or not
    from gunicorn.app.base import BaseApplication

    descriptor = listening.detach()  # gunicorn closes it

    class Application(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options: dict[str, Any] = {
                "bind": f"fd://{descriptor}",
                "workers": 1,  # more of them only with a shared cache
                "worker_class": "gthread",
                "threads": settings.threads,
                "timeout": 120,
                "limit_request_line": 0,  # a long address gets the page and a sentence, not a bare 414
                "loglevel": "warning",
                "control_socket_disable": True,
                "post_worker_init": lambda _worker: _warm_up_aside(settings),
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> flask.Flask:
            return server

    Application().run()


def _warm_up_aside(settings: Settings) -> None:
    if settings.warm_up:
        Thread(target=DECK.warm_up, name="warm-up", daemon=True).start()


if __name__ == "__main__":
    main()
