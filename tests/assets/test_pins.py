"""Pins: what the buttons and the key do to the state, what the buttons say, the table."""

from __future__ import annotations

from typing import Any

import pytest

from app.layout.pins import pin_buttons
from app.page.pins import MOST_PINS
from app.page.state import PUBLIC_NAMES
from tests.assets.markup import markup_of

PINS = "page/pins.mjs"
ROWS = {
    "head": [["point", "Point"], ["m*", "Overlap of the minimum"]],
    "body": [["live", "0.812"], ["pin 1", "–"]],
}


@pytest.fixture
def page(blank: Any) -> Any:
    blank.open(body=f'{markup_of(pin_buttons())}<div id="compare-rows"></div>')
    blank.run(PINS, "start(); arrive();")
    return blank


def points(page: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.run("page/state.mjs", "return state.points;")
    return found


def go(page: Any, **point: Any) -> None:
    page.run("page/state.mjs", 'change({ point: argument }, "test");', point)


def test_a_button_pins_the_theory_of_the_live_point(page: Any) -> None:
    go(page, d2=0.5, N=100)
    page.page.click("#pin")
    live, pin = points(page)
    assert pin == {name: live[name] for name in PUBLIC_NAMES}  # an instance belongs to the live point
    assert live["N"] == 100
    assert page.page.evaluate("document.documentElement.dataset.pins") == "1"
    assert page.page.locator("#pin-1").is_visible()
    assert page.page.locator("#pin-2").is_hidden()


def test_a_point_is_pinned_once_and_no_more_than_three_are(page: Any) -> None:
    button = page.page.locator("#pin")
    for k in range(MOST_PINS + 2):
        go(page, d2=0.5 + k / 10)
        for _ in range(2):
            page.page.click("#pin", force=True)  # it may say that it is disabled
        assert len(points(page)) == 1 + min(k + 1, MOST_PINS)
        assert button.get_attribute("aria-disabled") == "true"
    go(page, d2=0.5)
    assert button.get_attribute("aria-disabled") == "true"
    page.page.click("#pin-2 [data-pin^=away]")
    assert button.get_attribute("aria-disabled") == "true"  # 0.5 is pinned
    go(page, d2=0.9)
    assert button.get_attribute("aria-disabled") == "false"


def test_a_pin_is_gone_back_to_and_taken_away(page: Any) -> None:
    for d2 in (0.5, 0.6):
        go(page, d2=d2)
        page.page.click("#pin")
    page.run("page/state.mjs", 'change({ story: "3", looks: { land: "map" } }, "test");')
    go(page, d2=0.9, N=100)
    page.page.click("#pin-1 [data-pin^=back]")
    state = page.run("page/state.mjs", "return state;")
    assert [point["d2"] for point in state["points"]] == [0.5, 0.5, 0.6]
    assert state["points"][0]["N"] == 100
    assert (state["story"], state["looks"]["land"], state["visit"]) == (None, "map", "push")
    back = page.page.locator("#pin-1 [data-pin^=back]")
    assert back.get_attribute("aria-pressed") == "true"
    assert "Δ₂ = 0.5, Δₚ = 1" in str(back.get_attribute("aria-label"))
    page.page.click("#pin-1 [data-pin^=away]")
    assert [point["d2"] for point in points(page)] == [0.5, 0.6]
    assert page.page.locator("#pin-2").is_hidden()
    page.page.click("#pin-1 [data-pin^=away]")
    assert len(points(page)) == 1
    assert page.page.evaluate("document.activeElement.id") == "pin"  # the focus is not lost with the button


def test_before_the_layout_is_there_a_key_pins_and_the_buttons_say_so_later(blank: Any) -> None:
    blank.run(PINS, "start(); pin();")
    assert len(points(blank)) == 2
    blank.page.evaluate("(html) => { document.body.innerHTML += html; }", markup_of(pin_buttons()))
    blank.run(PINS, "arrive();")
    assert blank.page.locator("#pin-1").is_visible()


def test_the_table_has_headings_that_say_what_they_mean(page: Any) -> None:
    page.run(PINS, 'tell("compare", argument);', ROWS)
    table = page.page.locator("#compare-rows table")
    assert table.locator("thead th").all_text_contents() == ["point", "m*"]
    assert table.locator("thead th").nth(1).get_attribute("title") == "Overlap of the minimum"
    assert table.locator("tbody th[scope=row]").all_text_contents() == ["live", "pin 1"]
    assert table.locator("td").all_text_contents() == ["0.812", "–"]
    page.run(PINS, 'tell("compare", null); tell("elsewhere", argument);', ROWS)
    assert table.count() == 1
