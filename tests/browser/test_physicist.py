"""Stories of a physicist at a desk: three points are compared, a noise is scanned, own data are laid over m(t)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from engine import atlas

NewVisit = Callable[..., Any]
CARDS = ("phase", "flow", "spectrum", "landscape")
#: Four points whose flows end early, so that the story is told in seconds.
THREE = "?v=1&tmax=100&pin1=d2:0.5556,tmax:100&pin2=d2:0.3333,dp:2,tmax:100&pin3=d2:0.4,m0:0.0001,tmax:100"
NAMED = """(name) => { const gd = document.querySelector(`#${name}-graph .js-plotly-plot`);
    const pins = gd.data.filter((one) => /^pin/.test(one.name));
    const words = gd.layout.annotations.filter((one) => /^pin/.test(one.text));
    return [pins.map((one) => one.name), words.map((one) => one.text), pins.map((one) => (one.line || {}).dash)]; }"""
SCROLLS = """() => { const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
    return [scrollWidth - clientWidth, scrollHeight - clientHeight]; }"""


def rows(page: Page) -> list[list[str]]:
    """The table of what is compared, without its head."""
    found: list[list[str]] = page.evaluate(
        """() => [...document.querySelectorAll("#compare-rows tbody tr")]
            .map((row) => [...row.children].map((cell) => cell.textContent))"""
    )
    return found


def test_three_points_are_pinned_compared_recalled_and_removed(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&tmax=100")
    expect(page.locator("#compare-card")).to_be_hidden()
    page.locator("#pin").click()
    seen.settle()
    assert parse_qs(seen.query()[1:])["pin1"] == ["tmax:100"]
    expect(page.locator("#compare-card")).to_be_visible()
    for text in ("0.5556", "0.3333"):
        page.locator("#d2-box").fill(text)
        page.locator("#d2-box").press("Enter")
        seen.settle()
        page.locator("body").click(position={"x": 700, "y": 10})
        page.keyboard.press("c")
        seen.settle()
    page.locator("#d2-box").fill("0.4")
    page.locator("#d2-box").press("Enter")
    seen.settle()
    for name in CARDS:
        assert page.evaluate(NAMED, name)[0] == ["pin 1", "pin 2", "pin 3"], name
        assert len(page.evaluate(NAMED, name)[1]) == 3, name
    assert page.evaluate(NAMED, "flow")[2] == ["dash", "dot", "dashdot"]
    table = rows(page)
    assert [row[0] for row in table] == ["live", "pin 1", "pin 2", "pin 3"]
    assert [row[1] for row in table] == ["0.4", "0.4348", "0.5556", "0.3333"]
    page.reload()
    seen.settle()
    assert rows(page) == table
    page.locator("#pin-2 [data-pin^=back]").click()
    seen.settle()
    expect(page.locator("#d2-box")).to_have_value("0.5556")
    assert rows(page)[0][1:] == rows(page)[2][1:]
    page.go_back()
    seen.settle()
    expect(page.locator("#d2-box")).to_have_value("0.4")
    for left in (2, 1, 0):
        page.locator("#pin-1 [data-pin^=away]").click()
        seen.settle()
        assert len(page.evaluate(NAMED, "flow")[0]) == left
    expect(page.locator("#compare-card")).to_be_hidden()
    assert seen.query() == "?v=1&d2=0.4&tmax=100"


def test_the_live_row_follows_and_what_is_pinned_stands(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(THREE)
    before = rows(page)
    page.locator("#handle").focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    seen.settle()
    after = rows(page)
    assert after[1:] == before[1:]
    assert after[0] != before[0]
    assert len(page.evaluate(NAMED, "landscape")[0]) == 3


@pytest.mark.parametrize(("width", "height", "least"), [(1440, 900, 300), (1280, 720, 220)])
def test_the_table_takes_nothing_from_the_pictures(
    visit: NewVisit, width: int, height: int, least: int
) -> None:
    seen = visit(width=width, height=height)
    page = seen.open("?v=1&tmax=100")
    sizes = [page.locator(f"#{name}-graph").bounding_box() for name in CARDS]
    page = seen.open(THREE)
    assert [page.locator(f"#{name}-graph").bounding_box() for name in CARDS] == sizes
    assert all(size["height"] >= least for size in sizes)
    assert page.evaluate(SCROLLS) == [0, 0]
    table = page.locator("#compare-card .comparison")
    assert table.evaluate(
        "(part) => [part.scrollWidth - part.clientWidth, part.scrollHeight - part.clientHeight]"
    ) == [
        0,
        0,
    ]
    expect(page.get_by_role("button", name="The mirror trap")).to_be_in_viewport(ratio=1)
    for k in (1, 2, 3):
        for button in page.locator(f"#pin-{k} button").all():
            box = button.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 24
    page.keyboard.press("4")
    seen.settle()
    expect(page.locator(".told")).to_be_visible()
    assert [page.locator(f"#{name}-graph").bounding_box() for name in CARDS] == sizes


@pytest.mark.parametrize("look", ["ui=lecture", "show=flow", "show=phase"])
def test_a_lecture_and_a_picture_alone_keep_the_table(visit: NewVisit, look: str) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open(f"{THREE}&{look}")
    expect(page.locator("#compare-rows table")).to_be_visible()
    assert len(rows(page)) == 4
    assert page.evaluate(SCROLLS) == [0, 0]
    boxes = [page.locator(f"#{name}-card").bounding_box() for name in ("sentence", "compare")]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]


def test_a_phone_has_pins_and_their_table_between_pictures_and_controls(visit: NewVisit) -> None:
    seen = visit(width=390, height=844, has_touch=True)
    page = seen.open(THREE)
    assert page.evaluate(SCROLLS)[0] == 0
    page.locator("#pin-3 [data-pin^=away]").tap()
    seen.settle()
    assert len(rows(page)) == 3
    table, controls = (page.locator(name).bounding_box() for name in ("#compare-card", ".parameters"))
    assert table["y"] + table["height"] <= controls["y"]


OWN = """() => { const gd = document.querySelector("#flow-graph .js-plotly-plot");
    return gd.data.filter((one) => one.name === "own data").map((one) => [Array.from(one.x), Array.from(one.y)]); }"""


def test_a_curve_of_one_s_own_lies_over_m_and_is_sent_to_nobody(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&tmax=100")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    page.locator("[data-own=open]").click()
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    page.locator("#own-text").fill("time,overlap\n1,0.123456\n10,0.5\n")
    page.locator("[data-own=text]").click()
    expect(page.locator("#own-name")).to_have_text("pasted over m(t)")
    seen.settle()
    assert page.evaluate(OWN) == [[[1, 10], [0.123456, 0.5]]]
    page.keyboard.press("4")  # another point: it stays over the new picture
    seen.settle()
    assert page.evaluate(OWN) == [[[1, 10], [0.123456, 0.5]]]
    page.reload()
    seen.settle()
    assert page.evaluate(OWN) == [[[1, 10], [0.123456, 0.5]]]
    assert "0.123456" not in " ".join(sent)
    assert "own" not in seen.query()
    page.locator("[data-own=remove]").click()
    seen.settle()
    assert page.evaluate(OWN) == []


def test_a_scan_comes_by_itself_and_its_points_are_the_engine_s(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.3&m0=0.01&tmax=20&flow=scan_d2")
    expect(page.locator("#flow-note")).to_have_text("50 of 50 runs")
    shown = page.evaluate(
        """() => { const gd = document.querySelector("#flow-graph .js-plotly-plot");
            const columns = (one) => [Array.from(one.x), Array.from(one.y)];
            return Object.fromEntries(gd._fullData.map((one) => [one.name, columns(one)])); }"""
    )
    places, times = shown["escape time"]
    at = min(range(len(places)), key=lambda k: abs(places[k] - 1 / 0.3))
    run = atlas.tile(3, [1.0], [0.3], overlap_0=0.01, t_max=20.0)
    assert times[at] == pytest.approx(run.escape_time[0], rel=1e-5)
    assert shown["m at the end"][1][at] == pytest.approx(run.final_overlap[0], rel=1e-5)
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    page.keyboard.press("]")
    expect(page.locator("#flow-caption")).to_contain_text("p = 4")
    expect(page.locator("#flow-note")).to_have_text("50 of 50 runs")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pins_are_accessible(visit: NewVisit, scheme: str) -> None:
    seen = visit(scheme=scheme)
    page = seen.open(THREE)
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    for k in (1, 2, 3):
        expect(page.locator(f"#pin-{k} [data-pin^=away]")).to_have_accessible_name(f"Remove pin {k}")
    expect(page.locator("#pin-2 [data-pin^=back]")).to_have_accessible_name(
        "Go to pin 2: p = 3, Δ₂ = 0.3333, Δₚ = 2, m₀ = 1e-10, T = 0, tₘₐₓ = 100"
    )
    expect(page.locator("#compare-card .comparison")).to_have_accessible_name("Comparison")


def test_an_old_link_opens_as_before_and_a_wrong_pin_is_a_sentence(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.5556&tmax=100")
    assert seen.query() == "?v=1&d2=0.5556&tmax=100"
    assert page.evaluate(NAMED, "flow")[0] == []
    page = seen.open("?v=1&tmax=100&pin1=d2:many&pin2=d2:0.5,tmax:100")
    expect(page.locator("#address-error")).to_contain_text("pins a point that cannot be read")
    assert len(rows(page)) == 2
