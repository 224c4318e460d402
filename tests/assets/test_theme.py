"""Dark and light: one observer, whoever has changed it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

THEME = "page/theme.mjs"
KEY = "mantine-color-scheme-value"
ATTRIBUTE = "data-mantine-color-scheme"
BEGIN = """window.dash_clientside = { set_props: (id, props) => { (window.shown ||= {})[id] = props; } };
window.state = (await import("/assets/page/state.mjs")).state; start(); choose(); return null;"""


@pytest.fixture
def page(blank: Any) -> Iterator[Any]:
    blank.page.evaluate("localStorage.clear()")
    blank.page.emulate_media(color_scheme="light")
    page = blank.open()
    blank.run(THEME, BEGIN)
    yield page
    page.evaluate("localStorage.clear()")
    page.emulate_media(color_scheme=None)


def expect(page: Any, theme: str) -> None:
    """State, button and the server's copy say this, soon."""
    page.wait_for_function(
        """(theme) => {
            const { state, shown } = window;
            return state.theme === theme && shown.theme.data === theme
              && shown["dark-button"].children === (theme === "dark" ? "Light" : "Dark"); }""",
        arg=theme,
    )


def test_it_follows_the_system_while_nobody_has_chosen(page: Any) -> None:
    expect(page, "light")
    page.emulate_media(color_scheme="dark")
    expect(page, "dark")
    assert page.evaluate(f"document.documentElement.getAttribute('{ATTRIBUTE}')") == "dark"
    page.emulate_media(color_scheme="light")
    expect(page, "light")


def test_it_follows_whoever_writes_the_attribute(page: Any) -> None:
    page.evaluate(f"document.documentElement.setAttribute('{ATTRIBUTE}', 'dark')")
    expect(page, "dark")


def test_a_choice_stays_when_the_system_changes_and_when_mantine_follows_the_system(
    page: Any, blank: Any
) -> None:
    blank.run(THEME, "choose(1);")
    expect(page, "dark")
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    page.evaluate(f"document.documentElement.setAttribute('{ATTRIBUTE}', 'light')")  # as Mantine would
    page.wait_for_function(f"document.documentElement.getAttribute('{ATTRIBUTE}') === 'dark'")
    expect(page, "dark")


@pytest.mark.parametrize("value", ["dark", None])
def test_another_tab_s_choice_is_this_one_s(page: Any, value: str | None) -> None:
    if value is None:  # the other tab takes the choice back: the system's word again
        page.evaluate(f"localStorage.setItem('{KEY}', 'light')")
        page.emulate_media(color_scheme="dark")
        expect(page, "light")
    other = page.context.new_page()
    other.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
    other.goto(page.url)
    if value:
        other.evaluate(f"localStorage.setItem('{KEY}', '{value}')")
    else:
        other.evaluate("localStorage.clear()")
    expect(page, "dark")
    other.close()


def test_without_storage_a_choice_holds_for_this_visit(page: Any, blank: Any) -> None:
    page.evaluate("""() => { for (const name of ["getItem", "setItem"]) {
        Storage.prototype[name] = () => { throw new Error("no storage"); }; } }""")
    blank.run(THEME, "choose(1);")
    expect(page, "dark")
    page.emulate_media(color_scheme="dark")
    blank.run(THEME, "choose(2);")
    expect(page, "light")
    blank.open()
