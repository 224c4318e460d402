"""Stories of a lecturer: two large pictures, large type, a clicker that tells the story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

NewVisit = Callable[..., Any]
SMALLEST_TYPE = """() => Math.min(...[...document.querySelectorAll(".js-plotly-plot text")]
    .filter((text) => text.textContent && text.getBoundingClientRect().width)
    .map((text) => parseFloat(getComputedStyle(text).fontSize)))"""
CURVES = """(name) => document.querySelector(`#${name}-graph .js-plotly-plot`)._fullData
    .filter((trace) => trace.type === "scatter" && trace.mode.includes("lines") && trace.line.width)
    .map((trace) => trace.line.width)"""


def test_l_shows_two_large_pictures_and_the_address_says_it(visit: NewVisit) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open("?v=1&d2=0.3333333333333333")
    page.keyboard.press("l")
    seen.settle()
    assert parse_qs(seen.query()[1:])["ui"] == ["lecture"]
    expect(page.locator(".parameters")).to_be_hidden()
    for name in ("phase", "flow"):
        box = page.locator(f"#{name}-graph").bounding_box()
        assert box
        assert box["width"] > 580
        assert box["height"] > 330
        assert max(page.evaluate(CURVES, name)) >= 4
    assert page.evaluate(CURVES, "flow") == [4]
    for name in ("spectrum", "landscape"):
        expect(page.locator(f"#{name}-card")).to_be_hidden()
    assert page.evaluate(SMALLEST_TYPE) >= 18
    page.reload()
    seen.settle()
    assert page.evaluate(SMALLEST_TYPE) >= 18
    page.locator("#lecture-button").click()
    seen.settle()
    expect(page.locator("#spectrum-graph")).to_be_visible()
    assert page.evaluate(SMALLEST_TYPE) < 13
    assert "ui" not in seen.query()


def test_a_clicker_tells_the_story_and_the_banner_says_it_whole(visit: NewVisit) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open("?v=1&ui=lecture")
    fits = "(box) => box.scrollHeight <= box.clientHeight + 1"
    told = page.locator("#sentence-caption")
    for key in range(9):
        page.keyboard.press("PageDown")
        seen.settle()
        expect(told).to_contain_text(f"{key}. ")
        expect(page.locator(".story-text")).to_be_in_viewport(ratio=1)
        expect(page.locator("[data-try]").last).to_be_in_viewport(ratio=1)
        assert told.evaluate(fits), key
    assert told.evaluate("(box) => parseFloat(getComputedStyle(box).fontSize)") >= 18
    for press in ("PageUp", "ArrowLeft"):
        page.keyboard.press(press)
        seen.settle()
    expect(told).to_contain_text("6. ")
    page.locator("#story-next").click()  # the focus stays on it
    for key in ("ArrowRight", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
        seen.settle()
    expect(told).to_contain_text("8. ")


def test_the_second_picture_is_chosen_and_keeps_the_moment(visit: NewVisit) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open("?v=1&ui=lecture")
    page.locator("#pane-choice").get_by_text("Hessian", exact=True).click()
    seen.settle()
    expect(page.locator("#spectrum-graph")).to_be_visible()
    expect(page.locator("#flow-graph")).to_be_hidden()
    page.locator("#moment [role=slider]").focus()
    page.keyboard.press("Home")
    seen.settle()
    expect(page.locator("#moment-text")).to_have_text("shown: t = 0.1")
    expect(page.locator("#spectrum-caption")).to_contain_text("t = 0.1")
    x, y = seen.handle()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 30, steps=6)
    page.mouse.up()
    seen.settle()
    assert page.evaluate(SMALLEST_TYPE) >= 18


def test_keys_of_one_character_can_be_turned_off_and_stay_off(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    page.keyboard.press("?")
    page.locator("#keys-switch").evaluate("(box) => box.click()")
    expect(page.locator("#keys-switch")).not_to_be_checked()
    expect(page.get_by_role("dialog")).to_contain_text("[ and ]")
    page.keyboard.press("Escape")
    page.reload()
    seen.settle()
    for key in ("4", "d", "l", "]", "f", "?"):
        page.keyboard.press(key)
    seen.settle()
    assert seen.query() == ""
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("PageDown")  # these are no characters
    seen.settle()
    expect(page.locator("#sentence-caption")).to_contain_text("0. What")
    page.locator("#help-button").click()
    page.locator("#keys-switch").evaluate("(box) => box.click()")
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    seen.settle()
    expect(page.locator("#sentence-caption")).to_contain_text("4. Saddles")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pane", ["flow", "landscape"])
def test_axe_finds_nothing_in_a_lecture(visit: NewVisit, scheme: str, pane: str) -> None:
    seen = visit(width=1280, height=720, scheme=scheme)
    page = seen.open(f"?v=1&ui=lecture&d2=0.3333333333333333&pane={pane}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
