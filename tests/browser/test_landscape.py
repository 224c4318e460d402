"""Stories of the landscape's views, the families of lines and the theory's pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

NewVisit = Callable[..., Any]
OTHER = Path(__file__).parents[2] / "docs" / "theory" / "landscapes.md"
VIEWS = ("Σ(m)", "Σ(m,e)", "equator", "index")


def words(page: Page, card: str) -> str:
    return page.locator(f"#{card}-graph").text_content() or ""


def choose_view(page: Page, name: str) -> None:
    page.locator("#land-choice").get_by_text(name, exact=True).click()


def test_the_card_switches_between_four_views_and_the_address_says_which(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    said = {"Σ(m,e)": "threshold, Kac–Rice", "equator": "gradient flow 2", "index": "bulk at zero"}
    for name, text in said.items():
        choose_view(page, name)
        seen.settle()
        assert text in words(page, "landscape")
        expect(page.locator("#landscape-caption")).to_contain_text("Annealed")
    assert parse_qs(seen.query()[1:])["land"] == ["ladder"]
    page.reload()
    seen.settle()
    assert "bulk at zero" in words(page, "landscape")
    choose_view(page, "Σ(m)")
    seen.settle()
    assert "land" not in seen.query()


def test_the_flow_walks_over_the_map_with_the_moment(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&land=map")
    at = """() => { const gd = document.querySelector("#landscape-graph .js-plotly-plot");
        const d = gd._fullData.find((trace) => trace.name === "flow's moment"); return [d.x[0], d.y[0]]; }"""
    end = page.evaluate(at)
    assert end == pytest.approx([0.8119, -1.997], abs=1e-3)
    page.locator("#moment [role=slider]").focus()
    page.keyboard.press("Home")
    seen.settle()
    start = page.evaluate(at)
    assert abs(start[0]) < 1e-3
    assert start[1] > -1.7


def test_lines_are_chosen_family_by_family_and_kept_in_the_address(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    assert "mirror well stable" not in words(page, "phase")
    page.locator("#line-menu summary").click()
    page.get_by_label("wells, decay (heuristic)").check()
    page.get_by_label("Bayes-optimal (T = 1)").check()
    seen.settle()
    assert page.locator("#line-menu").get_attribute("open") is not None  # several can be chosen
    for text in ("mirror well stable", "(heuristic)", "impossible for anyone", "Bayes information"):
        assert text in words(page, "phase")
    expect(page.locator("#sentence-caption")).to_contain_text("Bayes-optimal")
    page.get_by_label("flow, minima, ML-AMP, regions").uncheck()
    seen.settle()
    assert "atypical minima" not in words(page, "phase")
    assert set(parse_qs(seen.query()[1:])["lines"][0].split(",")) == {"wells", "bayes"}
    page.reload()
    seen.settle()
    assert "atypical minima" not in words(page, "phase")
    assert "mirror well stable" in words(page, "phase")
    seen.open("?v=1&lines=")
    assert "gradient flow" not in words(page, "phase")


def test_a_line_under_the_pointer_says_its_formula_and_where_to_look(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    page.mouse.move(*seen.to_screen(5.0, 1.3062))  # on the gradient-flow line: (1 + √(1 + 8/5))/2
    hover = page.locator("#phase-graph .hoverlayer .hovertext")
    expect(hover).to_be_visible()
    expect(hover).to_contain_text("gradient flow")
    expect(hover).to_contain_text("θ0 = 1")
    expect(hover).to_contain_text("Hessian card")


def test_the_theory_opens_by_its_key_with_formulas_and_loads_nothing_before(visit: NewVisit) -> None:
    seen = visit()
    page = seen.page
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url))
    seen.open()
    assert not [url for url in scripts if "mathjax" in url]
    page.keyboard.press("t")
    dialog = page.locator("#theory")
    expect(dialog.locator("mjx-container[display=true]").first).to_be_visible()
    expect(dialog.get_by_text("Counting stationary points")).to_be_visible()
    assert [url for url in scripts if "mathjax" in url]
    for name, text in (
        ("Flow", "Gradient flow and Langevin"),
        ("Other landscapes", "Glasses that start in equilibrium"),
        ("Notation", "lagrange_multiplier"),
        ("References", "1907.08226"),
    ):
        dialog.get_by_text(name, exact=True).first.click()
        expect(dialog.locator("#theory-body")).to_contain_text(text)
        expect(dialog.locator("mjx-merror")).to_have_count(0)  # a formula that could not be read
    dialog.get_by_text("Other landscapes", exact=True).first.click()
    expect(dialog.locator("mjx-container[display=true]")).to_have_count(
        OTHER.read_text(encoding="utf-8").count(r"\tag{")
    )
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_any_view(visit: NewVisit, scheme: str) -> None:
    seen = visit(scheme=scheme)
    page = seen.open("?v=1&lines=flow,wells,bayes")
    for name in VIEWS:
        choose_view(page, name)
        seen.settle()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.locator("#line-menu summary").click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.locator("#theory-button").click()
    expect(page.locator("#theory mjx-container").first).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.locator("#theory").get_by_text("Other landscapes", exact=True).click()
    expect(page.locator("#theory-body")).to_contain_text("Glasses that start in equilibrium")
    expect(page.locator("#theory mjx-container").first).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("view", ["map", "equator", "ladder"])
def test_points_off_the_ends_are_drawn_or_told(visit: NewVisit, view: str) -> None:
    seen = visit()
    for point in (
        "dp=0.001&p=10&d2=0.05&tmax=100",
        "dp=1e6",
        "dp=inf",
        "d2=inf&dp=0.2",
        "m0=-1e-4&d2=0.3333",
    ):
        page = seen.open(f"?v=1&land={view}&{point}")
        for text in (words(page, "landscape"), page.locator("#landscape-caption").text_content() or ""):
            assert "NaN" not in text
            assert "nan" not in text
        assert "failed" not in (page.locator("#landscape-note").get_attribute("class") or "")


@pytest.mark.parametrize("view", ["map", "equator", "ladder"])
def test_every_picture_moves_with_a_drag_and_the_last_is_right(visit: NewVisit, view: str) -> None:
    seen = visit()
    page = seen.open(f"?v=1&land={view}&tmax=100")
    page.evaluate("""async () => { window.drawn = { flow: 0, spectrum: 0, landscape: 0 };
        const { onDrawn } = await import(document.querySelector('link[href*=plot]').href);
        onDrawn((name) => { if (name in window.drawn) window.drawn[name] += 1; }); }""")
    x, y = seen.handle()
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(400):  # how fast they follow is told by the benchmarks
        page.mouse.move(x + 1.2 * (k % 90), y + 0.5 * (k % 90))
        seen.next_frame()
        if page.evaluate("Math.min(...Object.values(window.drawn))") >= 3:
            break
    assert page.evaluate("Math.min(...Object.values(window.drawn))") >= 3
    page.mouse.up()
    seen.settle()
    after = seen.pictures()
    page.reload()
    seen.settle()
    assert seen.pictures() == after
