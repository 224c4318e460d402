"""The walk along a noise: where it goes, that it asks ahead, and that whoever moves the point ends it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.layout.pins import pin_buttons
from tests.assets.markup import markup_of

PATH = "page/path.mjs"
PLACES = """return places(specification.controls.find(({ name }) => name === argument[0]), argument[1]);"""
WALKED = """window.walked = []; listen((now, before, source) => {
    if (source === "path") window.walked.push(now.points[0].d2); });"""


@pytest.fixture
def page(blank: Any) -> Any:
    blank.open(body=markup_of(pin_buttons()))
    blank.answers["cards"] = lambda message: (
        200,
        {"number": message["number"], "pace": "first", "cards": {}},
    )
    blank.run(PATH, "begin();")
    blank.run("page/state.mjs", WALKED)
    return blank


def places(blank: Any, name: str, value: float) -> list[float]:
    code = f'const {{ specification }} = await import("/assets/page/specification.mjs"); {PLACES}'
    found: list[float] = blank.run(PATH, code, [name, value])
    return found


@pytest.mark.parametrize("name", ["d2", "dp"])
def test_it_goes_to_less_noise_and_from_the_far_end_again(blank: Any, name: str) -> None:
    control = next(one for one in blank.specification["controls"] if one["name"] == name)
    far, near = 10 ** control["upper"], 10 ** control["lower"]
    way = places(blank, name, 1.0)
    assert way[0] == pytest.approx(10**-0.02, rel=1e-3)
    np.testing.assert_allclose(np.diff(np.log10(way)), -0.02, atol=5e-4)  # values have four digits
    assert near <= way[-1] < near * 10**0.02
    again = places(blank, name, near)
    assert again[0] == pytest.approx(far, rel=1e-3)
    assert len(again) == int((control["upper"] - control["lower"]) / 0.02 + 1e-9) + 1
    assert places(blank, name, 1e8)[0] < far  # from beyond the slider: from its end on
    assert places(blank, name, 1e-4)[0] == pytest.approx(far, rel=1e-3)


def test_each_place_is_asked_for_before_it_is_gone_to(page: Any) -> None:
    page.page.click("[data-walk=d2]")
    page.wait("window.walked.length >= 3")
    page.page.click("[data-walk=d2]")
    walked = page.page.evaluate("window.walked")
    asked = [message["points"][0]["d2"] for name, message in page.asked if name == "cards"]
    assert asked[: len(walked)] == walked
    assert len(asked) == len(walked) + 1  # the next one, when it was stopped
    assert walked == places(page, "d2", page.specification["defaults"]["d2"])[: len(walked)]
    assert page.page.get_attribute("[data-walk=d2]", "aria-pressed") == "false"
    message = page.asked[0][1]
    assert "phase" not in message["cards"]  # the diagram stays as it is
    assert {"flow", "spectrum", "landscape", "sentence"} <= set(message["cards"])


def test_whoever_moves_the_point_ends_it(page: Any) -> None:
    page.page.click("[data-walk=d2]")
    page.wait("window.walked.length >= 1")
    assert page.page.get_attribute("[data-walk=d2]", "aria-pressed") == "true"
    page.page.click("[data-walk=dp]")  # the other way
    assert page.page.get_attribute("[data-walk=d2]", "aria-pressed") == "false"
    page.wait("document.querySelector('[data-walk=dp]').getAttribute('aria-pressed') === 'true'")
    page.run("page/state.mjs", 'change({ point: { d2: 3 } }, "handle");')
    assert page.page.get_attribute("[data-walk=dp]", "aria-pressed") == "false"


@pytest.mark.parametrize("answer", [None, (400, {"sentence": "No."})])
def test_where_there_is_no_answer_it_stands(page: Any, answer: Any) -> None:
    page.answers["cards"] = lambda _: answer
    page.page.click("[data-walk=d2]")
    page.wait("document.querySelector('[data-walk=d2]').getAttribute('aria-pressed') === 'false'")
    assert page.page.evaluate("window.walked") == []
