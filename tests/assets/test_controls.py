"""Sliders: every value has a place, within or beyond their ends, and what they say is valid."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CONTROLS = "page/controls.mjs"
PLACES = """const [name, values] = argument;
const { specification } = await import("/assets/page/specification.mjs");
const control = specification.controls.find((one) => one.name === name);
return values.map((value) => { const place = toSlider(control, value);
  return { ...place, back: fromSlider(control, place.value, value), ends: [fromSlider(control, place.min, value),
    fromSlider(control, place.max, value)] }; });"""


def control_of(blank: Any, name: str) -> dict[str, Any]:
    return next(control for control in blank.specification["controls"] if control["name"] == name)


@pytest.mark.parametrize("name", ["p", "d2", "dp", "m0", "T", "tmax", "N", "until"])
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_valid_value_has_a_place_from_which_the_slider_says_valid_ones(
    blank: Any, name: str, data: Any
) -> None:
    control = control_of(blank, name)
    lower, upper = blank.specification["limits"][name]
    if name in ("p", "N"):
        one = st.integers(int(lower), int(upper))
    elif name == "T":
        one = st.floats(lower, upper)
    else:
        one = st.floats(math.log10(lower), math.log10(upper)).map(lambda x: min(upper, max(lower, 10**x)))
    values = data.draw(st.lists(one, min_size=1, max_size=20))
    for value, place in zip(values, blank.run(CONTROLS, PLACES, [name, values]), strict=True):
        assert place["min"] <= place["value"] <= place["max"]
        assert place["min"] <= control["lower"]
        assert control["upper"] <= place["max"]
        for said in (place["back"], *place["ends"]):
            assert lower <= said <= upper
        raw = math.log10(value) if control["scale"].startswith("log") else value
        if control["lower"] <= raw <= control["upper"]:
            assert (place["min"], place["max"]) == (control["lower"], control["upper"])
            assert abs(place["value"] - raw) <= control["step"] / 2 + 1e-6
        else:
            assert place["back"] == pytest.approx(value, rel=1e-3)  # it stands at the value itself
            assert place["value"] in (place["min"], place["max"])


def test_infinity_stands_at_the_upper_end_and_a_sign_is_kept(blank: Any) -> None:
    code = PLACES.replace("[name, values] = argument", "[name, values] = ['d2', [Infinity]]")
    place = blank.run(CONTROLS, code)[0]
    assert place["value"] == place["max"] == control_of(blank, "d2")["upper"]
    assert blank.run(CONTROLS, PLACES, ["m0", [-1e-5]])[0]["back"] == -1e-5


def test_the_size_of_an_instance_is_a_whole_number_of_two_digits(blank: Any) -> None:
    backs = [place["back"] for place in blank.run(CONTROLS, PLACES, ["N", [16, 12345, 10**6, 10**12]])]
    assert backs == [16, 13000, 10**6, 10**12]


def test_nothing_is_put_into_them_before_the_address_is_read(blank: Any) -> None:
    """Dash tells later what was put into a slider; a default told after the address is known would undo it."""
    blank.page.evaluate("""window.put = []; window.dash_clientside = {
        set_props: (id, props) => window.put.push([id, props]) };""")
    blank.run(CONTROLS, "arrive();")
    blank.run("page/state.mjs", 'change({ moving: false }, "test");')
    assert blank.page.evaluate("window.put") == []
    blank.run("page/state.mjs", 'change({ point: { tmax: 100 }, known: true }, "address");')
    put = dict(blank.page.evaluate("window.put"))
    assert put["tmax-slider"]["value"] == 2
    assert put["tmax-box"]["value"] == "100"
