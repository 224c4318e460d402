"""What the scripts write into the address bar is what the server reads, to the last bit."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cards import DECK
from app.page.address import read_query
from app.page.sample import LARGEST_SEED, NO_SAMPLE
from app.page.state import DEFAULTS, Parameters, Point, to_store
from app.page.story import STORY

LOOKS = DECK.catalogue.looks
QUERY = "return argument.map(([point, looks, pins]) => query(point, looks, pins));"
NOISE = st.floats(1e-4, 1e8)


@st.composite
def points(draw: Any) -> Point:
    d2, dp = draw(
        st.one_of(
            st.tuples(NOISE, NOISE), st.tuples(st.just(math.inf), NOISE), st.tuples(NOISE, st.just(math.inf))
        )
    )
    parameters = Parameters(
        p=draw(st.integers(3, 10)),
        d2=d2,
        dp=dp,
        m0=draw(st.floats(1e-100, 0.999)) * draw(st.sampled_from([1, -1])),
        T=draw(st.one_of(st.just(0.0), st.floats(0, 2))),
        tmax=draw(st.floats(1, 1e6)),
    )
    sample = NO_SAMPLE.model_copy(
        update={
            "N": draw(st.one_of(st.just(0), st.integers(16, 10**12))),
            "seed": draw(st.integers(0, LARGEST_SEED)),
            "start": draw(st.sampled_from(["m0", "random"])),
            "then": draw(st.text("of", max_size=8)),
            "until": draw(st.floats(1, 1000)),
        }
    )
    return Point(parameters, sample)


@st.composite
def looks(draw: Any) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for name, look in LOOKS.items():
        names = [view.name for view in look.views]
        several = st.lists(st.sampled_from(names), unique=True)
        picked = draw(several if look.many else st.sampled_from(names))
        chosen[name] = [view for view in names if view in picked] if look.many else picked
    return chosen


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(said=st.lists(st.tuples(points(), looks(), st.lists(points(), max_size=3)), min_size=1, max_size=25))
def test_every_point_every_look_and_every_pin_comes_back_as_it_was(blank: Any, said: list[Any]) -> None:
    asked = [
        [point.to_store(), chosen, [to_store(pin.parameters) for pin in pins]] for point, chosen, pins in said
    ]
    queries = blank.run("page/address.mjs", QUERY, asked)
    for (point, chosen, pins), query in zip(said, queries, strict=True):
        read = read_query(query, LOOKS)
        assert read.errors == {}
        assert read.point == point, query
        assert read.pins == tuple(pin.parameters for pin in pins), query
        for name, look in LOOKS.items():
            assert list(read.looks[name]) == (chosen[name] if look.many else [chosen[name]])
        assert "%" not in query  # nothing in it needs an escape
        assert query.startswith("?v=1&") or (point == Point() and not pins)


def test_defaults_are_left_out(blank: Any) -> None:
    defaults = blank.specification["defaults"]
    assert blank.run(
        "page/address.mjs", QUERY, [[defaults, {}, []], [{**defaults, "dp": "inf"}, {}, []]]
    ) == [
        "",
        "?v=1&dp=inf",
    ]


def test_pins_are_in_the_bar_by_themselves_and_in_the_link(blank: Any) -> None:
    answer = {"looks": {}, "errors": {}, "story": None, "point": to_store(DEFAULTS)}
    pins = [to_store(DEFAULTS), {**to_store(DEFAULTS), "d2": 0.5}]
    blank.answers["read"] = lambda _: (200, answer | {"pins": pins})
    blank.open("?v=1&pin1=&pin2=d2:0.5")
    blank.run("page/address.mjs", "return start();")
    assert blank.run("page/state.mjs", "return state.points.slice(1);") == pins
    blank.run("page/state.mjs", "change({ pins: [state.points[2]] }, 'pin');")
    blank.wait("location.search === '?v=1&pin1=d2:0.5'")
    untouched = {"points": [blank.specification["defaults"]], "looks": {}}
    assert blank.run("page/address.mjs", "return queryOf(argument);", untouched) == ""


def test_the_bar_follows_by_itself_and_a_story_is_a_step_that_back_undoes(blank: Any) -> None:
    answer = {"looks": {}, "errors": {}, "story": None}
    blank.answers["read"] = lambda _: (200, answer | {"point": {**to_store(DEFAULTS), "dp": 3}})
    blank.open("?v=1&dp=3")
    blank.run("page/address.mjs", "return start();")
    assert blank.asked == [("read", {"address": "?v=1&dp=3"})]
    assert blank.page.evaluate("location.search") == "?v=1&dp=3"
    code = "change({ point: { d2: 0.5 } }, 'handle'); return location.search;"
    assert blank.run("page/state.mjs", code) == "?v=1&dp=3"  # a little later, for all moves of a drag
    blank.wait("location.search === '?v=1&d2=0.5&dp=3'")
    code = "change({ point: { d2: 0.25 }, visit: 'push' }, 'story'); return location.search;"
    assert blank.run("page/state.mjs", code) == "?v=1&d2=0.25&dp=3"  # at once
    blank.answers["read"] = lambda _: (
        200,
        answer | {"point": {**to_store(DEFAULTS), "d2": 0.5, "dp": 3}},
    )
    blank.run("page/state.mjs", "window.state = state;")
    blank.page.go_back()
    blank.wait("window.state.points[0].d2 === 0.5")
    assert blank.asked[-1] == ("read", {"address": "?v=1&d2=0.5&dp=3"})


def test_an_address_that_the_server_refuses_leaves_a_working_page(blank: Any) -> None:
    blank.answers["read"] = lambda _: (400, {"sentence": "No."})
    blank.open("?v=1&dp=3")
    blank.run("page/address.mjs", "return start();")
    state = blank.run("page/state.mjs", "return state;")
    assert state["known"]
    assert state["errors"] == {"address": {"sentence": "No.", "box": None}}


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    moment=st.floats(0, 1),
    t_max=st.floats(1, 1e6),
    story=st.one_of(st.none(), st.sampled_from([point.key for point in STORY])),
)
def test_the_moment_and_the_story_come_back(
    blank: Any, moment: float, t_max: float, story: str | None
) -> None:
    point = Point(Parameters(tmax=t_max))
    said = blank.run(
        "page/address.mjs",
        "return query(argument.point, {}, argument);",
        {"point": point.to_store(), "moment": moment, "story": story},
    )
    read = read_query(said, LOOKS)
    assert read.errors == {}
    assert (read.point, read.story) == (point, story)
    time = read.time
    if time is None:
        assert (moment, story) == (1, None)
        return
    again = blank.run(
        "page/format.mjs",
        "return fractionOf(argument.time, argument.last, argument.first);",
        {"time": time, "last": t_max, "first": blank.specification["moment"]["first"]},
    )
    assert abs(again - moment) < 1e-5  # less than the slider's step
