"""Stories of one user: the page comes up, moves, remembers, and refuses politely."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from engine import Model, dynamics

NewVisit = Callable[..., Any]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], steps: int = 12) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=steps)
    page.mouse.up()


def test_it_comes_up_with_four_pictures_an_empty_console_and_no_foreign_request(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    expect(page).to_have_title("Saddlesurf")
    expect(page.locator("#sentence-caption")).to_contain_text("the flow surfs")
    expect(page.locator("#flow-caption")).to_contain_text("good minimum")
    for name in ("phase", "flow", "spectrum", "landscape", "sentence"):
        expect(page.locator(f"#{name}-note")).to_have_text(
            re.compile(r"computed before|computed in [\d.]+ m?s")
        )
    # the fixture checks console and requests at the end


@pytest.mark.parametrize("name", ["d2", "dp", "p"])
def test_a_slider_changes_all_four_pictures(visit: NewVisit, name: str) -> None:
    seen = visit()
    page = seen.open()
    before, at = seen.pictures(), seen.handle()
    page.locator(f"#{name}-slider [role=slider]").focus()
    for _ in range(1 if name == "p" else 8):
        page.keyboard.press("ArrowRight")
    seen.settle()
    after = seen.pictures()
    for card in ("flow", "spectrum", "landscape"):
        assert after[card] != before[card], card
    if name == "p":
        assert after["phase"] != before["phase"]
    else:
        assert seen.handle() != at  # the operating point on the diagram
    assert name in parse_qs(seen.query()[1:])


def test_the_handle_sets_both_noises_within_a_pixel_and_the_address_follows(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    target = seen.to_screen(3.0, 4.0)
    drag(page, seen.handle(), target)
    seen.settle()
    said = {name: float(values[0]) for name, values in parse_qs(seen.query()[1:]).items()}
    x, y = seen.to_screen(said["dp"], 1 / said["d2"])
    assert abs(x - target[0]) <= 1
    assert abs(y - target[1]) <= 1
    assert np.hypot(*(np.array(seen.handle()) - target)) <= 1.5
    expect(page.locator("#dp-box")).to_have_value(f"{said['dp']:g}")


def test_a_click_on_the_diagram_goes_there(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    target = seen.to_screen(0.3, 1.5)
    page.mouse.click(*target)
    seen.settle()
    assert np.hypot(*(np.array(seen.handle()) - target)) <= 1.5
    expect(page.locator("#sentence-caption")).not_to_contain_text("surfs")


def test_the_handle_obeys_the_arrow_keys(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    x, y = seen.handle()
    page.locator("#handle").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    seen.settle()
    new_x, new_y = seen.handle()
    assert new_x > x + 5
    assert new_y < y
    assert "1/Δ₂" in (page.locator("#handle").get_attribute("aria-valuetext") or "")


def test_a_reload_restores_the_state_to_the_last_bit(visit: NewVisit) -> None:
    seen = visit()
    query = "?v=1&p=4&d2=0.31234567890123&dp=2.7182818284590451&m0=-1e-05&tmax=1000"
    page = seen.open(query)
    seen.settle()
    before = seen.pictures()
    expect(page.locator("#d2-box")).to_have_value("0.312346")
    expect(page.locator("#p-box")).to_have_value("4")
    assert float(parse_qs(seen.query()[1:])["dp"][0]) == 2.718281828459045
    page.reload()
    seen.settle()
    assert seen.pictures() == before


def test_back_returns_to_the_point_before_a_story(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.8")
    page.get_by_role("button", name=re.compile("Saddles only")).click()
    seen.settle()
    expect(page.locator("#sentence-caption")).to_contain_text("Try:")
    assert "d2=0.3333" in seen.query()
    page.keyboard.press("2")
    seen.settle()
    assert "d2=0.5556" in seen.query()
    page.go_back()
    seen.settle()
    assert "d2=0.3333" in seen.query()
    expect(page.locator("#d2-box")).to_have_value("0.333333")
    page.go_back()
    seen.settle()
    expect(page.locator("#d2-box")).to_have_value("0.8")
    page.go_forward()
    seen.settle()
    expect(page.locator("#d2-box")).to_have_value("0.333333")


def test_a_wrong_value_shows_its_sentence_and_loses_nothing(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    before = seen.pictures()
    seen.unfold()
    for box, text, right, error, sentence in (
        ("d2", "-1", "0.4348", "d2", "Δ₂ must be"),
        ("d2", "abc", "0.4348", "d2", "Δ₂ must be"),
        ("inverse-d2", "nonsense", "2.29991", "inverse-d2", "Δ₂ must be"),
        ("dp", "1e9", "1", "dp", "Δp must be"),
        ("p", "2", "3", "p", "from 3 to 10"),
        ("m0", "0", "1e-10", "m0", "initial overlap"),
        ("T", "3", "0", "T", "temperature"),
        ("tmax", "1e7", "10000", "tmax", "final time"),
    ):
        field = page.locator(f"#{box}-box")
        field.fill(text)
        field.press("Enter")
        expect(page.locator(f"#{error}-box-error")).to_contain_text(sentence)
        expect(field).to_have_value(text)  # what was typed stays, to be mended
        assert seen.pictures() == before
        field.fill(right)
        field.press("Tab")
        expect(page.locator(f"#{error}-box-error")).to_have_count(0)


def test_boxes_take_any_value_in_range_and_infinity(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    page.locator("#inverse-d2-box").fill("4")
    page.locator("#inverse-d2-box").press("Tab")
    seen.settle()
    expect(page.locator("#d2-box")).to_have_value("0.25")
    page.locator("#dp-box").fill("inf")
    page.locator("#dp-box").press("Enter")
    seen.settle()
    assert parse_qs(seen.query()[1:]) == {"v": ["1"], "d2": ["0.25"], "dp": ["inf"]}
    page.locator("#d2-box").fill("inf")
    page.locator("#d2-box").press("Enter")
    expect(page.locator("#d2-box-error")).to_contain_text("cannot both be inf")


def test_a_wrong_address_leaves_a_working_page_with_a_sentence(visit: NewVisit) -> None:
    seen = visit()
    for query, error, sentence in (
        ("?p=2", "#p-box-error", "from 3 to 10"),
        ("?d2=-1", "#d2-box-error", "Δ₂ must be"),
        ("?d2=abc", "#d2-box-error", "Δ₂ must be"),
        ("?d2=1e400", "#d2-box-error", "Δ₂ must be"),
        ("?dp=nan", "#dp-box-error", "Δp must be"),
        ("?d2=inf&dp=inf", "#dp-box-error", "cannot both be inf"),
        ("?" + "junk" * 1500, "#address-error", "does not know"),
        ("?" + "&".join(f"a{i}=1" for i in range(900)), "#address-error", "too many"),
        ("?v=1&d2=%00%ff", "#d2-box-error", "Δ₂ must be"),
    ):
        page = seen.open(query)
        expect(page.locator(error)).to_contain_text(sentence)
        expect(page.locator("#flow-caption")).to_contain_text("good minimum")


def test_an_address_that_is_too_long_is_a_sentence(visit: NewVisit) -> None:
    seen = visit()
    answer = seen.page.goto(f"{seen.address}/?{'junk' * 2500}")
    assert answer is not None
    assert answer.status == 414
    expect(seen.page.locator("body")).to_contain_text("The address is too long: at most 8192 bytes are read.")
    assert all("414" in said for said in seen.complaints)  # the console's own word on it
    seen.complaints.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_and_the_switch_changes_every_figure(
    visit: NewVisit, scheme: str
) -> None:
    seen = visit(scheme=scheme)
    page = seen.open()
    ink = "(n) => document.querySelector(`#${n}-graph .js-plotly-plot`)._fullLayout.font.color"
    cards = ("phase", "flow", "spectrum", "landscape")
    light, dark = "#111111", "#f2f2f2"
    first, second = (light, dark) if scheme == "light" else (dark, light)
    assert {page.evaluate(ink, card) for card in cards} == {first}
    page.keyboard.press("d")
    seen.settle()
    assert {page.evaluate(ink, card) for card in cards} == {second}
    page.reload()
    seen.settle()
    assert {page.evaluate(ink, card) for card in cards} == {second}  # the choice is remembered


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(visit: NewVisit, scheme: str) -> None:
    seen = visit(scheme=scheme)
    page = seen.open("?v=1&d2=0.3333")
    for view in ("at rest", "help", "menu"):
        if view == "help":
            page.keyboard.press("?")
            expect(page.get_by_role("dialog")).to_be_visible()
        if view == "menu":
            page.keyboard.press("Escape")
            page.locator("#flow-export").click()
            expect(page.get_by_role("button", name="NPZ: Data").first).to_be_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_two_users_do_not_see_each_other(visit: NewVisit) -> None:
    one, other = visit(), visit()
    one.open("?v=1&d2=0.4")
    other.open("?v=1&d2=0.9&p=4")
    before = other.pictures()
    one.page.locator("#dp-slider [role=slider]").focus()
    for _ in range(5):
        one.page.keyboard.press("ArrowLeft")
    one.settle()
    assert other.pictures() == before
    assert "d2=0.9" in other.query()
    assert "p=4" not in one.query()


def test_a_cached_point_is_repainted_from_the_cache(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    for key in ("2", "3", "4"):
        page.keyboard.press(key)
        seen.settle()
    page.evaluate("""async () => { window.drawn = 0;
        const { onDrawn } = await import(document.querySelector('link[href*=plot]').href);
        onDrawn((name) => { if (name === "flow") window.drawn += 1; }); }""")
    for key in ("2", "3", "4", "2", "3", "4", "2"):
        drawn = page.evaluate("window.drawn")
        page.keyboard.press(key)
        seen.settle()
        assert page.evaluate("window.drawn") > drawn  # how fast is told by the benchmarks
        expect(page.locator("#flow-note")).to_have_text("computed before")


def test_the_moment_moves_the_hessian_and_the_landscape(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    before = seen.pictures()
    page.locator("#moment [role=slider]").focus()
    page.keyboard.press("Home")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    seen.settle()
    after = seen.pictures()
    assert after["spectrum"] != before["spectrum"]
    assert after["landscape"] != before["landscape"]
    expect(page.locator("#moment-text")).to_contain_text("t =")
    expect(page.locator("#spectrum-caption")).to_contain_text("At t =")


def test_exports_give_a_picture_and_the_engines_numbers(visit: NewVisit, tmp_path: Path) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.4&dp=1.7&m0=1e-4&tmax=1000")
    page.locator("#flow-export").click()
    with page.expect_download() as download:
        page.locator("#flow-export").get_by_role("button", name="PNG: Figure, 8.6 cm").click()
    picture = tmp_path / "flow.png"
    download.value.save_as(picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
    table = pd.read_csv(f"{seen.address}/data/flow.csv?p=3&d2=0.4&dp=1.7&m0=1e-4&tmax=1e3")
    flow = dynamics.integrate_flow(Model(p=3, delta_2=0.4, delta_p=1.7), overlap_0=1e-4, t_max=1e3)
    assert len(table) >= 200
    assert table["time"].iloc[-1] == 1e3
    at = flow.at(table["time"].to_numpy())
    for name in table.columns:
        np.testing.assert_array_equal(table[name], getattr(at, name))
    page.locator("#flow-export").click()
    page.locator("#flow-export").get_by_role("button", name="Show: Data: flow, as drawn").click()
    expect(page.locator("#table-body table tbody tr").first).to_be_visible()


def test_python_lines_and_the_link_are_copied(visit: NewVisit) -> None:
    seen = visit(permissions=["clipboard-read", "clipboard-write"])
    page = seen.open("?v=1&d2=0.4&dp=inf")
    page.keyboard.press("s")
    expect(page.locator("#copy-link")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/?v=1&d2=0.4&dp=inf")
    page.locator("#copy-python").click()
    expect(page.locator("#copy-python")).to_have_text("Copied")
    code = page.evaluate("navigator.clipboard.readText()")
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["model"] == Model(p=3, delta_2=0.4, delta_p=float("inf"))


def test_the_python_lines_are_those_of_what_a_slider_has_set(visit: NewVisit) -> None:
    seen = visit(permissions=["clipboard-read", "clipboard-write"])
    page = seen.open()
    page.locator("#d2-slider [role=slider]").focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    seen.settle()
    page.locator("#copy-python").click()
    expect(page.locator("#copy-python")).to_have_text("Copied")
    d2 = parse_qs(seen.query()[1:])["d2"][0]
    assert f"delta_2={d2}," in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("trouble", ["aborted", "502"])
def test_a_server_in_trouble_is_told_and_asked_again(visit: NewVisit, trouble: str) -> None:
    seen = visit()
    page = seen.open()

    def fail(route: Route) -> None:
        if trouble == "aborted":
            route.abort()
        else:
            route.fulfill(status=502, body="<html>a proxy's page</html>")

    page.route("**/cards", fail)
    page.keyboard.press("4")
    expect(page.locator("#banner")).to_contain_text("does not answer")
    page.unroute("**/cards")
    expect(page.locator("#banner")).to_be_hidden()
    seen.settle()
    expect(page.locator("#flow-caption")).to_contain_text("0.8548")
    seen.complaints.clear()  # the failed requests are the browser's own errors, wanted here


def test_a_server_that_is_lost_to_dash_alone_is_told_too(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    page.route("**/_dash-update-component*", lambda route: route.abort())
    page.route("**/health", lambda route: route.abort())
    page.keyboard.press("t")
    expect(page.locator("#banner")).to_contain_text("does not answer")
    page.unroute("**/health")
    expect(page.locator("#banner")).to_be_hidden()
    seen.complaints.clear()  # the failed requests are the browser's own errors, wanted here


def test_a_card_that_failed_waits_for_retry(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    asked: list[list[str]] = []

    def fail(route: Route) -> None:
        asked.append(route.request.post_data_json["cards"])
        number = {"Saddlesurf-Request": "1f2e3d4c"}
        route.fulfill(status=400, json={"sentence": "This cannot be drawn."}, headers=number)

    page.route("**/cards", fail)
    before = seen.pictures()
    page.keyboard.press("4")
    seen.settle()
    assert len(asked) == 1  # and not again and again
    expect(page.locator("#flow-caption")).to_contain_text("This cannot be drawn.")
    expect(page.locator("#flow-note")).to_have_text("failed, request 1f2e3d4c")
    assert seen.pictures() == before
    page.unroute("**/cards")
    page.locator("#flow-retry").click()
    seen.settle()
    expect(page.locator("#flow-caption")).to_contain_text("0.8548")
    assert seen.pictures()["spectrum"] == before["spectrum"]
    expect(page.locator("#spectrum-caption")).to_contain_text("This cannot be drawn.")
    seen.complaints.clear()  # the refused request is the browser's own error, wanted here


def test_broken_cache_files_are_never_seen(visit: NewVisit, server: Any) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.41")
    for file in server.cache.rglob("*.result"):
        file.write_bytes(b"\x00\x00\x00\x00junk")
    page.reload()
    seen.settle()
    shutil.rmtree(server.cache)
    page.locator("#d2-box").fill("0.42")
    page.locator("#d2-box").press("Enter")
    seen.settle()
    expect(page.locator("#flow-note")).to_have_text(re.compile("computed"))
    assert any(server.cache.iterdir())  # made anew


def test_a_temperature_hides_the_regions_of_zero_temperature(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.3333&T=1&tmax=100")
    expect(page.locator("#sentence-caption")).to_contain_text("Langevin")
    words = page.locator("#phase-graph").text_content() or ""
    assert "atypical minima" not in words
    assert "Langevin" in words


def test_odd_order_from_the_other_side_ends_in_the_mirror(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    page.keyboard.press("8")
    seen.settle()
    expect(page.locator("#flow-caption")).to_contain_text("mirror minimum")
    expect(page.locator("#flow-graph")).to_contain_text("mirror minimum")


def test_the_flow_card_changes_its_view_and_the_address_remembers(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open()
    before = seen.pictures()["flow"]
    page.locator("#flow-choice").click()
    page.get_by_role("option", name="growth of m").click()
    seen.settle()
    assert seen.pictures()["flow"] != before
    assert "flow=growth" in seen.query()
    expect(page.locator("#flow-caption")).to_contain_text("not an escape time")
    page.reload()
    seen.settle()
    expect(page.locator("#flow-choice")).to_have_value("growth of m: Λ, κ")
    assert "Λ" in (page.locator("#flow-graph").text_content() or "")


def test_words_of_any_length_leave_their_picture_whole(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open("?v=1&d2=0.4&dp=4&m0=0.05&tmax=1000&N=10000")
    sizes = """() => ["phase", "flow", "spectrum", "landscape"].map((name) => {
        const gd = document.querySelector(`#${name}-graph .js-plotly-plot`);
        return gd._fullLayout.height - gd.clientHeight; })"""
    for key in ("4", "2"):
        assert max(map(abs, page.evaluate(sizes))) < 1
        page.keyboard.press(key)
        seen.settle()
    assert max(map(abs, page.evaluate(sizes))) < 1
