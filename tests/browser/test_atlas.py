"""Stories of the measured phase diagram."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.chromium import served

NewVisit = Callable[..., Any]
FIRST = 180_000  # ms until the first samples are there, where others compute as well: a chunk is hundreds of flows
SAMPLES = re.compile(r"[1-9][\d\u2009]* of 16\u2009384 samples")
MAP = """() => { const gd = document.querySelector("#phase-graph .js-plotly-plot");
    return gd._fullData.filter((trace) => trace.type === "heatmap").length; }"""


def plane(overlap_0: str, t_max: str = "10") -> str:
    """An address on a plane of its own, whose flows are short."""
    return f"?v=1&m0={overlap_0}&tmax={t_max}"


def choose(page: Page, words: str) -> None:
    page.locator("#phase-strip").get_by_text(words, exact=True).click()


def count(page: Page) -> int:
    """Samples that the strip says are there."""
    found = re.search(r"([\d\u2009]+) of 16", page.locator("#phase-said").inner_text())
    assert found
    return int(found[1].replace("\u2009", ""))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_comes_while_one_watches_and_passes_axe(visit: NewVisit, scheme: str) -> None:
    seen = visit(scheme=scheme)
    page = seen.open(plane("1e-3" if scheme == "light" else "2e-3"))
    assert page.evaluate(MAP) == 0
    expect(page.locator("#phase-run")).to_be_hidden()
    choose(page, "overlap")
    expect(page.locator("#phase-said")).to_have_text(SAMPLES, timeout=FIRST)
    page.wait_for_function(f"() => ({MAP})() > 0")
    page.wait_for_function("() => window.location.search.includes('measured=overlap')")
    expect(page.locator("#phase-caption")).to_contain_text("A pixel is a run")
    first = count(page)
    page.wait_for_function(
        """(first) => Number(document.getElementById("phase-said").textContent.match(/([\\d\\u2009]+) of/)[1]
            .replace("\\u2009", "")) > first""",
        arg=first,
    )
    choose(page, "escape time")
    page.wait_for_function("() => window.location.search.includes('measured=time')")
    page.locator("#phase-run").click()
    expect(page.locator("#phase-said")).to_contain_text("Paused: ")
    seen.settle()
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    choose(page, "off")
    expect(page.locator("#phase-run")).to_be_hidden()
    page.wait_for_function(f"() => ({MAP})() === 0")


def test_it_pauses_goes_on_and_is_cancelled_and_what_is_there_stays(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(plane("3e-3", "30") + "&measured=overlap")
    run, cancel, said = (page.locator(f"#phase-{name}") for name in ("run", "cancel", "said"))
    expect(said).to_have_text(SAMPLES, timeout=FIRST)
    run.click()
    expect(run).to_have_text("Resume")
    expect(said).to_contain_text("Paused: ")
    expect(page.locator("#phase-told")).to_contain_text("Paused: ")
    run.click()
    expect(run).to_have_text("Pause")
    cancel.click()
    expect(said).to_contain_text("Cancelled: ")
    expect(cancel).to_be_disabled()
    there = count(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.clock.run_for(20_000)
    assert not [url for url in asked if url.endswith("/cards")]  # nothing comes by itself any more
    assert count(page) == there
    assert page.evaluate(MAP) > 0
    page.reload()
    expect(page.locator("#phase-said")).to_have_text(SAMPLES, timeout=FIRST)
    assert count(page) >= there  # what was measured is kept
    page.locator("#phase-cancel").click()


def test_another_plane_is_measured_in_its_place(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(plane("4e-3", "30") + "&measured=overlap")
    expect(page.locator("#phase-said")).to_have_text(SAMPLES, timeout=FIRST)
    page.locator("#phase-cancel").click()
    expect(page.locator("#phase-said")).to_contain_text("Cancelled: ")
    with page.expect_request(
        lambda request: request.url.endswith("/cards") and "leisure" in request.post_data
    ) as sent:
        page.keyboard.press("]")
    message = sent.value.post_data_json
    assert message["points"][0]["p"] == 4
    assert (message["work"]["run"], message["work"]["anew"]) == ("on", False)
    assert len(message["work"]["asker"]) == 32
    expect(page.locator("#phase-run")).to_have_text("Pause")
    expect(page.locator("#phase-said")).not_to_contain_text("Cancelled")
    page.locator("#phase-cancel").click()


def test_a_click_on_a_pixel_goes_there_and_dragging_goes_on(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(plane("5e-3") + "&measured=time")
    page.wait_for_function(f"() => ({MAP})() > 0")
    page.mouse.click(*seen.to_screen(5.0, 8.0))
    page.wait_for_function("() => window.location.search.includes('dp=')")
    seen.settle()
    at = seen.to_screen(5.0, 8.0)
    assert seen.handle() == pytest.approx(at, abs=1.5)
    page.mouse.move(*seen.handle())
    page.mouse.down()
    for k in range(8):
        page.mouse.move(*seen.to_screen(5.0, 8.0 - 0.5 * k))
        seen.next_frame()
    page.mouse.up()
    seen.settle()
    expect(page.locator("#flow-caption")).to_contain_text("The flow")
    page.locator("#phase-cancel").click()


def test_what_is_there_is_exported(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(plane("6e-3") + "&measured=overlap")
    page.wait_for_function(f"() => ({MAP})() > 0")
    page.locator("#phase-cancel").click()
    menu = page.locator("#phase-strip details")
    for words, name in (
        ("CSV data", "saddlesurf-atlas-p3-d2_0.4348-dp_1-m0_0.006-tmax_10.csv"),
        ("NPZ data", "saddlesurf-atlas-p3-d2_0.4348-dp_1-m0_0.006-tmax_10.npz"),
        ("PNG picture", "saddlesurf-phase-p3-d2_0.4348-dp_1-m0_0.006-tmax_10.png"),
    ):
        menu.locator("summary").click()
        with page.expect_download() as file:
            menu.get_by_text(words).click()
        assert file.value.suggested_filename == name


@pytest.mark.parametrize(("width", "height", "least"), [(1440, 900, 300), (1280, 720, 220), (390, 844, 220)])
def test_it_has_room_on_every_screen_and_keeps_its_size(
    visit: NewVisit, width: int, height: int, least: int
) -> None:
    seen = visit(width=width, height=height)
    page = seen.open(plane("7e-3") + "&measured=overlap")
    picture = page.locator("#phase-graph")
    expect(page.locator("#phase-said")).to_have_text(SAMPLES, timeout=FIRST)
    size = picture.bounding_box()
    assert size
    assert size["height"] >= least
    page.locator("#phase-run").click()
    expect(page.locator("#phase-said")).to_contain_text("Paused: ")
    assert picture.bounding_box() == size
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("run", "cancel"):
        box = page.locator(f"#phase-{name}").bounding_box()
        assert box
        assert box["height"] >= 24


def test_it_is_worked_by_keys_alone(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(plane("8e-3"))
    page.locator("#measured-choice input").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#phase-said")).to_have_text(SAMPLES, timeout=FIRST)
    page.locator("#phase-run").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#phase-run")).to_have_text("Resume")
    page.locator("#phase-cancel").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#phase-said")).to_contain_text("Cancelled: ")


def test_a_page_that_goes_is_measured_for_no_more(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(plane("9e-3") + "&measured=overlap")
    expect(page.locator("#phase-said")).to_have_text(SAMPLES, timeout=FIRST)
    with page.expect_response("**/goodbye") as answer:
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert answer.value.status == 200
    assert len(answer.value.request.post_data_json["asker"]) == 32


def test_a_scheduler_that_is_gone_is_said_in_the_strip_and_the_page_goes_on(
    visit: NewVisit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SADDLESURF_SCHEDULER", "tcp://127.0.0.1:1")
    with served(tmp_path) as server:
        seen = visit()
        seen.address = server.address
        page = seen.open(plane("1e-3") + "&measured=overlap")
        expect(page.locator("#phase-said")).to_contain_text("The scheduler at tcp://127.0.0.1:1")
        expect(page.locator("#phase-said")).to_contain_text("It is tried again. 0 of")
        page.keyboard.press("3")
        expect(page.locator("#sentence-caption")).to_contain_text("3. ")
        expect(page.locator("#banner")).to_be_hidden()
        seen.foreign.clear()  # its own server is another host than that of the other stories
        page.goto("about:blank")
