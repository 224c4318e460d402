"""Stories of a lecturer and of who comes for the first time: a point shows what it tells, in the address too."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

NewVisit = Callable[..., Any]
TITLES = """(name) => document.querySelector(`#${name}-graph .js-plotly-plot`)
    .layout.annotations.map((one) => one.text).join(" | ")"""


def test_the_surfing_point_shows_the_outlier_below_the_bulk_and_its_link_says_so(visit: NewVisit) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open("?v=1&d2=0.9&flow=energy&lines=bayes")
    page.keyboard.press("3")
    seen.settle()
    assert "outlier −0.0365" in page.evaluate(TITLES, "spectrum")
    expect(page.locator("#moment-text")).to_have_text("shown: t = 300")
    watched = page.locator(".card.watched")
    expect(watched).to_have_id("spectrum-card")
    expect(watched.locator(".watch-sign")).to_be_visible()
    said = {name: values[0] for name, values in parse_qs(seen.query()[1:]).items()}
    assert said == {"v": "1", "hess": "edge", "land": "ladder", "pane": "spectrum", "t": "300", "story": "3"}
    before = seen.pictures()
    page.reload()
    seen.settle()
    assert seen.pictures() == before
    expect(page.locator("#sentence-caption")).to_contain_text("3. Surfing")
    expect(page.locator(".card.watched")).to_have_id("spectrum-card")
    expect(page.locator("#moment-text")).to_have_text("shown: t = 300")


def test_whoever_leaves_a_point_keeps_its_views_and_its_moment(visit: NewVisit) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open("?v=1&story=3")
    page.locator("#handle").focus()
    page.keyboard.press("ArrowUp")
    seen.settle()
    expect(page.locator(".card.watched")).to_have_count(0)
    said = parse_qs(seen.query()[1:])
    assert "story" not in said
    assert (said["hess"], said["land"], said["t"]) == (["edge"], ["ladder"], ["300"])


def test_a_link_keeps_the_moment_that_was_chosen(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&t=42&hess=edge")
    expect(page.locator("#moment-text")).to_have_text("shown: t = 42")
    page.locator("#moment [role=slider]").focus()
    page.keyboard.press("ArrowLeft")
    seen.settle()
    text = page.locator("#moment-text").text_content()
    page.reload()
    seen.settle()
    expect(page.locator("#moment-text")).to_have_text(text)
    page.locator("#moment [role=slider]").focus()
    page.keyboard.press("End")
    seen.settle()
    assert "t=" not in seen.query().replace("lines=", "")


def test_every_try_is_a_button_that_does_it_and_keeps_the_focus(visit: NewVisit) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open("?v=1&story=5")
    box = page.locator("#sentence-caption").bounding_box()
    for key in range(9):
        page.keyboard.press(str(key))
        seen.settle()
        for tried in page.locator("[data-try]").all():  # in sight as it comes
            own = tried.bounding_box()
            assert own["y"] + own["height"] <= box["y"] + box["height"] + 1, key
    page.keyboard.press("5")
    seen.settle()
    page.locator("[data-try='0']").focus()
    page.keyboard.press("Enter")
    seen.settle()
    assert parse_qs(seen.query()[1:])["m0"] == ["1e-15"]
    expect(page.locator("#flow-caption")).to_contain_text(re.compile("t = 1460|t = 1450|t = 14"))
    expect(page.locator("[data-try='0']")).to_be_focused()
    page.go_back()
    seen.settle()
    assert "m0" not in seen.query()
    expect(page.locator("#sentence-caption")).to_contain_text("5. Exactly")


def test_the_line_that_the_first_point_names_is_drawn(visit: NewVisit) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open("?v=1&story=1")
    shown = page.evaluate(TITLES, "phase")
    assert "impossible for anyone" in shown
    levels = page.evaluate("""() => document.querySelector("#phase-graph .js-plotly-plot")._fullData
        .filter((trace) => trace.mode === "lines" && trace.line.width)
        .map((trace) => [...trace.y]).filter((y) => y.every((one) => Math.abs(one - 1) < 1e-6)).length""")
    assert levels > 0


@pytest.mark.parametrize(
    ("width", "height", "ui"), [(1280, 720, "desk"), (1280, 720, "lecture"), (390, 844, "desk")]
)
def test_the_opening_says_what_the_model_is(visit: NewVisit, width: int, height: int, ui: str) -> None:
    seen = visit(width=width, height=height)
    page = seen.open(f"?v=1&ui={ui}&d2=0.9")
    if ui == "desk":
        page.get_by_role("button", name="What is this?").click()
    else:
        page.keyboard.press("PageDown")
    seen.settle()
    panel = page.locator("#opening")
    for word in ("signal", "noise", "loss", "overlap"):
        expect(panel).to_contain_text(word)
    for number in ("1907.08226", "1902.00139", "1812.09066"):
        expect(panel.locator(f"a[href$='{number}']")).to_have_count(1)
    expect(panel.locator("svg")).to_have_count(3)
    expect(page.locator("#handle")).to_be_hidden()
    if width > 1000:
        assert panel.evaluate("(box) => box.scrollHeight <= box.clientHeight + 1")
        expect(page.locator("#story-next")).to_be_in_viewport(ratio=1)
    smallest = panel.evaluate("""(box) => Math.min(...[...box.querySelectorAll("svg text")].map((text) =>
        parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.getScreenCTM().a))""")
    assert smallest >= (18 if ui == "lecture" else 12)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    seen.settle()
    expect(panel).to_be_hidden()
    expect(page.locator("#handle")).to_be_visible()
    assert "story" not in seen.query()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["?v=1&story=0", "?v=1&story=3", "?v=1&story=5&ui=lecture"])
def test_axe_finds_nothing_in_the_story(visit: NewVisit, scheme: str, query: str) -> None:
    seen = visit(width=1280, height=720, scheme=scheme)
    page = seen.open(query)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_forced_colours_keep_the_frame_and_the_drawing(visit: NewVisit) -> None:
    seen = visit(forced_colors="active")
    page = seen.open("?v=1&story=3")
    style = "(card) => getComputedStyle(card).outlineStyle"
    assert page.locator("#spectrum-card").evaluate(style) == "solid"
    assert page.locator("#flow-card").evaluate(style) == "none"
    page.keyboard.press("0")
    seen.settle()
    colours = page.locator("#opening svg").first.evaluate("""(svg) => ["text", ".line"].map((what) => {
        const style = getComputedStyle(svg.querySelector(what));
        return what === "text" ? style.fill : style.stroke; })""")
    paper = page.locator("#opening").evaluate("(box) => getComputedStyle(box).backgroundColor")
    assert paper not in colours


def test_a_student_s_thumb_finds_the_try_and_the_picture_beside_it(visit: NewVisit) -> None:
    seen = visit(width=390, height=844, has_touch=True, is_mobile=True)
    page = seen.open("?v=1&story=3")
    expect(page.locator("#spectrum-graph")).to_be_in_viewport(ratio=0.9)
    tried = page.locator("[data-try='0']")
    assert tried.bounding_box()["height"] >= 24
    tried.tap()
    seen.settle()
    assert "hess=surfing" in seen.query()
    expect(page.locator("#spectrum-graph")).to_be_in_viewport(ratio=0.9)
    page.get_by_role("button", name="6 Many minima").tap()  # far below
    seen.settle()
    expect(page.locator("#landscape-graph")).to_be_in_viewport(ratio=0.9)
    expect(page.locator("#phase-graph")).to_be_in_viewport(ratio=0.9)


def test_a_point_plays_what_it_tells_where_motion_is_welcome(browser: Any, server: Any) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="no-preference")
    page = context.new_page()
    page.goto(f"{server.address}/?v=1")
    page.wait_for_function("() => document.documentElement.dataset.page === 'settled'")
    page.keyboard.press("3")
    expect(page.locator("#play")).to_have_text("Pause")
    expect(page.locator("#moment-text")).to_have_text("shown: t = 300")
    expect(page.locator("#play")).to_have_text("Play")
    page.wait_for_function("() => document.documentElement.dataset.page === 'settled'")
    assert "t=300&story=3" in page.evaluate("window.location.search")
    context.close()


@pytest.mark.parametrize(
    ("width", "height", "ui"), [(1280, 720, "desk"), (1280, 720, "lecture"), (390, 844, "desk")]
)
def test_the_tour_is_offered_stops_at_each_part_and_is_left_by_escape(
    visit: NewVisit, width: int, height: int, ui: str
) -> None:
    seen = visit(width=width, height=height)
    page = seen.open(f"?v=1&ui={ui}&story=0")
    box = page.locator("#tour")
    expect(box).to_be_hidden()
    page.get_by_role("button", name="Tour of the page").click()
    seen.settle()
    for k, title in enumerate(("Phase", "Gradient", "Hessian", "Landscape", "Parameters", "Story"), 1):
        expect(box).to_contain_text(f"Tour, {k} of 6. {title}")
        if width > 1000:
            assert box.evaluate("(box) => box.scrollHeight <= box.clientHeight + 1"), title
        if k in (2, 3, 4):
            expect(page.locator(".card.watched .graph")).to_be_in_viewport(ratio=0.75)
        if k < 6:
            page.locator("#story-next").click()
            seen.settle()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    seen.settle()
    expect(box).to_be_hidden()
    assert "story" not in seen.query()
