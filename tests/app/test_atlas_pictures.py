"""The measured phase diagram's picture: every pixel is its sample, under the lines of the theory."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest

from app.figures.atlas import Chart, draw_chart
from app.figures.figure import Figure
from app.figures.theme import LIGHT
from app.page.state import Parameters, Point
from app.quantities.atlas import LINE_AT, assemble, plane_of
from engine import atlas
from tests.app.atlases import (
    CODES,
    CUT,
    POINT,
    TOTAL,
    WORK,
    Door,
    ask,
    edge,
    flow_at,
    line_of,
    results_of,
    sheet_of,
)
from tests.app.pictures import drawn, texts, trace, values


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("n", [1, 4, 5, 20, TOTAL])
def test_every_pixel_shows_its_sample(door: Door, n: int, theme: str) -> None:
    door.work.n = n
    figure = drawn(ask(door, theme=theme))
    sheet = assemble(WORK, results_of(WORK, n)).sheet
    assert sheet is not None
    shown = trace(figure, "measured")
    z, time = values(shown.z), values(shown.customdata)
    x, y = values(shown.x), values(shown.y)
    assert z.shape == time.shape == (y.size - 1, x.size - 1) == (sheet.resolution,) * 2
    assert (np.diff(x) > 0).all()
    assert (np.diff(y) > 0).all()
    np.testing.assert_allclose([x[0], x[-1], y[0], y[-1]], [0.03, 100, 0.3, 20])
    for row, column in np.argwhere(sheet.is_there):
        delta_p, inverse = sheet.delta_p[column], 1 / sheet.delta_2[row]
        i, j = np.searchsorted(y, inverse) - 1, np.searchsorted(x, delta_p) - 1
        overlap, escape, _ = flow_at(delta_p, 1 / inverse)
        if edge(delta_p) < inverse < CUT:
            assert z[i, j] == pytest.approx(overlap, rel=1e-3)
            assert time[i, j] == pytest.approx(escape, rel=1e-3)
        else:
            assert np.isnan(z[i, j])


def test_what_is_trapped_or_cut_is_hatched_and_named_and_nothing_else(door: Door) -> None:
    door.work.n = TOTAL
    picture = ask(door)
    figure, sheet = drawn(picture), sheet_of(WORK.plane, 128)
    for name, shape in (("trapped at t_max = 10³", "/"), ("cut before t_max = 10³", "x")):
        assert name in texts(picture)
        flat, hatch = (data for data in figure.data if data.name == name)
        assert hatch.fillpattern.shape == shape
        inside = np.zeros((128, 128), dtype=bool)
        corners = np.array(
            [[x, y] for x, y in zip(hatch.x, hatch.y, strict=True) if x is not None], dtype=float
        )
        for box in corners.reshape(-1, 5, 2):
            (left, low), (right, high) = box.min(axis=0), box.max(axis=0)
            rows = (1 / sheet.delta_2 > low) & (1 / sheet.delta_2 < high)
            columns = (sheet.delta_p > left) & (sheet.delta_p < right)
            assert not (inside & (rows[:, None] & columns)).any()  # no rectangle lies over another
            inside |= rows[:, None] & columns
        inverse = 1 / sheet.delta_2[:, None]
        expected = (
            inverse < edge(sheet.delta_p) if shape == "/" else inverse > CUT * np.ones_like(sheet.delta_p)
        )
        np.testing.assert_array_equal(inside, expected)
        np.testing.assert_array_equal(np.isfinite(values(flat.z))[::-1], expected)


def test_what_is_not_there_is_neither_coloured_nor_hatched(door: Door) -> None:
    door.work.n = 1  # a quarter of the plane
    figure = drawn(ask(door))
    there = sum(np.isfinite(values(data.z)) for data in figure.data if data.type == "heatmap")
    assert (there.sum(), there.max()) == (64, 1)
    door.work.n = 0
    assert not [data for data in drawn(ask(door)).data if data.type == "heatmap"]


def test_escape_times_are_coloured_by_their_logarithm_between_plain_numbers(door: Door) -> None:
    door.work.n = TOTAL
    shown = trace(drawn(ask(door, "time")), "measured")
    z, time = values(shown.z), values(shown.customdata)
    np.testing.assert_allclose(10 ** z[np.isfinite(z)], time[np.isfinite(z)], rtol=5e-3)
    assert (shown.zmin, shown.zmax) == (0, 3)
    assert shown.colorbar.ticktext == ("1", "10", "100", "10³")
    assert shown.colorbar.title.text == "escape time"
    assert [colour for _, colour in shown.colorscale][::9] == ["#00224e", "#fee838"]  # cividis


def test_the_theory_is_lines_over_the_map_and_no_region(door: Door) -> None:
    door.work.n = TOTAL
    off, on = ask(door, "off"), ask(door)
    figure = drawn(on)
    assert "AMP works" in texts(off)
    assert "AMP works" not in texts(on)
    filled = [data for data in figure.data if data.type == "scatter" and data.fill == "toself"]
    assert all(data.fillpattern.shape for data in filled)
    for axis in ("xaxis", "yaxis"):
        assert figure.layout[axis].range == drawn(off).layout[axis].range
    for name in ("gradient flow", "ML-AMP", "typical", "trivialization"):
        np.testing.assert_array_equal(values(trace(figure, name).y), values(trace(drawn(off), name).y))
    kinds = [data.type for data in figure.data]
    assert max(k for k, kind in enumerate(kinds) if kind == "heatmap") < min(
        k for k, data in enumerate(figure.data) if data.name == "gradient flow"
    )
    assert len(figure.layout.meta["tangents"]) == len(figure.layout.annotations)


def test_the_measured_line_has_its_errors_and_its_name(door: Door) -> None:
    door.work.n = 20 + 5
    picture = ask(door)
    line = trace(drawn(picture), "gradient flow, measured")
    expected = [line_of(3, delta_p) for delta_p in LINE_AT[:5] if edge(delta_p) < 20]
    assert list(line.x) == [one.delta_p for one in expected]
    assert list(line.y) == [one.inverse_delta_2 for one in expected]
    assert list(line.error_y.array) == [0.03] * len(expected)
    assert "± 0.03" in line.customdata[0]
    assert "measured" in texts(picture)
    assert "gradient flow, measured" not in [data.name for data in drawn(ask(door, lines=())).data]


def test_with_a_temperature_there_is_a_map_too(door: Door) -> None:
    door.work.n = TOTAL
    warm = ask(door, point=Parameters(T=1.0, tmax=100.0))
    assert trace(drawn(warm), "measured")
    assert "no escape up to t_max = 100" in texts(warm)  # it may be in equilibrium
    assert "trapped" not in texts(warm)
    assert "Langevin" in texts(warm)
    assert "◇" not in str(warm.caption)


def test_a_start_on_the_mirror_side_is_coloured_by_the_size_of_its_overlap() -> None:
    sheet = sheet_of(plane_of(Parameters(m0=-1e-4)), 16)
    mirrored = atlas.Atlas(
        **{name: getattr(sheet, name) for name in sheet.__dataclass_fields__}
        | {"final_overlap": -sheet.final_overlap}
    )
    made = Figure()
    draw_chart(made, Chart("overlap", mirrored), LIGHT, [])
    shown = next(data for data in made.data if data["name"] == "measured")
    assert np.nanmin(values(shown["z"])) > 0
    assert "|m|" in shown["colorbar"]["title"]["text"]


def test_a_picture_of_a_whole_atlas_is_not_heavy(door: Door) -> None:
    door.work.n = TOTAL
    picture = ask(door, "time")
    assert picture.figure is not None
    sent = orjson.dumps(picture.figure.to_plotly_json(), option=orjson.OPT_SERIALIZE_NUMPY)
    assert len(sent) < 500_000
    assert len(zlib.compress(sent)) < 150_000


def chart_of(view: Any, **fields: Any) -> Figure:
    """A map of 16 × 16 samples, some fields of which are others."""
    sheet = sheet_of(plane_of(POINT), 16)
    made = Figure()
    draw_chart(made, Chart(view, replace(sheet, **fields)), LIGHT, [])
    return made


def test_a_start_beyond_the_level_escapes_at_once_and_nothing_else_is_said(door: Door) -> None:
    nothing = np.zeros((16, 16))
    code = np.zeros((16, 16), dtype=np.uint8)
    for view in ("overlap", "time"):
        made = chart_of(view, escape_time=nothing, final_overlap=nothing + 0.5, status_code=code)
        (shown,) = (data for data in made.data if data["name"] == "measured")
        assert (values(shown["customdata"]) == 0).all()
        assert np.isfinite(values(shown["z"])).all()
    assert "All start beyond the level of an escape, 0.3" in str(ask(door, point=Parameters(m0=0.5)).caption)


def test_an_escape_before_a_cut_is_good() -> None:
    code = np.full((16, 16), CODES["STOPPED_EARLY"], dtype=np.uint8)
    fields = {
        "status_code": code,
        "final_overlap": np.full((16, 16), np.nan),
        "escape_time": np.ones((16, 16)),
    }
    names = [data["name"] for data in chart_of("time", **fields).data]
    assert names == ["measured"]
    assert any("cut before" in str(data["name"]) for data in chart_of("overlap", **fields).data)


def test_the_caption_says_what_a_pixel_is(door: Door) -> None:
    assert ask(door).caption == "A pixel is a run of the two-time equations from m₀ = 10⁻⁴ to t = 10³."
    door.work.n = TOTAL
    assert ask(door).caption == (
        "A pixel is a run of the two-time equations from m₀ = 10⁻⁴ to t = 10³; ◇ is the line as m₀ → 0, measured."
    )
    assert Point(POINT).parameters.m0 == 1e-4


@pytest.mark.parametrize(("columns", "anchor"), [((0, 3), "left"), ((2, 14), "center"), ((13, 16), "right")])
def test_a_name_does_not_reach_beyond_the_picture(columns: tuple[int, int], anchor: str) -> None:
    sheet = sheet_of(plane_of(POINT), 16)
    escape = np.ones((16, 16))
    escape[4:8, slice(*columns)] = np.nan
    parts = {name: getattr(sheet, name) for name in sheet.__dataclass_fields__}
    parts |= {"escape_time": escape, "status_code": np.zeros((16, 16), np.uint8)}
    made = Figure()
    draw_chart(made, Chart("time", atlas.Atlas(**parts)), LIGHT, [])
    (name,) = made.layout["annotations"]
    assert name["xanchor"] == anchor
    assert -1.6 < name["x"] <= 2
