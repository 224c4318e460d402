"""The messages between page and server: what is asked, and what is refused with a sentence."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.callbacks.messages import BUILD_HEADER, NEW_VERSION
from app.cards import DECK
from app.layout.specification import BUILD, specification
from app.main import create_app
from app.page.sample import Sample
from app.page.state import DEFAULTS, ORIGIN, Parameters, Point
from app.page.wire import MOST_POINTS, MessageError, Pace, read_message
from app.settings import Settings
from engine import ParameterError


def message(**changes: Any) -> dict[str, Any]:
    return {
        "number": 7,
        "cards": ["flow"],
        "pace": "first",
        "theme": "dark",
        "points": [ORIGIN.to_store()],
        "looks": {"flow": "energy", "lines": ["flow", "bayes"], "moment": 0.25, "story": "3"},
    } | changes


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    app = create_app(Settings(cache_folder=tmp_path_factory.mktemp("cache")))
    client: FlaskClient = app.server.test_client()
    return client


def test_a_message_becomes_a_request() -> None:
    pinned = Point(Parameters(d2=float("inf"), p=4), Sample(N=100, then="of"))
    request = read_message(message(points=[ORIGIN.to_store(), pinned.to_store()]), DECK.catalogue)
    assert request.live == ORIGIN
    assert request.pinned == (pinned,)
    assert request.looks == DECK.catalogue.defaults() | {"flow": ("energy",), "lines": ("flow", "bayes")}
    assert (request.pace, request.theme, request.moment, request.story) == (Pace.FIRST, "dark", 0.25, "3")
    assert (request.cards, request.number) == (("flow",), 7)
    assert read_message(message(looks={"flow": ["energy"]}), DECK.catalogue).view("flow") == "energy"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"number": None}, "number"),
        ({"pace": "slowly"}, "pace"),
        ({"theme": "blue"}, "theme"),
        ({"cards": ["flow", "weather"]}, "no card of the name weather"),
        ({"cards": "flow"}, "cards"),
        ({"points": []}, "points"),
        ({"points": [ORIGIN.to_store()] * (MOST_POINTS + 1)}, "points"),
        ({"points": [3]}, "points"),
        ({"looks": {"flow": "weather"}}, "look flow"),
        ({"looks": {"moment": 2}}, "moment"),
        ({"looks": {"moment": "x"}}, "moment"),
        ({"looks": {"moment": True}}, "moment"),
        ({"extra": 1}, "extra"),
        ({"points": [{"p": 99}]}, "from 3 to 10"),
        ({"points": [{"d2": "x"}]}, "not all numbers"),
        ({"points": [{"d2": None}]}, "not all numbers"),
        ({"points": [{"N": "many"}]}, "not all numbers"),
        ({"points": [{"N": 3}]}, "16 to 1e12"),
        ({"points": [{"d2": "inf", "dp": "inf"}]}, "cannot both be inf"),
    ],
)
def test_what_the_page_does_not_send_is_a_400_with_its_sentence(
    client: FlaskClient, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises((MessageError, ParameterError), match=sentence):
        read_message(message(**change), DECK.catalogue)
    answer = client.post("/cards", json=message(**change))
    assert answer.status_code == 400
    assert answer.json is not None
    assert sentence in answer.json["sentence"]
    assert answer.json["sentence"].endswith(".")


@pytest.mark.parametrize("route", ["cards", "read", "python"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"null", b'"x"', b"\xff\xfe"])
def test_whatever_else_comes_is_a_400_too(client: FlaskClient, route: str, body: bytes) -> None:
    answer = client.post(f"/{route}", data=body)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["sentence"].endswith(".")


@pytest.mark.parametrize(
    "path", ["/", "/health", "/cards", "/read", "/nothing", "/data/lines.csv", "/data/x.csv"]
)
def test_every_answer_says_what_has_made_it(client: FlaskClient, path: str) -> None:
    for answer in (client.get(path), client.post(path, json={})):
        assert answer.headers[BUILD_HEADER] == BUILD
    assert specification(DECK.catalogue, "/")["build"] == BUILD


@pytest.mark.parametrize("route", ["cards", "read", "python"])
def test_an_older_page_is_answered_if_it_can_be_and_else_told_that_it_is_older(
    client: FlaskClient, route: str
) -> None:
    older = {BUILD_HEADER: "older"}
    bodies = {
        "cards": message(points=[Point(Parameters(tmax=50.0)).to_store()]),
        "read": {"address": "?d2=0.9"},
    }
    body = bodies.get(route, {"point": ORIGIN.to_store()})
    assert client.post(f"/{route}", json=body, headers=older).status_code == 200
    answer = client.post(f"/{route}", json=[], headers=older)
    assert (answer.status_code, answer.json) == (409, {"sentence": NEW_VERSION})
    assert client.post(f"/{route}", json=[], headers={BUILD_HEADER: BUILD}).status_code == 400


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*message(), "colour"]), JSON, max_size=4))
def test_no_message_is_too_strange(change: dict[str, Any]) -> None:
    with suppress(MessageError, ParameterError):  # whatever else it raised would be a 500
        read_message(message(**change), DECK.catalogue)


def test_one_answer_has_every_card_that_was_asked_for_and_no_other(client: FlaskClient) -> None:
    names = [card.description.name for card in DECK.cards]
    point = Point(Parameters(tmax=50.0)).to_store()
    answer = client.post("/cards", json=message(cards=names, points=[point]))
    assert answer.mimetype == "application/json"
    said = orjson.loads(answer.data)
    assert (said["number"], said["pace"], set(said["cards"])) == (7, "first", set(names))
    for card in DECK.cards:
        shown = said["cards"][card.description.name]
        assert not shown["failed"]
        assert (shown["figure"] is not None) == card.description.has_picture
    assert set(client.post("/cards", json=message(points=[point])).json["cards"]) == {"flow"}


def test_a_pinned_point_is_drawn_beside_the_live_one(client: FlaskClient) -> None:
    live, pinned = Point(Parameters(tmax=50.0)), Point(Parameters(d2=0.3, dp=2.0, tmax=50.0))
    names = [card.description.name for card in DECK.cards if card.description.has_picture]
    for view in ("curves", "map"):
        ask = message(cards=names, looks={"land": view})
        alone = client.post("/cards", json=ask | {"points": [live.to_store()]}).json["cards"]
        both = client.post("/cards", json=ask | {"points": [live.to_store(), pinned.to_store()]}).json[
            "cards"
        ]
        for name in names:
            traces = [trace.get("name") for trace in both[name]["figure"]["data"]]
            assert traces.count("pin 1") == 1, (name, view)
            # the live point's own curves are what they were
            kept = [trace for trace in both[name]["figure"]["data"] if trace.get("name") != "pin 1"]
            assert kept == alone[name]["figure"]["data"], (name, view)
            assert both[name]["caption"] == alone[name]["caption"]


def test_a_box_and_an_address_are_read_by_one_route(client: FlaskClient) -> None:
    read = client.post("/read", json={"box": "d2", "text": "0.9", "point": ORIGIN.to_store()})
    assert read.json == {"changes": {"d2": 0.9}, "errors": {}, "box": None}
    read = client.post("/read", json={"address": "?d2=0.9&land=map&dp=x"})
    assert read.json is not None
    assert read.json["point"] == Point(DEFAULTS.model_copy(update={"d2": 0.9})).to_store()
    assert read.json["looks"]["land"] == "map"
    assert set(read.json["errors"]) == {"dp"}


def test_the_lines_of_python_are_those_of_the_point(client: FlaskClient) -> None:
    code = client.post("/python", json={"point": Point(Parameters(d2=0.9)).to_store()}).json["code"]
    assert "delta_2=0.9" in code
