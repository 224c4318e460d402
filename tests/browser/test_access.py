"""Stories of what may stand between a page and its server: a sign-in, a limit, a new version, nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

NewVisit = Callable[..., Any]
LOGIN = "<!DOCTYPE html><title>Sign in</title><form>Sign in</form>"
BUILD = "Saddlesurf-Build"
STANDS_BETWEEN: dict[str, tuple[dict[str, Any], str]] = {
    "401": ({"status": 401, "body": LOGIN, "content_type": "text/html"}, "sign in again and reload"),
    "403": ({"status": 403, "json": {"detail": "no token"}}, "sign in again and reload"),
    "login": ({"status": 200, "body": LOGIN, "content_type": "text/html"}, "sign in again and reload"),
    "redirect": ({"status": 302, "headers": {"Location": "/health"}}, "sign in again and reload"),
    "429": ({"status": 429, "headers": {"Retry-After": "1"}, "body": ""}, "Too many requests"),
    "500": ({"status": 500, "body": LOGIN, "content_type": "text/html"}, "does not answer"),
    "404": ({"status": 404, "body": LOGIN, "content_type": "text/html"}, "not this page's server"),
}


def stand_between(page: Page, pattern: str, answer: dict[str, Any]) -> list[str]:
    """Let nothing through to these addresses; the list grows with each attempt."""
    tried: list[str] = []

    def fulfill(route: Route) -> None:
        tried.append(route.request.url)
        route.fulfill(**answer)

    page.route(pattern, fulfill)
    return tried


@pytest.mark.parametrize("case", STANDS_BETWEEN)
def test_the_page_says_what_to_do_and_answers_the_next_change(visit: NewVisit, case: str) -> None:
    answer, words = STANDS_BETWEEN[case]
    seen = visit()
    page = seen.open()
    tried = stand_between(page, "**/cards", answer)
    page.keyboard.press("4")
    expect(page.locator("#banner")).to_contain_text(words)
    expect(page.locator("#status")).to_have_text("ready")
    assert tried
    page.unroute("**/cards")  # access returns
    page.keyboard.press("2")
    seen.settle()
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#sentence-caption")).to_contain_text("2. AMP works")
    expect(page.locator("#flow-note")).not_to_have_class("failed")
    seen.complaints.clear()  # the failed requests are the browser's own errors, wanted here


@pytest.mark.parametrize("case", ["401", "login", "redirect", "429"])
def test_what_was_typed_waits_for_its_answer(visit: NewVisit, case: str) -> None:
    answer, words = STANDS_BETWEEN[case]
    seen = visit()
    page = seen.open()
    stand_between(page, "**/read", answer)
    page.locator("#d2-box").fill("0.5")
    page.locator("#d2-box").press("Enter")
    expect(page.locator("#banner")).to_contain_text(words)
    expect(page.locator("#d2-box")).to_have_value("0.5")
    page.unroute("**/read")  # it asks again by itself
    seen.settle()
    expect(page.locator("#banner")).to_be_hidden()
    assert "d2=0.5" in seen.query()
    seen.complaints.clear()


def test_copy_python_says_it_too_and_the_banner_goes_by_itself(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    stand_between(page, "**/python", STANDS_BETWEEN["401"][0])
    stand_between(page, "**/read", STANDS_BETWEEN["401"][0])
    page.locator("#copy-python").click()
    expect(page.locator("#banner")).to_contain_text("sign in again and reload")
    page.unroute("**/read")
    expect(page.locator("#banner")).to_be_hidden()
    seen.complaints.clear()


@pytest.mark.parametrize("case", ["401", "login", "429", "500"])
def test_what_dash_asks_is_watched_too(visit: NewVisit, case: str) -> None:
    answer, words = STANDS_BETWEEN[case]
    seen = visit()
    page = seen.open()
    for pattern in ("**/_dash-update-component*", "**/read"):
        stand_between(page, pattern, answer)
    page.keyboard.press("t")
    expect(page.locator("#banner")).to_contain_text(words)
    for pattern in ("**/_dash-update-component*", "**/read"):
        page.unroute(pattern)
    expect(page.locator("#banner")).to_be_hidden()
    seen.complaints.clear()


def test_an_address_is_read_once_access_has_returned(visit: NewVisit) -> None:
    seen = visit()
    page = seen.page
    stand_between(page, "**/read", STANDS_BETWEEN["401"][0])
    page.goto(f"{seen.address}/?v=1&d2=0.8")
    expect(page.locator("#banner")).to_contain_text("sign in again and reload")
    page.unroute("**/read")
    seen.settle()
    expect(page.locator("#d2-box")).to_have_value("0.8")
    expect(page.locator("#banner")).to_be_hidden()
    seen.complaints.clear()


def test_reload_leads_to_the_sign_in_and_back_to_the_same_point(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.8")
    stand_between(page, "**/cards", STANDS_BETWEEN["401"][0])
    page.keyboard.press("4")
    expect(page.locator("#banner")).to_be_visible()
    page.unroute("**/cards")
    with page.expect_navigation():
        page.get_by_role("button", name="Reload").click()
    seen.settle()
    assert "d2=0.3333" in seen.query()
    seen.complaints.clear()


def test_nothing_is_told_of_a_server_that_is_well(visit: NewVisit) -> None:
    seen = visit()
    page = seen.page
    probes: list[str] = []
    page.on("request", lambda request: probes.append(request.url))
    page.clock.install()
    seen.open()
    page.keyboard.press("d")  # Dash asks, and is answered that nothing changes
    seen.settle()
    for _ in range(6):
        page.clock.run_for(10_000)
        seen.next_frame()
    assert page.locator("#banner").get_attribute("data-reason") is None
    assert not [url for url in probes if url.endswith(("/health", "/read"))]


def test_a_page_older_than_its_server_is_told_so(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.8")

    def upgraded(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, BUILD.lower(): "newer"})

    page.route("**/cards", upgraded)
    page.keyboard.press("4")
    expect(page.locator("#banner")).to_contain_text("A new version is here: reload this page")
    expect(page.locator("#flow-caption")).to_contain_text("0.8548")  # what it can still say, it says
    seen.settle()
    page.unroute_all(behavior="ignoreErrors")  # a reload gives up what is asked at that moment
    with page.expect_navigation():
        page.get_by_role("button", name="Reload").click()
    seen.settle()
    assert "d2=0.3333" in seen.query()
    expect(page.locator("#banner")).to_be_hidden()


def test_a_server_that_no_longer_understands_the_page_is_not_asked_for_ever(visit: NewVisit) -> None:
    seen = visit()
    page = seen.page
    # the page's clock is the test's: an hour passes at once
    page.clock.install()
    seen.open()
    answer = {"status": 404, "body": LOGIN, "headers": {BUILD: "newer", "Content-Type": "text/html"}}
    tried = stand_between(page, "**/cards", answer)
    page.keyboard.press("4")
    expect(page.locator("#banner")).to_contain_text("A new version is here: reload this page")
    for _ in range(60):
        page.clock.run_for(10_000)
        seen.next_frame()
    # at most: once at first, then after 2, 4, 8, 16, 32 s, then each minute
    assert 5 <= len(tried) <= 16
    seen.complaints.clear()


def test_a_sentence_does_not_stand_beside_another_text_while_the_server_is_away(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    seen.unfold()
    box, error = page.locator("#tmax-box"), page.locator("#tmax-box-error")
    box.fill("10,000")
    box.press("Enter")
    expect(error).to_contain_text("can be read as")
    page.context.set_offline(True)
    box.fill("5000")
    box.press("Enter")
    expect(page.locator("#banner")).to_be_visible()
    expect(error).to_be_hidden()
    expect(box).to_have_value("5000")
    page.context.set_offline(False)
    expect(page.locator("#banner")).to_be_hidden()
    page.wait_for_function("() => new URLSearchParams(location.search).get('tmax') === '5000'")
    seen.complaints.clear()  # the lost requests are wanted here
