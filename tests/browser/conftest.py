"""Users: each test opens pages of a real server in a real headless Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from tests.chromium import Server, served

PATIENCE = 30_000  # ms
expect.set_options(timeout=PATIENCE)  # other work may run on both cores


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The dashboard, with a cache of its own."""
    with served(tmp_path_factory.mktemp("cache")) as running:
        yield running


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
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the page has nothing to do: it says so itself (assets/page/work.mjs)."""
        self.page.wait_for_function("() => document.documentElement.dataset.page === 'settled'")

    def unfold(self) -> None:
        """Open what is folded away among the controls."""
        self.page.locator("#more:not([open]) summary").click()

    def next_frame(self) -> None:
        """Let the page draw a frame."""
        self.page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => resolve()))")

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
