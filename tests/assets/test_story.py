"""The story's scenes: what telling a point changes, what plays, and who may stop it."""

from __future__ import annotations

from typing import Any

import pytest

STATE = """return { ...state, point: state.points[0], asker: "" };"""
BODY = """<button id="play"></button><button data-story="3"></button><button data-story="4"></button>
<button data-try="0"></button><button data-try="1"></button><button data-step="1"></button>
<section id="spectrum-card"><span class="watch-sign" hidden></span></section>
<section id="landscape-card"><span class="watch-sign" hidden></span></section>"""


def begin(blank: Any, motion: str = "reduce", **changes: Any) -> None:
    blank.page.emulate_media(reduced_motion=motion)
    blank.open(body=BODY, **changes)
    blank.run("page/story.mjs", "start();")
    blank.run("page/moment.mjs", "start();")


def told(blank: Any) -> Any:
    return blank.run("page/state.mjs", STATE)


def scene(blank: Any, key: str) -> Any:
    return next(story for story in blank.specification["stories"] if story["key"] == key)


def time_of(blank: Any, state: Any) -> float:
    first = blank.specification["moment"]["first"]
    return float(first * (state["point"]["tmax"] / first) ** state["moment"])


@pytest.mark.parametrize("key", [str(k) for k in range(9)])
def test_a_point_sets_its_whole_scene_at_once_where_motion_is_unwanted(blank: Any, key: str) -> None:
    begin(blank)
    blank.run("page/story.mjs", "tell(argument);", key)
    state, wanted = told(blank), scene(blank, key)
    for name, value in wanted["point"].items():
        assert state["point"][name] == value
    for name, view in wanted["looks"].items():
        assert state["looks"][name] == view
    until = wanted["until"] or wanted["point"]["tmax"]
    assert time_of(blank, state) == pytest.approx(until, rel=1e-9)
    assert (state["story"], state["watch"], state["visit"]) == (key, wanted["watch"], "push")
    assert blank.page.evaluate("document.documentElement.dataset.watch") == wanted["watch"]


def test_what_a_point_asks_to_try_is_a_button_that_does_it(blank: Any) -> None:
    begin(blank)
    blank.run("page/story.mjs", "tell('5');")
    blank.page.locator("[data-try='1']").click()
    state, tried = told(blank), scene(blank, "5")["tries"][1]
    assert state["point"]["m0"] == tried["point"]["m0"] == 1e-20
    assert state["story"] == "5"  # its words stay
    assert time_of(blank, state) == pytest.approx(tried["until"])


def test_the_picture_to_watch_is_marked_and_whoever_leaves_keeps_the_scene(blank: Any) -> None:
    begin(blank)
    signs = """() => [...document.querySelectorAll(".watched")].map((card) =>
        [card.id, card.querySelector(".watch-sign").hidden])"""
    blank.page.locator("[data-story='3']").click()
    assert blank.page.evaluate(signs) == [["spectrum-card", False]]
    blank.page.locator("[data-story='4']").click()
    assert blank.page.evaluate(signs) == [["landscape-card", False]]
    before = told(blank)
    blank.run("page/state.mjs", "change({ point: { d2: 0.4 }, story: null }, 'handle');")
    after = told(blank)
    assert blank.page.evaluate(signs) == []
    for name in ("looks", "moment"):
        assert after[name] == before[name]
    assert after["point"] == before["point"] | {"d2": 0.4}


def test_a_card_that_is_alone_gives_its_place_to_the_picture_to_watch(blank: Any) -> None:
    begin(blank)
    blank.run("page/state.mjs", "change({ looks: { show: 'flow', measured: 'overlap' } }, 'alone');")
    blank.run("page/story.mjs", "tell('3');")
    assert told(blank)["looks"]["show"] == "spectrum"
    assert told(blank)["looks"]["measured"] == "overlap"  # what no scene is about stays


def test_a_point_plays_from_its_first_moment_to_its_last(blank: Any) -> None:
    begin(blank, "no-preference")
    blank.run("page/state.mjs", "window.state = state;")
    blank.run("page/story.mjs", "tell('3');")
    assert time_of(blank, told(blank)) == pytest.approx(5, rel=1e-6)
    assert blank.page.locator("#play").text_content() == "Pause"
    last = blank.run("page/format.mjs", "return fractionOf(300, 1e4, 0.1);")
    blank.wait(f"window.state.moment > 0.5 && window.state.moment < {last} - 0.01")
    blank.wait(f"window.state.moment === {last}")
    blank.wait("document.getElementById('play').textContent === 'Play'")


def test_another_scene_ends_it_and_a_hand_on_the_moment_takes_it_along(blank: Any) -> None:
    begin(blank, "no-preference")
    blank.run("page/state.mjs", "window.state = state;")
    blank.run("page/story.mjs", "tell('3');")
    blank.wait("window.state.moment > 0.4")
    blank.run("page/state.mjs", "change({ moment: 0.6 }, 'moment');")
    assert told(blank)["moment"] >= 0.6
    assert blank.page.locator("#play").text_content() == "Pause"
    blank.run("page/state.mjs", "change({ story: null, moving: false }, 'handle');")
    assert blank.page.locator("#play").text_content() == "Play"
    moment = told(blank)["moment"]
    blank.page.evaluate(
        "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
    )
    assert told(blank)["moment"] == moment


def test_nothing_plays_before_its_pictures_stand(blank: Any) -> None:
    begin(blank, "no-preference")
    blank.run("page/work.mjs", "begin('cards');")
    blank.run("page/story.mjs", "tell('3');")
    blank.page.evaluate(
        "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
    )
    assert time_of(blank, told(blank)) == pytest.approx(5, rel=1e-6)
    blank.run("page/state.mjs", "window.state = state; window.before = state.moment;")
    blank.run("page/work.mjs", "end('cards');")
    blank.wait("window.state.moment > window.before")
