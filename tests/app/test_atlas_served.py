"""The measured phase diagram over the server: it comes while one asks, and its addresses give what is there."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient

from app.cards import measured
from app.main import create_app, create_compute
from app.page.state import Parameters, Point
from app.quantities import atlas as quantity
from app.quantities import atlas_table
from app.quantities.atlas import Measurement
from app.settings import Settings
from engine import atlas
from tests.app.atlases import fill, sheet_of
from tests.app.pictures import values
from tests.strict_npz import read_npz

QUICK = Parameters(m0=1e-2, tmax=10.0)
QUERY = "m0=1e-2&tmax=10"
BOUND = 120.0  # seconds after which a test gives up


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An atlas of four tiles and one point of the line."""
    monkeypatch.setattr(measured, "RESOLUTION", 16)
    monkeypatch.setattr(quantity, "LINE_AT", (10.0,))
    quantity._line.cache_clear()
    yield
    quantity._line.cache_clear()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_folder=tmp_path / "cache")


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    made: FlaskClient = create_app(settings).server.test_client()
    return made


Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """The phase card's answer, as the page asks for it."""

    def answer(point: Parameters = QUICK, **work: Any) -> dict[str, Any]:
        message = {
            "number": 1, "cards": ["phase"], "pace": "leisure", "theme": "light", "points": [Point(point).to_store()],
            "looks": {"measured": "overlap"}, "work": {"asker": "me", **work},
        }  # fmt: skip
        said = client.post("/cards", json=message).json
        assert said is not None
        found: dict[str, Any] = said["cards"]["phase"]
        assert not found["failed"], found["caption"]
        return found

    return answer


def until(ask: Ask, standing: str, point: Parameters = QUICK, **work: Any) -> dict[str, Any]:
    """Ask until it stands so, as long as the server says that there will be more."""
    deadline = time.monotonic() + BOUND
    while time.monotonic() < deadline:
        found = ask(point, **work)
        if found["work"]["standing"] == standing:
            return found
        assert found["later"] > 0
        time.sleep(0.05)
    raise AssertionError(standing)


def test_it_comes_by_itself_and_is_the_engine_s(ask: Ask, client: FlaskClient) -> None:
    assert client.get(f"/data/atlas.csv?{QUERY}").status_code == 404
    found = until(ask, "complete")
    assert (found["later"], found["work"]["share"]) == (0, 1.0)
    shown = next(data for data in found["figure"]["data"] if data["name"] == "measured")
    z = values(shown["z"])[::-1]
    assert z.shape == (16, 16)
    delta_p, delta_2 = atlas.Plane(overlap_0=1e-2, t_max=10.0).axes(16)
    rng = np.random.default_rng(3)
    for i, j in rng.choice(np.argwhere(np.isfinite(z)), 5, replace=False):
        run = atlas.tile(3, [delta_p[j]], [delta_2[i]], overlap_0=1e-2, t_max=10.0)
        assert z[i, j] == pytest.approx(run.final_overlap[0], rel=1e-3)
        read = pd.read_csv(io.BytesIO(client.get(f"/data/atlas.csv?{QUERY}").data))
        row = read[np.isclose(read.delta_p, delta_p[j]) & np.isclose(read.delta_2, delta_2[i])].iloc[0]
        assert (row.final_overlap, row.escape_time) == (run.final_overlap[0], run.escape_time[0])
        assert row.status == run.status[0].name


def test_another_server_on_the_same_folder_has_it_at_once(ask: Ask, settings: Settings) -> None:
    until(ask, "complete")
    other: FlaskClient = create_app(settings).server.test_client()
    read = pd.read_csv(io.BytesIO(other.get(f"/data/atlas.csv?{QUERY}").data))
    assert list(read) == ["delta_p", "delta_2", "final_overlap", "escape_time", "status"]
    assert len(read) == 256


