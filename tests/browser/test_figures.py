"""The physicist's figures: of every view, in the width of a column, light, complete, no words on each other."""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app.cards import DECK

NewVisit = Callable[..., Any]
QUERY = "?v=1&d2=0.4&dp=1.7&m0=1e-4&tmax=1000"
LOOKS = {"flow": "flow", "hess": "spectrum", "land": "landscape"}
VIEWS = [(name, view.name) for name in LOOKS for view in DECK.catalogue.looks[name].views] + [
    ("lines", "flow"),
    ("lines", "bayes"),
]
#: Corners of every label in a drawn SVG, and the size of the whole.
CORNERS = """() => { const svg = document.querySelector("svg");
    const box = svg.getBoundingClientRect(), [, , width] = svg.getAttribute("viewBox").split(" ").map(Number);
    const scale = width / box.width;
    const labels = [...svg.querySelectorAll(".annotation")].map((group) => {
        const rect = group.querySelector("rect.bg"), to = rect.getScreenCTM();
        const { x, y, width: w, height: h } = rect.getBBox();
        const corners = [[x, y], [x + w, y], [x + w, y + h], [x, y + h]].map(([u, v]) => {
            const point = new DOMPoint(u, v).matrixTransform(to);
            return [(point.x - box.left) * scale, (point.y - box.top) * scale]; });
        return { text: group.textContent, corners, size: parseFloat(group.querySelector("text").style.fontSize) }; });
    const sizes = [...svg.querySelectorAll("text")].map((text) => parseFloat(getComputedStyle(text).fontSize) * scale);
    return { width: box.width * scale, height: box.height * scale, labels, sizes, text: svg.textContent }; }"""


def save(page: Page, card: str, name: str, folder: Path) -> Path:
    page.locator(f"#{card}-export > summary").click()
    with page.expect_download() as download:
        page.locator(f"#{card}-export").get_by_role("button", name=name, exact=True).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def meet(first: np.ndarray, second: np.ndarray, slack: float) -> bool:
    """Whether two convex shapes meet by more than some pixels: no straight line parts them."""
    for corners in (first, second):
        for a, b in itertools.pairwise([*corners, corners[0]]):
            normal = np.array([a[1] - b[1], b[0] - a[0]])
            length = np.hypot(*normal)
            if not length:
                continue
            one, other = first @ normal / length, second @ normal / length
            if one.max() < other.min() + slack or other.max() < one.min() + slack:
                return False
    return True


@pytest.mark.parametrize("size", ["8.6", "17.8"])
@pytest.mark.parametrize(("look", "view"), VIEWS)
def test_a_figure_fits_a_column_and_no_words_meet(
    visit: NewVisit, tmp_path: Path, look: str, view: str, size: str
) -> None:
    seen = visit()
    page = seen.open(f"{QUERY}&{look}={view}")
    card = LOOKS.get(look, "phase")
    file = save(page, card, f"SVG: Figure, {size} cm", tmp_path)
    assert file.name.startswith(f"saddlesurf-{card}")
    assert "-p3-d2_0.4-dp_1.7" in file.name
    svg = file.read_text(encoding="utf-8")
    assert f'width="{size}cm"' in svg[: svg.index(">")]
    assert "system-ui" not in svg
    drawing = page.context.new_page()
    drawing.set_content(f"<body style='margin:0'>{svg}</body>")
    found = drawing.evaluate(CORNERS)
    assert found["width"] == pytest.approx(float(size) / 2.54 * 96, abs=1)
    assert min(found["sizes"]) * 0.75 > 6.5  # pt
    assert max(found["sizes"]) * 0.75 < 9.5
    for part in ("p = 3", "= 0.4", "= 1.7"):
        assert part in found["text"]
    shapes = {one["text"]: np.array(one["corners"]) for one in found["labels"]}
    assert len(shapes) == len(found["labels"]) or look == "lines"
    for (one, a), (other, b) in itertools.combinations(shapes.items(), 2):
        assert not meet(a, b, 3.0), (one, other)
    for text, corners in shapes.items():
        low, high = corners.min(axis=0), corners.max(axis=0)
        assert (low > -1).all(), text
        assert (high < [found["width"] + 1, found["height"] + 1]).all(), text


