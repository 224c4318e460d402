"""While the server compiles, the banner says so and how far it is."""

from __future__ import annotations

from typing import Any

COMPILING = "page/compiling.mjs"
BODY = '<div id="banner" hidden></div>'
SAID = "The kernels are still being compiled or loaded, {} of 5 parts are there."


def health(compiling: str) -> tuple[int, Any]:
    return 200, {"status": "ok", "version": "0"} | ({"compiling": compiling} if compiling else {})


def test_a_late_answer_is_explained_until_it_comes(blank: Any) -> None:
    done = iter(range(5))
    blank.answers["health"] = lambda _: health(SAID.format(next(done, 4)))
    page = blank.open(body=BODY)
    blank.run(COMPILING, "watch();")
    blank.wait("document.getElementById('banner').textContent.includes('2 of 5')")
    assert page.locator("#banner").is_visible() or not page.locator("#banner").get_attribute("hidden")
    blank.run(COMPILING, "over();")
    assert page.locator("#banner").get_attribute("hidden") is not None
    assert page.locator("#banner").text_content() == ""


def test_an_answer_in_time_asks_nothing(blank: Any) -> None:
    blank.open(body=BODY)
    blank.run(COMPILING, "watch(); over();")
    late = "await new Promise((tell) => { watch(); setTimeout(tell, 0); }); over();"
    blank.run(COMPILING, late)
    assert blank.asked == []


def test_who_waited_asks_again_when_it_is_ready(blank: Any) -> None:
    said = iter([SAID.format(1)] * 2)
    blank.answers["health"] = lambda _: health(next(said, ""))
    page = blank.open(body=BODY)
    blank.run(COMPILING, "watch();")
    blank.wait("document.getElementById('banner').textContent.includes('1 of 5')")
    blank.wait("document.getElementById('banner').hidden")
    assert page.locator("#banner").text_content() == ""


def test_a_server_that_does_not_answer_is_not_said_to_compile(blank: Any) -> None:
    blank.answers["health"] = lambda _: None
    page = blank.open(body=BODY)
    with page.expect_request("**/health"):
        blank.run(COMPILING, "watch();")
    assert page.locator("#banner").text_content() == ""
