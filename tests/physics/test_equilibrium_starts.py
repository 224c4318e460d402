"""Glasses that start in equilibrium at T₀, planted: the exact statements, and where they end.

[FolenaFranzRicciTersenghi2020]; the law is that of docs/theory/landscapes.md, equation (17).
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine import Landscape, Status, complexity, phases
from engine.dynamics import integrate_flow
from engine.equilibrium import stable_states

pytestmark = pytest.mark.jit
PURE = Landscape.of({3: 1.5})
MIXED = Landscape.of({3: 1.5, 4: 2.0})
WITH_MATRIX = Landscape.of({2: 0.5, 4: 1.0})


@pytest.mark.parametrize(
    ("glass", "T"),
    [(PURE, 1.0), (PURE, 0.6), (MIXED, 0.85), (MIXED, 0.8), (WITH_MATRIX, 1.0), (WITH_MATRIX, 0.85)],
)
def test_equilibrium_is_stationary(glass, T):
    """Energy e = -Q(1)/T and μ = T + Q'(1)/T for ever; C depends on the difference of times, R = -C'/T."""
    flow = integrate_flow(glass.at_equilibrium(T), t_max=1e3, temperature=T, tolerance=1e-5)
    assert flow.status is not Status.STOPPED_EARLY
    time = np.append(0.0, np.geomspace(1e-3, 1e3, 200))
    there = flow.at(time)
    np.testing.assert_allclose(there.energy, -glass.q(1.0) / T, atol=5e-6)
    np.testing.assert_allclose(there.lagrange_multiplier, T + glass.q_prime(1.0) / T, atol=2e-5)
    lag = np.array([0.2, 0.5, 1.0, 2.0, 4.0, 7.0])
    shifted = [flow.correlation(8.0, 8.0 - x)[0] for x in lag]
    np.testing.assert_allclose(shifted, flow.at(lag).overlap, atol=5e-6)
    late, early = flow.memory.row(8.0, 8.0 - lag[::-1])[1][::-1], 1e-3
    slope = (flow.at(lag + early).overlap - flow.at(lag - early).overlap) / (2 * early)
    np.testing.assert_allclose(late, -slope / T, atol=2e-5)


@pytest.mark.parametrize(
    ("glass", "T", "temperature"),
    [(PURE, 0.6, 0.0), (MIXED, 0.85, 0.0), (MIXED, 0.85, 0.4), (WITH_MATRIX, 0.9, 0.3)],
)
def test_the_overlap_with_the_start_is_the_correlation_with_it(glass, T, temperature):
    flow = integrate_flow(glass.at_equilibrium(T), t_max=100.0, temperature=temperature, tolerance=1e-6)
    time = np.geomspace(1e-3, min(flow.t_end, 100.0), 80)
    np.testing.assert_allclose(flow.correlation(time), flow.at(time).overlap, atol=1e-6)


def test_a_forgotten_start_is_followed_to_the_end():
    """A paramagnet forgets exponentially: the run rests there, and holds e and μ."""
    flow = integrate_flow(WITH_MATRIX.at_equilibrium(1.0), t_max=1e4, temperature=1.0)
    assert flow.status is Status.REACHED
    assert "forgotten" in flow.message
    assert flow.at([flow.t_end]).overlap[0] < 1e-12
    assert flow.at([1e4]).energy[0] == pytest.approx(-WITH_MATRIX.q(1.0), abs=1e-5)


def test_a_quench_below_the_following_temperature_ends_at_the_bottom_of_its_state():
    for T, energy, overlap in (
        (0.79, -1.705932, 0.815266),
        (0.78, -1.714240, 0.832914),
        (0.77, -1.723303, 0.845574),
    ):
        planted = MIXED.at_equilibrium(T)
        assert phases.state_following_temperature(MIXED).temperature > T
        flow = integrate_flow(planted, t_max=1e4)
        well = complexity.good_minimum(planted)
        assert flow.status is Status.REACHED
        assert flow.overlap[-1] == pytest.approx(well.overlap, abs=1e-5) == pytest.approx(overlap, abs=1e-5)
        assert flow.energy[-1] == pytest.approx(well.energy, abs=1e-5) == pytest.approx(energy, abs=1e-5)


def test_the_memory_of_the_start_by_t_1e5():
    """Numerical evidence with its time range: 3+4 keeps 0.30 of its start from T₀ = 0.83, 0.08 from 0.90."""
    known = {0.83: (-1.690650, 0.3038), 0.90: (-1.690085, 0.0809)}
    for T, (energy, memory) in known.items():
        flow = integrate_flow(MIXED.at_equilibrium(T), t_max=1e5)
        assert flow.status is Status.AGEING
        assert flow.energy[-1] == pytest.approx(energy, abs=3e-6)
        assert flow.overlap[-1] == pytest.approx(memory, abs=2e-4)
    threshold = complexity.threshold_energy(MIXED, kind="aging")
    assert known[0.83][0] < threshold < known[0.90][0]


@pytest.mark.parametrize(
    ("landscape", "options"),
    [
        (PURE.at_equilibrium(0.6), {"temperature": 0.4}),
        (MIXED.at_equilibrium(0.78), {"temperature": 0.5}),
        (Landscape.spiked({2: 1.5, 3: 2.0}, {3: 0.6}), {"temperature": 0.5, "overlap_0": 0.3}),
        (Landscape.of({3: 1.0}, {2: 2.0}), {"temperature": 0.6, "overlap_0": 0.3}),
    ],
)
def test_langevin_dynamics_ends_at_the_replica_symmetric_equations(landscape, options):
    """m/(1-q) = S'(m)/T, (q - m²)/(1-q)² = Q'(q)/T², solved here by iteration from the end's own overlap."""
    T = options["temperature"]
    flow = integrate_flow(landscape, t_max=2e3, tolerance=1e-6, **options)
    m, mu, e = stable_states(landscape, T, mirror=False)[-1]
    q = 1 - T * m / landscape.s_prime(m)
    assert (q - m * m) / (1 - q) ** 2 == pytest.approx(landscape.q_prime(q) / T**2)
    assert mu == pytest.approx(
        T + m * landscape.s_prime(m) + (landscape.q_prime(1.0) - q * landscape.q_prime(q)) / T
    )
    assert e == pytest.approx(-landscape.s(m) - (landscape.q(1.0) - landscape.q(q)) / T)
    end = flow.at([flow.t_max])
    assert abs(end.overlap[0]) == pytest.approx(m, abs=1e-6)
    assert end.lagrange_multiplier[0] == pytest.approx(mu, abs=1e-6)
    assert end.energy[0] == pytest.approx(e, abs=1e-6)


