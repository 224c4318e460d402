"""The state: one verb, its revisions, and the page's word that it is settled."""

from __future__ import annotations

from typing import Any

STATE = "page/state.mjs"


def test_it_begins_with_the_defaults_of_the_specification(blank: Any) -> None:
    state = blank.run(STATE, "return state;")
    assert state["points"] == [blank.specification["defaults"]]
    assert state["looks"] == {
        "flow": "overlap",
        "hess": "moment",
        "land": "curves",
        "lines": ["flow"],
        "measured": "off",
        "pane": "flow",
        "show": "all",
        "ui": "desk",
    }
    assert (state["moment"], state["story"], state["moving"], state["known"]) == (1, None, False, False)
    assert state["work"] == {"run": "on", "anew": False}


def test_every_page_has_a_name_of_its_own(blank: Any) -> None:
    one = blank.run(STATE, "return state.asker;")
    blank.open()
    other = blank.run(STATE, "return state.asker;")
    assert len(one) == len(other) == 32
    assert one != other


def test_a_change_names_what_it_changes_and_tells_who_listens(blank: Any) -> None:
    told = blank.run(
        STATE,
        """const told = [];
        listen((now, before, source) => told.push([now.points[0].d2,
          before.points[0].d2, now.looks.land, now.visit, source]));
        change({ point: { d2: 0.9 } }, "handle");
        change({ looks: { land: "map" }, visit: "none" }, "look");
        return told;""",
    )
    assert told == [
        [0.9, 0.4348, "curves", "replace", "handle"],
        [0.9, 0.9, "map", "none", "look"],
    ]


def test_pins_stay_where_they_are_when_the_live_point_moves(blank: Any) -> None:
    points = blank.run(
        STATE,
        """change({ points: [state.points[0], { ...state.points[0], dp: 7 }] }, "pin");
        change({ point: { dp: 2 } }, "handle");
        return state.points.map((point) => point.dp);""",
    )
    assert points == [2, 7]


def test_pins_are_changed_all_at_once_and_the_live_point_stays(blank: Any) -> None:
    found = blank.run(
        STATE,
        """const ticket = claim(["pins", "d2"]);
        change({ pins: [{ dp: 7 }, { dp: 8 }] }, "pin");
        return [state.points.map((point) => point.dp), held(ticket)];""",
    )
    assert found == [[1, 7, 8], ["d2"]]


def test_a_ticket_holds_the_names_that_nothing_newer_has_touched(blank: Any) -> None:
    found = blank.run(
        STATE,
        """const ticket = claim(["d2", "dp", "story", "land"]);
        const all = held(ticket);
        change({ point: { m0: 0.1 } }, "slider");
        const others = held(ticket);
        change({ point: { d2: state.points[0].d2 }, story: "4" }, "story"); // a value that stays is said anew, too
        change({ looks: { land: "map" } }, "look");
        return { all, others, left: held(ticket), kept: kept(ticket, { d2: 1, dp: 2, T: 3 }) };""",
    )
    assert found["all"] == found["others"] == ["d2", "dp", "story", "land"]
    assert found["left"] == ["dp"]
    assert found["kept"] == {"dp": 2}


def test_of_two_tickets_for_a_name_the_newer_counts(blank: Any) -> None:
    code = """const one = claim(["d2", "dp"]), other = claim(["d2"]); return [held(one), held(other)];"""
    assert blank.run(STATE, code) == [["dp"], ["d2"]]


def test_what_moves_comes_to_rest_by_itself_and_the_page_says_so(blank: Any) -> None:
    blank.run(
        STATE,
        """window.told = []; listen((now, before, source) => window.told.push([source, now.moving]));
        change({ point: { d2: 0.5 }, moving: true }, "handle"); window.word = document.documentElement.dataset.page;""",
    )
    blank.wait("window.told.length === 2")
    assert blank.page.evaluate("window.word") == "busy"
    assert blank.page.evaluate("window.told") == [["handle", True], ["rest", False]]
    assert blank.page.evaluate("document.documentElement.dataset.page") == "settled"


def test_the_page_is_busy_until_the_last_of_what_it_does_has_ended(blank: Any) -> None:
    words = blank.run(
        "page/work.mjs",
        """const word = () => document.documentElement.dataset.page; const words = [];
        begin("a"); begin("b"); end("a"); words.push(word()); end("a"); end("b"); words.push(word(), ...pending());
        return words;""",
    )
    assert words == ["busy", "settled"]
