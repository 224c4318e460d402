"""What the page costs the browser: told always, and held against an older checkout if one is named.

``BEFORE=/path/to/checkout make bench`` starts that checkout beside this one and measures both by turns, so that other
work on the machine weighs on both: its figures are ratios.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import served

ROUNDS = 5
LENGTH = 4000  # ms of a drag
CARDS = ("phase", "flow", "spectrum", "landscape")
STANDING = """() => ["phase", "flow", "spectrum", "landscape"].every((name) => document.querySelector(
    `#${name}-graph .js-plotly-plot :is(.scatterlayer .trace, .heatmaplayer image)`))"""
#: Runs before the page's own scripts: when all four pictures stand, by the page's clock.
WATCH = f"""(() => {{ const standing = {STANDING};
    const look = () => {{ if (standing()) window.stood = performance.now(); else requestAnimationFrame(look); }};
    requestAnimationFrame(look); }})()"""
COUNT = """() => { window.drawn = {}; for (const name of ["phase", "flow", "spectrum", "landscape"]) {
    const gd = document.querySelector(`#${name}-graph .js-plotly-plot`);
    window.drawn[name] = 0;
    gd.on("plotly_afterplot", () => { window.drawn[name] += 1; }); } }"""
#: The pointer moves once a frame, as a hand moves it; moves sent from here would come at the pace of the connection.
DRAG = """([x, y, length]) => new Promise((resolve) => {
    const started = performance.now();
    const step = () => { const t = performance.now() - started;
      if (t > length) { resolve(t); return; }
      const at = { clientX: x + 60 * Math.sin(t / 700), clientY: y + 40 * Math.sin(t / 433), bubbles: true };
      document.getElementById("handle").dispatchEvent(new PointerEvent("pointermove", at));
      requestAnimationFrame(step); };
    step(); })"""
#: From the key to the flow's new picture, and to the last of those that change.
STORY = """(key) => new Promise((resolve) => {
    const started = performance.now(), taken = {}, names = ["flow", "spectrum", "landscape"];
    for (const name of names) document.querySelector(`#${name}-graph .js-plotly-plot`).once("plotly_afterplot", () => {
      taken[name] = performance.now() - started;
      if (Object.keys(taken).length === names.length) resolve([taken.flow, Math.max(...Object.values(taken))]); });
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })); })"""
QUIET = 900  # ms: no page says here that it is settled, since an older one may not know the word


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The server of this checkout, and that of the older one if it is named."""
    before = os.environ.get("BEFORE")
    with served(tmp_path_factory.mktemp("now")) as now:
        if not before:
            yield {"now": now.address}
            return
        with served(tmp_path_factory.mktemp("before"), Path(before).resolve()) as other:
            yield {"now": now.address, "before": other.address}


def visit(browser: Browser, address: str) -> Page:
    """A new page, with a cache of its own, at rest."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("() => window.stood > 0")
    page.wait_for_timeout(QUIET)
    return page


def main_thread(page: Page) -> Callable[[], float]:
    """Seconds that the page's main thread has worked, now and at every later call."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def read() -> float:
        found = session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in found if metric["name"] == "TaskDuration"))

    return read


def drag(page: Page) -> dict[str, float]:
    """Drag the handle for a while: main-thread time a flow picture, pictures a second."""
    page.evaluate(COUNT)
    box = page.locator("#handle").bounding_box()
    assert box
    at = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    page.mouse.move(*at)
    page.mouse.down()
    work = main_thread(page)
    started = work()
    seconds = page.evaluate(DRAG, [*at, LENGTH]) / 1e3
    spent = work() - started
    drawn: dict[str, int] = page.evaluate("window.drawn")
    page.mouse.up()
    page.wait_for_timeout(QUIET)
    return {
        "ms a flow picture": 1e3 * spent / drawn["flow"],
        "flow pictures a second": drawn["flow"] / seconds,
        "landscapes a second": drawn["landscape"] / seconds,
    }


