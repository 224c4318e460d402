"""What is downloaded is what is drawn: every number of every view's picture stands in the files that it offers.

The pictures are those of the cards, the files those of a server; a view that draws what none of its tables holds fails
here, and so does a view without a table.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient

from app.cards import DECK
from app.cards.card import Card
from app.compute.compute import Compute
from app.figures.complexity import symlog
from app.figures.timeline import moment_time
from app.main import create_app, create_compute
from app.page.catalogue import Offer
from app.page.sample import NO_SAMPLE, Sample
from app.page.state import Parameters, Point
from app.quantities.scan import Noise, Scan
from app.settings import Settings
from tests.app.pictures import drawn, request_for, values

PICTURES = [card for card in DECK.cards if card.description.has_picture]
VIEWS = [
    (card, view.name)
    for card in PICTURES
    if card.description.look is not None
    for view in card.description.look.views
]
SAMPLE = Sample(N=400, seed=2, until=8.0)
POINTS = {
    "escape": (Parameters(d2=0.4, dp=1.7, m0=1e-4, tmax=1e3), SAMPLE, 0.71),
    "stuck": (Parameters(d2=0.5556), NO_SAMPLE, 1.0),
    "mirror": (Parameters(d2=0.15, dp=0.4, m0=-0.3, tmax=50.0), NO_SAMPLE, 0.4),
    "warm": (Parameters(p=4, d2=0.5, dp=2.0, m0=1e-2, T=0.5, tmax=200.0), NO_SAMPLE, 0.6),
    "no tensor": (Parameters(d2=0.6, dp=np.inf, m0=1e-3, tmax=100.0), NO_SAMPLE, 0.5),
}
#: Views of long work, and along which noise.
SCANS: dict[str, Noise] = {"scan_d2": "d2", "scan_dp": "dp"}
#: Areas between lines that are drawn too, and a pale edge under a line.
AREAS = ("stationary points end", "minima end")
#: What a picture draws at a height of its own: only its place counts. The matrix's line is 1.
PLACES = ("outlier", "instance's lowest")
CONSTANT = ("matrix alone",)


@dataclass
class Held:
    """What the files of a view hold."""

    tables: list[pd.DataFrame] = field(default_factory=list)
    scalars: set[float] = field(default_factory=set)

    def has(self, x: np.ndarray, y: np.ndarray) -> bool:
        """Whether each point is a row of one table, in two of its columns, or is said beside one."""
        single = x.size == 1 and self.says(x[0]) and self.says(y[0])
        return single or any(self._rows(table, x, y) for table in self.tables)

    def places(self, x: np.ndarray) -> bool:
        """Whether each number is in one column, or beside one."""
        columns = [table[name].to_numpy(float) for table in self.tables for name in numeric(table)]
        return all(self.says(number) for number in x) or any(near(x, column).all() for column in columns)

    def says(self, number: float) -> bool:
        """Whether a number is said beside a table."""
        return any(same(number, said) or same(number, abs(said)) for said in self.scalars)

    @staticmethod
    def _rows(table: pd.DataFrame, x: np.ndarray, y: np.ndarray) -> bool:
        columns = {name: table[name].to_numpy(float) for name in numeric(table)}
        places = [*columns.values(), *(1 / columns[name] for name in columns if name == "delta_2")]
        across = [column for column in places if near(x, column).all()]
        up = [
            made
            for column in columns.values()
            for made in (column, np.abs(column), symlog(column), np.clip(column, -5, 50))
            if near(y, made).all()
        ]
        return any(pairs(x, y, a, b) for a in across for b in up)


def numeric(table: pd.DataFrame) -> list[str]:
    return [name for name in table if pd.api.types.is_numeric_dtype(table[name])]


def same(a: float, b: float) -> bool:
    return bool(np.isclose(a, b, rtol=2e-6, atol=1e-12))


def near(wanted: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Which of the numbers are in a column, to the bits of float32."""
    known = np.sort(column[np.isfinite(column)])
    if not known.size:
        return np.zeros(wanted.shape, bool)
    at = (
        np.clip(np.searchsorted(known, wanted), 1, known.size - 1)
        if known.size > 1
        else np.zeros(wanted.shape, int)
    )
    beside = np.stack([known[np.maximum(at - 1, 0)], known[at]])
    return np.isclose(beside, wanted, rtol=2e-6, atol=1e-12).any(axis=0)


