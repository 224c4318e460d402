"""The product limit against published and hand-made numbers, another program's, and a censored sample of known law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import CensoredData, ecdf

from app.quantities.survival import kaplan_meier, median_bounds

#: Weeks of remission under 6-mercaptopurine, first those that ended (Freireich et al., Blood 21, 699, 1963).
WEEKS = np.array([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35], dtype=float)
RELAPSED = np.arange(WEEKS.size) < 9


def test_published_remission_times() -> None:
    """S and Greenwood's standard errors as in Klein and Moeschberger, Survival Analysis (2003), Table 4.1."""
    found = kaplan_meier(WEEKS, RELAPSED)
    np.testing.assert_array_equal(found.time, [6, 7, 10, 13, 16, 22, 23])
    np.testing.assert_allclose(found.survival, [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], atol=5e-4)
    error = np.array([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346])
    spread = 1.96 * error / found.survival / np.log(found.survival)
    np.testing.assert_allclose(found.low, found.survival ** np.exp(-spread), atol=1e-3)
    np.testing.assert_allclose(found.high, found.survival ** np.exp(spread), atol=1e-3)
    assert found.median == 23
    assert found.median_interval == (13, math.inf)


def test_five_runs_by_hand() -> None:
    """At 2: 4/5; one lost at 3; at 4: 4/5 · 2/3 = 8/15; one lost at 4, after it; at 9: 0."""
    found = kaplan_meier(np.array([4.0, 2.0, 3.0, 4.0, 9.0]), np.array([True, True, False, False, True]))
    np.testing.assert_array_equal(found.time, [2, 4, 9])
    np.testing.assert_allclose(found.survival, [4 / 5, 8 / 15, 0], rtol=1e-14)
    greenwood = math.sqrt(1 / (5 * 4) + 1 / (3 * 2))
    power = math.exp(1.959964 * greenwood / -math.log(8 / 15))
    assert found.low[1] == pytest.approx((8 / 15) ** power, rel=1e-6)
    assert found.high[1] == pytest.approx((8 / 15) ** (1 / power), rel=1e-6)
    assert (found.low[2], found.high[2]) == (0, found.high[1])
    assert found.median == 9


@pytest.mark.parametrize("happened", [[], [False, False], [True], [True, True]])
def test_corners(happened: list[bool]) -> None:
    found = kaplan_meier(np.arange(1.0, 1 + len(happened)), np.array(happened, dtype=bool))
    assert found.time.size == sum(happened)
    assert found.median == (1 if any(happened) else math.inf)
    for values in (found.survival, found.low, found.high):
        assert np.all((values >= 0) & (values <= 1))


def test_another_program_says_the_same() -> None:
    random = np.random.default_rng(3)
    event, cut = np.ceil(random.exponential(20, 60)), np.ceil(random.exponential(30, 60))  # with ties
    time, happened = np.minimum(event, cut), event <= cut
    happened[time == time.max()] = False  # theirs has no interval where S = 0
    found = kaplan_meier(time, happened)
    theirs = ecdf(CensoredData.right_censored(time, ~happened)).sf
    np.testing.assert_allclose(found.survival, theirs.evaluate(found.time), rtol=1e-12)
    interval = theirs.confidence_interval(method="log-log")
    np.testing.assert_allclose(found.low, interval.low.evaluate(found.time), rtol=1e-9)
    np.testing.assert_allclose(found.high, interval.high.evaluate(found.time), rtol=1e-9)


def test_a_censored_sample_has_the_median_of_its_law() -> None:
    """Leaving out the cut ones shifts the median from ln 2 to ln 2 / 2; the band covers S in 95 % of samples."""
    random = np.random.default_rng(5)
    event, cut = random.exponential(1, 20_000), random.exponential(1, 20_000)
    time, happened = np.minimum(event, cut), event <= cut
    found = kaplan_meier(time, happened)
    assert found.median == pytest.approx(math.log(2), abs=0.04)  # its standard error is .012
    assert np.median(time[happened]) == pytest.approx(math.log(2) / 2, abs=0.02)
    covered = 0
    for _ in range(400):
        event, cut = random.exponential(1, 100), random.exponential(1, 100)
        sample = kaplan_meier(np.minimum(event, cut), event <= cut)
        i = int(np.searchsorted(sample.time, 0.5, side="right")) - 1
        covered += bool(sample.low[i] <= math.exp(-0.5) <= sample.high[i])
    assert 0.92 < covered / 400 < 0.98  # a standard error of .011


def test_the_medians_bounds_hold_whatever_the_cut_ones_would_have_done() -> None:
    time = np.array([2.0, 5.0, 7.0, 3.0, 20.0])
    happened = np.array([True, True, True, False, False])
    was_cut = np.array([False, False, False, True, False])
    assert median_bounds(time, happened, was_cut) == (5.0, 7.0)
    assert median_bounds(time, happened, np.zeros(5, dtype=bool)) == (7.0, 7.0)
    for then in (3.0, 4.0, 6.0, 30.0, math.inf):
        truth = np.where(happened, time, np.inf)
        truth[3] = then
        assert 5.0 <= np.median(truth) <= 7.0
    assert median_bounds(time, np.zeros(5, dtype=bool), was_cut) == (math.inf, math.inf)
