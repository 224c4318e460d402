"""Stories of the ensemble's dialog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

NewVisit = Callable[..., Any]
POINT = "?v=1&d2=0.4&dp=4&tmax=100&start=random"


def ask(page: Page, *, until: str, sizes: tuple[str, ...] = ()) -> None:
    """Open the dialog and choose time and further sizes."""
    page.locator("#ensemble-button").click()
    box = page.locator("#ensemble-until")
    expect(box).not_to_have_value("")  # a time has been proposed
    box.fill(until)
    for size in sizes:
        page.get_by_text(f"N = {size}", exact=True).click()


def test_the_dialog_proposes_a_time_by_which_nearly_all_escape(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.33333333&N=400")
    page.locator("#ensemble-button").click()
    expect(page.locator("#ensemble-until")).to_have_value("150")
    hint = page.locator("#ensemble-hint")
    expect(hint).to_contain_text("t = 3 ln N/λ = 142 (N = 10⁴)")
    page.locator("#ensemble-until").fill("50")
    page.get_by_text("N = 10⁴", exact=True).click()
    expect(hint).to_contain_text("(N = 10³)")
    expect(page.locator("#ensemble-until")).to_have_value("50")
    page.locator("#ensemble-until").fill("soon")
    page.locator("#ensemble-run").click()
    expect(page.locator("#ensemble-status")).to_contain_text("final time must lie between 1 and 1000")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_ensemble_runs_shows_its_pictures_and_passes_axe(visit: NewVisit, scheme: str) -> None:
    seen = visit(scheme=scheme)
    page = seen.open(POINT + "&N=400&until=4")
    ask(page, until="4", sizes=("10⁵", "10⁶"))
    page.get_by_text("20 seeds").click()
    page.locator("#ensemble-run").click()
    expect(page.locator("#ensemble-status")).to_contain_text("of 120 instances")
    expect(page.locator("#ensemble-status")).to_contain_text("120 of 120 instances:")
    expect(page.locator("#ensemble-progress")).to_have_attribute("value", "1")
    expect(page.locator("#ensemble-cancel")).to_be_disabled()
    for name in ("bands", "success"):
        plot = page.locator(f"#ensemble-{name} .js-plotly-plot")
        expect(plot).to_be_visible()
        assert plot.evaluate("(gd) => gd._fullLayout.height") == 270
        assert plot.evaluate("(gd) => gd._fullData.length") >= 2
    expect(page.locator("#ensemble-bands-caption")).to_contain_text("of 20 instances")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    expect(page.locator("#ensemble")).to_be_hidden()


def test_cancel_keeps_what_is_there_and_the_page_answers_meanwhile(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(POINT + "&N=5000&until=100&seed=500")
    ask(page, until="100")
    page.get_by_text("200 seeds").click()
    page.locator("#ensemble-run").click()
    expect(page.locator("#ensemble-cancel")).to_be_enabled()
    expect(page.locator("#ensemble-status")).to_contain_text("so far")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    seen.settle()
    expect(page.locator("#sentence-caption")).to_contain_text("3. ")
    page.locator("#ensemble-button").click()
    page.locator("#ensemble-cancel").click()
    expect(page.locator("#ensemble-status")).to_contain_text("Cancelled")
    expect(page.locator("#ensemble-cancel")).to_be_disabled()
    said = page.locator("#ensemble-status").inner_text()
    page.keyboard.press("Escape")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.clock.run_for(10_000)  # many ticks of the dialog's clock, were it running
    for key in ("2", "4"):  # all that was under way has been answered by then
        page.keyboard.press(key)
        page.clock.run_for(1_000)
        expect(page.locator("#sentence-caption")).to_contain_text(f"{key}. ")
    assert not [url for url in asked if "_dash-update-component" in url]
    assert page.locator("#ensemble-status").inner_text() == said


def test_there_is_no_ensemble_at_a_temperature(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&T=1&tmax=10&N=400")
    page.locator("#ensemble-button").click()
    page.locator("#ensemble-run").click()
    expect(page.locator("#ensemble-status")).to_contain_text("T = 0")


def test_a_page_that_goes_stops_its_ensemble(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(POINT + "&N=5000&until=100&seed=900")
    ask(page, until="100")
    page.get_by_text("200 seeds").click()
    page.locator("#ensemble-run").click()
    expect(page.locator("#ensemble-status")).to_contain_text("so far")
    with page.expect_response("**/goodbye") as answer:  # a beacon of a page that has gone is seen by nobody
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert answer.value.status == 200
    assert set(answer.value.request.post_data_json) == {"asker"}
