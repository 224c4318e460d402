"""Pinned points: what an address says of them, how every picture draws them, what the table says."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from app.cards import DECK, compare
from app.cards.card import Card
from app.compute.compute import Compute
from app.figures.pinned import DASHES
from app.main import create_compute
from app.page.address import NO_SUCH_VIEW, SAID_TWICE, read_query
from app.page.pins import MOST_PINS, NO_PIN, read_pin
from app.page.proposal import read_address
from app.page.state import DEFAULTS, Parameters, Point
from app.page.wire import MOST_POINTS
from app.settings import Settings
from engine import Model, complexity, dynamics
from tests.app.pictures import drawn, request_for, trace, values

LOOKS = DECK.catalogue.looks
PINNED = (
    Parameters(d2=0.5556, tmax=1e3),
    Parameters(d2=1 / 3, dp=2.0, m0=1e-4, tmax=1e3),
    Parameters(d2=0.4, p=4, tmax=1e2),
)
LIVE = Parameters(tmax=1e3)
VIEWS = [
    (card, look.name, view.name)
    for card in DECK.cards
    if card.description.has_picture and (look := card.description.look) is not None
    for view in look.views
]


@pytest.fixture(scope="module")
def compute(tmp_path_factory: pytest.TempPathFactory) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


def pinned(*parameters: Parameters) -> tuple[Point, ...]:
    return tuple(Point(each) for each in parameters)


def test_an_address_pins_up_to_three_points() -> None:
    said = read_query("d2=0.9&pin1=d2:0.5,dp:inf&pin2=&pin3=p:4,m0:-1e-4,T:0.5,tmax:10", LOOKS)
    assert said.errors == {}
    assert said.point.parameters == Parameters(d2=0.9)
    assert said.pins == (
        Parameters(d2=0.5, dp=math.inf),
        DEFAULTS,
        Parameters(p=4, m0=-1e-4, T=0.5, tmax=10),
    )
    assert MOST_POINTS == 1 + MOST_PINS == 4


def test_an_address_without_pins_is_read_as_ever() -> None:
    said = read_query("v=1&d2=0.9&land=map", LOOKS)
    assert (said.errors, said.pins) == ({}, ())
    assert read_address("?v=1&d2=0.9", LOOKS)["pins"] == []
    assert read_address("?pin1=d2:0.9", LOOKS)["pins"] == [
        {"p": 3, "d2": 0.9, "dp": 1.0, "m0": 1e-10, "T": 0.0, "tmax": 1e4}
    ]


@pytest.mark.parametrize(
    "text", ["d2", "d2:x", "d2:0.5,d2:0.6", "N:100", "seed:3", "d2=0.5", "d2:inf,dp:inf", "p:99"]
)
def test_a_pin_that_cannot_be_read_is_left_out_with_a_sentence(text: str) -> None:
    said = read_query(f"pin1={text}&pin2=d2:0.9", LOOKS)
    assert said.errors == {"address": NO_PIN}
    assert said.pins == (Parameters(d2=0.9),)


def test_a_pin_said_twice_is_the_first_and_a_fourth_is_unknown() -> None:
    said = read_query("pin1=d2:0.9&pin1=d2:0.8", LOOKS)
    assert (said.pins, said.errors) == ((Parameters(d2=0.9),), {"pin1": SAID_TWICE})
    assert read_query("pin4=d2:0.9", LOOKS).errors["address"] != NO_SUCH_VIEW
    assert read_query("pin4=d2:0.9", LOOKS).pins == ()
    assert read_pin("") == DEFAULTS


@pytest.mark.parametrize(("card", "look", "view"), VIEWS, ids=[f"{look}-{view}" for _, look, view in VIEWS])
def test_every_view_draws_every_pinned_point_by_its_dashes_and_its_name(
    compute: Compute, card: Card, look: str, view: str
) -> None:
    picture = card.draw(compute, request_for(LIVE, pinned=pinned(*PINNED), **{look: view}))
    figure = drawn(picture)
    said = " | ".join(words.text for words in figure.layout.annotations)
    for k in range(len(PINNED)):
        own = [data for data in figure.data if data.name == f"pin {k + 1}"]
        assert len(own) == 1
        if own[0].mode == "lines":
            assert own[0].line.dash == DASHES[k]
        assert own[0].x is not None
        assert f"pin {k + 1}" in said
    assert len(set(DASHES)) == MOST_PINS
    assert "solid" not in DASHES


@pytest.mark.parametrize(("card", "look", "view"), VIEWS, ids=[f"{look}-{view}" for _, look, view in VIEWS])
def test_a_pinned_point_lies_under_the_live_one_and_changes_nothing_of_it(
    compute: Compute, card: Card, look: str, view: str
) -> None:
    alone = card.draw(compute, request_for(LIVE, **{look: view}))
    both = card.draw(compute, request_for(LIVE, pinned=pinned(PINNED[0]), **{look: view}))
    assert both.caption == alone.caption
    assert both.figure is not None
    assert alone.figure is not None
    kept = [data for data in both.figure.data if data["name"] not in ("pin 1", "C = 1/2")]
    assert kept == alone.figure.data


def test_names_of_pins_whose_curves_end_together_stand_apart(compute: Compute) -> None:
    close = [Parameters(d2=d2, tmax=1e3) for d2 in (0.60, 0.61, 0.62)]  # all end at m = 0
    flow = next(card for card in DECK.cards if card.description.name == "flow")
    figure = drawn(flow.draw(compute, request_for(Parameters(d2=0.63, tmax=1e3), pinned=pinned(*close))))
    places = [words.x for words in figure.layout.annotations if words.text.startswith("pin")]
    assert len(places) == 3
    assert np.diff(sorted(places)).min() > 0.2  # of four decades


def test_pins_of_another_diagram_say_so(compute: Compute) -> None:
    for card, look, view, words in (
        ("phase", "lines", "flow", "pin 1 (p = 4)"),
        ("landscape", "land", "equator", "pin 1 (p = 4, Δₚ = 2)"),
    ):
        one = next(each for each in DECK.cards if each.description.name == card)
        pin = Parameters(p=4, dp=2.0, tmax=10.0)
        figure = drawn(one.draw(compute, request_for(LIVE, pinned=pinned(pin), **{look: view})))
        assert any(words in each.text for each in figure.layout.annotations), words


def test_a_pinned_hessian_is_that_of_the_same_time_or_of_its_end(compute: Compute) -> None:
    spectrum = next(card for card in DECK.cards if card.description.name == "spectrum")
    short, long = Parameters(d2=0.5556, tmax=10.0), Parameters(d2=0.5556, tmax=1e3)

    def bulk(pin: Parameters, live: Parameters) -> Any:
        found = drawn(spectrum.draw(compute, request_for(live, pinned=pinned(pin))))
        return values(trace(found, "pin 1").x)

    assert bulk(short, LIVE)[0] == pytest.approx(bulk(short, short)[0], rel=1e-5)  # the run ends at t = 10
    assert bulk(long, Parameters(tmax=10.0))[0] == pytest.approx(bulk(short, short)[0], rel=1e-3)
    assert bulk(long, LIVE)[0] != pytest.approx(bulk(short, LIVE)[0], rel=1e-3)


def test_the_table_says_what_the_engine_does(compute: Compute) -> None:
    """Escapes are compared with the linear growth of the overlap, another algorithm."""
    pins = (Parameters(d2=1 / 3), Parameters(d2=0.5556))
    rows = compare.CARD.draw(compute, request_for(DEFAULTS, pinned=pinned(*pins))).rows
    assert rows is not None
    assert [name for name, _ in rows.head] == ["point", "Δ₂", "Δₚ", "phase", "m*", "escape", "end", "θ"]
    assert [row[0] for row in rows.body] == ["live", "pin 1", "pin 2"]
    for row, parameters in zip(rows.body, (DEFAULTS, *pins), strict=True):
        model = Model(p=3, delta_2=parameters.d2, delta_p=1.0)
        well = complexity.good_minimum(model)
        assert well is not None
        assert float(row[4]) == pytest.approx(well.overlap, abs=5e-4)
        assert float(row[7]) == pytest.approx(float(model.theta(0.0)), abs=5e-4)
        linear = float(dynamics.escape_gain(model, t_max=1e4).escape_time(1e-10))
        if math.isfinite(linear):  # to which the growth beyond linear theory adds some
            assert float(row[5]) == pytest.approx(linear, rel=0.15)
            assert row[6] == row[4]
        else:
            assert row[5] == "–"
            assert row[6].endswith(" …")


def test_the_table_has_a_column_for_what_differs(compute: Compute) -> None:
    others = (Parameters(p=4, tmax=10.0), Parameters(T=0.5, m0=-1e-4, tmax=10.0))
    picture = compare.CARD.draw(compute, request_for(Parameters(tmax=10.0), pinned=pinned(*others)))
    assert picture.rows is not None
    names = [name for name, _ in picture.rows.head]
    assert names[1:6] == ["Δ₂", "Δₚ", "p", "m₀", "T"]
    assert "tₘₐₓ" not in names
    assert all(len(row) == len(names) for row in picture.rows.body)
    assert picture.rows.body[2][names.index("m₀")] == "−10⁻⁴"
    assert picture.rows.body[2][names.index("m*")] == "–"  # above T = 0 the flow does not end in a minimum


@pytest.mark.parametrize(
    ("p", "sign"),
    [(3, "mirror"), (4, "image")],
)
def test_the_minimum_is_that_on_the_side_of_the_start(compute: Compute, p: int, sign: str) -> None:
    point = Parameters(p=p, d2=1 / 3, m0=-1e-4, tmax=10.0)
    rows = compare.CARD.draw(compute, request_for(point, pinned=pinned(LIVE))).rows
    assert rows is not None
    at = [name for name, _ in rows.head].index("m*")
    model = Model(p=p, delta_2=1 / 3, delta_p=1.0)
    well = complexity.mirror_minimum(model) if sign == "mirror" else complexity.good_minimum(model)
    assert well is not None
    assert float(rows.body[0][at].replace("−", "-")) == pytest.approx(-abs(well.overlap), abs=5e-4)
