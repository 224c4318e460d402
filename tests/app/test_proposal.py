"""What a box or an address proposes."""

from __future__ import annotations

from app.cards import DECK
from app.page.address import query_of
from app.page.proposal import read_address, read_box
from app.page.sample import Sample
from app.page.state import DEFAULTS, ORIGIN, Point
from app.page.story import STORY


def test_boxes_propose_what_they_concern_or_refuse() -> None:
    assert read_box("inverse-d2", "4", ORIGIN) == {"changes": {"d2": 0.25}, "errors": {}, "box": None}
    assert read_box("inverse-d2", "0", ORIGIN)["changes"] == {"d2": "inf"}
    bad = read_box("dp", "-3", ORIGIN)
    assert bad["changes"] == {}
    assert "Δp must be" in bad["errors"]["dp"]
    assert bad["box"] == "dp"


def test_two_infinite_noises_are_told_where_the_second_was_typed() -> None:
    off = Point(DEFAULTS.model_copy(update={"dp": float("inf")}))
    for box in ("d2", "inverse-d2"):
        said = read_box(box, "inf" if box == "d2" else "0", off)
        assert list(said["errors"]) == ["d2"]
        assert "cannot both be inf" in said["errors"]["d2"]
        assert said["changes"] == {}


def test_a_box_of_the_instance_is_read_and_checked() -> None:
    held = Point(DEFAULTS, Sample(N=400, seed=3))
    assert read_box("N", "1e6", held) == {"changes": {"N": 10**6}, "errors": {}, "box": None}
    wrong = read_box("N", "3", held)
    assert "16" in wrong["errors"]["N"]
    assert wrong["changes"] == {}
    assert "no such box" in read_box("colour", "3", held)["errors"]["address"]


def test_an_address_that_is_a_story_point_tells_its_story() -> None:
    point = STORY[1]
    assert read_address("?" + query_of(point.parameters), DECK.catalogue.looks)["story"] == point.key
    assert read_address("", DECK.catalogue.looks)["story"] is None
