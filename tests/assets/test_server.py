"""The one function that asks the server: its answers, its refusals, its silence."""

from __future__ import annotations

from typing import Any

import pytest

SERVER = "page/server.mjs"
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
    blank.answers["cards"] = lambda heard: (200, {"heard": heard})
    assert blank.run(SERVER, ASK, {"number": 1, "d2": "inf"}) == {"heard": {"number": 1, "d2": "inf"}}
    assert banner(blank)[0] is True


def test_a_refusal_is_its_sentence_and_no_loss(blank: Any) -> None:
    blank.open(body=BODY)
    blank.answers["cards"] = lambda _: (400, {"sentence": "Δ₂ must be a number."})
    assert blank.run(SERVER, ASK, {}) == ["refused", "Δ₂ must be a number."]
    assert banner(blank)[0] is True


@pytest.mark.parametrize("trouble", ["network", "502"])
def test_a_loss_is_told_by_the_banner_until_an_answer_comes(blank: Any, trouble: str) -> None:
    blank.open(body=BODY)
    blank.answers["cards"] = lambda _: None if trouble == "network" else (502, "a proxy's page")
    assert blank.run(SERVER, ASK, {})[0] == "lost"
    hidden, text = banner(blank)
    assert not hidden
    assert "does not answer" in text
    blank.answers["cards"] = lambda _: (200, {})
    assert blank.run(SERVER, ASK, {}) == {}
    assert banner(blank)[0] is True


def test_silence_is_a_loss_after_a_while(blank: Any) -> None:
    blank.open(body=BODY)
    blank.page.route("**/silent", lambda _: None)
    code = ASK.replace('"cards"', '"silent"')
    assert blank.run(SERVER, code, {})[0] == "lost"
    blank.page.unroute("**/silent")


def test_what_must_be_known_is_asked_again_until_it_is_answered(blank: Any) -> None:
    blank.open(body=BODY)
    blank.answers["read"] = lambda _: (200, {"point": 1}) if len(blank.asked) == 3 else None
    assert blank.run(SERVER, "return askUntilAnswered('read', {});") == {"point": 1}
    assert len(blank.asked) == 3
    assert blank.page.evaluate("document.documentElement.dataset.page") == "settled"


def test_and_no_longer_than_it_is_wanted(blank: Any) -> None:
    blank.open(body=BODY)
    blank.answers["read"] = lambda _: None
    code = "let n = 0; return askUntilAnswered('read', {}, () => (n += 1) < 2);"
    assert blank.run(SERVER, code) is None
    assert len(blank.asked) == 2


def test_it_asks_below_the_path_under_which_the_page_is_seen(blank: Any) -> None:
    blank.open(body=BODY, base="/lab/")
    blank.answers["lab/cards"] = lambda _: (200, {})
    assert blank.run(SERVER, ASK, {}) == {}
    assert blank.run(SERVER, "return path('data/flow.csv');") == "/lab/data/flow.csv"