def pairs(x: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray) -> bool:
    """Whether each point (x, y) is a row of the columns (a, b)."""
    for start in range(0, x.size, 200):
        part = slice(start, start + 200)
        found = np.isclose(x[part, None], a, rtol=2e-6, atol=1e-12) & np.isclose(
            y[part, None], b, rtol=2e-6, atol=1e-12
        )
        if not found.any(axis=1).all():
            return False
    return True


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(cache_folder=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def compute(settings: Settings) -> Compute:
    return create_compute(settings)


@pytest.fixture(scope="module")
def client(settings: Settings) -> FlaskClient:
    client: FlaskClient = create_app(settings).server.test_client()
    return client


def offers(card: Card, view: str) -> Iterator[Offer]:
    for offer, views in card.description.offers:
        if not views or view in views:
            yield offer


def held(client: FlaskClient, card: Card, view: str, point: Point, time: float) -> Held:
    said = point.to_store()
    query = "&".join(f"{name}={value}" for name, value in said.items() if value != "")
    own = (point.parameters.d2, 1 / point.parameters.d2, point.parameters.dp)
    found = Held(scalars={0.0, 1.0, 2.0, *own})
    for offer in offers(card, view):
        if offer.needs == "instance" and not (point.sample.is_shown and point.parameters.T == 0):
            continue
        address = f"/data/{offer.table}.{{}}?{query}" + (f"&t={time!r}" if offer.timed else "")
        answer = client.get(address.format("csv"))
        if answer.status_code == 404:
            continue  # of what is measured: nothing is
        assert answer.status_code == 200, answer.text
        found.tables.append(pd.read_csv(io.BytesIO(answer.data)))
        beside = client.get(address.format("json")).json
        assert beside is not None
        found.scalars |= {float(v) for v in beside.values() if isinstance(v, int | float)}
    return found


def missing(figure: Any, held: Held) -> Iterator[str]:
    """What of a picture no file holds."""
    for trace in figure.data:
        if trace.type == "heatmap":
            yield from missing_in_map(trace, held)
            continue
        x, y = (np.asarray(values(axis), float).ravel() for axis in (trace.x, trace.y))
        seen = np.isfinite(x) & np.isfinite(y)
        x, y = x[seen], y[seen]
        is_area = trace.type == "scatter" and trace.fill in ("toself", "tonexty") and trace.name not in AREAS
        if not x.size or is_area or trace.name in CONSTANT:
            continue
        is_edge = trace.type == "scatter" and str(trace.marker.symbol).startswith(
            "triangle"
        )  # beyond the picture
        if (trace.name in PLACES or is_edge) and trace.yaxis != "y2" and held.places(x):
            continue
        if not held.has(x, y):
            yield f"the points of {trace.name}"
    for shape in figure.layout.shapes:
        if (
            shape.type == "line"
            and shape.y0 == shape.y1
            and shape.yref != "paper"
            and not held.says(shape.y0)
        ):
            yield f"a level at {shape.y0}"
        if (
            shape.type == "line"
            and shape.x0 == shape.x1
            and shape.xref != "paper"
            and not held.says(shape.x0)
        ):
            yield f"a guide at {shape.x0}"


def missing_in_map(trace: Any, held: Held) -> Iterator[str]:
    x, y, z = (np.asarray(values(axis), float) for axis in (trace.x, trace.y, trace.z))
    across, up = (grid.ravel() for grid in np.meshgrid(x, y))
    for table in held.tables:
        if len(table) != z.size:
            continue
        names = numeric(table)
        if {"overlap", "energy", "complexity"} <= set(names):
            sigma = np.clip(table["complexity"].fillna(0).to_numpy(float), 0, None)
            sigma[~np.isfinite(sigma)] = 0
            highest = max(float(sigma.max()), 1e-300)
            level = np.maximum(np.rint(255 * np.sqrt(sigma / highest)), sigma > 0)
            if highest > 1e-8:
                np.testing.assert_array_equal(z.ravel(), level)
            else:
                assert not z.any()
            order = ("overlap", "energy")
        else:
            np.testing.assert_allclose(z.ravel(), table["correlation"], atol=6e-5)
            order = ("waiting_time", "time")
        np.testing.assert_allclose(across, table[order[0]], rtol=2e-6)
        np.testing.assert_allclose(up, table[order[1]], rtol=2e-6)
        return
    yield f"the map {trace.name}"


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(
    ("card", "view"), VIEWS, ids=[f"{card.description.name}-{view}" for card, view in VIEWS]
)
def test_every_number_that_is_drawn_is_in_a_file_of_that_view(
    compute: Compute, client: FlaskClient, card: Card, view: str, point: str
) -> None:
    parameters, sample, moment = POINTS[point]
    assert card.description.look is not None
    if view in SCANS:
        parameters = parameters.model_copy(update={"tmax": 20.0})
        for asked in Scan(parameters, SCANS[view]).chunks():
            compute.keep(asked, asked())
    request = request_for(parameters, sample, moment=moment, **{card.description.look.name: view})
    picture = card.draw(compute, request)
    while picture.more:  # an instance runs in stages
        picture = card.draw(compute.once(), request)
    time = min(moment_time(moment, parameters.tmax), parameters.tmax)
    files = held(client, card, view, Point(parameters, sample), time)
    assert list(missing(drawn(picture), files)) == []


def test_every_view_of_every_picture_offers_a_table_that_there_is() -> None:
    for card in PICTURES:
        views = [view for owner, view in VIEWS if owner is card] or [""]
        for view in views:
            names = [offer.table for offer in offers(card, view)]
            assert names, (card.description.name, view)
            assert len(set(names)) == len(names)
            assert set(names) <= set(DECK.sheets)


def test_what_no_file_holds_is_seen(compute: Compute, client: FlaskClient) -> None:
    """The test can fail: the flow's picture is not in the files of the growth."""
    parameters, _, moment = POINTS["stuck"]
    card = DECK.cards[1]
    picture = card.draw(compute, request_for(parameters, moment=moment, flow="overlap"))
    files = held(client, card, "growth", Point(parameters), parameters.tmax)
    assert "the points of flow" in list(missing(drawn(picture), files))


def test_a_timed_table_is_of_its_moment(client: FlaskClient) -> None:
    """The spectrum moves with the flow; without a moment it is that of the flow's end."""
    address = "/data/spectrum.json?d2=0.4&dp=1.7&m0=1e-4&tmax=1000"
    early, late, end = (client.get(address + said).json for said in ("&t=1", "&t=1000", ""))
    assert early
    assert late
    assert end
    assert early["time"] == 1.0
    assert early["outlier"] < late["bulk_edge_lower"] < 1
    assert end["overlap"] == pytest.approx(late["overlap"], abs=1e-9)
    assert end["columns"]["density"][200] == pytest.approx(late["columns"]["density"][200], rel=1e-9)
