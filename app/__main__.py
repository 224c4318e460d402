"""``python -m app`` serves the dashboard; ``--warm-up`` only compiles what it needs, ``--version`` says which it is.

A setting that cannot be used is one sentence on the error stream, and 2 is returned to the system.
"""

from __future__ import annotations

import argparse
import os
import sys
from threading import Thread

from .cards import DECK
from .listen import bound_socket, url_of
from .log import start_log
from .main import create_app
from .physics import VERSION
from .serve import serve
from .settings import SettingsError, read_settings
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
    if settings.warm_up:
        kernels = Watch.of(app.server).kernels
        Thread(target=kernels.warm_up, args=(DECK.warm_up,), name="warm-up", daemon=True).start()
    serve(app.server, listening, settings)


if __name__ == "__main__":
    main()
