"""Stories of a student with a phone: what a tap changes is in sight, a swipe scrolls, nothing zooms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

NewVisit = Callable[..., Any]
RANGES = """() => [...document.querySelectorAll(".js-plotly-plot")].filter((gd) => gd.offsetParent && gd._fullLayout)
    .map((gd) => [gd._fullLayout.xaxis.range, gd._fullLayout.yaxis.range])"""


def phone(visit: NewVisit, *, width: int = 390, height: int = 844, **options: Any) -> Any:
    return visit(width=width, height=height, has_touch=True, is_mobile=True, **options)


def swipe(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    """A finger that goes down, along and up, as the browser's own input sees it."""
    hand = page.context.new_cdp_session(page)
    x, y = start
    hand.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for k in range(1, 11):
        at = {"x": x + by[0] * k / 10, "y": y + by[1] * k / 10}
        hand.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
        page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => resolve()))")
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def centre(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_diagram_a_picture_and_the_story_are_in_sight_together(visit: NewVisit) -> None:
    seen = phone(visit)
    page = seen.open("?v=1&d2=0.3333333333333333")
    for scrolled in (0, 120, 700):
        page.evaluate("(y) => window.scrollTo(0, y)", scrolled)
        expect(page.locator("#phase-graph")).to_be_in_viewport(ratio=0.99)
        for button in ("#story-back", "#story-next"):
            expect(page.locator(button)).to_be_in_viewport(ratio=0.99)
        expect(page.locator("#sentence-caption")).to_contain_text("4. Saddles only.")
        expect(page.locator(".story-text")).to_be_in_viewport()
        if scrolled < 200:
            expect(page.locator("#flow-graph")).to_be_in_viewport(ratio=0.9)


def test_the_other_pictures_are_tabs_and_the_address_says_which(visit: NewVisit) -> None:
    seen = phone(visit)
    page = seen.open()
    asked: list[str] = []
    page.on("request", lambda request: asked.extend(
        request.post_data_json["cards"] if request.url.endswith("/cards") else []))  # fmt: skip
    for words, name in (("Hessian", "spectrum"), ("Landscape", "landscape")):
        page.locator("#pane-choice").get_by_text(words, exact=True).tap()
        seen.settle()
        expect(page.locator(f"#{name}-graph")).to_be_in_viewport(ratio=0.9)
        expect(page.locator("#flow-graph")).to_be_hidden()
        expect(page.locator("#play")).to_be_visible()  # the moment concerns this picture too
        assert parse_qs(seen.query()[1:])["pane"] == [name]
    assert set(asked) == {"spectrum", "landscape"}
    page.reload()
    seen.settle()
    expect(page.locator("#landscape-graph")).to_be_visible()


def test_a_tap_goes_there_and_zooms_nothing(visit: NewVisit) -> None:
    seen = phone(visit)
    page = seen.open("?v=1&tmax=100")
    before = page.evaluate(RANGES)
    target = seen.to_screen(0.3, 1.5)
    page.touchscreen.tap(*target)
    page.touchscreen.tap(*target)
    seen.settle()
    assert np.hypot(*(np.array(seen.handle()) - target)) <= 1.5
    for x, y in (centre(page, "#flow-graph"), centre(page, "#flow-graph")):
        page.touchscreen.tap(x, y)
    seen.settle()
    assert page.evaluate(RANGES) == before
    assert page.evaluate("window.visualViewport.scale") == 1


def test_a_swipe_that_begins_on_a_slider_scrolls_and_one_along_it_moves_it(visit: NewVisit) -> None:
    seen = phone(visit)
    page = seen.open("?v=1&tmax=100")
    page.locator("#dp-slider").evaluate("(e) => window.scrollBy(0, e.getBoundingClientRect().top - 560)")
    before, query = page.evaluate("window.scrollY"), seen.query()
    at = centre(page, "#dp-slider")
    swipe(page, (at[0] + 60, at[1]), (3, -160))
    page.wait_for_function("(y) => window.scrollY > y + 60", arg=before)
    seen.settle()
    assert seen.query() == query
    page.evaluate("(y) => window.scrollTo(0, y)", before)
    at = centre(page, "#dp-slider")
    swipe(page, at, (80, 2))
    page.wait_for_function("() => window.location.search.includes('dp=')")
    seen.settle()
    assert float(parse_qs(seen.query()[1:])["dp"][0]) > 2
    at = centre(page, "#dp-slider")
    page.touchscreen.tap(at[0] - 100, at[1])  # a tap goes there at once
    page.wait_for_function("() => Number(new URLSearchParams(window.location.search).get('dp')) < 1")


def test_what_a_finger_meets_is_large_enough(visit: NewVisit) -> None:
    seen = phone(visit)
    page = seen.open()
    seen.unfold()
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, label, [role=slider], input")]
            .filter((part) => part.offsetParent && !part.closest(".menu-items, .mantine-Switch-root"))
            .filter((part) => !part.matches(".visually-hidden, input[type=radio], .term")) // a word in a sentence
            .map((part) => [part.id || part.className || part.textContent, part.getBoundingClientRect()])
            .filter(([name, box]) => box.width > 1 && (box.width < 24 || box.height < 24) && !/label/i.test(name))
            .map(([name, box]) => [name, box.width, box.height])"""
    )
    assert small == []
    for name, keypad in (("m0", "text"), ("dp", "text"), ("p", "numeric"), ("T", "decimal")):
        assert page.locator(f"#{name}-box").get_attribute("inputmode") == keypad
    # a phone zooms to a box of smaller type
    assert page.locator("#m0-box").evaluate("(box) => parseFloat(getComputedStyle(box).fontSize)") >= 16


def test_back_and_next_tell_the_story(visit: NewVisit) -> None:
    seen = phone(visit)
    page = seen.open()
    for _ in range(2):
        page.locator("#story-next").tap()
        seen.settle()
    expect(page.locator("#sentence-caption")).to_contain_text("1. Impossible")
    expect(page.locator(".story-text")).to_be_in_viewport()
    page.locator("#story-next").tap()
    seen.settle()
    page.locator("#story-back").tap()
    seen.settle()
    expect(page.locator("#sentence-caption")).to_contain_text("1. Impossible")
    x, y = seen.handle()
    assert np.hypot(x - seen.to_screen(1.0, 0.8)[0], y - seen.to_screen(1.0, 0.8)[1]) < 2


@pytest.mark.parametrize(
    ("width", "height"), [(390, 844), (320, 700), (320, 256), (640, 360), (844, 390), (820, 1180)]
)
def test_nothing_reaches_out_of_any_small_screen(visit: NewVisit, width: int, height: int) -> None:
    seen = visit(width=width, height=height)
    page = seen.open()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in (
        *[f"#{name}-card" for name in ("phase", "flow", "sentence")],
        ".parameters",
        ".header-tools",
    ):
        box = page.locator(part).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    page.locator("#dp-box").focus()  # what has the focus is not hidden by what is pinned
    box = page.locator("#dp-box").bounding_box()
    assert box
    found = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).id", [box["x"] + 4, box["y"] + box["height"] / 2]
    )
    assert found == "dp-box"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_phone(visit: NewVisit, scheme: str) -> None:
    seen = phone(visit, scheme=scheme)
    page = seen.open("?v=1&d2=0.3333333333333333&pane=spectrum")
    seen.unfold()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
