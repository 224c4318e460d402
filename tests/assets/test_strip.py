"""The strip of a card with long work behind it: what it says, what its buttons want, when that is forgotten."""

from __future__ import annotations

from typing import Any

import pytest

STRIP = "page/strip.mjs"
BODY = """<section id="phase-card"><button id="phase-retry" class="retry">Retry</button>
<div id="phase-strip" class="strip" data-on="false">
<button id="phase-run" data-strip="phase:run" disabled>Pause</button>
<button id="phase-cancel" data-strip="phase:cancel" disabled>Cancel</button>
<progress id="phase-progress" value="0" max="1"></progress><div id="phase-said"></div>
<span id="phase-told"></span></div></section>"""
SHOWN = """const strip = document.getElementById("phase-strip");
const text = (name) => document.getElementById("phase-" + name).textContent;
const off = (name) => document.getElementById("phase-" + name).disabled;
return [text("run"), off("run"), off("cancel"), document.getElementById("phase-progress").value, text("said"),
  text("told"), strip.dataset.standing || "", strip.dataset.on];"""


@pytest.fixture
def page(blank: Any) -> Any:
    blank.open(body=BODY)
    blank.run(STRIP, "start(); arrive();")
    return blank


def tell(page: Any, standing: str, share: float = 0.5, words: str = "words") -> list[Any]:
    """What the strip shows after an answer."""
    said = {"standing": standing, "share": share, "words": words}
    found: list[Any] = page.run(STRIP, f'tell("phase", argument); {SHOWN}', said)
    return found


def state(page: Any, name: str) -> Any:
    return page.run("page/state.mjs", f"return state.{name};")


def change(page: Any, **patch: Any) -> None:
    page.run("page/state.mjs", 'change(argument, "test");', patch)


@pytest.mark.parametrize(
    ("standing", "label", "can_run", "can_cancel"),
    [
        ("running", "Pause", True, True),
        ("paused", "Resume", True, True),
        ("cancelled", "Resume", True, False),
        ("complete", "Pause", False, False),
        ("shipped", "Measure anew", True, False),
        ("failed", "Try again", True, False),
    ],
)
def test_its_buttons_are_what_can_be_done(
    page: Any, standing: str, label: str, can_run: bool, can_cancel: bool
) -> None:
    found = tell(page, standing, 0.25, "4 of 16")
    assert found[:5] == [label, not can_run, not can_cancel, 0.25, "4 of 16"]


def test_a_reader_is_told_of_another_kind_of_work_and_not_of_every_count(page: Any) -> None:
    assert tell(page, "running", words="1 of 3")[5] == "1 of 3"
    assert tell(page, "running", words="2 of 3")[4:6] == ["2 of 3", "1 of 3"]
    assert tell(page, "paused", words="Paused: 2 of 3")[5] == "Paused: 2 of 3"


def test_an_answer_without_long_work_changes_nothing(page: Any) -> None:
    before = tell(page, "running")
    assert page.run(STRIP, f'tell("phase", null); tell("flow", null); {SHOWN}') == before


def test_it_pauses_goes_on_and_cancels(page: Any) -> None:
    for standing, button, work in [
        ("running", "run", {"run": "paused", "anew": False}),
        ("paused", "run", {"run": "on", "anew": False}),
        ("running", "cancel", {"run": "cancelled", "anew": False}),
        ("cancelled", "run", {"run": "on", "anew": False}),
        ("shipped", "run", {"run": "on", "anew": True}),
        ("running", "run", {"run": "paused", "anew": True}),
        ("paused", "run", {"run": "on", "anew": True}),
        ("running", "cancel", {"run": "on", "anew": False}),  # back to what is there already
    ]:
        tell(page, standing)
        page.page.locator(f"#phase-{button}").click()
        assert state(page, "work") == work, (standing, button)


def test_what_has_failed_is_tried_again_like_any_picture(page: Any) -> None:
    tell(page, "failed")
    page.page.evaluate(
        "document.getElementById('phase-retry').addEventListener('click', () => document.body.dataset.tried = 'yes')"
    )
    page.page.locator("#phase-run").click()
    assert page.page.evaluate("document.body.dataset.tried") == "yes"


@pytest.mark.parametrize(
    "patch", [{"point": {"p": 4}}, {"point": {"m0": 1e-4}}, {"looks": {"measured": "off"}}]
)
def test_another_plane_is_measured_whatever_was_cancelled_before(page: Any, patch: dict[str, Any]) -> None:
    change(page, looks={"measured": "time"})
    change(page, work={"run": "cancelled", "anew": False})
    change(page, point={"dp": 2})  # on the same plane
    assert state(page, "work") == {"run": "cancelled", "anew": False}
    change(page, **patch, visit="push")
    assert state(page, "work") == {"run": "on", "anew": False}
    assert state(page, "visit") == "push"
    change(page, work={"run": "on", "anew": True})
    change(page, point={"p": 5})
    assert state(page, "work") == {"run": "on", "anew": False}


def test_who_has_paused_wants_no_work_on_another_plane_either(page: Any) -> None:
    change(page, looks={"measured": "time"}, work={"run": "paused", "anew": True})
    change(page, point={"p": 4})
    assert state(page, "work") == {"run": "paused", "anew": False}


def test_it_shows_itself_while_the_switch_is_on_and_says_goodbye_only_then(page: Any) -> None:
    leave = "window.dispatchEvent(new PageTransitionEvent('pagehide'))"
    page.page.evaluate(leave)
    change(page, looks={"measured": "overlap"})
    assert page.run(STRIP, SHOWN)[-1] == "true"
    with page.page.expect_request("**/goodbye") as sent:
        page.page.evaluate(leave)
    assert sent.value.post_data_json == {"asker": state(page, "asker")}
    assert [name for name, _ in page.asked].count("goodbye") == 1
    change(page, looks={"measured": "off"})
    assert page.run(STRIP, SHOWN)[-1] == "false"
