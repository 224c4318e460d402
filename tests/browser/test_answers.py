"""Stories of answers that come late, early, or with more to follow; and of the scripts themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

NewVisit = Callable[..., Any]
INSTANCE = "?v=1&d2=0.4&dp=4&m0=0.05&tmax=1000&N=10000"


class Held:
    """Requests of one kind that wait until they are let through, in any order."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.routes: list[Route] = []
        self._page = page
        page.route(pattern, lambda route: self.routes.append(route))

    def wait(self, count: int = 1) -> None:
        """Until so many are waiting."""
        while len(self.routes) < count:
            self._page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => resolve()))")

    def release(self, which: int = 0) -> None:
        """Let one through."""
        self.routes.pop(which).continue_()


def enter(page: Page, box: str, text: str) -> None:
    page.locator(f"#{box}-box").fill(text)
    page.locator(f"#{box}-box").press("Enter")
    page.evaluate("document.activeElement.blur()")


def point(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        "async () => (await import(document.querySelector('link[href*=state]').href)).state.points[0]"
    )
    return found


def test_after_a_drag_the_sentence_says_what_the_picture_shows(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(INSTANCE)
    for step in (10, -10, 14):
        x, y = seen.handle()
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + step, y + 2, steps=8)
        page.mouse.up()
        seen.settle()
        end = page.evaluate("""() => document.querySelector("#flow-graph .js-plotly-plot")._fullData
            .find((trace) => trace.name === "instance").x.at(-1)""")
        assert end > 19
        expect(page.locator("#sentence-caption")).not_to_contain_text("so far")
        expect(page.locator("#sentence-caption")).not_to_contain_text("t = 11.9")


