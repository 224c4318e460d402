"""Ranges and checks: every range is one, every check names its parameter, whatever is thrown at it."""

import math

import numpy as np
import pytest

from engine import ParameterError, checks
from engine.checks import RANGES

WHOLE = (
    "order",
    "resolution",
    "p",
    "n_dim",
    "seed",
    "n_hessians",
    "n_steps",
    "n_times",
    "n_waiting_times",
    "index",
)
NUMBERS = (
    "delta_2",
    "delta_p",
    "temperature",
    "temperature_0",
    "coupling",
    "t_max",
    "tolerance",
    "path_tolerance",
)
OPEN = ("overlap", "target_overlap", "negative_fraction")
NONSENSE = ("much", None, [1.0, "x"], {}, math.nan)


@pytest.mark.parametrize("name", list(RANGES))
def test_every_range_is_one_and_says_so(name):
    lower, upper, sentence = RANGES[name]
    assert lower < upper
    assert sentence.endswith(".")


def test_every_range_is_tested_here():
    assert {*WHOLE, *NUMBERS, *OPEN, "overlap_0"} == set(RANGES)


@pytest.mark.parametrize("name", WHOLE)
def test_a_count_is_a_whole_number_in_its_range(name):
    lower, upper, sentence = RANGES[name]
    for value in (lower, upper, float(lower)):
        found = checks.check_count(name, value)
        assert found == value
        assert type(found) is int
    for value in (lower - 1, 2 * upper + 1, lower + 0.5, True, math.inf, *NONSENSE):
        with pytest.raises(ParameterError, match=sentence[:9]) as caught:
            checks.check_count(name, value)
        assert caught.value.name == name


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_lies_in_its_closed_range_alone_and_in_arrays(name):
    lower, upper, _ = RANGES[name]
    for value in (lower, upper, (lower + upper) / 2):
        assert checks.check_range(name, value) == value
    np.testing.assert_array_equal(checks.check_ranges(name, [lower, upper]), [lower, upper])
    for value in (np.nextafter(lower, -np.inf), np.nextafter(upper, np.inf), *NONSENSE):
        for check in (checks.check_range, checks.check_ranges):
            with pytest.raises(ParameterError) as caught:
                check(name, value)
            assert caught.value.name == name


@pytest.mark.parametrize("name", OPEN)
def test_the_ends_of_an_open_range_are_excluded(name):
    lower, upper, _ = RANGES[name]
    inside = np.nextafter([lower, upper], [upper, lower])
    np.testing.assert_array_equal(checks.check_inside(name, inside), inside)
    for value in (lower, upper, *NONSENSE):
        with pytest.raises(ParameterError) as caught:
            checks.check_inside(name, value)
        assert caught.value.name == name


def test_an_initial_overlap_may_have_either_sign():
    for sign in (1, -1):
        assert checks.check_range("overlap_0", sign * 1e-100, magnitude=True) == sign * 1e-100
        np.testing.assert_array_equal(
            checks.check_ranges("overlap_0", [sign * 0.5], magnitude=True), sign * 0.5
        )
    with pytest.raises(ParameterError, match="initial overlap"):
        checks.check_ranges("overlap_0", [0.5, 0.0], magnitude=True)


@pytest.mark.parametrize("name", ["delta_2", "delta_p"])
def test_a_noise_may_be_infinite(name):
    assert checks.check_noise(name, math.inf) == math.inf
    np.testing.assert_array_equal(checks.check_noises(name, [1.0, math.inf]), [1.0, math.inf])
    for value in (-math.inf, 0.0, *NONSENSE):
        for check in (checks.check_noise, checks.check_noises):
            with pytest.raises(ParameterError) as caught:
                check(name, value)
            assert caught.value.name == name


def test_both_channels_cannot_be_off_at_once():
    checks.check_channels([1.0, math.inf], 2.0)
    with pytest.raises(ParameterError, match="cannot both be inf"):
        checks.check_channels([1.0, math.inf], math.inf)


def test_a_key_says_which_range_and_the_name_what_was_asked():
    assert checks.check_count("n", 2, key="n_times") == 2
    with pytest.raises(ParameterError, match="number of times") as caught:
        checks.check_count("n", 1, key="n_times")
    assert caught.value.name == "n"
