"""Scans along one noise through a point: the engine's flows, which come while one asks and end when one goes."""

from __future__ import annotations

import io
import math
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient

from app.cards import flow
from app.cards.scan import scanner, sentence
from app.compute.compute import Compute
from app.main import create_app, create_compute
from app.page.state import Parameters, Point
from app.page.wire import Pace
from app.quantities import scan as quantity
from app.quantities.scan import PER_DECADE, REACH, Scan, assemble
from app.quantities.scan_table import NOTHING
from app.settings import Settings
from engine import Model, atlas, dynamics
from tests.app.pictures import drawn, request_for, texts, trace, values

QUICK = Parameters(d2=0.3, m0=1e-2, tmax=20.0)
QUERY = "d2=0.3&m0=1e-2&tmax=20"
BOUND = 120.0  # seconds after which a test gives up


@pytest.fixture
def compute(tmp_path: Path) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan of seven runs or eight."""
    monkeypatch.setattr(quantity, "REACH", 3)


def done(scan: Scan, *numbers: int) -> dict[Any, atlas.AtlasTile]:
    """Some of its results, by their place in the order in which they are made; all without."""
    asked = scan.chunks()
    return {asked[k]: asked[k]() for k in numbers or range(len(asked))}


@pytest.mark.parametrize("along", ["d2", "dp"])
def test_its_values_are_those_of_its_neighbours_and_the_point_s_own(along: str) -> None:
    one, other = (Scan(Parameters(**{along: noise}), along) for noise in (0.4348, 0.441))
    assert 0.4348 in one.noises
    assert len(one.noises) == 2 * REACH + 2
    assert list(one.noises) == sorted(set(one.noises))
    assert max(np.diff(np.log10(one.noises))) < 1.02 / PER_DECADE
    assert one.noises[0] < 0.4348 / 3.5 < 0.4348 * 3.5 < one.noises[-1]
    assert len(set(one.noises) & set(other.noises)) == 2 * REACH + 1
    assert len({asked.key for asked in (*one.chunks(), *other.chunks())}) == 2 * REACH + 3  # computed once


def test_an_infinite_noise_is_scanned_about_one_and_a_far_one_within_its_range() -> None:
    away = Scan(Parameters(dp=math.inf), "dp")
    assert away.noises[0] < 0.3 < 3 < away.noises[-1]
    assert all(map(math.isfinite, away.noises))
    edge = Scan(Parameters(d2=1e-4), "d2")
    assert edge.noises[0] == 1e-4
    assert len(edge.noises) == REACH + 1


def test_the_point_s_own_run_is_first_then_some_far_apart() -> None:
    scan = Scan(QUICK, "d2")
    order = [asked.arguments[2][0] for asked in scan.chunks()]
    assert order[0] == 0.3
    assert sorted(order) == list(scan.noises)
    early = np.log10(sorted(order[:8]))
    assert early[-1] - early[0] > 0.9 * (2 * REACH) / PER_DECADE
    assert Scan(QUICK, "d2") == scan
    assert hash(Scan(QUICK, "d2")) == hash(scan)


@pytest.mark.usefixtures("small")
def test_its_runs_escape_when_linear_theory_says() -> None:
    """The growth of an infinitesimal overlap is another algorithm; beyond linear theory it is somewhat faster."""
    point = Parameters(d2=0.36, m0=1e-6, tmax=1e3)
    found = assemble(scan := Scan(point, "d2"), done(Scan(point, "d2")))
    assert found.is_there.all()
    for noise, escape, theta in zip(found.noise, found.escape_time, found.theta, strict=True):
        model = Model(p=3, delta_2=noise, delta_p=1.0)
        linear = float(dynamics.escape_gain(model, t_max=1e3).escape_time(1e-6))
        assert 0.85 * linear < escape < linear
        assert theta == pytest.approx(model.theta(0.0), rel=1e-12)
    assert (np.diff(found.escape_time) > 0).all()  # weaker signal, later escape
    assert "those that escape lie between 1/Δ₂ = " in sentence(scan, found)


@pytest.mark.usefixtures("small")
def test_what_is_not_there_is_no_number() -> None:
    scan = Scan(QUICK, "dp")
    found = assemble(scan, done(scan, 0))
    assert found.is_there.sum() == 1
    assert found.noise[found.is_there] == [1.0]
    assert np.isnan(found.final_overlap[~found.is_there]).all()
    assert np.isfinite(found.theta).all()
    assert "none is there yet" in sentence(scan, assemble(scan, {}))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("view", "along"), [("scan_d2", "d2"), ("scan_dp", "dp")])
def test_the_picture_holds_what_is_there_and_theta_at_once(compute: Compute, view: str, along: Any) -> None:
    scan = Scan(QUICK, along)
    before = drawn(flow.CARD.draw(compute, request_for(QUICK, pace=Pace.MOVING, flow=view)))
    assert np.isfinite(values(trace(before, "θ").y)).all()
    assert np.isnan(values(trace(before, "escape time").y)).all()
    for asked, value in done(scan).items():
        compute.keep(asked, value)
    picture = flow.CARD.draw(compute, request_for(QUICK, flow=view))
    after = drawn(picture)
    found = assemble(scan, done(scan))
    place = 1 / found.noise[::-1] if along == "d2" else found.noise
    order = slice(None, None, -1) if along == "d2" else slice(None)
    np.testing.assert_allclose(values(trace(after, "escape time").x), place, rtol=1e-6)
    np.testing.assert_allclose(values(trace(after, "escape time").y), found.escape_time[order], rtol=1e-6)
    np.testing.assert_allclose(values(trace(after, "m at the end").y), found.final_overlap[order], rtol=1e-6)
    assert picture.note == f"{len(scan.noises)} of {len(scan.noises)} runs"
    assert "here, " in texts(picture)


@pytest.mark.parametrize("view", ["scan_d2", "scan_dp"])
def test_an_infinite_noise_stands_at_the_edge(compute: Compute, view: str) -> None:
    pins = (Point(Parameters(d2=math.inf)), Point(Parameters(dp=math.inf)))
    said = texts(flow.CARD.draw(compute, request_for(QUICK, pinned=pins, pace=Pace.MOVING, flow=view)))
    assert re.search({"scan_d2": r"← pin 1 \(", "scan_dp": r"pin 2 \([^|]*\) →"}[view], said)


def test_a_pinned_point_says_in_what_it_is_not_on_the_scan(compute: Compute) -> None:
    pins = tuple(Point(each) for each in (QUICK.model_copy(update={"d2": 0.4}), Parameters(d2=0.4, dp=2.0)))
    said = texts(flow.CARD.draw(compute, request_for(QUICK, pinned=pins, pace=Pace.MOVING, flow="scan_d2")))
    assert "pin 1 |" in said
    assert "pin 2 (Δₚ = 2, m₀ = 10⁻¹⁰, tₘₐₓ = 10000)" in said


# over the server ----------------------------------------------------------------------------------------------------
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def client(tmp_path: Path, small: None) -> FlaskClient:
    made: FlaskClient = create_app(Settings(cache_folder=tmp_path)).server.test_client()
    return made


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """The flow card's answer, as the page asks for it."""

    def answer(view: str = "scan_d2", pace: str = "leisure", **work: Any) -> dict[str, Any]:
        message = {
            "number": 1, "cards": ["flow"], "pace": pace, "theme": "light", "points": [Point(QUICK).to_store()],
            "looks": {"flow": view}, "work": {"asker": "me", **work},
        }  # fmt: skip
        said = client.post("/cards", json=message).json
        assert said is not None
        found: dict[str, Any] = said["cards"]["flow"]
        assert not found["failed"], found["caption"]
        return found

    return answer


