"""The measurement of a phase diagram: what is asked of long work, and what the strip says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cards import long_work, measured
from app.compute.cluster import NoConnectionError, SchedulerError
from app.page.state import DEFAULTS, Parameters
from app.page.wire import Pace, Run, Wanted
from app.quantities import atlas as quantity
from app.quantities import shipped as package
from app.quantities.atlas import LINE_AT, Measurement, plane_of
from engine import atlas
from tests.app.atlases import (
    POINT,
    TOTAL,
    WORK,
    Door,
    ask,
    sheet_of,
    standing,
)
from tests.app.pictures import drawn, trace


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
    assert (leisure.more, leisure.later) == (False, long_work.SOON)


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
    assert (picture.work.standing, picture.later) == ("running", long_work.LOST)
    assert trace(drawn(picture), "measured")
    door.work.trouble = None
    assert ask(door).later == long_work.SOON
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
    made = atlas.pack(
        sheet_of(plane_of(DEFAULTS), 32), {"engine_version": "7.8.9", "date": "2026-11-26T17:09:20+00:00"}
    )
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
    made = "32 × 32 samples, shipped (version 7.8.9, 2026-11-26)."
    words = f"{made} Line: 3 of {{}} points."
    assert picture.work.words == words.format(len(LINE_AT))
    assert (standing(picture), picture.later) == (("shipped", 1.0), long_work.SOON)
    paused = ask(door, point=DEFAULTS, work=Wanted(asker="me", run=Run.PAUSED))
    assert standing(paused) == ("paused", 1.0)  # whoever has paused elsewhere can go on here
    assert paused.work
    assert paused.work.words.endswith(f" Line: paused at 3 of {len(LINE_AT)} points.")
    door.work.error = "This is too steep."
    failed = ask(door, point=DEFAULTS)
    assert standing(failed)[0] == "failed"  # and may be tried again
    assert failed.work
    assert failed.work.words.startswith("This is too steep. 32 × 32 samples, shipped")
    door.work.error, door.work.n = "", len(LINE_AT)
    for run in (Run.ON, Run.PAUSED, Run.CANCELLED):
        picture = ask(door, point=DEFAULTS, work=Wanted(asker="me", run=run))
        assert (standing(picture), picture.later) == (("shipped", 1.0), 0)
    anew = ask(door, point=DEFAULTS, work=Wanted(asker="me", anew=True))
    assert door.work.asked[-1] == ("ask", Measurement.of(DEFAULTS), "me")
    assert standing(anew)[0] == "running"
