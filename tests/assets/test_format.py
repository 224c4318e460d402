"""Numbers as the page says them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FORMAT = "page/format.mjs"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.4348, "0.4348"),
        (1 / 3, "0.333333"),
        (0, "0"),
        (1e-3, "0.001"),
        (9.99e-4, "9.99e-4"),
        (1e-10, "1e-10"),
        (-1e-5, "-1e-5"),
        (99999, "99999"),
        (100000, "1e5"),
        (1e12, "1e12"),
        (-0.5, "-0.5"),
        (2.299908003679853, "2.29991"),
        (1e-100, "1e-100"),
    ],
)
def test_a_number_is_said_in_at_most_six_digits(blank: Any, value: float, text: str) -> None:
    assert blank.run(FORMAT, "return display(argument);", value) == text


def test_infinity_is_a_word_both_ways(blank: Any) -> None:
    assert blank.run(
        FORMAT, "return [display(Infinity), toNumber('inf') === Infinity, toNumber('0.5')];"
    ) == [
        "inf",
        True,
        0.5,
    ]


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(values=st.lists(st.floats(1e-100, 1e15), min_size=1, max_size=50))
def test_what_is_said_reads_back_within_six_digits(blank: Any, values: list[float]) -> None:
    for value, text in zip(values, blank.run(FORMAT, "return argument.map(display);", values), strict=True):
        assert float(text) == pytest.approx(value, rel=5e-6)
        assert len(text) <= 12


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(fraction=st.floats(0, 1), last=st.floats(1, 1e6))
def test_the_moment_goes_from_its_slider_to_a_time_and_back(blank: Any, fraction: float, last: float) -> None:
    time, back = blank.run(
        FORMAT,
        "const t = timeOf(argument[0], argument[1], 0.1); return [t, fractionOf(t, argument[1], 0.1)];",
        [fraction, last],
    )
    assert time == pytest.approx(0.1 * (last / 0.1) ** fraction, rel=1e-9)
    assert back == pytest.approx(fraction, abs=1e-9)
    assert 0 <= back <= 1
    assert math.isfinite(time)
