"""The Hessian's bulk and outlier against reference rows, and its validation."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from engine import Model, ParameterError, phases
from engine.hessian import (
    bbp_multiplier,
    equator_theta,
    escape_rate,
    late_growth,
    negative_fraction,
    spectrum,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "landscape"


def rows(name):
    with (REFERENCE / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def model_of(row):
    return Model(p=int(row["p"]), delta_2=float(row["D2"]), delta_p=float(row["Dp"]))


def close(value, text):
    expected = float(text)
    return abs(value - expected) <= 1e-9 * max(1.0, abs(expected))


@pytest.mark.parametrize("row", rows("hessian"), ids=lambda row: f"p{row['p']}-m{row['m']}-mu{row['mu']}")
def test_spectrum_agrees_with_every_reference_row(row):
    result = spectrum(model_of(row), float(row["m"]), float(row["mu"]))
    assert close(result.bulk_edge_lower, row["edge_lo"])
    assert close(result.bulk_edge_upper, row["edge_hi"])
    assert close(result.theta, row["theta"])
    assert close(result.sigma, row["sigma"])
    assert close(result.outlier_overlap, row["overlap2"])
    if row["outlier_exists"] == "1":
        assert close(result.outlier, row["outlier"])
    else:
        assert result.outlier is None


@pytest.mark.parametrize(
    "row", [r for r in rows("hessian") if float(r["m"]) == 0], ids=lambda row: f"p{row['p']}"
)
def test_escape_rate_at_the_equator_is_the_reference_rate(row):
    assert close(escape_rate(model_of(row)), row["rate_at_threshold"])


def test_a_negative_spike_puts_the_outlier_above_the_bulk():
    model = Model(p=3, delta_2=10.0, delta_p=0.1)
    result = spectrum(model, -0.5, 9.0)
    assert result.theta < -1
    assert result.outlier > result.bulk_edge_upper
    assert result.outlier == pytest.approx(9 + model.sigma * (-result.theta - 1 / result.theta))


def test_density_is_the_semicircle_and_vanishes_outside():
    result = spectrum(Model(p=4, delta_2=0.5, delta_p=2.0), 0.2, 1.3)
    lam = np.linspace(result.bulk_edge_lower - 1, result.bulk_edge_upper + 1, 20001)
    density = result.density(lam)
    assert np.trapezoid(density, lam) == pytest.approx(1, abs=1e-6)
    assert density[0] == density[-1] == 0
    assert result.density(1.3) == pytest.approx(1 / (math.pi * result.sigma))
    negative = lam < 0
    assert np.trapezoid(density[negative], lam[negative]) == pytest.approx(result.negative_fraction, abs=1e-4)


def test_negative_fraction_runs_from_one_to_zero():
    assert negative_fraction(-2.5) == 1
    assert negative_fraction(2.0) == 0
    assert np.all(np.diff(negative_fraction(np.linspace(-2, 2, 101))) < 0)


@pytest.mark.parametrize(
    ("overlap", "multiplier", "name"),
    [
        (1.0, 1.0, "overlap"),
        (math.nan, 1.0, "overlap"),
        ([0.1, 0.2], 1.0, "overlap"),
        ("x", 1.0, "overlap"),
        (0.0, math.inf, "lagrange_multiplier"),
        (0.0, "x", "lagrange_multiplier"),
    ],
)
def test_a_wrong_argument_is_named(overlap, multiplier, name):
    with pytest.raises(ParameterError) as error:
        spectrum(Model(p=3, delta_2=1.0, delta_p=1.0), overlap, multiplier)
    assert error.value.name == name


@pytest.mark.parametrize(("delta_2", "delta_p"), [(math.inf, 0.5), (0.5, math.inf)])
def test_a_channel_switched_off_leaves_finite_numbers(delta_2, delta_p):
    result = spectrum(Model(p=3, delta_2=delta_2, delta_p=delta_p), 0.3, 2.0)
    assert all(math.isfinite(x) for x in (result.theta, result.bulk_edge_lower, result.negative_fraction))


@pytest.mark.parametrize("p", [3, 4, 7])
def test_the_equators_theta_is_that_of_every_model_there(p):
    delta_2, delta_p = np.array([0.2, 0.5, 1.0, math.inf]), np.array([[0.3], [2.0]])
    theta = equator_theta(p, delta_p, delta_2)
    assert theta.shape == (2, 4)
    for i, j in np.ndindex(theta.shape):
        model = Model(p=p, delta_2=delta_2[j], delta_p=delta_p[i, 0])
        assert theta[i, j] == pytest.approx(model.theta(0.0), rel=1e-15)
    assert equator_theta(p, math.inf, 0.25) == 2.0


def test_the_equators_theta_is_one_on_the_gradient_flow_line():
    delta_p = np.geomspace(1e-3, 1e3, 13)
    for p in (3, 4, 6):
        line = phases.gradient_flow_line(p, delta_p)
        np.testing.assert_allclose(equator_theta(p, delta_p, line), 1, rtol=1e-13)
        assert np.all(np.isfinite(bbp_multiplier(equator_theta(p, delta_p, line))))


@pytest.mark.parametrize(
    ("delta_p", "delta_2", "name"),
    [(0.0, 1.0, "delta_p"), (1.0, -1.0, "delta_2"), (math.inf, math.inf, "delta_p")],
)
def test_the_equators_theta_names_a_wrong_argument(delta_p, delta_2, name):
    with pytest.raises(ParameterError) as error:
        equator_theta(3, delta_p, delta_2)
    assert error.value.name == name


@pytest.mark.parametrize("overlap", [0.0, 0.2, 0.5])
def test_at_the_bbp_multiplier_the_outlier_is_at_zero(overlap):
    model = Model(p=3, delta_2=0.2, delta_p=1.0)
    t = bbp_multiplier(model.theta(overlap))
    assert spectrum(model, overlap, t * model.sigma).outlier == pytest.approx(0, abs=1e-14)


def test_without_an_outlier_there_is_no_bbp_multiplier_but_a_growth():
    theta = [-3.0, 0.0, 0.5, 1 - 1e-9, 1 - 1e-13, 1.0, 2.0]
    expected = [math.nan, math.nan, math.nan, math.nan, 2.0, 2.0, 2.5]
    np.testing.assert_allclose(bbp_multiplier(theta), expected, rtol=1e-15)
    np.testing.assert_allclose(late_growth(theta), [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.5], rtol=1e-15)
    assert type(bbp_multiplier(2.0)) is type(late_growth(2.0)) is float
    for function in (bbp_multiplier, late_growth):
        with pytest.raises(ParameterError) as error:
            function(math.nan)
        assert error.value.name == "theta"


def test_the_late_growth_gives_the_escape_rate_back():
    for inverse_delta_2 in (0.5, 2.0, 3.0, 9.0):
        model = Model(p=3, delta_2=1 / inverse_delta_2, delta_p=1.0)
        rate = model.sigma * (late_growth(model.theta(0.0)) - 2)
        assert escape_rate(model) == pytest.approx(rate, abs=1e-13)