def test_it_comes_by_itself_and_its_address_gives_it(ask: Ask, client: FlaskClient) -> None:
    for name in ("scan_delta_2", "scan_delta_p"):
        answer = client.get(f"/data/{name}.csv?{QUERY}")
        assert (answer.status_code, answer.text) == (404, NOTHING + "\n")
    assert ask(pace="first")["more"]
    deadline = time.monotonic() + BOUND
    while (found := ask())["later"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not found["more"]
    assert found["note"] == "8 of 8 runs"
    read = pd.read_csv(io.BytesIO(client.get(f"/data/scan_delta_2.csv?{QUERY}").data))
    assert list(read) == ["delta_2", "theta", "final_overlap", "escape_time", "status"]
    assert len(read) == 8
    row = read.iloc[3]
    run = atlas.tile(3, [1.0], [row.delta_2], overlap_0=1e-2, t_max=20.0)
    assert (row.final_overlap, row.status) == (run.final_overlap[0], run.status[0].name)
    other = pd.read_csv(io.BytesIO(client.get(f"/data/scan_delta_p.csv?{QUERY}").data))
    assert list(other.delta_p) == [1.0]  # both scans hold the point's own run


def test_it_is_waited_for_beside_the_measured_diagram_and_left_with_its_view(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []
    monkeypatch.setattr("app.compute.jobs.Jobs.leave", lambda _, asker: left.append(asker))
    ask()
    assert scanner("me") not in left
    ask(view="overlap")
    assert left == [scanner("me")]


def test_a_page_that_goes_is_scanned_for_no_more(
    ask: Ask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []
    monkeypatch.setattr("app.compute.jobs.Jobs.leave", lambda _, asker: left.append(asker))
    assert client.post("/goodbye", json={"asker": "me"}).json == {"left": True}
    assert left == ["me", scanner("me")]
