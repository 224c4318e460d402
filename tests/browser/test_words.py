"""Stories of who meets a word for the first time, and of who hears the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

NewVisit = Callable[..., Any]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_word_and_a_picture_tell_what_they_mean(visit: NewVisit, scheme: str) -> None:
    seen = visit(scheme=scheme, width=1280, height=720)
    page = seen.open("?v=1&show=flow")
    told = page.locator("#explained")
    word = page.locator("#sentence-caption .term", has_text="trivialization")
    word.click()
    expect(told).to_contain_text("beyond which no minima are expected")
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    expect(word).to_be_focused()
    expect(page.locator("html")).to_have_attribute("data-show", "flow")  # that Esc was for what was told
    page.locator("#flow-card .about").click()
    expect(told).to_contain_text("Across: time, logarithmic. Upwards: the overlap m(t).")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("html")).to_have_attribute("data-show", "all")


def test_every_card_tells_what_it_shows_on_a_phone_too(visit: NewVisit) -> None:
    seen = visit(width=390, height=844)
    page = seen.open()
    for name in ("phase", "flow"):
        page.locator(f"#{name}-card .about").click()
        box = page.locator("#explained").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        expect(page.locator("#explained")).to_contain_text("Notice:")


def test_ten_presses_are_one_announcement(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    page.evaluate("""() => { window.told = []; const live = document.getElementById("announced");
        new MutationObserver(() => told.push(live.textContent)).observe(live, { childList: true }); }""")
    page.locator("#handle").focus()
    for _ in range(10):
        page.keyboard.press("ArrowUp")
    seen.settle()
    page.wait_for_function("() => told.length > 0")
    assert page.evaluate("told.length") <= 2  # eleven at each of ten presses, once
    assert page.evaluate("told.at(-1) === document.getElementById('sentence-caption').textContent")
    assert page.locator("#sentence-caption").get_attribute("aria-live") is None


def test_a_wrong_inverse_is_marked_under_its_own_box(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    page.locator("#inverse-d2-box").fill("none")
    page.locator("#inverse-d2-box").press("Enter")
    expect(page.locator("#inverse-d2-box")).to_have_attribute("aria-invalid", "true")
    assert page.locator("#d2-box").get_attribute("aria-invalid") != "true"
    page.locator("#d2-box").fill("none")
    page.locator("#d2-box").press("Enter")
    expect(page.locator("#d2-box")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#inverse-d2-box")).not_to_have_attribute("aria-invalid", "true")


def test_numbers_beside_the_pointer_are_in_the_pages_form(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&flow=log_overlap&tmax=100")
    box = page.locator("#flow-graph .nsewdrag").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    expect(page.locator("#flow-graph .hoverlayer")).to_contain_text("·10⁻¹⁰")


def test_the_glossary_is_a_page_of_the_theory(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    page.keyboard.press("t")
    page.locator("#theory-page").get_by_text("Glossary").click()
    expect(page.locator("#theory-body dt")).to_have_count(29)
