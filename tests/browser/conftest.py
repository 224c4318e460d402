"""A real server on a free port and a real headless Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30_000  # ms
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@dataclass
class Server:
    """A running dashboard."""

    address: str
    cache: Path
    process: subprocess.Popen[str]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The dashboard, as a user starts it; its output is shown when a test fails."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cache = tmp_path_factory.mktemp("cache")
    env = os.environ | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "SADDLESURF_CACHE_FOLDER": str(cache),
        "OPENBLAS_NUM_THREADS": "1",
    }
    # compiled before, so that no test measures a compiler
    subprocess.run([sys.executable, "-m", "app", "--warm-up"], cwd=ROOT, env=env, check=True)
    process = subprocess.Popen([sys.executable, "-m", "app"], cwd=ROOT, env=env, text=True)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield Server(address, cache, process)
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError("the server did not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, from $CHROMIUM_PATH or the system; its absence is a failure, never a skip."""
    path = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "No Chromium was found; `make test` installs one, or name it in CHROMIUM_PATH."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """One user's page, with what its console said and what it asked of other hosts."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> Page:
        """Open the page and wait until its four pictures stand."""
        self.page.goto(f"{self.address}/{query}")
        self.wait_for_pictures()
        return self.page

    def wait_for_pictures(self) -> None:
        """Wait until every card has a picture and no request is under way."""
        self.page.wait_for_function(
            """() => ["phase", "flow", "spectrum", "landscape"].every((name) => {
                 const gd = document.querySelector(`#${name}-graph .js-plotly-plot`);
                 return gd && gd.data && gd.data.length > 0; })
               && window.saddlesurf.gate.number > 0 && !window.saddlesurf.gate.busy"""
        )

    def settle(self) -> None:
        """Wait until what was changed has reached every card."""
        self.page.wait_for_timeout(400)  # longer than the page waits before it calls a drag settled
        self.wait_for_pictures()
        self.page.wait_for_timeout(250)  # the graphs paint what they were given

    def pictures(self) -> dict[str, str]:
        """The data of each picture, as text to compare."""
        script = """(name) => {
            const gd = document.querySelector(`#${name}-graph .js-plotly-plot`);
            const shapes = (gd.layout.shapes || []).filter((shape) => shape.name !== "moment");
            return JSON.stringify([gd._fullData.map((d) => [Array.from(d.x), Array.from(d.y)]), shapes]); }"""
        return {name: self.page.evaluate(script, name) for name in ("phase", "flow", "spectrum", "landscape")}

    def handle(self) -> tuple[float, float]:
        """Centre of the handle on the screen."""
        box = self.page.locator("#handle").bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def to_screen(self, delta_p: float, inverse: float) -> tuple[float, float]:
        """Where a point of the diagram is on the screen."""
        script = """([dp, inverse]) => { const gd = document.querySelector("#phase-graph .js-plotly-plot");
            const box = gd.getBoundingClientRect(), x = gd._fullLayout.xaxis, y = gd._fullLayout.yaxis;
            return [box.left + x._offset + x.d2p(dp), box.top + y._offset + y.d2p(inverse)]; }"""
        x, y = self.page.evaluate(script, [delta_p, inverse])
        return float(x), float(y)

    def query(self) -> str:
        """The query of the address bar."""
        return str(self.page.evaluate("window.location.search"))


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Visit]]:
    """Open pages; at the end each must have an empty console and have asked nothing of other hosts."""
    contexts = []
    visits: list[Visit] = []

    def new(*, width: int = 1440, height: int = 900, scheme: str = "light", **options: object) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        made = Visit(page, server.address)

        def on_console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                made.complaints.append(f"{message.type}: {message.text}")

        def on_request(request: Request) -> None:
            if not request.url.startswith((server.address, "data:", "blob:")):
                made.foreign.append(request.url)

        page.on("console", on_console)
        page.on("pageerror", lambda error: made.complaints.append(str(error)))
        page.on("request", on_request)
        visits.append(made)
        return made

    yield new
    for context in contexts:
        context.close()
    for made in visits:
        assert made.complaints == []
        assert made.foreign == []
