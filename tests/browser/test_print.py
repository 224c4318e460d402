"""On paper: A4, nothing cut, light, with what is shown said in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

NewVisit = Callable[..., Any]
QUERY = "?v=1&d2=0.4&dp=1.7&m0=1e-4&tmax=1000"
A4 = (595, 842)  # pt
#: What is drawn of each picture and where the paper ends, in px of the print's layout.
CUT = """() => { window.dispatchEvent(new Event("beforeprint"));
    const seen = [...document.querySelectorAll(".picture")].filter((one) => one.offsetParent);
    const wide = document.documentElement.clientWidth;
    return seen.map((picture) => { const box = picture.getBoundingClientRect();
        const plot = picture.querySelector(".main-svg").getBoundingClientRect();
        return { fits: plot.right <= box.right + 1 && plot.bottom <= box.bottom + 1 && plot.width > 0.9 * box.width,
            inside: box.left >= 0 && box.right <= wide + 1 }; }); }"""


def pages(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page."""
    found = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    return [(float(width), float(height)) for width, height in found]


@pytest.mark.parametrize(
    ("size", "said", "n"),
    [
        ({"width": 1440, "height": 900}, "", 4),
        ({"width": 1920, "height": 1080, "scheme": "dark"}, "", 4),
        ({"width": 1280, "height": 720}, "&ui=lecture", 2),
        ({"width": 1440, "height": 900}, "&show=flow", 1),
        ({"width": 390, "height": 844}, "", 2),
    ],
)
def test_the_page_is_on_one_sheet_and_no_picture_is_cut(
    visit: NewVisit, size: dict[str, Any], said: str, n: int
) -> None:
    seen = visit(**size)
    page = seen.open(QUERY + said)
    assert pages(page.pdf(prefer_css_page_size=True)) == [pytest.approx(A4, abs=1)]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 without its margins
    found = page.evaluate(CUT)
    assert len(found) == n
    assert all(one["fits"] and one["inside"] for one in found), found
    words = page.locator("#printed").inner_text()
    assert "p = 3, Δ₂ = 0.4, Δₚ = 1.7, m₀ = 10⁻⁴, t_max = 1000" in words
    assert words.endswith(f"{QUERY}{said}")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_after_printing_the_pictures_are_as_before(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(QUERY)
    script = "() => [...document.querySelectorAll('.picture .main-svg')].map((svg) => svg.clientWidth)"
    before = page.evaluate(script)
    page.pdf(prefer_css_page_size=True)
    page.evaluate(
        "() => { window.dispatchEvent(new Event('beforeprint')); window.dispatchEvent(new Event('afterprint')); }"
    )
    seen.settle()
    assert page.evaluate(script) == before


def test_words_are_printed_in_full(visit: NewVisit) -> None:
    page = visit().open(QUERY)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})
    cut = page.evaluate("""() => [...document.querySelectorAll(".caption, .sentence")].filter((one) => one.offsetParent
        && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)).map((one) => one.id)""")
    assert cut == []
