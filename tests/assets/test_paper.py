"""Figures for paper: sizes, words that keep clear of each other, files that say how large they are."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest

LABELS, PAPER, PNG = "page/labels.mjs", "page/paper.mjs", "page/png.mjs"
FRAME = {"left": 0, "right": 300, "top": 0, "bottom": 200}
ARRANGE = "return arrange(argument.labels, argument.frame, argument.curves);"


def label(x: float, y: float, **more: Any) -> dict[str, Any]:
    return {"x": x, "y": y, "width": 60, "height": 12, "angle": 0, "fixed": False} | more


def arranged(
    blank: Any, labels: list[dict[str, Any]], curves: list[list[float]] | None = None
) -> list[list[float]]:
    """Middles of the labels afterwards."""
    shifts = blank.run(LABELS, ARRANGE, {"labels": labels, "frame": FRAME, "curves": curves or []})
    return [[one["x"] + dx, one["y"] + dy] for one, (dx, dy) in zip(labels, shifts, strict=True)]


def test_words_with_room_stay(blank: Any) -> None:
    assert arranged(blank, [label(50, 50), label(200, 100)]) == [[50, 50], [200, 100]]


def test_of_two_on_each_other_one_moves(blank: Any) -> None:
    (x, y), (u, v) = arranged(blank, [label(100, 100), label(110, 104)])
    assert abs(x - u) >= 60 or abs(y - v) >= 12


def test_what_is_fixed_stays_and_others_keep_clear_of_it(blank: Any) -> None:
    (x, y), (u, v) = arranged(blank, [label(100, 100), label(100, 100, fixed=True)])
    assert (u, v) == (100, 100)
    assert abs(x - u) >= 60 or abs(y - v) >= 12


def test_words_come_back_into_the_frame(blank: Any) -> None:
    ((x, y),) = arranged(blank, [label(290, 196)])
    assert x + 30 <= 300
    assert y + 6 <= 200


def test_words_keep_clear_of_a_curve_if_they_can(blank: Any) -> None:
    curve = [[x, 100.0] for x in range(0, 300, 4)]
    ((_, y),) = arranged(blank, [label(150, 100)], curve)
    assert abs(y - 100) >= 6


def test_turned_words_that_pass_each_other_both_stay(blank: Any) -> None:
    """Their upright boxes would overlap, the words do not."""
    labels = [label(100, 100, angle=45), label(130, 100, angle=45)]
    assert arranged(blank, labels) == [[100, 100], [130, 100]]


@pytest.mark.parametrize(
    ("size", "width", "density"), [("8.6", 325, 600 / 96), ("17.8", 673, 600 / 96), ("screen", 471, 3)]
)
def test_a_sheet_has_the_width_of_a_column(blank: Any, size: str, width: int, density: float) -> None:
    made = blank.run(PAPER, "return sheet(argument, { width: 470.6, height: 233.4 });", size)
    assert made["width"] == width
    assert made["density"] == density
    assert (made["cm"] is None) == (size == "screen")


FIGURE = {
    "data": [{"x": [1], "y": [2], "line": {"width": 2.5}}],
    "layout": {
        "font": {"size": 13, "family": "system-ui"},
        "margin": {"l": 58, "r": 14, "t": 10, "b": 42},
        "shapes": [{"name": "moment", "x0": 1}, {"type": "line", "line": {"width": 1.5}}],
        "annotations": [{"text": "flow", "font": {"size": 12}, "yshift": 4}],
        "xaxis": {"range": [-1.5, 2]},
        "yaxis": {"range": [-0.5, 1.3]},
    },
}
ON_PAPER = """const paper = sheet(argument.size, { width: 400, height: 300 });
    return onPaper(argument.figure, paper, { line: argument.line, at: argument.at });"""


def test_on_paper_type_is_in_points_and_the_parameters_stand_over_it(blank: Any) -> None:
    line = [
        "p = 3",
        "Δ<sub>2</sub> = 0.4348",
        "Δ<sub>p</sub> = 1",
        "m<sub>0</sub> = 10⁻¹⁰",
        "t = 12.5",
        "N = 10⁴",
        "seed 1",
    ]
    made = blank.run(PAPER, ON_PAPER, {"figure": FIGURE, "size": "8.6", "line": line, "at": [1, 2]})
    layout = made["layout"]
    assert layout["paper_bgcolor"] == "#ffffff"
    assert [shape.get("name") for shape in layout["shapes"]] == [None]  # not the page's own guide
    flow, head = layout["annotations"]
    for font in (layout["font"], flow["font"], head["font"]):
        assert 7 <= font["size"] * 0.75 + 0.05 <= 9  # pt
    assert head["text"].replace(",<br>", ", ") == ", ".join(line)
    assert layout["margin"]["t"] > 12 * head["text"].count("<br>")
    assert made["data"][0]["line"]["width"] * 0.75 == pytest.approx(1.125)
    assert len(made["data"]) == 1


@pytest.mark.parametrize(("at", "x"), [([1, 2], 1), ([None, 2], 100), ([0.001, 2], 10**-1.5)])
def test_the_operating_point_is_marked_on_the_plane_that_has_it(blank: Any, at: list[Any], x: float) -> None:
    figure = FIGURE | {"layout": FIGURE["layout"] | {"meta": {"plane": True}}}  # type: ignore[operator]
    code = "argument.at = argument.at.map((v) => v === null ? Infinity : v);" + ON_PAPER
    made = blank.run(PAPER, code, {"figure": figure, "size": "17.8", "line": ["p = 3"], "at": at})
    point = made["data"][-1]
    assert point["name"] == "operating point"
    assert point["x"] == [pytest.approx(x)]
    assert point["y"] == [pytest.approx(2)]


def test_an_svg_says_its_size_in_centimetres(blank: Any) -> None:
    svg = '<svg class="main-svg" xmlns="http://www.w3.org/2000/svg" width="325" height="234" style=""><g/></svg>'
    code = 'return sized(argument, sheet("8.6", { width: 1, height: 1 }));'
    assert blank.run(PAPER, code, svg) == (
        '<svg class="main-svg" xmlns="http://www.w3.org/2000/svg" style="" width="8.6cm" height="6.192cm" '
        'viewBox="0 0 325 234"><g/></svg>'
    )


def test_a_png_says_its_density(blank: Any) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    rest = chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    made = bytes(
        blank.run(PNG, "return [...withDensity(new Uint8Array(argument), 600)];", list(header + rest))
    )
    assert made == header + chunk(b"pHYs", struct.pack(">IIB", 23622, 23622, 1)) + rest
