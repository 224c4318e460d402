"""Stories of the real instance beside the theory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

NewVisit = Callable[..., Any]
POINT = "?v=1&d2=0.4&dp=4&m0=0.05&tmax=1000"
NAMES = """(card) => document.querySelector(`#${card}-graph .js-plotly-plot`)._fullData.map((d) => d.name)"""
END = """() => { const d = document.querySelector("#flow-graph .js-plotly-plot")._fullData
    .find((trace) => trace.name === "instance"); return [d.x[d.x.length - 1], d.y[d.y.length - 1]]; }"""


def wait_for_end(page: Page, time: float) -> None:
    page.wait_for_function(
        f"(t) => {{ const end = ({END})(); return end && Math.abs(end[0] / t - 1) < 0.05; }}", arg=time
    )


def test_the_switch_puts_an_instance_beside_the_theory_and_into_the_address(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(POINT)
    expect(page.locator("#instance-controls")).to_be_hidden()
    page.locator("#instance-switch").evaluate("(element) => element.click()")
    seen.settle()
    assert parse_qs(seen.query()[1:])["N"] == ["10000"]
    wait_for_end(page, 20)
    first = page.evaluate(END)
    expect(page.locator("#sentence-caption")).to_contain_text("This instance: N = 10⁴, seed 1.")
    assert "instance" in page.evaluate(NAMES, "spectrum")
    page.get_by_role("button", name="New landscape").click()
    seen.settle()
    assert parse_qs(seen.query()[1:])["seed"] == ["2"]
    wait_for_end(page, 20)
    assert page.evaluate(END) != first
    page.reload()
    seen.settle()
    expect(page.locator("#instance-switch")).to_be_checked()
    page.locator("#seed-box").fill("1")
    page.locator("#seed-box").press("Enter")
    seen.settle()
    wait_for_end(page, 20)
    assert page.evaluate(END) == first  # the same seed, the same curve
    page.locator("#instance-switch").evaluate("(element) => element.click()")
    seen.settle()
    assert "instance" not in page.evaluate(NAMES, "flow")
    assert "N" not in parse_qs(seen.query()[1:])


def test_a_run_goes_on_and_may_be_flipped(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(POINT.replace("m0=0.05", "m0=-0.05") + "&N=1000")
    wait_for_end(page, 20)
    expect(page.locator("#sentence-caption")).to_contain_text("At its end m < 0")
    page.get_by_role("button", name="Go on to 2t").click()
    wait_for_end(page, 40)
    assert page.evaluate(END)[1] < -0.5
    page.get_by_role("button", name="Flip sign").click()
    page.wait_for_function(f"() => ({END})()[1] > 0.5")
    seen.settle()  # the address follows a little later than the picture
    assert parse_qs(seen.query()[1:])["then"] == ["f"]


def test_a_wrong_size_has_its_sentence_and_the_curve_stays(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(POINT + "&N=1000")
    wait_for_end(page, 20)
    before = page.evaluate(END)
    page.locator("#N-box").fill("3")
    page.locator("#N-box").press("Enter")
    expect(page.locator(".instance")).to_contain_text("N must be a whole number from 16 to 1e12")
    assert page.evaluate(END) == before


def test_along_t_the_moment_is_a_guide_and_play_walks_it_to_the_end(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(POINT + "&N=400&hess=surfing&land=map")
    page.wait_for_function(f"() => ({NAMES})('spectrum').includes(\"instance's lowest\")")
    guide = """() => document.querySelector("#spectrum-graph .js-plotly-plot").layout.shapes
        .find((shape) => shape.name === "moment").x0"""
    assert page.evaluate(guide) == pytest.approx(1000)
    page.locator("#play").click()
    page.wait_for_function(f"() => ({guide})() < 10")
    expect(page.locator("#play")).to_have_text("Pause")
    page.keyboard.press("Escape")
    page.wait_for_function(f"() => ({guide})() > 990")
    expect(page.locator("#play")).to_have_text("Play")
    assert (
        page.evaluate(
            "async () => (await import(document.querySelector('link[href*=state]').href)).state.moment"
        )
        == 1
    )


def test_dragging_moves_the_instance_too(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(POINT + "&N=10000")
    wait_for_end(page, 20)
    page.evaluate(
        """async () => { window.drawnInstances = new Set();
        const { onDrawn } = await import(document.querySelector('link[href*=plot]').href);
        onDrawn((name, gd) => { if (name !== "flow") return;
            const d = gd._fullData.find((trace) => trace.name === "instance");
            if (d) window.drawnInstances.add(d.y[d.y.length - 1]); }); }"""
    )
    x, y = seen.handle()
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 400):
        page.mouse.move(x - 2 * (step % 30), y + step % 40)
        seen.next_frame()
        if page.evaluate("window.drawnInstances.size") >= 4:
            break
    page.mouse.up()
    seen.settle()
    assert page.evaluate("window.drawnInstances.size") >= 4
    wait_for_end(page, 20)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_instance_passes_axe(visit: NewVisit, scheme: str) -> None:
    seen = visit(scheme=scheme)
    page = seen.open(POINT + "&N=10000&hess=surfing&land=map")
    wait_for_end(page, 20)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
