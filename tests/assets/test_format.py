"""Numbers as the page says them."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import words

FORMAT = "page/format.mjs"


def is_a_tie(value: float, digits: int) -> bool:
    """Whether a number lies in the middle between two of so many digits: Python rounds it to even, a browser up."""
    exact = Decimal(value)
    scaled = exact.scaleb(digits - 1 - exact.adjusted()) if exact else exact
    return scaled % 1 in (Decimal("0.5"), Decimal("-0.5"))


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
def test_a_box_holds_a_number_in_at_most_six_digits(blank: Any, value: float, text: str) -> None:
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
@given(
    values=st.lists(
        st.floats(-1e15, 1e15, allow_subnormal=False)
        | st.floats(-1e-3, 1e-3, allow_subnormal=False)
        | st.integers(-200_000, 200_000).map(float),
        min_size=1,
        max_size=50,
    ),
    digits=st.integers(2, 6),
)
def test_the_page_says_a_number_as_the_engine_does(blank: Any, values: list[float], digits: int) -> None:
    said = blank.run(FORMAT, "return argument[0].map((value) => say(value, argument[1]));", [values, digits])
    for value, text in zip(values, said, strict=True):
        if not is_a_tie(value, digits):
            assert text == words.say(value, digits)


def test_numbers_that_are_none_have_their_words(blank: Any) -> None:
    assert blank.run(FORMAT, "return [Infinity, -Infinity, NaN, 0, -0.0].map((one) => say(one));") == [
        "∞", "−∞", "–", "0", "0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("m = 1.882e-5", "m = 1.882·10⁻⁵"),
        ("-0.568", "−0.568"),
        ("t = 1e+10, e = -1.5", "t = 10¹⁰, e = −1.5"),
        ("1.2e−7", "1.2·10⁻⁷"),
        ("λ=-1.5", "λ=−1.5"),
        ("25–75 %: pin 3-4, p-spin, e-4", "25–75 %: pin 3-4, p-spin, e-4"),
        ("(-0.5, -3e-6)", "(−0.5, −3·10⁻⁶)"),
    ],
)
def test_numbers_of_others_are_put_into_our_form(blank: Any, theirs: str, ours: str) -> None:
    assert blank.run(FORMAT, "return inOurForm(argument);", theirs) == ours


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