def test_the_operating_point_is_on_the_diagram(visit: NewVisit, tmp_path: Path) -> None:
    seen = visit()
    page = seen.open(QUERY)
    svg = save(page, "phase", "SVG: Figure, 8.6 cm", tmp_path).read_text(encoding="utf-8")
    drawing = page.context.new_page()
    drawing.set_content(f"<body style='margin:0'>{svg}</body>")
    x, y = (
        drawing.evaluate("""() => { const box = [...document.querySelectorAll(".scatterlayer .point")].at(-1)
        .getBoundingClientRect(); const svg = document.querySelector("svg").getBoundingClientRect();
        return [(box.x + box.width / 2 - svg.x) / svg.width, (box.y + box.height / 2 - svg.y) / svg.height]; }""")
    )
    assert 0.2 < x < 0.8
    assert 0.2 < y < 0.8


@pytest.mark.parametrize("card", ["phase", "flow", "spectrum", "landscape"])
def test_in_the_dark_a_figure_is_the_light_one(visit: NewVisit, tmp_path: Path, card: str) -> None:
    files = [
        save(visit(scheme=scheme).open(QUERY), card, "SVG: Figure, 8.6 cm", tmp_path / scheme)
        for scheme in ("light", "dark")
    ]
    light, dark = (
        re.sub(r'(id|class|clip-path|href)="[^"]*"', "", file.read_text("utf-8")) for file in files
    )
    assert light == dark
    assert "#1b1d21" not in dark


def test_the_figure_of_a_lecture_is_the_same(visit: NewVisit, tmp_path: Path) -> None:
    files = [
        save(
            visit(width=1440, height=900).open(QUERY + said), "phase", "SVG: Figure, 8.6 cm", tmp_path / name
        )
        for name, said in (("desk", ""), ("lecture", "&ui=lecture"))
    ]
    desk, lecture = (
        re.sub(r'(id|class|clip-path|href)="[^"]*"', "", file.read_text("utf-8")) for file in files
    )
    assert desk == lecture


def test_a_png_has_the_width_of_its_column_in_points_and_on_paper(visit: NewVisit, tmp_path: Path) -> None:
    page = visit().open(QUERY)
    body = save(page, "flow", "PNG: Figure, 8.6 cm", tmp_path).read_bytes()
    width, height = struct.unpack(">II", body[16:24])
    name, across, down, unit = struct.unpack(">4sIIB", body[37:50])
    assert name == b"pHYs"
    assert (across, unit) == (down, 1)
    assert width / across == pytest.approx(0.086, abs=2e-4)  # m
    assert 0.5 < height / width < 1


def test_only_the_tables_of_what_is_drawn_are_offered(visit: NewVisit) -> None:
    page = visit().open(QUERY)
    menu = page.locator("#flow-export")
    menu.locator("summary").click()
    offered = [
        text for text in menu.locator(".export-row:visible span").all_inner_texts() if text.startswith("Data")
    ]
    assert offered == ["Data: flow, as drawn", "Data: flow, evenly in log t"]
    page.goto(page.url + "&flow=growth&N=100")
    page.wait_for_function("() => document.documentElement.dataset.page === 'settled'")
    menu.locator("summary").click()
    offered = [
        text for text in menu.locator(".export-row:visible span").all_inner_texts() if text.startswith("Data")
    ]
    assert offered == ["Data: growth of m"]


def test_python_and_the_citation_are_copied(visit: NewVisit) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"]).open(QUERY + "&hess=edge")
    page.locator("#spectrum-export > summary").click()
    for what, part in (("python", "plt.xlim(left, right)"), ("cite", "hess=edge")):
        button = page.locator(f'[data-copy="spectrum:{what}"]')
        button.click()
        expect(button).to_have_text("Copied")
        assert part in page.evaluate("navigator.clipboard.readText()")
