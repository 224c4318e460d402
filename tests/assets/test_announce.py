"""Words are announced once they stand, not at every step."""

from __future__ import annotations

from typing import Any

ANNOUNCE = "page/announce.mjs"
BODY = '<div id="announced"></div>'
WATCH = """window.told = []; new MutationObserver(() => told.push(document.getElementById("announced").textContent))
.observe(document.getElementById("announced"), { childList: true });"""


def test_of_many_words_the_last_is_announced(blank: Any) -> None:
    page = blank.open(body=BODY)
    page.evaluate(WATCH)
    blank.run(ANNOUNCE, "for (let k = 0; k < 10; k += 1) announce(`step ${k}`);")
    blank.wait("told.length > 0")
    assert page.evaluate("told") == ["step 9"]


def test_what_was_announced_is_not_announced_again(blank: Any) -> None:
    page = blank.open(body=BODY)
    page.evaluate(WATCH)
    blank.run(ANNOUNCE, "announce('here');")
    blank.wait("told.length > 0")
    blank.run(ANNOUNCE, "announce('there'); announce('here'); announce('beyond');")
    blank.wait("told.length > 1")
    assert page.evaluate("told") == ["here", "beyond"]


def test_while_something_moves_nothing_is_announced(blank: Any) -> None:
    page = blank.open(body=BODY)
    page.evaluate(WATCH)
    move = "const { change } = await import('/assets/page/state.mjs'); change({ moving: true }); announce('moved');"
    blank.run(ANNOUNCE, move)
    blank.wait("told.length > 0")
    assert page.evaluate("async () => (await import('/assets/page/state.mjs')).state.moving") is False
    assert page.evaluate("told") == ["moved"]
