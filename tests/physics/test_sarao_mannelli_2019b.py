"""[SaraoMannelli2019b] arXiv:1902.00139, "Passed & Spurious": the count of minima, and message passing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from engine import Model, phases
from engine._kernels import complexity as kernels
from engine.complexity import complexity, complexity_profile, good_minimum, minima_bands, mirror_minimum
from engine.hessian import spectrum
from engine.message_passing import ml_overlap

WELLS = [
    (3, 2.0, 4.0),
    (3, 3.0, 0.5),
    (3, 1.25, 0.3),
    (4, 4.0, 0.5),
    (5, 3.3, 1.0),
    (6, 5.0, 0.8),
    (10, 6.0, 0.4),
]


def at(p, a, delta_p):
    return Model(p=p, delta_2=1 / a, delta_p=delta_p)


@pytest.mark.parametrize(("p", "a", "delta_p"), WELLS)
def test_complexity_vanishes_and_is_stationary_at_the_good_minimum(p, a, delta_p):
    model = at(p, a, delta_p)
    well = good_minimum(model)
    m, mu, h = well.overlap, well.lagrange_multiplier, 1e-5
    assert well.is_stable
    assert complexity(model, m, mu, index=0) == pytest.approx(0, abs=1e-14)
    # central differences: truncation h² and rounding 1e-16/h are both below 1e-7
    assert complexity(model, m + h, mu) - complexity(model, m - h, mu) == pytest.approx(0, abs=2e-7 * h)
    assert complexity(model, m, mu + h) - complexity(model, m, mu - h) == pytest.approx(0, abs=2e-7 * h)


@pytest.mark.parametrize(("p", "a", "delta_p"), WELLS)
def test_good_minimum_has_no_negative_outlier(p, a, delta_p):
    model = at(p, a, delta_p)
    well = good_minimum(model)
    result = spectrum(model, well.overlap, well.lagrange_multiplier)
    assert result.bulk_edge_lower > 0
    assert result.outlier is None or result.outlier > 0
    assert well.overlap == pytest.approx(ml_overlap(model, informed=True))


def test_an_isolated_minimum_is_not_a_band():
    for p, a, delta_p in WELLS:
        well = good_minimum(at(p, a, delta_p))
        for left, right in minima_bands(at(p, a, delta_p)):
            assert not left < well.overlap < right
    assert minima_bands(at(3, 4.0, 1.0)).shape == (0, 2)


def test_mirror_minimum_is_a_zero_of_the_complexity_too():
    well = mirror_minimum(at(3, 3.0, 1.0))
    value = complexity(at(3, 3.0, 1.0), well.overlap, well.lagrange_multiplier, index=0)
    assert value == pytest.approx(0, abs=1e-14)


def test_a_glassy_good_well_is_a_band():
    model = at(4, 1.6, 1.5)  # below the good-well line, where a well exists
    well = good_minimum(model)
    assert not well.is_stable
    assert complexity_profile(model, well.overlap, index=0).complexity > 1e-8


@pytest.mark.parametrize("theta", [1.2, 2.0, 3.5])
def test_cost_of_the_outlier_agrees_with_its_integral(theta):
    edge = theta + 1 / theta
    for t in np.linspace(2, edge, 7):
        s = kernels.root_of(t)
        bulk, _ = quad(lambda y: math.sqrt(max(y * y - 4, 0)), t, edge, epsabs=1e-13)
        integral = -bulk / 4 - theta / 2 * (t - edge) + (t * t - edge * edge) / 8
        assert kernels.index_cost(theta, s, 0) == pytest.approx(integral, abs=1e-9)
    assert kernels.index_cost(theta, theta + 0.1, 0) == 0


def test_cost_of_one_more_negative_eigenvalue_agrees_with_its_integral():
    for t in (2.0, 2.3, 4.0):
        integral, _ = quad(lambda y: math.sqrt(max(y * y - 4, 0)) / 2, 2, t)
        assert kernels.bulk_cost(kernels.root_of(t)) == pytest.approx(integral, abs=1e-9)


@pytest.mark.parametrize("t", [0.0, 1.0, 2.0, 2.5, -3.0])
def test_log_determinant_agrees_with_the_semicircle(t):
    # y = 2 sin φ; the logarithmic singularity inside the bulk is integrable
    points = [math.asin(t / 2)] if abs(t) < 2 else None
    integral, _ = quad(
        lambda f: math.log(abs(t - 2 * math.sin(f)) + 1e-300) * 2 * math.cos(f) ** 2 / math.pi,
        -math.pi / 2,
        math.pi / 2,
        points=points,
        limit=400,
    )
    assert kernels.log_determinant(t) == pytest.approx(integral + 0.5, abs=1e-8)


@pytest.mark.parametrize("p", [3, 4, 5, 6])
def test_lines_are_ordered_and_all_tend_to_the_matrix_transition(p):
    delta_p = np.logspace(-2, 6, 33)
    lines = [phases.amp_line, phases.gradient_flow_line, phases.typical_line, phases.trivialization_line]
    snr = np.array([1 / line(p, delta_p) for line in lines])
    assert np.all(np.diff(snr, axis=0) > 0)
    # all approach 1 like 1/Δp, with slopes below 2.2 (p-1)
    assert np.all(snr[:, -1] - 1 < 2.2 * (p - 1) / delta_p[-1])


@pytest.mark.parametrize("p", [3, 4, 5, 6])
@pytest.mark.parametrize("delta_p", [0.1, 1.0, 10.0])
def test_trivialization_line_is_where_the_last_minima_at_nonnegative_overlap_vanish(p, delta_p):
    line = phases.trivialization_line(p, delta_p)
    m = np.append(0.0, np.linspace(0.001, 0.999, 999))
    for factor, positive in [(1.003, True), (0.997, False)]:
        model = Model(p=p, delta_2=line * factor, delta_p=delta_p)
        assert (complexity_profile(model, m, index=0).complexity.max() > 1e-12) == positive


@pytest.mark.parametrize("delta_p", [0.05, 0.3, 2.0, 20.0])
def test_no_minima_at_any_overlap_beyond_the_line_of_all_overlaps(delta_p):
    line = phases.trivialization_line(3, delta_p, overlaps="all")
    assert minima_bands(Model(p=3, delta_2=line * 0.999, delta_p=delta_p)).size == 0
    equator = phases.trivialization_line(3, delta_p, overlaps="equator")
    assert minima_bands(Model(p=3, delta_2=equator * 1.01, delta_p=delta_p)).size > 0


@pytest.mark.parametrize("p", [3, 4, 5, 6])
@pytest.mark.parametrize("delta_p", [0.5, 2.0, 20.0])
def test_well_lines_are_where_the_wells_turn_stable(p, delta_p):
    line = phases.good_well_line(p, delta_p)
    assert not good_minimum(Model(p=p, delta_2=line * 1.001, delta_p=delta_p)).is_stable
    assert good_minimum(Model(p=p, delta_2=line * 0.999, delta_p=delta_p)).is_stable
    if p % 2:
        line = phases.mirror_line(p, delta_p)
        assert not mirror_minimum(Model(p=p, delta_2=line * 1.001, delta_p=delta_p)).is_stable
        assert mirror_minimum(Model(p=p, delta_2=line * 0.999, delta_p=delta_p)).is_stable


@pytest.mark.parametrize("p", [3, 4, 5, 6])
@pytest.mark.parametrize("delta_p", [0.1, 1.0, 10.0])
def test_message_passing_leaves_zero_overlap_above_its_line(p, delta_p):
    line = phases.amp_line(p, delta_p)
    assert ml_overlap(Model(p=p, delta_2=line * 1.001, delta_p=delta_p), informed=False) == 0
    assert ml_overlap(Model(p=p, delta_2=line * 0.999, delta_p=delta_p), informed=False) > 0


def test_minima_of_the_pure_matrix_disappear_at_its_transition():
    for a, theta in [(0.9, 0.9**0.5), (1.1, 1.1**0.5)]:
        model = Model(p=3, delta_2=1 / a, delta_p=math.inf)
        assert model.theta(0.0) == pytest.approx(theta)
        value = complexity(model, 0.0, 2 * model.sigma, index=0)
        assert value == pytest.approx(0, abs=1e-15) if a < 1 else value < -1e-6
