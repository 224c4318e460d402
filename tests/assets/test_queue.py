"""The queue: whatever happens in whatever order, it asks what it should, once, and leaves nothing out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CARDS = {
    "flow": {"parameters": ["d2", "N"], "looks": ["flow"], "always": True, "weight": 1},
    "words": {"parameters": ["d2"], "looks": ["story"], "always": True, "weight": 1},
    "map": {
        "parameters": ["p"],
        "looks": ["lines", "measured", "work"],
        "always": False,
        "weight": 1,
        "switch": {"look": "measured", "off": "off", "parameters": ["m0"]},
    },
    "hess": {"parameters": ["d2", "N"], "looks": ["moment"], "always": False, "weight": 1},
    "land": {"parameters": ["d2"], "looks": ["moment"], "always": False, "weight": 2.01},
}
ALWAYS = {name for name, card in CARDS.items() if card["always"]}
START = {
    "theme": "light",
    "moving": False,
    "points": [{"d2": 1, "N": 0, "p": 3, "m0": 1}],
    "looks": {"flow": "overlap", "lines": ["flow"], "measured": "off"},
    "moment": 1,
    "story": None,
    "work": {"run": "on", "anew": False},
    "asker": "me",
}  # fmt: skip
# runs a list of events; after each the queue may send its next request, as main.mjs does
RUN = """const rows = []; let queue = create(argument.cards), state = null, sent = null;
for (const [what, ...rest] of argument.events) {
  let paint = null;
  if (what === "state") state = rest[0];
  else if (what === "answer") ({ queue, paint } = answered(queue, rest[0], rest[1]));
  else if (what === "lost") queue = lost(queue, rest[0]);
  else if (what === "resume") queue = resume(queue);
  else if (what === "retry") queue = retry(queue, rest[0]);
  else if (what === "due") queue = due(queue, rest[0], rest[1]);
  const found = next(queue, state);
  queue = found.queue;
  rows.push({ request: found.request, paint, flight: queue.flight && queue.flight.number });
}
return rows;"""


@dataclass
class Model:
    """The rule in words of its own: what is asked next, and what may be painted."""

    state: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(START)))
    number: int = 0
    flight: tuple[int, str, dict[str, Any]] | None = None
    paused: bool = False
    moved: bool = False
    turn: int = 0
    last: dict[str, dict[str, Any]] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    painted: dict[str, int] = field(default_factory=dict)

    def wish(self, name: str) -> Any:
        card, state = CARDS[name], self.state
        seen = [state["looks"].get(look, state.get(look)) for look in card["looks"]]
        live, *pinned = state["points"]
        points = [[live[parameter] for parameter in self.parameters(name)], *pinned]
        return json.dumps([state["theme"], self.tries.get(name, 0), points, seen])

    def parameters(self, name: str) -> list[str]:
        """What its picture depends on: of a card with a switch more while that is not off."""
        card: dict[str, Any] = CARDS[name]
        own = card.get("switch")
        is_on = own and self.state["looks"][own["look"]] != own["off"]
        return [*card["parameters"], *(own["parameters"] if is_on else [])]

    def due(self, name: str) -> bool:
        last = self.last.get(name)
        if last is None or last["wish"] != self.wish(name):
            return True
        return not self.state["moving"] and last["pace"] == "moving" and bool(last["more"])

    def next(self) -> dict[str, Any] | None:
        self.moved = self.moved or self.state["moving"]
        if self.flight or self.paused:
            return None
        due = [name for name in CARDS if self.due(name)]
        if self.state["moving"]:
            pace = "moving"
            others = [name for name in due if name not in ALWAYS]
            age = {name: (self.turn + 1 - self.turns.get(name, 0)) * CARDS[name]["weight"] for name in others}
            due = [name for name in due if name in ALWAYS] + sorted(others, key=lambda name: -age[name])[:1]
        elif due:
            pace = "first"
            if self.moved and ALWAYS & set(due):
                due = [name for name in due if name in ALWAYS]
        else:
            pace = "leisure"
            due = [name for name in CARDS if self.last.get(name, {}).get("more")]
        if not due:
            return None
        self.number += 1
        self.turn += 1
        self.moved = self.state["moving"]
        self.turns |= dict.fromkeys(due, self.turn)
        self.flight = (self.number, pace, {name: self.wish(name) for name in due})
        looks = self.state["looks"] | {"moment": self.state["moment"], "story": self.state["story"]}
        kept = {name: self.state[name] for name in ("theme", "points")}
        kept["work"] = self.state["work"] | {"asker": self.state["asker"]}
        return {"number": self.number, "cards": due, "pace": pace, "looks": looks, **kept}

    def answered(self, number: int, cards: dict[str, Any]) -> list[str]:
        paint = [name for name in cards if number > self.painted.get(name, 0)]
        self.painted |= dict.fromkeys(paint, number)
        if self.flight and self.flight[0] == number:
            for name, wish in self.flight[2].items():
                card = cards.get(name, {"failed": True})
                more = bool(card.get("more")) and not card["failed"]
                self.last[name] = {"number": number, "wish": wish, "pace": self.flight[1], "more": more}
            self.flight = None
        return paint

    def lost(self, number: int) -> None:
        if self.flight and self.flight[0] == number:
            self.flight, self.paused = None, True


CHANGES = st.one_of(
    st.tuples(st.just("d2"), st.integers(1, 3)),
    st.tuples(st.just("N"), st.sampled_from([0, 100])),
    st.tuples(st.just("p"), st.sampled_from([3, 4])),
    st.tuples(st.just("pin"), st.integers(0, 2)),
    st.tuples(st.just("flow"), st.sampled_from(["overlap", "energy"])),
    st.tuples(st.just("lines"), st.sampled_from([["flow"], []])),
    st.tuples(st.just("m0"), st.integers(1, 2)),
    st.tuples(st.just("measured"), st.sampled_from(["off", "time"])),
    st.tuples(st.just("work"), st.sampled_from([{"run": run, "anew": False} for run in ("on", "paused")])),
    st.tuples(st.just("moment"), st.sampled_from([0, 0.5, 1])),
    st.tuples(st.just("story"), st.sampled_from([None, "4"])),
    st.tuples(st.just("theme"), st.sampled_from(["light", "dark"])),
)
OUTCOME = st.fixed_dictionaries(
    {name: st.sampled_from(["whole", "more", "failed", "none"]) for name in CARDS}
)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), CHANGES),
        st.tuples(st.just("move"), CHANGES),
        st.just(("rest",)),
        st.tuples(st.just("answer"), OUTCOME),
        st.tuples(st.just("late"), st.integers(0, 3), OUTCOME),
        st.just(("lost",)),
        st.just(("resume",)),
        st.tuples(st.just("retry"), st.sampled_from(sorted(CARDS))),
        st.tuples(st.just("due"), st.sampled_from(sorted(CARDS)), st.integers(0, 3)),
    ),
    max_size=40,
)


def cards_of(names: Any, outcome: dict[str, str]) -> dict[str, Any]:
    """What the server says of some cards."""
    said = {name: outcome[name] for name in names if outcome[name] != "none"}
    return {name: {"failed": how == "failed", "more": how == "more"} for name, how in said.items()}


def play(model: Model, event: Any, log: list[Any]) -> None:
    """Let one event happen to the model; what the real queue must be told goes into the log."""
    what, *rest = event
    row: dict[str, Any] = {"paint": None}
    if what in ("change", "move", "rest"):
        state = json.loads(json.dumps(model.state)) | {"moving": what == "move"}
        if rest:
            name, value = rest[0]
            if name == "pin":
                state["points"] = [
                    state["points"][0],
                    *[{"d2": 9, "N": 0, "p": 3 + k, "m0": 1} for k in range(value)],
                ]
            else:
                points, looks = state["points"][0], state["looks"]
                holder = points if name in points else looks if name in looks else state
                holder[name] = value
        model.state = state
        told: list[Any] = ["state", state]
    elif what in ("answer", "late"):
        if what == "answer" and not model.flight:
            return
        number = model.flight[0] if model.flight and what == "answer" else max(0, model.number - rest[0])
        names = model.flight[2] if model.flight and model.flight[0] == number else CARDS
        cards = cards_of(names, rest[-1])
        row["paint"] = model.answered(number, cards)
        told = ["answer", number, cards]
    elif what == "lost":
        told = ["lost", model.number]
        model.lost(model.number)
    elif what == "due":
        name, number = rest[0], model.number - rest[1]
        told = ["due", name, number]
        if model.last.get(name, {}).get("number") == number:
            model.last[name]["more"] = True
    elif what == "resume":
        told = ["resume"]
        model.paused = False
    else:
        told = ["retry", rest[0]]
        model.tries[rest[0]] = model.tries.get(rest[0], 0) + 1
    row["request"] = model.next()
    row["flight"] = model.flight[0] if model.flight else None
    log.append((told, row))


def finish(model: Model, log: list[Any], rounds: int) -> None:
    """All comes to rest: every answer comes, and says more ``rounds`` times."""
    play(model, ("resume",), log)
    play(model, ("rest",), log)
    for k in range(100):
        if not model.flight:
            return
        how = "more" if k < rounds else "whole"
        play(model, ("answer", dict.fromkeys(CARDS, how)), log)
    raise AssertionError("it never comes to rest")


def compare(blank: Any, log: list[Any]) -> list[dict[str, Any]]:
    """The real queue after the same events; it must have done what the model did."""
    rows: list[dict[str, Any]] = blank.run(
        "page/queue.mjs", RUN, {"cards": CARDS, "events": [told for told, _ in log]}
    )
    for (told, expected), row in zip(log, rows, strict=True):
        assert row["request"] == expected["request"], told
        assert row["flight"] == expected["flight"], told
        assert (row["paint"] is None) == (expected["paint"] is None)
        assert sorted(row["paint"] or []) == sorted(expected["paint"] or []), told
    return rows


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(events=EVENTS, rounds=st.integers(0, 4))
def test_it_does_what_the_rule_says_whatever_happens(blank: Any, events: list[Any], rounds: int) -> None:
    model, log = Model(), []
    play(model, ("rest",), log)
    for event in events:
        play(model, event, log)
    finish(model, log, rounds)
    rows = compare(blank, log)
    in_flight = None
    last_word: dict[str, Any] = {}
    for (told, _), row in zip(log, rows, strict=True):
        if told[0] == "lost" or (told[0] == "answer" and told[1] == in_flight):
            in_flight = None
        if row["request"]:
            assert in_flight is None  # never two
            in_flight = row["request"]["number"]
            others = [name for name in row["request"]["cards"] if name not in ALWAYS]
            assert row["request"]["pace"] != "moving" or len(others) <= 1
            last_word |= dict.fromkeys(row["request"]["cards"], row["request"])
    assert in_flight is None
    for name, card in CARDS.items():  # the last word about every card is the last wish
        said = last_word[name]
        assert said["theme"] == model.state["theme"]
        for parameter in model.parameters(name):
            wanted = [point[parameter] for point in model.state["points"]]
            assert [point[parameter] for point in said["points"]] == wanted
        for look in card["looks"]:
            if look != "work":
                assert said["looks"][look] == model.state["looks"].get(look, model.state.get(look))
        assert not model.last[name]["more"]  # and nothing was left out


def run(blank: Any, *events: Any) -> list[dict[str, Any]]:
    """Requests and paints of a story told by hand."""
    return blank.run("page/queue.mjs", RUN, {"cards": CARDS, "events": list(events)})


def state(**changes: Any) -> list[Any]:
    """An event: the state, like the start but for changes (of the live point, if it has the name)."""
    point = START["points"][0] | {
        name: changes.pop(name) for name in list(changes) if name in START["points"][0]
    }
    return ["state", START | {"points": [point]} | changes]


def said(*names: str, more: bool = False, failed: bool = False) -> dict[str, Any]:
    return {name: {"more": more, "failed": failed} for name in names}


def test_the_first_request_asks_for_everything_and_then_for_what_was_left_out(blank: Any) -> None:
    rows = run(
        blank,
        state(),
        ["answer", 1, said("words", "map", "hess", "land") | said("flow", more=True)],
        ["answer", 2, said("flow", more=True)],
        ["answer", 3, said("flow")],
    )
    asked = [row["request"] and (row["request"]["pace"], row["request"]["cards"]) for row in rows]
    assert asked == [("first", list(CARDS)), ("leisure", ["flow"]), ("leisure", ["flow"]), None]


def test_come_to_rest_the_eye_is_served_first_and_everybody_else_at_once_after_it(blank: Any) -> None:
    whole = said(*CARDS)
    rows = run(
        blank,
        state(),
        ["answer", 1, whole],
        state(d2=2, moving=True),
        state(d2=3, moving=True),
        state(d2=3),
        ["answer", 2, said("flow", "words", "land", more=True)],
        ["answer", 3, said("flow", "words", more=True)],
        ["answer", 4, said("hess", "land", more=True)],
    )
    asked = [(row["request"]["pace"], row["request"]["cards"]) for row in rows if row["request"]]
    assert asked[1][0] == "moving"
    assert asked[2] == ("first", ["flow", "words"])
    assert asked[3] == ("first", ["hess", "land"])
    assert asked[4] == ("leisure", ["flow", "words", "hess", "land"])


def test_a_preview_that_was_right_by_chance_is_asked_again_at_rest(blank: Any) -> None:
    rows = run(
        blank,
        state(),
        ["answer", 1, said(*CARDS)],
        state(d2=2, moving=True),
        ["answer", 2, said("flow", more=True) | said("words", "land")],
        state(d2=2),
        ["answer", 3, said("hess")],
    )
    assert rows[2]["request"]["cards"] == ["flow", "words", "land"]
    assert rows[3]["request"]["cards"] == ["hess"]
    assert rows[-1]["request"]["cards"] == ["flow"]  # the others wait a turn
    assert rows[-1]["request"]["pace"] == "first"


def test_a_failed_card_waits_for_retry_and_no_other_card_is_asked_by_it(blank: Any) -> None:
    rows = run(
        blank,
        state(),
        ["answer", 1, said("words", "map", "hess", "land") | said("flow", failed=True, more=True)],
        state(),
        ["retry", "flow"],
    )
    assert rows[1]["request"] is None
    assert rows[2]["request"] is None
    assert rows[3]["request"]["cards"] == ["flow"]


def test_a_lost_request_is_forgotten_with_what_it_asked_for(blank: Any) -> None:
    rows = run(
        blank,
        state(),
        ["lost", 1],
        state(d2=2),
        ["resume"],
        ["answer", 1, said(*CARDS)],
    )
    assert rows[2]["request"] is None  # it backs off
    assert rows[3]["request"]["number"] == 2
    assert rows[3]["request"]["cards"] == list(CARDS)
    assert rows[4]["paint"] == list(CARDS)  # late, but newer than what is there
    assert rows[4]["flight"] == 2  # and no answer to the request in flight


def test_while_it_moves_the_others_come_by_turns_and_weights(blank: Any) -> None:
    events: list[Any] = [state()]
    for number in range(1, 61):
        events += [
            state(d2=number + 1, p=number + 9, N=number, moving=True),
            ["answer", number, said(*CARDS)],
        ]
    rows = run(blank, *events)
    asked = [row["request"]["cards"] for row in rows[1:] if row["request"]]
    assert all(cards[:2] == ["flow", "words"] and len(cards) == 3 for cards in asked)
    counts = {name: sum(name in cards for cards in asked) for name in ("map", "hess", "land")}
    assert counts["land"] == pytest.approx(2 * counts["hess"], abs=3)  # each within 1 of 30 and 15
    assert counts["map"] == pytest.approx(counts["hess"], abs=2)


def test_it_is_pure(blank: Any) -> None:
    code = """const deep = (x) => {
      if (x && typeof x === "object") { Object.freeze(x); Object.values(x).forEach(deep); } };
    let queue = create(argument.cards); deep(queue); deep(argument);
    for (const step of [(q) => next(q, argument.state).queue, (q) => lost(q, 1), resume, (q) => retry(q, "flow"),
        (q) => next(q, argument.state).queue, (q) => answered(q, 2, { flow: { more: true } }).queue]) {
      queue = step(queue); deep(queue);
    }
    return queue.number;"""
    assert blank.run("page/queue.mjs", code, {"cards": CARDS, "state": START}) == 2


def test_a_card_that_said_later_is_asked_again_when_it_is_due_and_nothing_newer_has_come(blank: Any) -> None:
    start = state()
    first = run(blank, start)[-1]["request"]
    answers = {name: {"failed": False, "more": False, "later": 500} for name in first["cards"]}
    rows = run(blank, start, ["answer", 1, answers], ["due", "map", 1])
    assert rows[1]["request"] is None
    assert (rows[2]["request"]["cards"], rows[2]["request"]["pace"]) == (["map"], "leisure")
    rows = run(
        blank,
        start,
        ["answer", 1, answers],
        state(p=4),
        ["answer", 2, {"map": answers["map"]}],
        ["due", "map", 1],
    )
    assert rows[-1]["request"] is None  # the newer answer has its own
    rows = run(blank, start, ["answer", 1, answers], state(moving=True), ["due", "map", 1])
    assert rows[-1]["request"] is None  # not while something is dragged


def test_what_only_a_switch_makes_count_counts_while_it_is_on(blank: Any) -> None:
    start = state()
    answers = {name: {"failed": False, "more": False} for name in CARDS}
    rows = run(blank, start, ["answer", 1, answers], state(m0=2))
    assert rows[-1]["request"] is None
    on = {"looks": START["looks"] | {"measured": "time"}}
    rows = run(blank, state(**on), ["answer", 1, answers], state(m0=2, **on))
    assert rows[-1]["request"]["cards"] == ["map"]
    assert rows[-1]["request"]["work"] == {"asker": "me", "run": "on", "anew": False}