def test_a_slow_answer_about_a_box_undoes_nothing_newer(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    read = Held(page, "**/read")
    enter(page, "d2", "0.9")
    read.wait()
    page.keyboard.press("4")
    read.release()
    seen.settle()
    assert point(page)["d2"] == pytest.approx(1 / 3)
    assert "d2=0.3333" in seen.query()
    expect(page.locator("#d2-box")).to_have_value("0.333333")
    expect(page.locator("#sentence-caption")).to_contain_text("4. Saddles only")


def test_answers_about_two_boxes_are_both_heard_in_either_order(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    for order in (0, -1):
        read = Held(page, "**/read")
        enter(page, "d2", "0.7")
        read.wait()
        enter(page, "dp", "2")
        read.wait(2)
        expect(page.locator("#d2-box")).to_have_value("0.7")  # what was typed stays until it is answered
        read.release(order)
        read.release()
        seen.settle()
        page.unroute("**/read")
        assert (point(page)["d2"], point(page)["dp"]) == (0.7, 2)
        page.keyboard.press("3")
        seen.settle()


def test_a_late_sentence_about_one_box_survives_the_answer_about_another(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    read = Held(page, "**/read")
    enter(page, "d2", "-1")
    read.wait()
    enter(page, "dp", "2")
    read.wait(2)
    read.release()
    expect(page.locator("#d2-box-error")).to_contain_text("Δ₂ must be")
    read.release()
    seen.settle()
    expect(page.locator("#d2-box-error")).to_contain_text("Δ₂ must be")
    expect(page.locator("#d2-box")).to_have_value("-1")
    assert point(page)["dp"] == 2


def test_a_box_answers_while_another_control_moves(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    read = Held(page, "**/read")
    enter(page, "d2", "0.7")
    read.wait()
    page.locator("#dp-slider [role=slider]").focus()
    page.keyboard.press("ArrowRight")
    read.release()
    seen.settle()
    assert point(page)["d2"] == 0.7
    assert point(page)["dp"] == pytest.approx(1.023)


def test_back_is_not_undone_by_a_box_nor_a_key_by_back(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.8")
    page.keyboard.press("4")
    seen.settle()
    read = Held(page, "**/read")
    enter(page, "d2", "0.9")
    read.wait()
    page.go_back()
    read.wait(2)
    read.release()
    read.release()
    seen.settle()
    assert seen.query() == "?v=1&d2=0.8"
    expect(page.locator("#d2-box")).to_have_value("0.8")
    page.go_forward()
    read.wait()
    page.keyboard.press("2")
    read.release()
    seen.settle()
    assert parse_qs(seen.query()[1:])["d2"] == ["0.5556"]
    expect(page.locator("#d2-box")).to_have_value("0.5556")
    expect(page.locator("#sentence-caption")).to_contain_text("2. AMP works")


def test_of_two_steps_back_the_second_counts_whichever_is_answered_last(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.8")
    for key in ("4", "2"):
        page.keyboard.press(key)
        seen.settle()
    read = Held(page, "**/read")
    page.go_back()
    read.wait()
    page.go_back()
    read.wait(2)
    read.release(1)
    read.release()
    seen.settle()
    assert seen.query() == "?v=1&d2=0.8"
    expect(page.locator("#d2-box")).to_have_value("0.8")


def test_a_switch_of_the_instance_stays_while_an_address_is_read(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.4&dp=4&tmax=100")
    page.keyboard.press("4")
    seen.settle()
    read = Held(page, "**/read")
    page.go_back()
    read.wait()
    page.locator("#instance-switch").evaluate("(element) => element.click()")
    expect(page.locator("#instance-controls")).to_be_visible()
    read.release()
    seen.settle()
    found = point(page)
    assert (found["d2"], found["dp"], found["N"]) == (0.4, 4, 10_000)
    assert parse_qs(seen.query()[1:])["N"] == ["10000"]


def test_keys_before_the_scripts_and_before_the_address_harm_nothing(visit: NewVisit) -> None:
    seen = visit()
    page = seen.page
    scripts, read = Held(page, "**/main.mjs*"), Held(page, "**/read")
    page.goto(f"{seen.address}/?v=1&dp=2&ui=lecture", wait_until="commit")
    scripts.wait()
    for key in ("4", "[", "d", " ", "?", "Escape"):
        page.keyboard.press(key)
    scripts.release()
    read.wait()
    page.keyboard.press("4")  # the address is not read yet: its point is not known, its views are not
    read.release()
    seen.settle()
    assert (point(page)["d2"], point(page)["dp"]) == (pytest.approx(1 / 3), 1)
    assert "ui=lecture" in seen.query()
    expect(page.locator("#sentence-caption")).to_contain_text("4. Saddles only")


def test_the_order_goes_by_keys_through_its_whole_range(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&p=8&tmax=100")
    for key, p in (("]", 9), ("]", 10), ("]", 10), ("[", 9), ("[", 8), ("[", 7)):
        page.keyboard.press(key)
        seen.settle()
        assert point(page)["p"] == p
    seen.open("?v=1&tmax=100")
    page.keyboard.press("[")
    seen.settle()
    assert point(page)["p"] == 3


@pytest.mark.parametrize(
    ("name", "value", "key", "neighbour"),
    [
        ("p", "8", "ArrowLeft", 7),
        ("p", "8", "ArrowRight", 8),
        ("d2", "100", "ArrowLeft", 97.72),
        ("dp", "0.001", "ArrowRight", 0.001023),
        ("dp", "0.001", "ArrowLeft", 0.001),
        ("m0", "-1e-40", "ArrowRight", -3.162e-40),
        ("m0", "0.9", "ArrowLeft", 0.3162),
        ("tmax", "3", "ArrowRight", 10),
        ("dp", "inf", "ArrowLeft", 97.72),
    ],
)
def test_a_slider_takes_a_value_beyond_its_ends_to_its_neighbour(
    visit: NewVisit, name: str, value: str, key: str, neighbour: float
) -> None:
    seen = visit()
    page = seen.open(f"?v=1&{name}={value}" + ("" if name == "tmax" else "&tmax=100"))
    seen.unfold()
    before = point(page)
    page.locator(f"#{name}-slider [role=slider]").focus()
    page.keyboard.press(key)
    seen.settle()
    assert point(page) == {**before, name: pytest.approx(neighbour, rel=1e-3)}
    seen.page.reload()
    seen.settle()
    expect(page.locator(f"#{name}-box-error")).to_have_count(0)  # a valid one


def test_every_module_is_fetched_once_and_evaluated_once(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    entries = page.evaluate("() => performance.getEntriesByType('resource').map((entry) => entry.name)")
    modules = [urlsplit(name) for name in entries if urlsplit(name).path.endswith(".mjs")]
    paths = [module.path for module in modules]
    assert len(paths) == len(set(paths)) > 10
    assert [module.path.split("/")[-1] for module in modules if module.query] == ["main.mjs"]
    loaded = page.evaluate("() => [...document.scripts].map((script) => script.src)")
    assert sum("/assets/" in source for source in loaded) == 1  # Dash adds none of page/
    same = "async () => (await import(document.querySelector('link[href*=state]').href)).state.known"
    assert page.evaluate(same) is True  # the page's own state, not that of a second copy


def test_the_first_pictures_are_asked_for_before_dash_has_its_layout(visit: NewVisit) -> None:
    seen = visit()
    order: list[str] = []
    seen.page.on("request", lambda request: order.append(urlsplit(request.url).path))
    page = seen.open()
    assert order.index("/cards") < order.index("/_dash-layout")
    assert "/read" not in order  # an empty address says nothing
    expect(page.locator("#flow-note")).to_have_text(re.compile("cached|computed"))


def test_a_picture_that_comes_before_the_layout_waits_for_it(visit: NewVisit) -> None:
    seen = visit()
    page = seen.page
    layout = Held(page, "**/_dash-layout")
    with page.expect_response("**/cards"):
        page.goto(f"{seen.address}/", wait_until="commit")
    layout.wait()
    layout.release()
    seen.settle()
    assert all(len(data) > 100 for data in seen.pictures().values())
    expect(page.locator("#sentence-caption")).to_contain_text("the flow surfs")
