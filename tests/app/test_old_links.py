"""Links that this page has written at one time or another open what they opened then."""

from __future__ import annotations

from typing import Any

import pytest

from app.cards import DECK
from app.page.proposal import read_address
from app.page.state import ORIGIN
from app.page.story import STORY

LOOKS = DECK.catalogue.looks
UNTOUCHED = {
    name: list(look.default) if look.many else look.default[0] for name, look in DECK.catalogue.looks.items()
}
#: Query, what it changes of the point, what it changes of the looks, the story point that is told.
LINKS: list[tuple[str, dict[str, Any], dict[str, Any], str | None]] = [
    ("", {}, {}, None),
    ("?v=1", {}, {}, None),
    # the seven points of the first story, which an address did not name
    ("?v=1&d2=1.25", {"d2": 1.25}, {}, "1"),
    ("?v=1&d2=0.5556", {"d2": 0.5556}, {}, "2"),
    ("?v=1&d2=0.3333333333333333", {"d2": 1 / 3}, {}, "4"),
    ("?v=1&d2=0.5&tmax=100000", {"d2": 0.5, "tmax": 1e5}, {}, "5"),
    ("?v=1&p=4&d2=0.45454545454545453&dp=1.5", {"p": 4, "d2": 1 / 2.2, "dp": 1.5}, {}, "7"),
    ("?v=1&d2=0.3333333333333333&m0=-0.0001", {"d2": 1 / 3, "m0": -1e-4}, {}, "8"),
    # points, instances and views
    ("?v=1&d2=0.9&dp=inf", {"d2": 0.9, "dp": "inf"}, {}, None),
    ("?v=1&d2=0.31234567890123&m0=-1e-05&T=0.5", {"d2": 0.31234567890123, "m0": -1e-5, "T": 0.5}, {}, None),
    (
        "?v=1&N=1000&seed=3&start=random&then=of",
        {"N": 1000, "seed": 3, "start": "random", "then": "of"},
        {},
        None,
    ),
    (
        "?v=1&flow=energy&hess=surfing&land=map&lines=flow,bayes",
        {},
        {"flow": "energy", "hess": "surfing", "land": "map", "lines": ["flow", "bayes"]},
        None,
    ),
    ("?v=1&d2=0.3333333333333333&hess=edge", {"d2": 1 / 3}, {"hess": "edge"}, "4"),
    ("?v=1&lines=", {}, {"lines": []}, None),
    ("?v=1&measured=overlap&tmax=1000", {"tmax": 1e3}, {"measured": "overlap"}, None),
    (
        "?v=1&ui=lecture&pane=spectrum&show=flow",
        {},
        {"ui": "lecture", "pane": "spectrum", "show": "flow"},
        None,
    ),
    # since the story has scenes: what is shown, word for word, or a story point alone
    (
        "?v=1&hess=edge&land=ladder&pane=spectrum&t=300&story=3",
        {},
        {"hess": "edge", "land": "ladder", "pane": "spectrum"},
        "3",
    ),
    ("?v=1&d2=0.9&t=12.5", {"d2": 0.9}, {}, None),
]


@pytest.mark.parametrize(("query", "point", "looks", "story"), LINKS, ids=[link[0] for link in LINKS])
def test_an_old_link_opens_as_before(
    query: str, point: dict[str, Any], looks: dict[str, Any], story: str | None
) -> None:
    said = read_address(query, LOOKS)
    assert said["errors"] == {}
    assert said["point"] == ORIGIN.to_store() | point
    assert said["looks"] == UNTOUCHED | looks
    assert said["story"] == story
    assert said["time"] == {"t=300": 300, "t=12.5": 12.5}.get(query.split("&story")[0].split("&")[-1])


@pytest.mark.parametrize("point", STORY, ids=[point.key for point in STORY])
def test_a_story_point_alone_means_its_whole_scene(point: Any) -> None:
    for query in (
        f"?v=1&story={point.key}",
        f"story={point.key}",
        f"?v=1&story={point.key}&ui=lecture&hess=edge",
    ):
        said = read_address(query, LOOKS)
        scene = point.scene.specification()
        assert said["errors"] == {}
        assert {name: said["point"][name] for name in scene["point"]} == scene["point"]
        own = {"ui": "lecture", "hess": "edge"} if "ui=lecture" in query else {}  # said is said
        for name, view in (scene["looks"] | own).items():
            assert said["looks"][name] == view
        assert (said["time"], said["story"]) == (scene["until"], point.key)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?v=1&story=99", "story point"),
        ("?v=1&t=-1", "moment"),
        ("?v=1&t=soon", "moment"),
        ("?v=1&t=1&t=2", "twice"),
    ],
)
def test_what_is_wrong_with_moment_or_story_is_said(query: str, sentence: str) -> None:
    said = read_address(query, LOOKS)
    assert sentence in " ".join(said["errors"].values())
    assert said["point"] == ORIGIN.to_store()
    assert said["story"] is None
