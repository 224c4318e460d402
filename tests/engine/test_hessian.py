"""The Hessian's bulk and outlier against reference rows, and its validation."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from engine import Model, ParameterError
from engine.hessian import escape_rate, negative_fraction, spectrum

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
