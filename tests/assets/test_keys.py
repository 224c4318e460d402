"""Keys: what each does, and when it is off."""

from __future__ import annotations

from typing import Any

import pytest

BODY = """<button id="dark-button"></button><button id="copy-link"></button><button id="copy-python"></button>
<button id="theory-button"></button><button id="play"></button><input id="box">
<dialog id="help"><p id="inside">?</p></dialog>
<details class="menu" open><summary>Lines</summary></details>"""


def begin(blank: Any, body: str = BODY) -> None:
    blank.page.emulate_media(reduced_motion="reduce")  # no point plays
    blank.open(body=body)
    blank.run("page/keys.mjs", "start();")
    blank.page.evaluate("""() => { window.clicked = [];
        for (const button of document.querySelectorAll("button")) {
          button.addEventListener("click", () => window.clicked.push(button.id)); } }""")


def state(blank: Any) -> Any:
    return blank.run(
        "page/state.mjs", "return { ...state.points[0], story: state.story, visit: state.visit };"
    )


@pytest.mark.parametrize(
    ("key", "button"),
    [
        ("d", "dark-button"),
        ("D", "dark-button"),
        ("s", "copy-link"),
        ("p", "copy-python"),
        ("t", "theory-button"),
        (" ", "play"),
    ],
)
def test_a_key_does_what_its_button_does(blank: Any, key: str, button: str) -> None:
    begin(blank)
    blank.page.keyboard.press(key)
    assert blank.page.evaluate("window.clicked") == [button]


def test_figures_tell_the_story_and_brackets_step_through_the_orders(blank: Any) -> None:
    begin(blank)
    blank.page.keyboard.press("6")
    told = blank.specification["stories"][6]
    found = state(blank)
    assert {name: found[name] for name in told["point"]} == told["point"]
    assert (found["story"], found["visit"]) == ("6", "push")
    blank.page.keyboard.press("9")  # no such point
    assert state(blank) == found
    lower, upper = blank.specification["limits"]["p"]
    for _ in range(20):
        blank.page.keyboard.press("]")
    assert state(blank)["p"] == upper
    assert state(blank)["story"] is None
    for _ in range(20):
        blank.page.keyboard.press("[")
    assert state(blank)["p"] == lower


def test_c_pins_the_live_point(blank: Any) -> None:
    begin(blank)
    blank.page.keyboard.press("c")
    assert blank.run("page/state.mjs", "return state.points.length;") == 2


def test_help_opens_and_escape_closes_menus(blank: Any) -> None:
    begin(blank)
    blank.page.keyboard.press("Escape")
    assert blank.page.evaluate("document.querySelector('details').open") is False
    blank.page.keyboard.press("?")
    assert blank.page.evaluate("document.getElementById('help').open") is True
    blank.page.keyboard.press("4")  # not in a dialog
    assert state(blank)["story"] is None


def test_they_are_off_while_something_is_typed_and_with_modifiers(blank: Any) -> None:
    begin(blank)
    blank.page.locator("#box").focus()
    for key in ("4", "d", "]"):
        blank.page.keyboard.press(key)
    assert blank.page.locator("#box").input_value() == "4d]"
    blank.page.evaluate("document.activeElement.blur()")
    for key in ("Control+4", "Alt+d", "Meta+d"):
        blank.page.keyboard.press(key)
    assert blank.page.evaluate("window.clicked") == []
    assert state(blank)["story"] is None
    assert state(blank)["p"] == 3


def test_before_the_layout_is_there_they_harm_nothing(blank: Any) -> None:
    begin(blank, body="")
    for key in ("d", "s", "p", "t", "?", " ", "[", "Escape"):
        blank.page.keyboard.press(key)
    assert state(blank)["p"] == 3  # and the fixture looks for complaints
