"""The one function that asks the server: its answers, its refusals, its silence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.assets.conftest import QUICK

SERVER = "page/server.mjs"
OURS = {"cards": {}}
BODY = '<div id="banner" role="alert" hidden></div>'
ASK = """try { return await ask("cards", argument); }
catch (error) {
  return [error instanceof Lost ? "lost" : error instanceof Refused ? "refused" : "?", error.message]; }"""


def banner(blank: Any) -> Any:
    return blank.page.evaluate(
        "(({ hidden, textContent }) => [hidden, textContent])(document.getElementById('banner'))"
    )


def test_json_goes_down_and_comes_up(blank: Any) -> None:
    blank.open(body=BODY)
    blank.answers["cards"] = lambda heard: (200, {"cards": heard})
    assert blank.run(SERVER, ASK, {"number": 1, "d2": "inf"}) == {"cards": {"number": 1, "d2": "inf"}}
    assert banner(blank)[0] is True


def test_a_refusal_is_its_sentence_and_no_loss(blank: Any) -> None:
    blank.open(body=BODY)
    blank.answers["cards"] = lambda _: (400, {"sentence": "Δ₂ must be a number."})
    assert blank.run(SERVER, ASK, {}) == ["refused", "Δ₂ must be a number."]
    assert banner(blank)[0] is True


@pytest.mark.parametrize(
    ("header", "note"),
    [
        ({"Saddlesurf-Request": "1f2e3d4c"}, "failed, request 1f2e3d4c"),
        ({}, "failed"),
        ({"Saddlesurf-Request": "of a proxy's: <b>"}, "failed"),
    ],
)
def test_a_refusal_says_the_number_that_the_log_names(blank: Any, header: dict[str, str], note: str) -> None:
    blank.open(body=BODY)
    blank.answers["cards"] = lambda _: (400, {"sentence": "No."}, header)
    code = 'return await ask("cards", {}).catch((error) => error.note);'
    assert blank.run(SERVER, code) == note
    blank.answers["cards"] = lambda _: (400, b"No.", header | {"Content-Type": "text/plain"})
    assert blank.run(SERVER, code) == note


@pytest.mark.parametrize("trouble", ["network", "502"])
def test_a_loss_is_told_by_the_banner_until_an_answer_comes(blank: Any, trouble: str) -> None:
    blank.open(body=BODY)
    blank.answers["cards"] = lambda _: None if trouble == "network" else (502, "a proxy's page")
    assert blank.run(SERVER, ASK, {})[0] == "lost"
    hidden, text = banner(blank)
    assert not hidden
    assert "does not answer" in text
    blank.answers["cards"] = lambda _: (200, OURS)
    assert blank.run(SERVER, ASK, {}) == OURS
    assert banner(blank)[0] is True


LOGIN = "<!DOCTYPE html><form>Sign in</form>"
BUILD = "Saddlesurf-Build"


@pytest.mark.parametrize(
    ("answer", "words", "reload"),
    [
        ((401, LOGIN), "sign in again and reload", True),
        ((401, {"error": "token expired"}), "sign in again and reload", True),
        ((403, LOGIN), "sign in again and reload", True),
        ((403, {"sentence": 3}), "sign in again and reload", True),
        ((511, LOGIN), "sign in again and reload", True),
        ((200, LOGIN), "sign in again and reload", True),
        ((200, {"login": "/sign-in"}), "sign in again and reload", True),
        ((200, b"[]"), "sign in again and reload", True),
        ((200, b"null"), "sign in again and reload", True),
        ((200, b""), "sign in again and reload", True),
        ((302, "", {"Location": "/sign-in"}), "sign in again and reload", True),
        ((307, "", {"Location": "http://accounts.test/"}), "sign in again and reload", True),
        ((429, "slow down", {"Retry-After": "7"}), "Too many requests", False),
        ((429, {"message": "limit"}), "Too many requests", False),
        ((500, {"error": "x"}), "does not answer", False),
        ((502, LOGIN), "does not answer", False),
        ((503, "", {"Retry-After": "3600"}), "does not answer", False),
        ((404, LOGIN), "not this page's server: reload", True),
        ((413, "too large"), "not this page's server: reload", True),
        ((400, {"message": "blocked"}), "not this page's server: reload", True),
        ((200, {"cards": {}}, {BUILD: "newer"}), "A new version is here: reload", True),
        ((400, {"sentence": "No."}, {BUILD: "newer"}), "A new version is here: reload", True),
        ((404, LOGIN, {BUILD: "newer"}), "A new version is here: reload", True),
        ((500, "", {BUILD: "newer"}), "A new version is here: reload", True),
    ],
)
def test_what_is_not_our_answer_says_what_to_do_until_one_comes(
    blank: Any, answer: tuple[Any, ...], words: str, reload: bool
) -> None:
    blank.open(body=BODY)
    blank.answers["cards"] = lambda _: answer
    blank.answers["sign-in"] = lambda _: (200, LOGIN)
    said = blank.run(SERVER, ASK, {})
    assert said == OURS if answer[:2] == (200, OURS) else said[0] == "lost"
    hidden, text = banner(blank)
    assert not hidden
    assert words in text
    assert (blank.page.get_by_role("button", name="Reload").count() == 1) is reload
    build = blank.specification["build"]
    blank.answers["cards"] = lambda _: (200, OURS, {BUILD: build})  # access has returned
    assert blank.run(SERVER, ASK, {}) == OURS
    assert banner(blank)[0] is True


def test_each_request_says_of_which_page_it_is(blank: Any) -> None:
    blank.open(body=BODY)
    blank.answers["cards"] = lambda _: (200, OURS)
    with blank.page.expect_request("**/cards") as seen:
        blank.run(SERVER, ASK, {})
    assert seen.value.headers[BUILD.lower()] == blank.specification["build"]


def test_a_new_version_is_told_until_the_page_is_reloaded_and_the_address_stays(blank: Any) -> None:
    page = blank.open("?v=1&d2=0.9", body=BODY)
    blank.answers["cards"] = lambda _: (200, OURS, {BUILD: "newer"})
    blank.run(SERVER, ASK, {})
    blank.answers["cards"] = lambda _: (200, OURS)  # this one does not say what has made it
    blank.run(SERVER, ASK, {})
    assert "new version" in banner(blank)[1]
    with page.expect_navigation():
        page.get_by_role("button", name="Reload").click()
    assert page.evaluate("location.search") == "?v=1&d2=0.9"


AGAIN = "page/again.mjs"
# clock, timers and chance are the test's own: what counts is for how long it would wait
TIMED = """let now = 0; const timers = []; Math.random = () => 0; performance.now = () => now;
window.setTimeout = (tell, ms) => { timers.push({ tell, ms }); return timers.length - 1; };
window.clearTimeout = (i) => { if (timers[i]) timers[i].gone = true; };
const left = () => timers.filter(({ gone }) => !gone).map(({ ms }) => ms);
"""


def test_it_asks_ever_more_seldom_and_at_last_once_a_minute(blank: Any) -> None:
    blank.open(body=BODY, pace=QUICK | {"again": 2000, "longest": 60_000})
    waits = blank.run(
        AGAIN,
        TIMED
        + """for (let i = 0; i < 8; i += 1) pause({ reason: "unreachable", wait: 0 });
        const first = left(); wellAgain(); pause({ reason: "unreachable", wait: 0 });
        return [first, timers.at(-1).ms];""",
    )
    assert waits == [[2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000], 2000]


def test_who_asks_to_be_left_alone_is_and_nobody_else_hinders_a_change(blank: Any) -> None:
    blank.open(body=BODY, pace=QUICK | {"again": 2000, "longest": 60_000})
    waits = blank.run(
        AGAIN,
        TIMED
        + """pause({ reason: "busy", wait: 7000 }); pause({ reason: "busy", wait: 10 ** 9 });
        pause({ reason: "signedOut", wait: 0 }); now = 500; hurry(); return left();""",
    )
    # what was signed out is asked 2 s after its loss, not 8
    assert waits == [7000, 60_000, 1500]


@pytest.mark.parametrize("header", ["2", "Thu, 01 Jan 2099 00:00:00 GMT"])
def test_a_limit_says_when_to_come_back(blank: Any, header: str) -> None:
    blank.open(body=BODY)
    blank.answers["cards"] = lambda _: (429, "", {"Retry-After": header})
    code = "try { await ask('cards', {}); return 'answered'; } catch (error) { return error.wait; }"
    wait = blank.run(SERVER, code)
    assert wait == 2000 if header == "2" else wait > 10**9


def test_silence_is_a_loss_after_a_while(blank: Any) -> None:
    blank.open(body=BODY, pace=QUICK | {"patience": 30})
    blank.page.route("**/silent", lambda _: None)
    code = ASK.replace('"cards"', '"silent"')
    assert blank.run(SERVER, code, {})[0] == "lost"
    blank.page.unroute("**/silent")


def test_what_must_be_known_is_asked_again_until_it_is_answered(blank: Any) -> None:
    blank.open(body=BODY)
    blank.answers["read"] = lambda _: (200, {"errors": {}}) if len(blank.asked) == 3 else None
    assert blank.run(SERVER, "return askUntilAnswered('read', {});") == {"errors": {}}
    assert len(blank.asked) == 3
    assert blank.page.evaluate("document.documentElement.dataset.page") == "settled"


def test_and_no_longer_than_it_is_wanted(blank: Any) -> None:
    blank.open(body=BODY)
    blank.answers["read"] = lambda _: None
    code = "let n = 0; return askUntilAnswered('read', {}, () => (n += 1) < 3);"  # before and after the wait
    assert blank.run(SERVER, code) is None
    assert len(blank.asked) == 2


def test_it_asks_below_the_path_under_which_the_page_is_seen(blank: Any) -> None:
    blank.open(body=BODY, base="/lab/")
    blank.answers["lab/cards"] = lambda _: (200, OURS)
    assert blank.run(SERVER, ASK, {}) == OURS
    assert blank.run(SERVER, "return path('data/flow.csv');") == "/lab/data/flow.csv"
