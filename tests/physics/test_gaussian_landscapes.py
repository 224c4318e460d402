"""Closed forms of general landscapes against numbers of 14 and more digits, and against real landscapes.

The tables come from an independent program (mpmath, 30 digits; quadrature for the spectral integrals).
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from engine import Landscape, complexity, hessian, message_passing, phases

REFERENCE = Path(__file__).parents[1] / "reference" / "landscapes"
MIXED = Landscape.of({3: 1.5, 4: 2.0})


def rows(name):
    with (REFERENCE / f"closed_{name}.csv").open() as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def by_order(text):
    if text == "none":
        return {}
    return {int(k): float(c) for k, c in (part.split(":") for part in text.split())}


def landscape_of(row):
    return Landscape.of(by_order(row["noise"]), by_order(row["signal"]))


def agrees(value, text, tolerance=1e-11):
    return (
        math.isnan(value) if text == "" else value == pytest.approx(float(text), rel=tolerance, abs=tolerance)
    )


@pytest.mark.parametrize("row", rows("temperatures"), ids=lambda row: row["noise"])
def test_the_temperatures_of_a_glass(row):
    glass = Landscape.of(by_order(row["noise"]))
    found = {
        "MCT": phases.mode_coupling_temperature(glass),
        "K": phases.static_temperature(glass),
        "SF": phases.state_following_temperature(glass),
    }
    for name, critical in found.items():
        assert agrees(critical.temperature, row[f"T_{name}"])
        assert agrees(critical.overlap, row["m_SF" if name == "SF" else f"q_{name}"])
    assert agrees(complexity.threshold_energy(glass), row["e_KR"])
    assert agrees(complexity.threshold_energy(glass, kind="aging"), row["e_CK"])


def test_the_temperatures_that_were_published():
    """Mixed 3+4: [FolenaFranzRicciTersenghi2020]; pure: [CrisantiSommers1992], E₀ of the 3-spin −1.171675."""
    assert phases.mode_coupling_temperature(MIXED).temperature == pytest.approx(0.805166, abs=5e-7)
    for order, coupling, dynamic, static in ((3, 1.5, 0.612372, 0.586054), (4, 2.0, 0.544331, 0.503039)):
        pure = Landscape.of({order: coupling})
        assert phases.mode_coupling_temperature(pure).temperature == pytest.approx(dynamic, abs=5e-7)
        assert phases.static_temperature(pure).temperature == pytest.approx(static, abs=5e-7)
        assert phases.state_following_temperature(pure).temperature == pytest.approx(dynamic, abs=5e-7)
    lowest = complexity.energy_bands(Landscape.of({3: 1.5}), 0.0, index=0)[0]
    assert lowest == pytest.approx(-1.171675, abs=5e-7)


@pytest.mark.parametrize("row", rows("minima"), ids=lambda row: f"{row['noise']}-{row['signal']}")
def test_good_minima(row):
    landscape = landscape_of(row)
    well = complexity.good_minimum(landscape)
    assert agrees(well.overlap, row["m"])
    assert agrees(well.lagrange_multiplier, row["mu"])
    assert agrees(well.energy, row["e"])
    assert agrees(float(landscape.theta(well.overlap)), row["theta"])
    assert well.is_stable == (row["stable"] == "1")
    assert message_passing.ml_overlap(landscape, informed=True) == well.overlap
    assert -sum(k * e for k, e in zip(landscape.orders, well.energies, strict=True)) == pytest.approx(
        well.lagrange_multiplier
    )


@pytest.mark.parametrize("row", rows("counts"), ids=lambda row: f"{row['noise']}-{row['signal']}")
def test_counts(row):
    landscape, m, mu = landscape_of(row), float(row["m"]), float(row["mu"])
    assert landscape.sigma * float(row["t"]) == pytest.approx(mu, rel=1e-14)
    assert agrees(complexity.complexity(landscape, m, mu), row["sigma_all"])
    minima = complexity.complexity(landscape, m, mu, index=0)
    assert minima == -math.inf if row["sigma_min"] == "" else agrees(minima, row["sigma_min"])
    assert agrees(hessian.spectrum(landscape, m, mu).theta, row["theta"])
    assert agrees(float(complexity.typical_energies(landscape, m, mu).energy), row["e_typical"])


@pytest.mark.parametrize("row", rows("pk_lines"), ids=lambda row: f"p{row['p']}-k{row['k']}")
def test_lines_of_signals_of_another_order(row):
    lines = phases.signal_order_lines(int(row["p"]), int(row["k"]))
    for name, column in (
        ("spinodal",) * 2,
        ("stable",) * 2,
        ("flow", "gf"),
        ("typical",) * 2,
        ("trivial",) * 2,
    ):
        assert agrees(getattr(lines, name), row[column]), name


@pytest.mark.parametrize("row", rows("detuned"), ids=lambda row: row["inverse_deltas"])
def test_weights_with_which_the_minimum_is_bayes_optimal(row):
    ratios = by_order(row["inverse_deltas"])
    best = phases.optimal_trust(ratios)
    assert agrees(best.self_overlap, row["q"])
    assert agrees(best.overlap, row["m_best"])
    assert agrees(best.stability, row["stability"])
    weights = dict(best.weights)
    assert weights.pop(2) == 1.0
    assert weights == pytest.approx(by_order(row["f_best"]), rel=1e-11)
    assert agrees(phases.trust_line(ratios), row["f_flow"])
    well = complexity.good_minimum(Landscape.spiked(ratios, weights))
    assert well.overlap == pytest.approx(best.overlap, abs=1e-12)
    assert well.is_stable == (best.stability < 1)
    at_line = Landscape.spiked(ratios, {k: phases.trust_line(ratios) for k in ratios if k != 2})
    assert float(at_line.theta(0.0)) == pytest.approx(1.0, rel=1e-13)
    for factor in (0.9, 1.1):  # no other weights do better
        other = Landscape.spiked(ratios, {k: factor * f for k, f in weights.items()})
        assert complexity.good_minimum(other).overlap < best.overlap


def test_where_nothing_can_be_found_no_weight_helps():
    assert phases.optimal_trust({2: 0.5, 4: 0.5}).overlap == 0.0
    assert math.isnan(phases.trust_line({2: 1.0, 3: 1.0}))
    assert math.isnan(phases.trust_line({3: 1.0}))
    assert phases.trust_line({2: 1.5}) == math.inf


def random_landscape(rng):
    noise = {int(k): float(rng.exponential()) + 0.01 for k in rng.choice([2, 3, 4, 5, 7], 2, replace=False)}
    signal = {int(k): 2 * float(rng.exponential()) for k in rng.choice([1, 2, 3, 4, 6], 2, replace=False)}
    if rng.random() < 0.3:
        noise[1] = float(rng.exponential())
    return Landscape.of(noise, signal)


def test_the_count_vanishes_and_is_stationary_at_every_good_minimum():
    rng = np.random.default_rng(1)
    n_seen = 0
    for _ in range(300):
        landscape = random_landscape(rng)
        well = complexity.good_minimum(landscape)
        if well is None or not well.is_stable:
            continue
        n_seen += 1
        m, mu = well.overlap, well.lagrange_multiplier
        assert complexity.complexity(landscape, m, mu) == pytest.approx(0.0, abs=2e-13)
        step = 1e-4 * (1 - m * m)
        around = complexity.complexity(landscape, [m + step, m - step, m, m], [mu, mu, mu + step, mu - step])
        assert np.all(np.abs(around) < 1e-6)  # second order in the step
        typical = complexity.typical_energies(landscape, m, mu)
        np.testing.assert_allclose(typical.energies, well.energies, atol=1e-12)
        assert well.energy == pytest.approx(
            -landscape.s(m) - math.sqrt(landscape.q_prime(1.0) * (1 - m * m)), abs=1e-12
        )
    assert n_seen > 150


def test_closed_maxima_are_those_of_a_scan():
    rng = np.random.default_rng(2)
    for _ in range(12):
        landscape = random_landscape(rng)
        m = float(rng.uniform(-0.95, 0.95))
        mu = landscape.sigma * np.union1d(np.linspace(-9, 25, 20001), [2.0])
        for index in (None, 0, 1):
            best = complexity.complexity_profile(landscape, m, index=index).complexity
            scanned = np.max(complexity.complexity(landscape, m, mu, index=index))
            assert scanned - 1e-12 <= best <= scanned + 2e-5


def test_the_split_of_the_energy_is_maximised_in_closed_form():
    landscape = Landscape.of({2: 0.8, 4: 1.1}, {1: 0.5, 4: 0.4})
    m, e = 0.3, -1.4
    fixed = -0.5 * m  # the energy of order 1, which carries no noise
    e_2 = np.linspace(-4, 3, 40001)
    energies = np.column_stack([np.full_like(e_2, fixed), e_2, e - fixed - e_2])
    for index, error in (
        (None, 1e-7),
        (0, 3e-5),
    ):  # of minima the best one lies at the edge, between two of the scan
        scanned = complexity.complexity_by_order(landscape, m, energies, index=index).max()
        assert complexity.complexity_of_energy(landscape, m, e, index=index) == pytest.approx(
            scanned, abs=error
        )
    assert complexity.complexity_by_order(landscape, m, [fixed + 0.1, -1.0, -0.3]) == -math.inf


def test_the_capture_overlap_is_where_the_spike_comes_out():
    landscape = Landscape.of({3: 0.5, 5: 0.1}, {2: 0.3, 3: 2.0})
    m = complexity.capture_overlap(landscape)
    assert float(landscape.theta(m)) == pytest.approx(1.0)
    assert np.all(landscape.theta(np.linspace(0, m - 1e-6, 99)) < 1)
    assert math.isnan(complexity.capture_overlap(Landscape.of({3: 1.0}, {2: 5.0})))
    assert math.isnan(complexity.capture_overlap(MIXED))


def test_the_lines_come_in_their_order():
    """ML-AMP < flow < typical < trivial for a signal of order 2; T_K and T_SF <= T_MCT in a glass."""
    for p in range(3, 11):
        lines = phases.signal_order_lines(p, 2)
        assert lines.spinodal < lines.flow == lines.stable < lines.typical < lines.trivial
        landscape = Landscape.of({p: 1.0}, {2: lines.trivial})
        t = 2 * landscape.sigma
        assert complexity.complexity(landscape, 0.0, t, index=0) == pytest.approx(0.0, abs=1e-12)
    rng = np.random.default_rng(3)
    for _ in range(30):
        orders = rng.choice(range(3, 13), 2, replace=False)
        glass = Landscape.of({int(k): float(rng.exponential()) + 0.05 for k in orders})
        static, dynamic = phases.static_temperature(glass), phases.mode_coupling_temperature(glass)
        followed = phases.state_following_temperature(glass).temperature
        assert max(static.temperature, followed) <= dynamic.temperature * (1 + 1e-12)
        assert 0 < dynamic.overlap < static.overlap


def test_with_a_field_all_but_two_points_vanish_at_the_published_strength():
    """Q'(1) + b₁² >= Q''(1)."""
    for noise in ({3: 1.0}, {2: 0.5, 4: 1.0}):
        glass = Landscape.of(noise)
        field = math.sqrt(float(glass.q_second(1.0)) - float(glass.q_prime(1.0)))
        m = np.linspace(-0.999, 0.999, 2001)
        for factor, there in ((0.9, True), (1.1, False)):
            top = complexity.complexity_profile(Landscape.of(noise, {1: factor * field}), m).complexity.max()
            assert (top > 1e-3) == there
            assert there or top < 1e-12