def test_it_pauses_goes_on_and_is_cancelled(ask: Ask) -> None:
    assert ask(run="paused")["work"]["standing"] == "paused"
    assert ask(run="paused")["work"]["share"] == 0.0
    assert ask(run="cancelled")["work"]["standing"] == "cancelled"
    assert ask()["work"]["standing"] == "running"


def test_another_p_is_another_plane(ask: Ask) -> None:
    ask()
    four = Parameters(p=4, m0=1e-2, tmax=10.0)
    found = until(ask, "complete", four)
    assert "t = 10;" in found["caption"]


def test_a_page_that_goes_is_waited_for_no_more(ask: Ask, client: FlaskClient) -> None:
    ask()
    assert client.post("/goodbye", json={"asker": "me"}).json == {"left": True}
    assert ask(run="paused")["work"]["standing"] in ("paused", "complete")


@pytest.mark.parametrize(
    "work", [{"asker": "x" * 65}, {"run": "fast"}, {"anew": "maybe"}, {"colour": 1}, [], "x"]
)
def test_what_a_page_wants_of_work_is_checked(client: FlaskClient, work: Any) -> None:
    message = {
        "number": 1, "cards": ["phase"], "pace": "first", "theme": "light", "points": [Point(QUICK).to_store()],
        "looks": {}, "work": work,
    }  # fmt: skip
    answer = client.post("/cards", json=message)
    assert answer.status_code == 400
    assert "work" in str(answer.json)


# the addresses ------------------------------------------------------------------------------------------------------
@pytest.fixture
def idle(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A server that computes nothing."""

    def nobody(*_: Any) -> Any:
        raise AssertionError("an address must not begin long work")

    monkeypatch.setattr("app.main.create_executor", nobody)
    made: FlaskClient = create_app(settings).server.test_client()
    return made


def test_an_address_gives_what_is_there_and_asks_for_nothing(idle: FlaskClient, settings: Settings) -> None:
    for extension in ("csv", "json", "npz"):
        answer = idle.get(f"/data/atlas.{extension}?{QUERY}")
        assert (answer.status_code, answer.text) == (404, atlas_table.NOTHING + "\n")
    work = Measurement.of(QUICK)
    compute = create_compute(settings)
    fill(compute, work, 1)
    some = idle.get(f"/data/atlas.json?{QUERY}")
    assert some.json is not None
    assert (some.json["resolution"], some.json["is_complete"]) == (16, False)
    assert len(some.json["columns"]["delta_p"]) == 64
    assert (
        idle.get(f"/data/atlas.json?{QUERY}", headers={"If-None-Match": some.headers["ETag"]}).status_code
        == 304
    )
    fill(compute, work)
    # the server has looked for these before: what another process keeps, it finds
    more = idle.get(f"/data/atlas.json?{QUERY}", headers={"If-None-Match": some.headers["ETag"]})
    assert more.status_code == 200
    assert more.json is not None
    assert (more.json["resolution"], more.json["is_complete"]) == (128, True)
    assert len(more.json["columns"]["delta_p"]) == 128**2


def test_all_formats_say_the_same(idle: FlaskClient, settings: Settings) -> None:
    fill(create_compute(settings), Measurement.of(QUICK), 4)
    sheet = sheet_of(quantity.plane_of(QUICK), 16)
    table = pd.read_csv(io.BytesIO(idle.get(f"/data/atlas.csv?{QUERY}").data))
    said = idle.get(f"/data/atlas.json?{QUERY}").json
    assert said is not None
    entries = read_npz(idle.get(f"/data/atlas.npz?{QUERY}").data)
    names = said["labels"]["status"]
    assert list(table.status) == said["columns"]["status"]
    assert list(table.status) == [names[int(code)] for code in entries["status"][1]]
    np.testing.assert_array_equal(table.final_overlap, sheet.final_overlap.ravel())
    np.testing.assert_array_equal(entries["final_overlap"][1], sheet.final_overlap.ravel())
    np.testing.assert_array_equal(table.delta_p, np.tile(sheet.delta_p, 16))
    np.testing.assert_array_equal(table.delta_2, np.repeat(sheet.delta_2, 16))