def test_detuned_descent_ends_at_the_bayes_optimal_overlap():
    best = phases.optimal_trust({2: 1.3, 3: 1.0})
    flow = integrate_flow(
        Landscape.spiked({2: 1.3, 3: 1.0}, dict(best.weights)), overlap_0=0.5, t_max=1e4, tolerance=1e-5
    )
    assert flow.status is Status.REACHED
    assert flow.overlap[-1] == pytest.approx(best.overlap, abs=1e-6) == pytest.approx(0.646445, abs=1e-6)


def test_trusting_the_tensor_less_finds_the_signal_that_full_trust_misses():
    """At p = 3, Δp = 1, 1/Δ₂ = 1.3 from m = 1e-4, a statement of N → ∞: f = 0.42 < f_GF finds it, f = 1 is stuck."""
    ratios = {2: 1.3, 3: 1.0}
    assert phases.trust_line(ratios) > 0.42
    flow = integrate_flow(Landscape.spiked(ratios, {3: 0.42}), overlap_0=1e-4, t_max=1e4)
    assert flow.status is Status.REACHED
    assert flow.overlap[-1] == pytest.approx(0.62999, abs=2e-5)
    stuck = integrate_flow(Landscape.spiked(ratios), overlap_0=1e-4, t_max=1e4)
    assert 1e-4 < stuck.overlap[-1] < 2e-4


def test_the_bottom_of_a_pure_state_is_the_closed_form():
    flow = integrate_flow(PURE.at_equilibrium(0.6), t_max=1e3)
    assert flow.energy[-1] == pytest.approx(-1.161895, abs=1e-6)
    assert flow.overlap[-1] == pytest.approx(math.sqrt(0.6), abs=1e-6)
