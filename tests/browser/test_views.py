"""Stories about what is looked at: views of the landscape, families of lines, the theory's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

NewVisit = Callable[..., Any]


def test_the_views_of_the_landscape_are_in_the_address(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    for label, name in (("Σ(m,e)", "map"), ("equator", "equator"), ("index", "ladder")):
        before = seen.pictures()["phase"]
        page.locator("#land-choice").get_by_text(label, exact=True).click()
        seen.settle()
        assert f"land={name}" in seen.query()
        assert seen.pictures()["phase"] == before
        expect(page.locator("#landscape-caption")).to_contain_text("nnealed")
    page.reload()
    seen.settle()
    expect(page.locator("#land-choice input:checked")).to_have_value("ladder")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_passes_axe(visit: NewVisit, scheme: str) -> None:
    seen = visit(scheme=scheme)
    for query in (
        "?land=map&lines=flow,wells,trivial,bayes,langevin",
        "?land=equator",
        "?land=ladder&flow=growth",
    ):
        page = seen.open(query)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_the_theory_opens_with_its_formulas_and_an_empty_console(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    page.get_by_role("button", name="Theory", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("mjx-container, .MathJax").first).to_be_attached()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
