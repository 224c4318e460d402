"""Which cards are seen, how large their figures are drawn, and that nobody asks for what is hidden."""

from __future__ import annotations

from typing import Any

import pytest

DESK = {"show": "all", "pane": "flow", "ui": "desk"}
FIGURE: dict[str, Any] = {
    "data": [
        {"type": "scatter", "line": {"width": 2.5}, "marker": {"size": 9}, "x": {"bdata": "AA==", "dtype": "f4"}},
        {"type": "scatter", "line": {"width": 0}, "marker": {"size": [8, 9]}, "y": [1, 2, 3]},
    ],
    "layout": {
        "font": {"size": 13},
        "margin": {"l": 50, "r": 10},
        "annotations": [{"text": "a", "xshift": 4, "yshift": -4, "font": {"size": 11}}, {"text": "b"}],
        "shapes": [{"type": "line", "line": {"width": 1.2}}],
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("looks", "narrow", "seen"),
    [
        ({}, False, ["phase", "flow", "spectrum", "landscape", "sentence"]),
        ({"show": "flow"}, False, ["flow", "sentence"]),
        ({"show": "flow", "ui": "lecture"}, False, ["flow", "sentence"]),
        ({"ui": "lecture"}, False, ["phase", "flow", "sentence"]),
        ({"ui": "lecture", "pane": "spectrum"}, False, ["phase", "spectrum", "sentence"]),
        ({"pane": "landscape"}, True, ["phase", "landscape", "sentence"]),
        ({"pane": "landscape"}, False, ["phase", "flow", "spectrum", "landscape", "sentence"]),
        ({"show": "phase"}, True, ["phase", "sentence"]),
    ],
)
def test_what_is_seen(blank: Any, looks: dict[str, str], narrow: bool, seen: list[str]) -> None:
    state = {"looks": DESK | looks, "narrow": narrow, "points": [{}]}
    assert blank.run("page/arrangement.mjs", "return seen(argument);", state) == seen


def test_what_compares_points_is_seen_while_some_are_pinned(blank: Any) -> None:
    code = "return argument.map((state) => seen(state).includes('compare'));"
    states = [
        {"looks": DESK | looks, "narrow": narrow, "points": [{}] * n}
        for looks, narrow in (({}, False), ({"show": "flow"}, False), ({"ui": "lecture"}, False), ({}, True))
        for n in (1, 2, 4)
    ]
    assert blank.run("page/arrangement.mjs", code, states) == [False, True, True] * 4


def test_a_figure_is_as_it_is_on_a_desk_and_larger_in_a_lecture(blank: Any) -> None:
    code = "return argument.states.map((state) => scaled(structuredClone(argument.figure), scaleOf(state)));"
    states = [{"looks": DESK}, {"looks": DESK | {"ui": "lecture"}}, {"looks": DESK, "narrow": True}]
    desk, lecture, phone = blank.run("page/scale.mjs", code, {"figure": FIGURE, "states": states})
    assert desk == FIGURE
    layout = lecture["layout"]
    assert layout["font"]["size"] >= 18
    assert layout["annotations"][0]["font"]["size"] == 18
    assert "font" not in layout["annotations"][1]  # it takes the layout's
    assert [trace["line"]["width"] for trace in lecture["data"]] == [4, 0]
    assert layout["shapes"][0]["line"]["width"] < 4  # a guide stays thinner than a curve
    assert layout["margin"]["l"] > 50
    assert layout["annotations"][0]["yshift"] < -4
    assert lecture["data"][1]["y"] == [1, 2, 3]
    assert lecture["data"][0]["x"] == FIGURE["data"][0]["x"]
    assert 10 < phone["layout"]["annotations"][0]["font"]["size"] < 11
    assert phone["data"][0]["line"] == {"width": 2.5}


def test_what_is_hidden_is_asked_for_when_it_is_seen_again(blank: Any) -> None:
    code = """const asked = []; let queue = create(argument.cards);
    const ask = (state, seen) => {
      const found = next(queue, state, seen);
      queue = found.queue;
      if (!found.request) { asked.push([]); return; }
      asked.push(found.request.cards);
      const cards = Object.fromEntries(found.request.cards.map((name) => [name, { failed: false }]));
      queue = answered(queue, found.request.number, cards).queue;
    };
    for (const [state, seen] of argument.steps) ask(state, seen);
    return asked;"""
    card = {"parameters": ["d2"], "looks": [], "always": False, "weight": 1}
    state = {"theme": "light", "points": [{"d2": 1}], "looks": DESK, "work": {}, "moving": False}
    moved = state | {"points": [{"d2": 2}]}
    steps = [(state, ["one", "two"]), (moved, ["one"]), (moved, ["one"]), (moved, ["one", "two"])]
    found = blank.run("page/queue.mjs", code, {"cards": {"one": card, "two": card}, "steps": steps})
    assert found == [["one", "two"], ["one"], [], ["two"]]
