"""Users: each test opens pages of a real server in a real headless Chromium.

The main stories are told twice, the second time behind nginx with a prefix. `STORIES_BEHIND=nginx` in the environment
tells every story there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from tests.chromium import Server, served
from tests.nginx import PREFIX, nginx

PATIENCE = 60_000  # ms
expect.set_options(timeout=PATIENCE)  # other work may run on both cores

#: Opening, dragging, stories, addresses, exports, a reload at a sign-in, the instance, the ensemble, the theory.
MAIN_STORIES: Final = frozenset(
    {
        "test_it_comes_up_with_four_pictures_an_empty_console_and_no_foreign_request",
        "test_the_handle_sets_both_noises_within_a_pixel_and_the_address_follows",
        "test_a_reload_restores_the_state_to_the_last_bit",
        "test_back_returns_to_the_point_before_a_story",
        "test_an_address_that_is_too_long_is_a_sentence",
        "test_exports_give_a_picture_and_the_engines_numbers",
        "test_the_theory_opens_by_its_key_with_formulas_and_loads_nothing_before",
        "test_the_switch_puts_an_instance_beside_the_theory_and_into_the_address",
        "test_cancel_keeps_what_is_there_and_the_page_answers_meanwhile",
        "test_reload_leads_to_the_sign_in_and_back_to_the_same_point",
    }
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "way" in metafunc.fixturenames and metafunc.function.__name__ in MAIN_STORIES:
        metafunc.parametrize("way", ["direct", "nginx"])


@pytest.fixture
def way() -> str:
    """Where a story is told that is told once."""
    return os.environ.get("STORIES_BEHIND") or "direct"


@pytest.fixture(scope="session")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The dashboard, with a cache of its own."""
    with served(tmp_path_factory.mktemp("cache")) as running:
        yield running


@pytest.fixture(scope="session")
def prefixed_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Another one, at the address that nginx gives it."""
    with (
        served(tmp_path_factory.mktemp("cache"), prefix=PREFIX) as running,
        nginx([urlsplit(running.address).netloc]) as address,
    ):
        yield replace(running, address=address)


@pytest.fixture
def server(request: pytest.FixtureRequest, way: str) -> Server:
    """The server of a story."""
    found: Server = request.getfixturevalue({"direct": "own_server", "nginx": "prefixed_server"}[way])
    return found


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
