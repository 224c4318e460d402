"""The measured phase diagram: what is asked, what the strip says, what is drawn, what the addresses give."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from app.cards import measured, phase
from app.cards.card import Picture
from app.compute.cluster import NoConnectionError, SchedulerError
from app.compute.compute import Compute
from app.compute.job import Progress
from app.figures.atlas import Chart, draw_chart
from app.figures.figure import Figure
from app.figures.theme import LIGHT
from app.main import create_compute
from app.page.state import DEFAULTS, Parameters, Point
from app.page.wire import Pace, Request, Run, Wanted
from app.quantities import atlas as quantity
from app.quantities import shipped as package
from app.quantities.atlas import LINE_AT, Measurement, assemble, plane_of
from app.settings import Settings
from engine import atlas
from tests.app.atlases import CUT, edge, flow_at, line_of, results_of, sheet_of
from tests.app.pictures import drawn, request_for, texts, trace, values

POINT = Parameters(m0=1e-4, tmax=1e3)
WORK = Measurement.of(POINT)
TOTAL = len(WORK.chunks())


@dataclass
class Jobs:
    """Long work of which so many chunks are there; what is asked of it is written down."""

    n: int = 0
    rate: float | None = None
    error: str = ""
    unsaved: bool = False
    trouble: SchedulerError | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def _progress(self, work: Measurement) -> Progress:
        results = results_of(work, self.n)
        return Progress(
            len(results), len(work.chunks()), results, self.error, rate=self.rate, unsaved=self.unsaved
        )

    def ask(self, work: Measurement, asker: str) -> Progress:
        self.asked.append(("ask", work, asker))
        if self.trouble:
            raise self.trouble
        return self._progress(work)

    def look(self, work: Measurement) -> Progress:
        self.asked.append(("look", work))
        return self._progress(work)

    def pause(self, work: Measurement, asker: str) -> Progress:
        self.asked.append(("pause", work, asker))
        return self._progress(work)

    def leave(self, asker: str) -> None:
        self.asked.append(("leave", asker))


class Door(Compute):
    """A door whose long work is as a test wants it."""

    work = Jobs()

    @property
    def jobs(self) -> Any:
        return self.work


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


@pytest.fixture
def door(shelves: Compute, monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr(measured, "shipped", lambda _: None)
    made = Door(shelves._cache)
    made.work = Jobs()
    return made


def ask(
    door: Door, view: str = "overlap", *, pace: Pace = Pace.LEISURE, point: Parameters = POINT,
    work: Wanted | None = None, **options: Any,
) -> Picture:  # fmt: skip
    asked = request_for(point, pace=pace, measured=view, **options)
    fields = {name: getattr(asked, name) for name in Request.__dataclass_fields__}
    return phase.draw(door, Request(**fields | {"work": work or Wanted(asker="me")}))


def standing(picture: Picture) -> tuple[str, float]:
    assert picture.work is not None
    return picture.work.standing, picture.work.share


# what is asked ------------------------------------------------------------------------------------------------------
def test_the_coarse_atlas_comes_first_then_the_line_then_the_finer_ones() -> None:
    chunks = WORK.chunks()
    assert len({chunk.key for chunk in chunks}) == len(chunks)
    kinds = [
        "line" if chunk.function is quantity.line_point else chunk.arguments[1].resolution for chunk in chunks
    ]
    assert kinds == [*[16] * 4, *[32] * 16, *["line"] * len(LINE_AT), *[64] * 64, *[128] * 256]
    assert all("engine.atlas" in chunk.key for chunk in chunks if chunk.function is not quantity.line_point)


def test_points_of_one_plane_share_its_measurement() -> None:
    assert Measurement.of(Parameters(d2=0.3, dp=7.0)) == Measurement.of(DEFAULTS)
    assert hash(Measurement.of(Parameters(d2=0.3))) == hash(Measurement.of(DEFAULTS))
    for other in (Parameters(p=4), Parameters(m0=1e-9), Parameters(tmax=100.0), Parameters(T=1.0)):
        assert Measurement.of(other) != Measurement.of(DEFAULTS)


def test_there_is_no_line_with_a_temperature() -> None:
    warm = Measurement.of(Parameters(T=1.0))
    assert len(warm.chunks()) == TOTAL - len(LINE_AT)


def test_off_asks_for_nothing_and_leaves(door: Door) -> None:
    picture = ask(door, "off")
    assert door.work.asked == [("leave", "me")]
    assert (picture.later, picture.more, picture.work) == (0, False, None)
    assert not [data for data in drawn(picture).data if data.type == "heatmap"]


def test_nothing_is_begun_before_there_is_time(door: Door) -> None:
    door.work.n = 4
    moving = ask(door, pace=Pace.MOVING)
    assert door.work.asked == []
    assert (moving.more, moving.later, moving.work) == (True, 0, None)
    first = ask(door, pace=Pace.FIRST)
    assert door.work.asked == [("look", WORK)]
    assert (first.more, first.work) == (True, None)
    assert trace(drawn(first), "measured")
    leisure = ask(door)
    assert door.work.asked[1:] == [("ask", WORK, "me")]
    assert (leisure.more, leisure.later) == (False, measured.SOON)


def test_a_page_without_a_name_starts_nothing(door: Door) -> None:
    picture = ask(door, work=Wanted())
    assert not [what for what in door.work.asked if what[0] == "ask"]
    assert standing(picture) == ("cancelled", 0.0)


# what the strip says ------------------------------------------------------------------------------------------------
def test_it_counts_samples_their_rate_and_what_is_left(door: Door) -> None:
    door.work.n, door.work.rate = 20, 0.5
    work = ask(door).work
    assert work is not None
    assert (work.standing, work.share) == ("running", 20 / TOTAL)
    left = (TOTAL - 20) / 0.5 / 60
    assert work.words == f"1\u2009024 of 16\u2009384 samples · 23 a second · {left:.0f} min left"


def test_it_pauses_and_cancels(door: Door) -> None:
    door.work.n = 4
    paused = ask(door, work=Wanted(asker="me", run=Run.PAUSED))
    assert door.work.asked == [("pause", WORK, "me")]
    assert standing(paused) == ("paused", 4 / TOTAL)
    assert paused.later == measured.IDLE  # what is under way is finished
    assert paused.work
    assert paused.work.words == "Paused: 256 of 16\u2009384 samples are there."
    door.work.asked.clear()
    cancelled = ask(door, work=Wanted(asker="me", run=Run.CANCELLED))
    assert door.work.asked == [("leave", "me"), ("look", WORK)]
    assert (standing(cancelled)[0], cancelled.later) == ("cancelled", 0)
    assert trace(drawn(cancelled), "measured")  # what is there stays


@pytest.mark.parametrize("run", list(Run))
def test_what_is_complete_says_so_and_is_not_asked_again(door: Door, run: Run) -> None:
    door.work.n = TOTAL
    picture = ask(door, work=Wanted(asker="me", run=run))
    assert (standing(picture), picture.later) == (("complete", 1.0), 0)
    assert picture.work
    assert picture.work.words == "Complete: 16\u2009384 samples, 128 × 128."


def test_a_scheduler_that_is_gone_is_said_and_tried_again(door: Door) -> None:
    door.work.n, door.work.trouble = 4, NoConnectionError("The scheduler at tcp://x:1 does not answer.")
    picture = ask(door)
    assert picture.work
    assert picture.work.words.startswith(
        "The scheduler at tcp://x:1 does not answer. It is tried again. 256 of"
    )
    assert (picture.work.standing, picture.later) == ("running", measured.LOST)
    assert trace(drawn(picture), "measured")
    door.work.trouble = None
    assert ask(door).later == measured.SOON
    door.work.trouble = SchedulerError("The extra is not installed.")
    assert (standing(ask(door))[0], ask(door).later) == ("failed", 0)


def test_what_fails_is_said_and_left_so_that_it_may_be_tried_again(door: Door) -> None:
    door.work.n, door.work.error = 4, "A part of it could not be computed."
    picture = ask(door)
    assert picture.work
    assert (picture.work.standing, picture.later) == ("failed", 0)
    assert picture.work.words == "A part of it could not be computed. 256 of 16\u2009384 samples are there."
    assert door.work.asked[-1] == ("leave", "me")


def test_a_full_disk_is_said_and_the_picture_comes_all_the_same(door: Door) -> None:
    door.work.n, door.work.unsaved = 4, True
    picture = ask(door)
    assert picture.work
    assert "The disk takes no more" in picture.work.words
    assert trace(drawn(picture), "measured")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (99, "99 s"), (120, "2 min"), (5399, "90 min"), (9000, "2.5 h")]
)
def test_durations_are_said_roughly(seconds: float, words: str) -> None:
    assert measured.duration(seconds) == words


# the atlas of the package -------------------------------------------------------------------------------------------
@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with an atlas of p = 3."""
    monkeypatch.setattr(package, "FOLDER", tmp_path)
    made = atlas.pack(sheet_of(plane_of(DEFAULTS), 32), {"engine_version": "7.8.9"})
    (tmp_path / "atlas_p3.npz").write_bytes(made)
    (tmp_path / "atlas_p4.npz").write_bytes(b"broken")


