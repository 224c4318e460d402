"""Stories of the page on a desk and a projector: four pictures of one size, one of them alone, nothing that jumps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

NewVisit = Callable[..., Any]
CARDS = ("phase", "flow", "spectrum", "landscape")
#: Everything that the page shows, story and instance at once.
FULL = "?v=1&d2=0.3333333333333333&N=1000&measured=overlap&m0=0.001&tmax=10"
SCROLLS = """() => { const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
    return [scrollWidth - clientWidth, scrollHeight - clientHeight]; }"""
#: Heads of cards whose parts do not stand in one line, or reach out of the card.
BROKEN = """() => [...document.querySelectorAll(".card-head")].filter((head) => head.offsetParent).filter((head) => {
    const box = head.getBoundingClientRect();
    return [...head.querySelectorAll("h2, summary, button, .mantine-InputWrapper-root")]
      .filter((part) => part.offsetParent && !part.closest(".menu-items"))
      .some((part) => { const own = part.getBoundingClientRect();
        return own.top < box.top - 1 || own.bottom > box.bottom + 1 || own.right > box.right + 1; });
    }).map((head) => head.textContent)"""


def sizes(page: Page) -> dict[str, tuple[float, float]]:
    found = {}
    for name in CARDS:
        box = page.locator(f"#{name}-graph").bounding_box()
        assert box
        found[name] = (box["width"], box["height"])
    return found


@pytest.mark.parametrize(
    ("width", "height", "least"), [(1280, 720, 220), (1440, 900, 300), (1920, 1080, 380), (1366, 640, 170)]
)
def test_four_pictures_of_one_size_are_seen_without_a_scrollbar(
    visit: NewVisit, width: int, height: int, least: int
) -> None:
    seen = visit(width=width, height=height)
    page = seen.open()
    found = sizes(page)
    assert len(set(found.values())) == 1, found
    assert found["phase"][1] >= least
    for name in (*CARDS, "sentence"):
        box = page.locator(f"#{name}-card").bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
    assert page.evaluate(SCROLLS) == [0, 0]
    assert page.evaluate(BROKEN) == []
    for button in ("0 What this is", "2 AMP works", "8 The mirror trap"):
        expect(page.get_by_role("button", name=button)).to_be_in_viewport(ratio=1)
    expect(page.locator("#instance-switch")).to_be_in_viewport()


def test_no_words_change_the_size_of_a_picture(visit: NewVisit) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open()
    before = sizes(page)
    for key in ("2", "5", "7"):
        page.keyboard.press(key)
        seen.settle()
        assert sizes(page) == before
    page.evaluate(
        """(names) => { for (const name of names) {
            document.getElementById(`${name}-note`).textContent = "computed in 209 ms, preview";
            document.getElementById(`${name}-caption`).textContent = "All of these words. ".repeat(40); } }""",
        [*CARDS, "sentence"],
    )
    assert sizes(page) == before
    assert page.evaluate(BROKEN) == []
    seen.open(FULL)
    page.keyboard.press("4")
    expect(page.locator("#phase-said")).to_contain_text("samples")
    expect(page.locator("#sentence-caption")).to_contain_text("This instance")
    assert sizes(page) == before
    assert page.evaluate(SCROLLS) == [0, 0]
    expect(page.get_by_role("button", name="8 The mirror trap")).to_be_in_viewport(ratio=1)


def test_a_caption_unfolds_over_its_picture_with_the_focus(visit: NewVisit) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open()
    caption = page.locator("#phase-caption")
    clipped = "(element) => element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight"
    assert caption.evaluate(clipped)
    before = sizes(page)
    caption.focus()
    assert not caption.evaluate(clipped)
    assert sizes(page) == before


def test_the_controls_are_compact_and_the_rest_unfolds_with_its_sentence(visit: NewVisit) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open()
    for name in ("d2", "dp", "p"):
        expect(page.locator(f"#{name}-box")).to_be_in_viewport()
    expect(page.locator("#T-box")).to_be_hidden()
    expect(page.locator("#more summary")).to_contain_text("m₀ 10⁻¹⁰")
    page.locator("#more summary").click()
    page.locator("#tmax-box").fill("5000")
    page.locator("#tmax-box").press("Enter")
    seen.settle()
    page.locator("#more summary").click()
    expect(page.locator("#more summary")).to_contain_text("5000")
    seen.open("?v=1&T=3")
    expect(page.locator("#T-box-error")).to_be_visible()


@pytest.mark.parametrize("name", CARDS)
def test_a_card_has_the_page_to_itself_and_gives_it_back(visit: NewVisit, name: str) -> None:
    seen = visit(width=1280, height=720)
    page = seen.open()
    before = sizes(page)[name]
    page.locator(f"[data-alone={name}]").click()
    seen.settle()
    assert parse_qs(seen.query()[1:])["show"] == [name]
    box = page.locator(f"#{name}-graph").bounding_box()
    assert box
    assert box["width"] > 2 * before[0]
    assert box["height"] > 1.8 * before[1]
    assert page.evaluate(SCROLLS) == [0, 0]
    for other in CARDS:
        if other != name:
            expect(page.locator(f"#{other}-graph")).to_be_hidden()
    expect(page.locator("#play")).to_be_visible(visible=name != "phase")  # the moment concerns what is shown
    page.reload()
    seen.settle()
    expect(page.locator(f"#{name}-graph")).to_be_visible()
    expect(page.locator(f"[data-alone={name}]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    seen.settle()
    assert sizes(page)[name] == before
    assert seen.query() == ""


def test_f_is_for_the_card_with_the_focus_or_under_the_pointer(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    page.locator("#landscape-graph").hover()
    page.keyboard.press("f")
    expect(page.locator("#landscape-graph")).to_be_visible()
    expect(page.locator("#flow-graph")).to_be_hidden()
    page.keyboard.press("f")
    expect(page.locator("#flow-graph")).to_be_visible()
    page.locator("#spectrum-export summary").focus()
    page.keyboard.press("F")
    expect(page.locator("#landscape-graph")).to_be_hidden()
    expect(page.locator("#spectrum-graph")).to_be_visible()


def test_nobody_asks_for_what_is_not_seen_and_all_is_right_when_it_is_again(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&show=spectrum")
    asked: set[str] = set()

    def note(request: Any) -> None:
        if request.url.endswith("/cards"):
            asked.update(request.post_data_json["cards"])

    page.on("request", note)
    page.keyboard.press("7")  # its picture to watch is this one
    seen.settle()
    page.keyboard.press("d")
    seen.settle()
    assert asked == {"spectrum", "sentence"}
    page.keyboard.press("Escape")
    seen.settle()
    expect(page.locator("#flow-caption")).to_contain_text("0.7544")
    after = seen.pictures()
    ink = "(n) => document.querySelector(`#${n}-graph .js-plotly-plot`)._fullLayout.font.color"
    assert {page.evaluate(ink, card) for card in CARDS} == {"#f2f2f2"}
    page.reload()
    seen.settle()
    assert seen.pictures() == after


def test_the_story_steps_on_and_back(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    back, on = page.locator("#story-back"), page.locator("#story-next")
    expect(back).to_have_attribute("aria-disabled", "true")
    for key in ("0", "1", "2"):
        on.click()
        seen.settle()
        expect(page.locator("#sentence-caption")).to_contain_text(f"{key}. ")
    back.click()
    seen.settle()
    expect(page.locator("#sentence-caption")).to_contain_text("1. Impossible")
    expect(page.get_by_role("button", name="1 Impossible")).to_have_attribute("aria-pressed", "true")
    for _ in range(7):
        on.click()
    seen.settle()
    expect(page.locator("#sentence-caption")).to_contain_text("8. The mirror")
    expect(on).to_have_attribute("aria-disabled", "true")
    expect(on).to_be_focused()


@pytest.mark.parametrize("query", ["", "?v=1&flow=growth", "?v=1&ui=lecture"])
def test_the_moment_s_slider_stands_under_the_axis_of_time(visit: NewVisit, query: str) -> None:
    seen = visit()
    page = seen.open(query)
    axis = page.evaluate(
        """() => { const gd = document.querySelector("#flow-graph .js-plotly-plot"), x = gd._fullLayout.xaxis;
            const left = gd.getBoundingClientRect().left + x._offset; return [left, left + x._length]; }"""
    )
    centre = """(e) => { const box = e.getBoundingClientRect(); return box.left + box.width / 2; }"""
    thumb = page.locator("#moment [role=slider]")
    for key, edge in (("Home", axis[0]), ("End", axis[1])):
        thumb.focus()
        page.keyboard.press(key)
        seen.settle()
        assert thumb.evaluate(centre) == pytest.approx(edge, abs=2.5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", [FULL, "?v=1&show=flow", "?v=1&show=phase&d2=0.5556"])
def test_axe_finds_nothing(visit: NewVisit, scheme: str, query: str) -> None:
    seen = visit(width=1280, height=720, scheme=scheme)
    page = seen.page
    page.goto(f"{seen.address}/{query}")
    if "measured" in query:
        expect(page.locator("#phase-said")).to_contain_text("samples")
        page.locator("#phase-cancel").click()
    seen.settle()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_forced_colours_show_what_is_chosen(visit: NewVisit) -> None:
    seen = visit(forced_colors="active")
    page = seen.open("?v=1&d2=0.3333333333333333&hess=surfing")
    chosen = "(element) => getComputedStyle(element).outlineStyle"
    label = page.locator("#hess-choice label")
    assert label.nth(2).evaluate(chosen) == "solid"
    assert label.nth(0).evaluate(chosen) == "none"
    page.keyboard.press("4")
    seen.settle()
    assert page.get_by_role("button", name="4 Saddles").evaluate(chosen) == "solid"
    assert page.get_by_role("button", name="5 Exactly").evaluate(chosen) == "none"


def test_escape_in_a_menu_leaves_the_focus_on_it(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    for menu in ("#line-menu", "#flow-export"):
        page.locator(f"{menu} summary").click()
        page.locator(f"{menu} input, {menu} button").first.focus()
        page.keyboard.press("Escape")
        assert page.locator(menu).get_attribute("open") is None
        expect(page.locator(f"{menu} summary")).to_be_focused()


def test_a_slider_says_its_value_not_its_logarithm(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.5&m0=-1e-4&dp=inf&N=1000")
    said = {"d2": "0.5", "dp": "infinite", "p": "3", "m0": "-1e-4", "tmax": "10000", "N": "1000"}
    for name, words in said.items():
        expect(page.locator(f"#{name}-slider [role=slider]")).to_have_attribute("aria-valuetext", words)
    page.locator("#d2-slider [role=slider]").focus()
    page.keyboard.press("ArrowRight")
    seen.settle()
    expect(page.locator("#d2-slider [role=slider]")).to_have_attribute("aria-valuetext", "0.5129")
    page.locator("#moment [role=slider]").focus()
    page.keyboard.press("Home")
    seen.settle()
    expect(page.locator("#moment [role=slider]")).to_have_attribute("aria-valuetext", "t = 0.1")


@pytest.mark.parametrize(
    ("query", "width", "height"),
    [("?v=1", 1280, 720), ("?v=1&ui=lecture", 1280, 720), ("?v=1", 390, 844), ("?v=1", 320, 700)],
)
def test_play_and_its_slider_stand_apart(visit: NewVisit, query: str, width: int, height: int) -> None:
    seen = visit(width=width, height=height)
    page = seen.open(query)
    strip, play = page.locator(".moment"), page.locator(".moment button.tool")
    for word in ("Play", "Pause"):
        play.evaluate("(button, word) => { button.textContent = word; }", word)
        for columns in (
            strip.evaluate("(strip) => strip.style.gridTemplateColumns"),
            "",
        ):  # "": before any picture
            strip.evaluate("(strip, columns) => { strip.style.gridTemplateColumns = columns; }", columns)
            button, track = play.bounding_box(), page.locator(".moment .mantine-Slider-track").bounding_box()
            assert button
            assert track
            assert button["width"] >= 24
            assert button["x"] + button["width"] <= track["x"]
            assert play.evaluate("(button) => button.scrollWidth <= button.clientWidth + 1"), word
