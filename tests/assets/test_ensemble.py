"""Who asks for an ensemble says goodbye when the page goes, and only then."""

from __future__ import annotations

from typing import Any

ENSEMBLE = "page/ensemble.mjs"
START = "start(); asked({ asker: 'me', done: 0 });"
TURN = """Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
document.dispatchEvent(new Event('visibilitychange'));"""


def test_a_page_that_goes_says_goodbye(blank: Any) -> None:
    blank.answers["goodbye"] = lambda _: (200, {})
    blank.open()
    blank.run(ENSEMBLE, START)
    with blank.page.expect_request("**/goodbye") as sent:
        blank.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }))")
    assert sent.value.post_data_json == {"asker": "me"}


def test_a_hidden_tab_and_who_has_asked_for_nothing_do_not(blank: Any) -> None:
    blank.open()
    told = """const told = []; navigator.sendBeacon = (to, body) => told.push(to + body);"""
    hidden = blank.run(ENSEMBLE, f"{told} {START} {TURN} return told;")
    assert hidden == []
    blank.open()
    never = blank.run(
        ENSEMBLE,
        f"{told} start(); asked({{ asker: 'me' }}); asked(null); dispatchEvent(new Event('pagehide')); return told;",
    )
    assert never == []