def test_the_package_has_an_atlas_for_its_plane_alone(packed: None, caplog: pytest.LogCaptureFixture) -> None:
    found = package.shipped(plane_of(DEFAULTS))
    assert found is not None
    assert (found.version, found.sheet.resolution) == ("7.8.9", 32)
    for other in (POINT, Parameters(T=1.0), Parameters(p=5)):
        assert package.shipped(plane_of(other)) is None
    assert package.shipped(plane_of(Parameters(p=4))) is None
    assert "atlas_p4.npz cannot be read" in caplog.text


def test_the_package_s_atlas_is_shown_at_once_and_only_its_line_is_measured(
    door: Door, packed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "shipped", package.shipped)
    assert trace(drawn(ask(door, pace=Pace.MOVING, point=DEFAULTS)), "measured")
    assert door.work.asked == []
    door.work.n = 3
    picture = ask(door, point=DEFAULTS)
    assert door.work.asked == [("ask", Measurement.of(DEFAULTS, resolution=0), "me")]
    assert picture.work
    words = (
        "Comes with the software: 32 × 32 samples, made by version 7.8.9. Its measured line: 3 of {} points."
    )
    assert picture.work.words == words.format(len(LINE_AT))
    assert (standing(picture), picture.later) == (("shipped", 1.0), measured.SOON)
    door.work.n = len(LINE_AT)
    picture = ask(door, point=DEFAULTS)
    assert (standing(picture), picture.later) == (("shipped", 1.0), 0)
    anew = ask(door, point=DEFAULTS, work=Wanted(asker="me", anew=True))
    assert door.work.asked[-1] == ("ask", Measurement.of(DEFAULTS), "me")
    assert standing(anew)[0] == "running"


# what is drawn ------------------------------------------------------------------------------------------------------
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
    sent = orjson.dumps(picture.figure.to_plotly_json())
    assert len(sent) < 500_000
    assert len(zlib.compress(sent)) < 150_000


def test_the_caption_says_what_a_pixel_is(door: Door) -> None:
    assert ask(door).caption == (
        "A pixel is a run of the two-time equations from m₀ = 10⁻⁴ to t = 10³; ◇ is the line as m₀ → 0, measured."
    )
    assert Point(POINT).parameters.m0 == 1e-4
