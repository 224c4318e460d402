"""The only place where the parts meet."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import flask
from dash import Dash
from flask_compress import Compress

from app.callbacks import register
from app.layout.page import page
from app.services.cache import FileShelf, ResultCache
from app.services.compute import Compute
from app.services.ensemble import Ensembles, Members
from app.services.executor import create_executor
from app.services.instance import Descent
from app.services.quantities import RESULT_TYPES
from app.services.serializer import NpzSerializer
from app.settings import Settings

ASSETS: Final = Path(__file__).resolve().parent.parent / "assets"
TITLE: Final = "Saddlesurf"
DESCRIPTION: Final = "Interactive phase diagram of gradient flow in the spiked matrix-tensor model"
INDEX: Final = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <title>{%title%}</title>
    {%favicon%}
    {%css%}
  </head>
  <body>
    {%app_entry%}
    <footer class="visually-hidden">
      {%config%}
      {%scripts%}
      {%renderer%}
    </footer>
  </body>
</html>"""


def create_app(settings: Settings | None = None) -> Dash:
    """Build the whole application; `app.server` of the result is the WSGI application."""
    settings = settings or Settings()
    app = Dash(
        "saddlesurf",
        title=TITLE,
        update_title="",
        assets_folder=str(ASSETS),
        index_string=INDEX,
        routes_pathname_prefix="/",
        requests_pathname_prefix=settings.url_prefix,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "description", "content": DESCRIPTION},
            {"name": "saddlesurf-base", "content": settings.url_prefix},
        ],
    )
    app.layout = page
    compute = create_compute(settings)
    register(app, compute, Ensembles(compute, partial(create_executor, settings.scheduler)))
    Compress(app.server)
    _protect(app, settings)
    return app


def create_compute(settings: Settings) -> Compute:
    """The door to the engine, with both shelves of its cache."""
    serializer = NpzSerializer(*RESULT_TYPES, Descent, Members)
    disk = FileShelf(settings.cache_folder, serializer, entries=settings.cache_entries)
    return Compute(ResultCache(disk, memory=settings.cache_memory))


def _protect(app: Dash, settings: Settings) -> None:
    """Security headers on every answer."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    policy = "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "worker-src 'self' blob:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {settings.frame_ancestors}",
        ]
    )

    server: flask.Flask = app.server

    @server.after_request
    def headers(response: flask.Response) -> flask.Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        return response
