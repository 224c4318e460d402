"""Stories of dark and light: the page, its pictures and its button agree, whoever has changed it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

NewVisit = Callable[..., Any]
CARDS = ("phase", "flow", "spectrum", "landscape")
INK = {"light": "#111111", "dark": "#f2f2f2"}


def agree(page: Page, theme: str) -> None:
    """The page, the button and each picture show this, soon."""
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", theme)
    expect(page.locator("#dark-button")).to_have_text("Light" if theme == "dark" else "Dark")
    page.wait_for_function(
        """([cards, ink]) => cards.every((name) =>
            document.querySelector(`#${name}-graph .js-plotly-plot`)._fullLayout.font.color === ink)""",
        arg=[CARDS, INK[theme]],
    )
    ink = page.locator("#flow-caption").evaluate("(element) => getComputedStyle(element).color")
    assert (sum(map(int, ink.removeprefix("rgb(").removesuffix(")").split(","))) > 380) == (theme == "dark")


def another_tab(seen: Any) -> Page:
    page = seen.page.context.new_page()
    page.goto(f"{seen.address}/")
    page.wait_for_function("() => document.documentElement.dataset.page === 'settled'")
    return page


def test_the_system_turns_dark_and_back(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    agree(page, "light")
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        agree(page, theme)


def test_a_choice_stays_when_the_system_turns(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    page.locator("#dark-button").click()
    agree(page, "dark")
    for system in ("dark", "light"):
        page.emulate_media(color_scheme=system)
        seen.settle()
        agree(page, "dark")


@pytest.mark.parametrize("by", ["button", "key"])
def test_another_tab_s_choice_is_shown_in_this_one(visit: NewVisit, by: str) -> None:
    seen = visit()
    page = seen.open()
    other = another_tab(seen)
    if by == "button":
        other.locator("#dark-button").click()
    else:
        other.keyboard.press("d")
    agree(other, "dark")
    page.bring_to_front()
    agree(page, "dark")
    page.locator("#dark-button").click()  # the next click in this tab goes on from there
    agree(page, "light")
    other.bring_to_front()
    agree(other, "light")


def test_a_choice_that_is_taken_back_is_the_system_s_again(visit: NewVisit) -> None:
    seen = visit(scheme="dark")
    page = seen.open()
    other = another_tab(seen)
    other.locator("#dark-button").click()
    page.bring_to_front()
    agree(page, "light")
    other.evaluate("localStorage.clear()")
    agree(page, "dark")


def test_the_ensemble_s_pictures_follow_too(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.4&dp=4&m0=0.05&tmax=1000&N=400&until=4")
    page.locator("#ensemble-button").click()
    expect(page.locator("#ensemble-until")).not_to_have_value("")  # a time has been proposed
    page.locator("#ensemble-until").fill("4")
    page.get_by_text("20 seeds").click()
    page.locator("#ensemble-run").click()
    expect(page.locator("#ensemble-status")).to_contain_text(re.compile(r"(\d+) of \1 instances:"))
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "(ink) => document.querySelector('#ensemble-bands .js-plotly-plot')._fullLayout.font.color === ink",
        arg=INK["dark"],
    )
