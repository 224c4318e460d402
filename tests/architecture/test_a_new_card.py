"""The recipe of docs/page.md, followed: a card is one module and one line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from app.cards import DECK
from app.cards.card import Card, Picture, Sheet, Way, by_way, look_of, note_of, sheets_of
from app.cards.deck import Deck
from app.compute.door import Door
from app.compute.question import question
from app.figures.theme import compact, figure, theme
from app.main import create_app
from app.page.catalogue import Description, Offer
from app.page.state import Point
from app.page.wire import Request
from app.quantities.tables import Table
from app.settings import Settings
from engine import Model


# what a module app/cards/covariance.py would hold -----------------------------------------------------------------
@dataclass(frozen=True)
class Covariance:
    """Q(x) on a grid; arrays of shape (n,)."""

    x: np.ndarray
    q: np.ndarray


def covariance(model: Model) -> Covariance:
    """Q(x) of the loss."""
    x = np.linspace(-1, 1, 101)
    return Covariance(x, np.asarray(model.q(x)))


def draw(door: Door, request: Request) -> Picture:
    """Draw Q of every point."""
    made = figure(theme(request.theme), x={"title": "x"}, y={"title": "Q(x)"}, revision="covariance")
    found = [door.answer(question(covariance, point.parameters.model)) for point in request.points]
    for k, each in enumerate(found):
        made.add_scatter(x=compact(each.value.x), y=compact(each.value.q), name=f"point {k}")
    return Picture(made, "Covariance of the loss.", note_of(*found))


def table(door: Door, point: Point) -> Table:
    """Q(x) as numbers."""
    found = door.answer(question(covariance, point.parameters.model)).value
    return Table("covariance", {"x": found.x, "q": found.q})


SHEET = Sheet(Offer("covariance", "Q(x)"), table)
WAYS = (Way("whole", "all of it", draw, (SHEET,)), Way("half", "x > 0", draw, (SHEET,)))
LOOK = look_of("cov", "View of the covariance", WAYS)
CARD = Card(
    Description("covariance", "Covariance", ("p", "d2", "dp"), LOOK),
    draw=by_way(LOOK, WAYS),
    sheets=sheets_of(WAYS),
    result_types=(Covariance,),
    warm_up=lambda: None,
)
# -------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """The whole application with one line more in its deck."""
    app = create_app(Settings(cache_folder=tmp_path), Deck((*DECK.cards, CARD)))
    client: FlaskClient = app.server.test_client()
    return client


def test_a_card_is_one_module_and_one_line(client: FlaskClient) -> None:
    layout = client.get("/_dash-layout").text
    for part in (
        "covariance-card",
        "covariance-graph",
        "cov-choice",
        "View of the covariance",
        "covariance.csv",
    ):
        assert part in layout, part
    assert (
        '"covariance":{"parameters":["p","d2","dp"]' in client.get("/").text
    )  # the scripts know when to ask it
    point = Point().to_store()
    message = {
        "number": 1,
        "cards": ["covariance"],
        "pace": "leisure",
        "theme": "light",
        "looks": {"cov": "half"},
    }
    shown = client.post("/cards", json=message | {"points": [point, point]}).json["cards"]["covariance"]
    assert [trace["name"] for trace in shown["figure"]["data"]] == ["point 0", "point 1"]
    assert not shown["failed"]
    assert client.post("/read", json={"address": "?cov=half"}).json["looks"]["cov"] == "half"
    assert client.get("/data/covariance.csv").text.startswith("x,q\n")
