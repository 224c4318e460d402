"""The tour: its stops, what it frames, and that it changes nothing that is shown."""

from __future__ import annotations

from typing import Any

from app.cards import DECK
from app.layout.desk import parameter_column

BODY = """<div id="tour" hidden><strong></strong><span></span><button data-tour="end">End</button></div>
<button id="begin" data-tour="begin"></button><button data-step="-1" id="back"></button>
<button data-step="1" id="on"></button><div data-place="controls"></div><section data-place="story"></section>
<section class="card" id="phase-card"><span class="watch-sign" hidden></span></section>
<section class="card" id="spectrum-card"><span class="watch-sign" hidden></span></section>"""
WATCHED = """() => [...document.querySelectorAll(".watched")].map((part) => part.dataset.place || part.id)"""


def begin(blank: Any) -> None:
    blank.page.emulate_media(reduced_motion="reduce")
    blank.open(body=BODY)
    for module in ("story", "tour", "keys"):
        blank.run(f"page/{module}.mjs", "start();")
    blank.page.locator("#begin").click()


def state(blank: Any) -> Any:
    return blank.run("page/state.mjs", "return state;")


def test_it_goes_from_the_first_stop_to_the_last_and_frames_what_it_tells_of(blank: Any) -> None:
    begin(blank)
    tour = blank.specification["tour"]
    assert len(tour) == 6
    for k, stop in enumerate(tour):
        assert stop["title"] in blank.page.locator("#tour strong").text_content()
        assert (blank.page.locator("#tour span").text_content() or "")[:20] == stop["words"][:20]
        if stop["place"] in ("phase", "spectrum"):
            assert blank.page.evaluate(WATCHED) == [f"{stop['place']}-card"]
        elif stop["place"] in ("controls", "story"):
            assert blank.page.evaluate(WATCHED) == [stop["place"]]
        assert blank.page.locator("#back").get_attribute("aria-disabled") == str(k == 0).lower()
        assert blank.page.locator("#on").get_attribute("aria-disabled") == str(k == 5).lower()
        if k < 5:
            blank.page.locator("#on").click()
    assert state(blank)["tour"] == 5
    blank.page.locator("#back").click()
    assert state(blank)["tour"] == 4


def test_it_changes_no_point_no_view_and_stays_while_the_point_moves(blank: Any) -> None:
    blank.open()
    before = state(blank)
    begin(blank)
    blank.run("page/state.mjs", "change({ point: { d2: 0.7 }, story: null }, 'handle');")
    for _ in range(5):
        blank.page.locator("#on").click()
    after = state(blank)
    assert after["tour"] == 5
    assert after["points"] == [before["points"][0] | {"d2": 0.7}]
    for name, view in before["looks"].items():
        if name != "pane":
            assert after["looks"][name] == view


def test_escape_its_end_or_a_story_point_leave_it(blank: Any) -> None:
    for leave in ("press", "click", "tell"):
        begin(blank)
        assert blank.page.locator("#tour").is_visible()
        if leave == "press":
            blank.page.keyboard.press("Escape")
        elif leave == "click":
            blank.page.locator("[data-tour=end]").click()
        else:
            blank.page.keyboard.press("3")
        assert state(blank)["tour"] is None
        assert not blank.page.locator("#tour").is_visible()
        assert blank.page.evaluate(WATCHED) == (["spectrum-card"] if leave == "tell" else [])


def test_every_place_is_in_the_layout(blank: Any) -> None:
    places = {stop["place"] for stop in blank.specification["tour"]} - set(DECK.catalogue.cards)
    assert places == {"controls", "story"}
    column = str(parameter_column().to_plotly_json())
    assert all(place in column for place in places)