def by_turns(
    addresses: dict[str, str], rounds: int, measure: Callable[[str], dict[str, float]]
) -> dict[str, dict[str, float]]:
    """Medians of what is measured of each server, one round of each after the other."""
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in addresses}
    for _ in range(rounds):
        for name, address in addresses.items():
            seen[name].append(measure(address))
    return {
        name: {what: median(row[what] for row in rows) for what in rows[0]} for name, rows in seen.items()
    }


def tell(title: str, found: dict[str, dict[str, float]]) -> dict[str, float]:
    """Print what was found; the ratios to the older checkout, if there is one."""
    ratios = {}
    for what, value in found["now"].items():
        said = f"{title}: {what} {value:.1f}"
        if "before" in found:
            ratios[what] = value / found["before"][what]
            said += f", before {found['before'][what]:.1f}, ratio {ratios[what]:.2f}"
        print(said)
    return ratios


@pytest.mark.parametrize("view", ["", "map", "equator", "ladder"])
def test_the_pictures_follow_a_drag(
    benchmark: Any, browser: Browser, addresses: dict[str, str], view: str
) -> None:
    def measure(address: str) -> dict[str, float]:
        page = visit(browser, f"{address}/?v=1&tmax=100&land={view}" if view else f"{address}/?v=1&d2=0.4")
        found = drag(page)
        page.context.close()
        return found

    rounds = ROUNDS if not view else 2
    found = benchmark.pedantic(lambda: by_turns(addresses, rounds, measure), rounds=1)
    ratios = tell(f"drag {view}", found)
    assert found["now"]["landscapes a second"] > 2
    if ratios and not view:
        assert ratios["ms a flow picture"] <= 0.7


def test_the_flow_follows_a_drag_while_an_atlas_is_measured(
    benchmark: Any, browser: Browser, addresses: dict[str, str]
) -> None:
    """Long work steps back: five flow pictures a second at least, and the atlas goes on all the same."""

    def measure(_: str) -> dict[str, float]:
        page = visit(browser, f"{addresses['now']}/?v=1&d2=0.4&m0=1e-9&measured=overlap")
        done = page.locator("#phase-progress")
        page.wait_for_function("() => document.getElementById('phase-progress').value > 0")
        before = float(str(done.get_attribute("value")))
        found = drag(page)
        found["% of the atlas meanwhile"] = 100 * (float(str(done.get_attribute("value"))) - before)
        page.context.close()
        return found

    found = benchmark.pedantic(lambda: by_turns({"now": addresses["now"]}, 3, measure), rounds=1)
    tell("drag beside an atlas", found)
    assert found["now"]["flow pictures a second"] >= 5
    assert found["now"]["% of the atlas meanwhile"] > 0


def test_a_cached_story_point_is_painted(benchmark: Any, browser: Browser, addresses: dict[str, str]) -> None:
    pages = {address: visit(browser, address) for address in addresses.values()}
    for page in pages.values():
        for key in "2343":
            page.evaluate(STORY, key)
            page.wait_for_timeout(QUIET)
    keys = iter("243" * 100)

    def measure(address: str) -> dict[str, float]:
        page = pages[address]
        page.bring_to_front()
        flow, last = page.evaluate(STORY, next(keys))
        page.wait_for_timeout(QUIET)
        return {"ms to the flow": flow, "ms to the last picture": last}

    found = benchmark.pedantic(lambda: by_turns(addresses, 13, measure), rounds=1)
    for page in pages.values():
        page.context.close()
    ratios = tell("story", found)
    if ratios:
        assert ratios["ms to the flow"] <= 1
        assert ratios["ms to the last picture"] <= 1.05


def test_the_first_picture_comes_up(benchmark: Any, browser: Browser, addresses: dict[str, str]) -> None:
    def measure(address: str) -> dict[str, float]:
        page = visit(browser, address)
        cold = page.evaluate("window.stood")
        page.reload()
        page.wait_for_function("() => window.stood > 0")
        warm = page.evaluate("window.stood")
        page.context.close()
        return {"ms, cold browser": cold, "ms, reloaded": warm}

    by_turns(addresses, 1, measure)
    found = benchmark.pedantic(lambda: by_turns(addresses, 7, measure), rounds=1)
    ratios = tell("first picture", found)
    if ratios:
        assert ratios["ms, cold browser"] <= 1.05
