"""The only place where the parts meet."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import flask
from dash import Dash
from werkzeug.middleware.proxy_fix import ProxyFix

from .assets import Assets
from .callbacks import errors, register, visits
from .cards import DECK
from .cards.deck import Deck
from .compute.admission import Admission, shares_of
from .compute.board import Board, FileBoard, NoBoard, RedisBoard
from .compute.cache import ResultCache, Shelf
from .compute.claims import Claims, FileClaims, NoClaims
from .compute.clients import Clients
from .compute.compute import Compute
from .compute.executor import cores, create_executor
from .compute.file_shelf import SUBFOLDER, FileShelf
from .compute.memory import RUNS
from .compute.redis_link import RedisLink
from .compute.redis_shelf import RedisClaims, RedisShelf
from .compute.serializer import NpzSerializer
from .layout.page import page
from .layout.specification import as_block, specification
from .page import ids
from .page.catalogue import Catalogue
from .quantities.ensemble import Members
from .settings import Settings, read_settings
from .watch import Watch

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
    {modules}
    <script type="application/json" id="{specification_id}">{specification}</script>
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


def create_app(settings: Settings | None = None, deck: Deck = DECK) -> Dash:
    """Build the whole application; `app.server` of the result is the WSGI application."""
    settings = settings or read_settings()
    assets = Assets(ASSETS)
    RUNS.total = settings.memory
    app = Dash(
        "saddlesurf",
        title=TITLE,
        update_title="",
        assets_folder=str(ASSETS),
        assets_url_path=assets.path,
        index_string=index_string(deck.catalogue, settings.url_prefix, assets.path),
        assets_path_ignore=[
            "^page$"
        ],  # imported by main.mjs: Dash's own copies would be evaluated beside these
        routes_pathname_prefix="/",
        requests_pathname_prefix=settings.url_prefix,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "description", "content": DESCRIPTION},
        ],
    )
    app.renderer = ""  # assets/main.mjs starts it, once what it calls is there
    app.layout = partial(page, deck.catalogue)
    compute = create_compute(settings, deck)
    Watch(settings, compute).register(app.server)
    register(app, deck, compute)
    errors.register(
        app.server,
        home=settings.url_prefix,
        longest_line=settings.longest_line,
        largest_body=settings.largest_body,
    )
    assets.register(app)
    clients = Clients(settings.rate)
    visits.register(
        app.server, compute.admission, clients, deadline=settings.deadline, home=settings.url_prefix
    )
    if settings.proxies:
        _believe(app.server, settings.proxies)
    _protect(app, settings)
    return app


def index_string(catalogue: Catalogue, base: str, assets: str) -> str:
    """The index page: the modules of the page's scripts are fetched at once, the specification lies in it."""
    modules = sorted(file.name for file in (ASSETS / "page").glob("*.mjs"))
    links = "\n    ".join(f'<link rel="modulepreload" href="{base}{assets}/page/{name}">' for name in modules)
    return (
        INDEX.replace("{modules}", links)
        .replace("{specification_id}", ids.SPECIFICATION)
        .replace("{specification}", as_block(specification(catalogue, base)))
    )


def create_compute(settings: Settings, deck: Deck = DECK) -> Compute:
    """The door to the engine, with both shelves of its cache and who does long work."""
    shelf, claims, board = shared_shelf(settings, NpzSerializer(*deck.result_types, Members))
    cache = ResultCache(shelf, memory=settings.cache_memory)
    wanted = settings.slots or max(1, cores() // settings.processes)
    admission = Admission(*shares_of(settings.threads, wanted))
    executor = partial(create_executor, settings.scheduler, settings.processes)
    return Compute(cache, claims, executor, admission, board)


def shared_shelf(settings: Settings, serializer: NpzSerializer) -> tuple[Shelf, Claims, Board]:
    """What processes share: results, who makes which, who waits; in Redis or in the folder."""
    if settings.cache is not None:
        link = RedisLink(settings.cache)
        return RedisShelf(link, serializer), RedisClaims(link), RedisBoard(link)
    folder = settings.cache_folder
    shelf = FileShelf(folder, serializer, limit=settings.cache_disk)
    if folder is None:
        return shelf, NoClaims(), NoBoard()
    return shelf, FileClaims(folder / SUBFOLDER), FileBoard(folder / SUBFOLDER)


def _believe(server: flask.Flask, proxies: int) -> None:
    """Take from so many proxies who asks, and whether by TLS."""
    server.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        server.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0, x_port=0, x_prefix=0
    )


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
