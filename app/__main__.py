"""``python -m app`` serves the dashboard; ``--warm-up`` only compiles what it needs, ``--version`` says which it is.

A setting that cannot be used is one sentence on the error stream, and 2 is returned to the system.
"""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from threading import Thread

from .cards import DECK
from .heap import keep_little
from .listen import bound_socket, url_of
from .log import start_log
from .main import create_app
from .physics import VERSION
from .serve import serve, serve_among_others
from .settings import SettingsError, read_settings
from .supervise import Supervisor
from .watch import Watch


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
    start_log()
    keep_little()
    for name in [name for name in os.environ if name.startswith("DASH_")]:
        del os.environ[name]  # another application's, such as DASH_URL_BASE_PATHNAME: Dash would heed them
    try:
        settings = read_settings()
        listening = bound_socket(settings)
    except SettingsError as error:
        print(f"saddlesurf: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    app = create_app(settings)
    print(f"Saddlesurf listens on {url_of(listening)}", flush=True)
    kernels = Watch.of(app.server).kernels
    warm_up = partial(kernels.warm_up, partial(DECK.warm_up, kernels.tell))
    if settings.processes > 1:
        work = partial(serve_among_others, app.server, listening, settings, warm_up)
        Supervisor(work, settings.processes, listening, warms=settings.warm_up).run()
        return
    if settings.warm_up:
        Thread(target=warm_up, name="warm-up", daemon=True).start()
    serve(app.server, listening, settings)


if __name__ == "__main__":
    main()
